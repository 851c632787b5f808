"""Where members go back to that fail: to the version that they had, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.capabilities.versions import Version
    from reconciler.model.rollout import Member
    from reconciler.rollouts.evidence import Evidence
    from reconciler.rollouts.members import MemberStanding

NEW = "it is new and has no version to go back to: it stays as it is"
NEVER_DEPLOYED = "it was never deployed, so it has no version to go back to: it stays as it is"
UNKNOWN = "its version is not known"
HAD = "the version before the change"
SAME = "the version that it has: only its config variables change"
MOST = "the version of most members that are not moved yet"
NOBODY = "nobody knows the version that it had, and no member is left that is not moved yet"
MOST_HAVE_IT = "nobody knows the version that it had, and most members that are not moved yet have {} too"
GONE = "{} can no longer be deployed"


When = Literal["never", "if it fails", "now", "begun"]
"""``begun``: a run ended while it set the member back."""


class Destination(NamedTuple):
    """The version that a member goes back to, and why that one; or ``None``, and why there is none."""

    version: Version | None
    reason: str


@dataclass(frozen=True, slots=True)
class MemberRollback:
    """What becomes of one member if its change fails, or, if it is ``due``, since it has failed."""

    member: Member
    version: Version | None
    reason: str
    """Why it goes back to this version, or why it cannot go back."""
    stays: tuple[str, ...] = ()
    """What is not set back."""
    due: bool = False
    """Whether the member failed already: an apply sets it back at once."""


def when(standing: MemberStanding, evidence: Evidence) -> When:
    """Return when a member of a rollout that sets members back is set back.

    That of a held one was done, and so is everything for one that an earlier run left as it is. What is inconclusive
    or unknown is no failure.
    """
    if evidence.held and evidence.unfinished:
        return "begun"
    if standing.due:
        return "if it fails"
    return "now" if standing.state == "failed" and not evidence.held and not evidence.difference else "never"


@dataclass(frozen=True, slots=True)
class Unmoved:
    """The versions of the members whose change moves them and is still to come, counted once for a whole rollout."""

    counts: Mapping[str, Counter[Version]]
    """By integration."""
    deployable: frozenset[Version]

    @classmethod
    def of(cls, evidence: Mapping[str, Evidence]) -> Self:
        counts: dict[str, Counter[Version]] = {}
        deployable = set()
        for each in evidence.values():
            if each.moves and each.live:
                counts.setdefault(each.live.sequence, Counter())[each.live] += 1
                if each.deployable:
                    deployable.add(each.live)
        return cls(counts, frozenset(deployable))


def destination(own: Evidence, unmoved: Unmoved) -> Destination:
    """Return where a member goes back to if its change fails, or since it is not healthy.

    The version that it has before a change is the one that it had. A member that has no change any more, or whose
    change only waits for a deploy, was moved by an earlier run: then it is the version that most members have that are
    not moved yet, of two that are as frequent the newer one. Where nobody shows another version and its change writes
    fields, nothing moves: it keeps the version that it has.
    """
    if own.difference == "create":
        return Destination(None, NEW)
    if not own.deployed:
        return Destination(None, NEVER_DEPLOYED)
    if own.live is None:
        return Destination(None, UNKNOWN)
    if own.moves:
        return Destination(own.live, HAD) if own.deployable else Destination(None, GONE.format(own.live))
    if own.difference and own.settled:
        return Destination(own.live, SAME)
    return _of_most(own.live, unmoved, edits=own.edits)


def _of_most(current: Version, unmoved: Unmoved, *, edits: bool) -> Destination:
    counts = unmoved.counts.get(current.sequence)
    if not counts:
        return Destination(current, SAME) if edits else Destination(None, NOBODY)
    most = max(counts, key=lambda version: (counts[version], version.number))
    if most == current:
        return Destination(current, SAME) if edits else Destination(None, MOST_HAVE_IT.format(most))
    if most not in unmoved.deployable:
        return Destination(None, GONE.format(most))
    return Destination(most, MOST)
