"""The health of objects as Markdown: the unhealthy with their reasons, the healthy folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import alert, code, folded, prose
from reconciler.reports.shared.health import WORDS, unhealthy
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.health import Health

MOST_LISTED = 25


def health_parts(healths: Sequence[Health]) -> Iterator[str]:
    """Yield the parts of a report on the health of objects."""
    bad = unhealthy(healths)
    if bad:
        lines = [_line(each) for each in bad]
        kind = "CAUTION" if any(each.verdict == "failed" for each in bad) else "WARNING"
        yield alert(kind, [f"**{len(bad)} not healthy**", *lines[:MOST_LISTED]])
        if lines[MOST_LISTED:]:
            yield folded(f"{len(lines) - MOST_LISTED} more not healthy", "\n".join(lines[MOST_LISTED:]))
    good = [each for each in healths if each.verdict == "passed"]
    if good:
        yield folded(f"{counted(len(good), 'instance')} healthy", "\n".join(f"- {code(each.address)}" for each in good))


def _line(health: Health) -> str:
    return f"- {code(health.address)} {WORDS[health.verdict]}: {prose(health.reason)}"
