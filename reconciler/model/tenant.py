"""The tenant as read so far: plain data that ``prismatic/`` fills and the kinds query."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal

from typing_extensions import TypeVar

from reconciler.model.answers import Node
from reconciler.model.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from reconciler.model.operation import Operation

N = TypeVar("N", bound=Node, default=Any)
"""The class of the nodes of a collection. The pipeline knows none of them, and a kind names its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Collection(Generic[N]):
    """A query for live objects, and the keys to look one up.

    ``operation`` is a query whose root field is a Relay connection, or a single object (``single``). ``keys`` returns
    the keys of a node, computed from the node itself, because a filter of the API may let other objects through.
    ``listable``: the operation may run without a filter, to answer every look-up at once.
    """

    operation: Operation
    keys: Callable[[N], Iterable[Hashable]]
    listable: bool = True
    single: bool = False


def single_objects(operation: Operation[N]) -> Collection[N]:
    """Return the objects that a query finds by their IDs, one at a time."""
    return Collection(operation, lambda node: [node.id], listable=False, single=True)


class Read(Frozen, Generic[N], frozen=True):
    """One question to the API: the objects of a collection under ``key``.

    ``arguments`` are the operation's variables that narrow it down; without a key the whole collection.
    """

    collection: Collection[N]
    key: Hashable | None = None
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.arguments)


@dataclass(frozen=True, slots=True)
class Gap:
    """The broken rows of an answer; ``ids`` are the IDs of those that have one.

    ``nameless``: a broken row has no ID, so it may be any object.
    """

    reason: str
    ids: frozenset[str] = frozenset()
    nameless: bool = True


@dataclass(slots=True)
class _Shelf:
    nodes: dict[str, Any] = field(default_factory=dict)
    index: defaultdict[Hashable, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    answered: set[Hashable] = field(default_factory=set)
    refused: dict[Hashable, str] = field(default_factory=dict)
    gaps: dict[Hashable, Gap] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose tenant this is: the stack's address, the organization, and the signed-in user."""

    url: str
    organization_id: str
    organization: str
    user_id: str


@dataclass(slots=True)
class Tenant:
    """The live objects read so far, indexed by their keys."""

    identity: Identity
    _shelves: dict[Collection, _Shelf] = field(default_factory=dict)
    _derived: dict[Hashable, Any] = field(default_factory=dict)
    open: bool = True
    """Whether all that was asked for was answered in full."""

    def derived(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` makes of the objects read so far; made once, until more is read."""
        if key not in self._derived:
            self._derived[key] = make()
        return self._derived[key]

    def add(self, read: Read[N], nodes: Iterable[N]) -> None:
        """Take in the answer to ``read``."""
        self._derived.clear()
        shelf = self._shelves.setdefault(read.collection, _Shelf())
        shelf.answered.add(read.key)
        for node in nodes:
            shelf.nodes[node.id] = node
            for key in read.collection.keys(node):
                shelf.index[key][node.id] = None

    def refuse(self, read: Read, reason: str) -> None:
        """Take in that the API does not let this token see the answer to ``read``."""
        self._derived.clear()
        shelf = self._shelves.setdefault(read.collection, _Shelf())
        shelf.answered.add(read.key)
        shelf.refused[read.key] = reason
        self.open = False

    def refusal(self, read: Read) -> str | None:
        """Return why ``read``, or the listing that answers it, was refused; ``None`` where it was not."""
        shelf = self._shelves.get(read.collection)
        return (shelf.refused.get(read.key) or shelf.refused.get(None)) if shelf else None

    def leave_out(self, read: Read, gap: Gap) -> None:
        """Take in that the answer to ``read`` cannot be understood, or not all of it."""
        self._derived.clear()
        shelf = self._shelves.setdefault(read.collection, _Shelf())
        shelf.answered.add(read.key)
        shelf.gaps[read.key] = gap
        self.open = False

    def gap(self, read: Read) -> Gap | None:
        """Return the gap in the answer to ``read``, or ``None`` if the answer is whole."""
        shelf = self._shelves.get(read.collection)
        return shelf.gaps.get(read.key) if shelf else None

    def answered(self, read: Read) -> bool:
        """Return whether ``read``, or a listing of its whole collection, was answered or refused."""
        shelf = self._shelves.get(read.collection)
        return shelf is not None and (read.key in shelf.answered or None in shelf.answered)

    def find(self, collection: Collection[N], key: Hashable) -> Sequence[N]:
        """Return the known nodes under ``key``, in the order in which they were read."""
        shelf = self._shelves.get(collection)
        if shelf is None:
            return ()
        return [shelf.nodes[identifier] for identifier in shelf.index.get(key, ())]

    def all(self, collection: Collection[N]) -> Sequence[N]:
        """Return every known node of the collection."""
        shelf = self._shelves.get(collection)
        return list(shelf.nodes.values()) if shelf else ()


if TYPE_CHECKING:
    Reader = Callable[[Tenant, Sequence[Read]], None]
    """Answers reads: puts what the API returns for them into the tenant."""


class Live(Frozen, Generic[N], frozen=True):
    """One live object, as it was read."""

    kind: str
    id: str
    name: str
    node: N

    @property
    def labels(self) -> frozenset[str]:
        """The labels that the object carries, lower-cased; none for a kind without labels."""
        return frozenset(label.lower() for label in getattr(self.node, "labels", None) or ())

    @property
    def updated_at(self) -> str | None:
        """The time of the object's last change, or ``None`` for a kind that has none."""
        return getattr(self.node, "updated_at", None)

    def allows(self, action: Literal["update", "remove"]) -> bool:
        """Return whether the API allows the action on this object, as far as the node says."""
        return getattr(self.node, f"allow_{action}", True) is not False
