"""How a live object becomes a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.place import Path
    from reconciler.model.resource import SetCustomer
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class SecretSort:
    """Why a live value of a kind is, or may be, a secret.

    >>> SecretSort("flowApiKeys", "API keys of 1 flow", "API keys of {} flows").counted(2)
    'API keys of 2 flows'
    """

    name: str
    """As in the JSON report."""
    one: str
    many: str
    """How one place is described, and how ``{}`` places are."""
    named_by: int = -1
    """The step of the path that a person calls the place by."""
    together: bool = False
    """Whether the places beside each other are listed in one line."""

    def counted(self, count: int) -> str:
        """Return how ``count`` places are described."""
        return self.one if count == 1 else self.many.format(count)


class Undeclarable(Exception):
    """A live value that no manifest can hold; ``str()`` is the reason, without the value."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """A placeholder in a spec for another object, such as the parent: its handle, if that is exported too."""

    id: str
    otherwise: Mapping[str, str] | str
    """How to refer to it when it is in no manifest."""
    field: str = ""
    """The field that the handle goes into, where that is another one."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to note beside the value at a path of the spec; without a path, above the whole manifest.

    ``left_out``: the value itself could not be declared, and is not there.
    """

    path: Path
    text: str
    left_out: bool = False


@dataclass(slots=True)
class Declared:
    """A manifest's spec, with remarks on what it leaves out.

    In ``spec`` a ``Secret`` marks a value from outside (``Unresolved`` if the API does not return it), and ``Belongs``
    the parent. ``secrets`` maps the path of each such value to the reason why it is, or may be, a secret.
    """

    spec: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list)
    secrets: dict[Path, SecretSort] = field(default_factory=dict)
    only_new: set[Path] = field(default_factory=set)
    """Fields for new manifests only: in an existing one their absence means the same."""
    held: str = ""
    """Why the manifest holds back something that is due, so that the export changes nothing; empty if it does not."""

    def note(self, part: Declared) -> None:
        """Add the remarks and secrets of a part of the spec."""
        self.remarks += part.remarks
        self.secrets |= part.secrets


def by_name(live: Live, parent: str | None) -> Sequence[str]:
    """Return the object's name, after the handle of its parent."""
    return (f"{parent} {live.name}" if parent else live.name,)


@dataclass(frozen=True, slots=True)
class SetForm:
    """How objects of a kind that are alike become one set of them."""

    kind: str
    """The kind of the set, such as ``InstanceSet``."""
    owner: str
    """The field of the spec that names the customer, which a set's template lacks."""
    group: Callable[[Mapping[str, Any]], str]
    """Return what the members of a set have in common, such as the name of their integration, from a spec."""
    customer: Callable[[str, Mapping[str, Any]], SetCustomer]
    """Return a customer as a set sees it, from the handle and the spec of its manifest."""
    file_of: Callable[[str], str]
    """Return the file of a set, with ``/``, for its handle."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export of one kind. ``exporting/`` asks once for the inventory, then for each object."""

    inventory: Read
    """What reads every live object that a manifest can mean."""
    declare: Callable[[Live, View, Live | None, bool], Declared]
    """Return the manifest of a live object, without defaults; the third argument is its parent.

    The last argument asks for every declarable field. Raises ``Undeclarable`` for a value that no manifest can hold.
    """
    file_of: Callable[[str, str | None], str]
    """Return the manifest's file, with ``/``, for its handle and the folder of its parent."""
    handle_candidates: Callable[[Live, str | None], Sequence[str]] = by_name
    """Return candidates for a handle, the best first; the second argument is the parent's handle."""
    reads: Callable[[Live], Iterable[Read]] = lambda _: ()
    """Yield the reads that declaring the object needs."""
    facets: Callable[[Live], Mapping[str, frozenset[str]]] = lambda _: {}
    """Return, by facet such as ``label``, the names by which an export can be restricted to this object."""
    parts: frozenset[tuple[str, ...]] = frozenset()
    """The paths of maps whose entries are managed one by one; ``*`` matches any name."""
    secrets: tuple[SecretSort, ...] = ()
    """Why values can be secrets, in the order of the report."""
    sets: SetForm | None = None
    """How objects that are alike become a set; ``None`` where the kind has no sets."""
    holding: Callable[[Sequence[str], str], Declared | None] = lambda *_: None
    """Return what a manifest declares besides, so that nothing is done to an object that is as declared.

    The arguments are the actions of a plan, and their reason. ``None``: nothing holds these back.
    """
