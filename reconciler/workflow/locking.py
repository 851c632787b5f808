"""Pinning ``latest`` in reconciler.lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.locking.lock import Locking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.locking.lock import Locked
    from reconciler.workflow.session import Session


def lock(session: Session, upgrade: Sequence[str] | None) -> Locked:
    """Pin each version that the manifests leave open; move the names in ``upgrade`` (all if empty) to the newest.

    The session's manifests are read without following the lock.
    """
    return Locking(session.reading(), session.manifests, session.options.manifests.cwd).run(upgrade)
