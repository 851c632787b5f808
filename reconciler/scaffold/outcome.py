"""What is asked of a new repository, and what came of it."""

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
    """The profile by which the tenant was reached, and is reached again."""


@dataclass(frozen=True, slots=True)
class Initialized:
    """What came of it; ``notes`` say what of the tenant could not be read for the schemas."""

    folder: Path
    repository: Repository
    exported: Exported
    placement: Placement
    dry_run: bool
    checkout: Checkout
    notes: tuple[str, ...] = ()
    profile: str | None = None
