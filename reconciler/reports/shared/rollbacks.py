"""Where the members of a rollout go back to if they fail, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.rollouts.words import names
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.rollouts.decisions import RolloutStanding


def rollback_lines(standing: RolloutStanding) -> Iterator[str]:
    """Yield a line for each version that members go back to, and for each reason why some cannot go back."""
    failed = {each.member.address for wave in standing.waves for each in wave.members if each.state == "failed"}
    groups: dict[tuple[bool, int | str | None, str], list[str]] = {}
    for each in standing.rollbacks:
        label = each.version.label if each.version else None
        # One that cannot go back is not due, also if it failed already.
        now = each.due or (label is None and each.member.address in failed)
        groups.setdefault((now, label, each.reason), []).append(each.member.shown)
    for (now, label, reason), members in groups.items():
        when = "failed" if now else "if it fails"
        where = f"back to version {label}, {reason}" if label is not None else f"not set back: {reason}"
        yield f"{when}: {where} ({counted(len(members), 'member')}: {names(members)})"
