"""The health of objects as Markdown: the unhealthy with their reasons, the healthy folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import alert, code, folded, prose
from reconciler.reports.shared.health import WORDS, by_cause, healthy, unhealthy, whose
from reconciler.reports.shared.repeated import in_common
from reconciler.reports.shared.topics import some
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.health import Health

MOST_LISTED = 25


def health_parts(healths: Sequence[Health]) -> Iterator[str]:
    """Yield the parts of a report on the health of objects."""
    bad = unhealthy(healths)
    if bad:
        lines = [_line(group) for group in by_cause(healths)]
        kind = "CAUTION" if any(each.verdict == "failed" for each in bad) else "WARNING"
        yield alert(kind, [f"**{len(bad)} not healthy**", *lines[:MOST_LISTED]])
        if lines[MOST_LISTED:]:
            yield folded(f"{len(lines) - MOST_LISTED} more", "\n".join(lines[MOST_LISTED:]))
    good = healthy(healths)
    if good:
        yield folded(f"{counted(len(good), 'instance')} healthy", "\n".join(f"- {_called(each)}" for each in good))


def _line(group: Sequence[Health]) -> str:
    first = group[0]
    if len(group) == 1:
        return f"- {_called(first)} {WORDS[first.verdict]}: {prose(first.reason)}"
    names = [_called(each) for each in sorted(group, key=lambda each: natural(each.address))]
    what = in_common([each.address for each in group])
    said = prose(first.reason + whose(group))
    return f"- **{what}** {WORDS[first.verdict]}: {said} – {listed(names, len(some(names)))}"


def _called(health: Health) -> str:
    """Return an object by its address, its name and its customer."""
    name = f" {code(health.name)}" if health.name else ""
    return f"{code(health.address)}{name}{f' of {code(health.customer)}' if health.customer else ''}"
