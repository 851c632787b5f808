"""A share of the members: always the same ones, whoever asks and in whatever order they are listed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.rollout import Member


def rank(rollout: str, member: Member) -> tuple[str, str]:
    """Return what orders the members of a rollout: by a digest, so that no rollout prefers the same customers.

    Members of one customer stand together. A member's rank depends on no other member, so newcomers do not reorder
    those that are there.
    """
    text = f"{rollout}\0{member.customer or member.address}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), member.address


def share(percent: int, members: int) -> int:
    """Return how many members a share is: rounded up, and at least one where there are any.

    >>> share(10, 40), share(10, 41), share(1, 3), share(50, 0)
    (4, 5, 1, 0)
    """
    return -(-members * percent // 100)


def picked(rollout: str, percent: int, members: int, left: Iterable[Member]) -> list[Member]:
    """Return the members that a wave of ``percent`` takes: a share of all ``members``, of those who are ``left``."""
    return sorted(left, key=lambda member: rank(rollout, member))[: share(percent, members)]
