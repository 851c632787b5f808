"""One desired resource, as a manifest declares it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Origin, Path


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How far a resource may be changed; the manifest's ``lifecycle``."""

    prevent_destroy: bool = False
    ignore_changes: tuple[str, ...] = ()
    absent: bool = False
    unmanaged: bool = False
    """Whether the project gives the object up: it takes its labels off and leaves everything else alone."""
    renamed_from: tuple[str, ...] = ()

    @property
    def managed(self) -> bool:
        """Whether the live object must equal the manifest."""
        return not self.absent and not self.unmanaged


@dataclass(frozen=True, slots=True)
class Resource:
    """One desired resource, checked against its schema.

    ``spec`` is plain data, as in the manifest, with a ``Secret`` (or ``Unresolved``) where a
    ``valueFrom`` stood.
    """

    kind: str
    handle: str
    spec: Mapping[str, Any]
    origin: Origin
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    address: str = field(init=False, repr=False, compare=False)
    """``Kind/handle``; kept, because a plan asks each resource for it dozens of times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", f"{self.kind}/{self.handle}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a spec that names another resource of the manifests by its handle."""

    path: Path
    kind: str
    handle: str

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.handle}"
