"""The options of a new repository, and the result of writing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.exporting.export import Exported
    from reconciler.scaffold.forge import Checkout, Forge
    from reconciler.scaffold.placement import Placement
    from reconciler.scaffold.repository import Repository


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new repository is to be like.

    Without a ``name`` the project is called as the organization; without a ``forge`` it is the one of the folder's
    remote. ``dry_run``: nothing is written.
    """

    environment: str
    name: str | None = None
    forge: Forge | None = None
    dry_run: bool = False
    profile: str | None = None
    """The profile of the connection, named in the next command."""


@dataclass(frozen=True, slots=True)
class Initialized:
    """The result of ``init``; ``notes`` list what the schemas lack because it could not be read."""

    folder: Path
    repository: Repository
    exported: Exported
    placement: Placement
    dry_run: bool
    checkout: Checkout
    notes: tuple[str, ...] = ()
    profile: str | None = None
