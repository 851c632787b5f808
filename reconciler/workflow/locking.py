"""Pinning ``latest`` in reconciler.lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.exporting.renaming import rename_variables
from reconciler.locking.lock import Locking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.exporting.renaming import Renaming
    from reconciler.locking.lock import Locked
    from reconciler.workflow.session import Session


def lock(session: Session, upgrade: Sequence[str] | None, *, fix: bool = False) -> tuple[Locked, Sequence[Renaming]]:
    """Pin each version that the manifests leave open; move the names in ``upgrade`` (all if empty) to the newest.

    ``fix``: put the new names of variables into the manifests that newer versions affect, and return each place. The
    session's manifests are read without following the lock.
    """
    manifests, cwd = session.manifests, session.options.manifests.cwd
    renamings: list[Renaming] = []

    def rename(locked: Locked) -> None:
        renamings.extend(rename_variables(cwd, locked.moves, manifests.resources))

    locking = Locking(session.reading(), manifests, cwd)
    return (locking.run(upgrade, rename) if fix else locking.run(upgrade)), renamings
