"""A kind of resource: its name, its spec and its capabilities.

The pipeline never names a kind. It asks for a capability (``model/capabilities/``) and skips that part if it is
``None``. A kind is plain data and functions: it computes, and other rooms read and write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.model.capabilities.all import Capabilities
    from reconciler.model.capabilities.deletion import Deletion
    from reconciler.model.capabilities.differ import Differ
    from reconciler.model.capabilities.editor import Editor
    from reconciler.model.capabilities.export import Export
    from reconciler.model.capabilities.finder import Finder
    from reconciler.model.capabilities.follow_up import Authorization, FollowUp
    from reconciler.model.capabilities.health import HealthChecks
    from reconciler.model.capabilities.names import Looks, Names
    from reconciler.model.capabilities.ownership import Labels, Parent
    from reconciler.model.capabilities.parts import Parts
    from reconciler.model.capabilities.permission import Permission
    from reconciler.model.capabilities.rollback import Rollback
    from reconciler.model.capabilities.second_look import SecondLook
    from reconciler.model.capabilities.spec import Spec
    from reconciler.model.capabilities.versions import Versions
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


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

    @property
    def finder(self) -> Finder:
        return self.capabilities.finder

    @property
    def differ(self) -> Differ:
        return self.capabilities.differ

    @property
    def deletion(self) -> Deletion:
        return self.capabilities.deletion

    @property
    def names(self) -> Names | None:
        return self.capabilities.names

    @property
    def looks(self) -> Looks | None:
        return self.capabilities.looks

    @property
    def labels(self) -> Labels | None:
        return self.capabilities.labels

    @property
    def parent(self) -> Parent | None:
        return self.capabilities.parent

    @property
    def follow_up(self) -> FollowUp | None:
        return self.capabilities.follow_up

    @property
    def authorization(self) -> Authorization | None:
        return self.capabilities.authorization

    @property
    def versions(self) -> Versions | None:
        return self.capabilities.versions

    @property
    def export(self) -> Export | None:
        return self.capabilities.export

    @property
    def editor(self) -> Editor | None:
        return self.capabilities.editor

    @property
    def health(self) -> HealthChecks | None:
        return self.capabilities.health

    @property
    def parts(self) -> Parts | None:
        return self.capabilities.parts

    @property
    def second_look(self) -> SecondLook | None:
        return self.capabilities.second_look

    @property
    def rollback(self) -> Rollback | None:
        return self.capabilities.rollback

    @property
    def permission(self) -> Permission | None:
        return self.capabilities.permission

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
