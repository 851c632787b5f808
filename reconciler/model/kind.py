"""A kind of resource: its name, its spec and its capabilities.

The pipeline never names a kind. It asks for a capability (``model/capabilities/``) and skips that part if it is
``None``. A kind is plain data and functions: it computes, and other rooms read and write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.model.capabilities.all import Capabilities
    from reconciler.model.capabilities.spec import Spec
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

T = TypeVar("T")


class _Loaded(Generic[T]):
    """A capability of a kind: one of those that are loaded at first use."""

    def __init__(self, of: Callable[[Capabilities], T]) -> None:
        self._of = of

    def __get__(self, kind: Kind, _: type[Kind]) -> T:
        return self._of(kind.capabilities)


@dataclass(frozen=True, eq=False)  # not slotted: the loaded capabilities are kept in it
class Kind:
    """One kind of resource. The name and the spec suffice to check manifests; the rest is loaded at first use.

    >>> from reconciler.kinds.registry import default_registry
    >>> [kind.name for kind in default_registry() if kind.labels]
    ['Customer', 'Instance']
    """

    name: str
    """As in a manifest's ``kind``."""
    spec: Spec
    load: Callable[[], Capabilities]
    """Import the capabilities, which takes longer than checking a manifest."""
    level: int = 0
    """Kinds of a lower level are written first and deleted last."""

    @cached_property
    def capabilities(self) -> Capabilities:
        return self.load()

    finder = _Loaded(lambda loaded: loaded.finder)
    differ = _Loaded(lambda loaded: loaded.differ)
    deletion = _Loaded(lambda loaded: loaded.deletion)
    names = _Loaded(lambda loaded: loaded.names)
    looks = _Loaded(lambda loaded: loaded.looks)
    labels = _Loaded(lambda loaded: loaded.labels)
    parent = _Loaded(lambda loaded: loaded.parent)
    follow_up = _Loaded(lambda loaded: loaded.follow_up)
    authorization = _Loaded(lambda loaded: loaded.authorization)
    versions = _Loaded(lambda loaded: loaded.versions)
    export = _Loaded(lambda loaded: loaded.export)
    editor = _Loaded(lambda loaded: loaded.editor)
    health = _Loaded(lambda loaded: loaded.health)
    parts = _Loaded(lambda loaded: loaded.parts)
    second_look = _Loaded(lambda loaded: loaded.second_look)
    rollback = _Loaded(lambda loaded: loaded.rollback)
    permission = _Loaded(lambda loaded: loaded.permission)

    def parent_id(self, live: Live) -> str | None:
        """Return the ID of the object that a live one belongs to, if it belongs to any."""
        return self.parent.of_live(live) if self.parent else None

    def group_of(self, live: Live) -> str:
        """Return the name of the customer that a live object is of; its own name if it is of none."""
        return (self.parent.live_title(live) if self.parent else "") or live.name

    def parent_id_of(self, resource: Resource, view: View) -> str | None:
        """Return the ID of the live object that a resource belongs to, if it belongs to any and that is known."""
        return self.parent.of_resource(resource, view) if self.parent else None


@dataclass(frozen=True, slots=True)
class Registry:
    """The kinds a run knows, by name."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Kind:
        return self.kinds[name]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds.values())
