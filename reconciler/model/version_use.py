"""Which version of an integration a manifest or a live object uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.kinds.integration.versions import Version
    from reconciler.model.resource import Path


@dataclass(frozen=True, slots=True)
class Floating:
    """A version that a manifest leaves open: of what, and where in the spec it stands.

    ``settled`` by a live object, which stays on its own: then only a new one takes what a lock says.
    """

    name: str
    path: Path
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """A live object's version, the name of what the object belongs to, and what it would lose, undeclared as it is."""

    version: Version
    owner: str
    losses: tuple[str, ...] = ()
