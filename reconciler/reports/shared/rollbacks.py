"""Where the members of a rollout go back to if they fail, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.rollouts.words import names
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.rollouts.rollback import MemberRollback


def rollback_lines(rollbacks: Iterable[MemberRollback]) -> Iterator[str]:
    """Yield a line for each version that members go back to, and for each reason why some cannot go back."""
    groups: dict[tuple[bool, int | str | None, str], list[str]] = {}
    for each in rollbacks:
        label = each.version.label if each.version else None
        groups.setdefault((each.due, label, each.reason), []).append(each.member.shown)
    for (due, label, reason), members in groups.items():
        when = "failed" if due else "if it fails"
        where = f"back to version {label}, {reason}" if label is not None else f"not set back: {reason}"
        yield f"{when}: {where} ({counted(len(members), 'member')}: {names(members)})"
