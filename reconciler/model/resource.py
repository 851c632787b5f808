"""One desired resource, as a manifest declares it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

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
    heal: bool | None = None
    """Whether ``watch`` changes the object back when it differs; ``None``: as the project says."""

    @property
    def managed(self) -> bool:
        """Whether the live object must equal the manifest."""
        return not self.absent and not self.unmanaged


@dataclass(frozen=True, slots=True)
class SetCustomer:
    """A customer as a set sees it: from its manifest, or as it is live."""

    handle: str
    name: str
    external_id: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """The set that a resource was expanded from, and the customer that it was expanded for.

    A manifest that means several resources is a set too; ``unfolded`` is true for these.
    """

    set_address: str
    """Such as ``InstanceSet/inventory``: as a target it selects all members."""
    customer: SetCustomer
    unfolded: bool = False


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
    membership: Membership | None = None
    """The set that it comes from; ``None`` for a resource with a manifest of its own."""
    open: bool = False
    """Whether it means a resource for each part of a live object, which only the tenant knows."""
    address: str = field(init=False, repr=False, compare=False)
    """``Kind/handle``; kept, because a plan asks each resource for it dozens of times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", f"{self.kind}/{self.handle}")


class Reference(NamedTuple):
    """A place in a spec that names another resource of the manifests by its handle."""

    path: Path
    kind: str
    handle: str
    parent: bool = False
    """Whether the resource belongs to the other one, and is reported with it."""
    elsewhere: str = ""
    """How to refer to an object that no manifest declares, such as ``{name: …}``."""

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.handle}"


def list_references(
    lists: Mapping[str, tuple[str, str]], spec: Mapping[str, Any], path: Path = ()
) -> Iterator[Reference]:
    """Yield the references in the lists of a spec, such as the users of a group; ``path`` is that of the spec.

    ``lists`` are the kinds by the name of the list, each with how the spec names an object that no manifest declares.
    """
    for name, (kind, elsewhere) in lists.items():
        listed = spec.get(name)
        for number, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, str):
                yield Reference((*path, name, number), kind, each, elsewhere=elsewhere)


def compared(resource: Resource, fixed: Collection[str], live: object) -> Resource:
    """Return the resource as it is compared with its live object.

    This is the one rule of ``ignoreChanges``: a new object is created with every declared field, and of a live one the
    ignored fields are neither compared nor written. ``live`` is the live object or its node, or ``None``.
    """
    return without_ignored(resource, fixed) if live else resource


def without_ignored(resource: Resource, fixed: Collection[str] = ()) -> Resource:
    """Return the resource without the fields that ``ignoreChanges`` names: dotted paths, such as ``description``.

    ``configVariables.Batch Size`` names one variable, ``configVariables`` all of them. Keys with dots are found too:
    the keys along a path are joined with dots and compared. ``fixed`` are the paths that always stay: fields that
    identify the object are never compared.
    """
    ignored = set(resource.lifecycle.ignore_changes) - set(fixed)
    if not ignored:
        return resource
    return replace(resource, spec=_without(resource.spec, ignored, fixed, ""))


def _without(value: Any, ignored: Collection[str], fixed: Collection[str], prefix: str) -> Any:
    """Return the value without ignored fields; fixed ones stay."""
    if not isinstance(value, dict):
        return value
    kept: dict[Any, Any] = {}
    for key, item in value.items():
        path = f"{prefix}{key}"
        if path not in ignored:
            kept[key] = _without(item, ignored, fixed, f"{path}.")
        elif inside := {name: each for name, each in _items(item) if f"{path}.{name}" in fixed}:
            kept[key] = inside
    return kept


def _items(value: Any) -> Any:
    return value.items() if isinstance(value, dict) else ()
