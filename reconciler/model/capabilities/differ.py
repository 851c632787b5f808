"""How a manifest and its live object are compared: fields that differ, fields that are the same, steps to take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One declared field, live and declared; of a sensitive one something on either side is hidden, as a ``Secret``.

    A write-only value that is known to be the same has no ``before``: it cannot be read back.
    """

    path: Path
    before: Any
    after: Any
    sensitive: bool = False


@dataclass(slots=True)
class Fields:
    """The declared fields of one resource, each compared once.

    Fields that are the same are kept only with ``include_unchanged``: in a large tenant that is nearly every field,
    and a plan shows none of them.

    >>> fields = Fields()
    >>> fields.add(("name",), "Acme", "Acme", same=True)
    >>> fields.add(("phone",), "1", "2", same=False)
    >>> [change.path for change in fields.changed], fields.same
    ([('phone',)], [])
    """

    include_unchanged: bool = False
    changed: list[FieldChange] = field(default_factory=list)
    same: list[FieldChange] = field(default_factory=list)

    def add(self, path: Path, before: Any, after: Any, *, same: bool, sensitive: bool = False) -> None:
        """Add a compared field."""
        if not same:
            self.changed.append(FieldChange(path, before, after, sensitive))
        elif self.include_unchanged:
            self.same.append(FieldChange(path, before, after, sensitive))

    def extend(self, other: Fields, root: Path = ()) -> None:
        """Add the fields of ``other``, whose paths begin below ``root``."""
        for each in other.changed:
            self.add((*root, *each.path), each.before, each.after, same=False, sensitive=each.sensitive)
        for each in other.same:
            self.add((*root, *each.path), each.before, each.after, same=True, sensitive=each.sensitive)


class Diff(Frozen, frozen=True):
    """The outcome of comparing a resource with its live object."""

    fields: Sequence[FieldChange] = ()
    """The declared fields that differ."""
    steps: Sequence[Step] = ()
    reason: str = ""
    """Why a step is due that no field explains, such as a deploy."""
    warnings: Sequence[Diagnostic] = ()
    problems: Sequence[Diagnostic] = ()
    same: Sequence[FieldChange] = ()
    """The declared fields that are the same; empty unless ``DiffContext.include_unchanged`` is set."""
    after: tuple[str, ...] = ()
    """The addresses of resources whose changes come first, besides those of its references."""
    drops: frozenset[str] = frozenset()
    """The IDs of live objects that the object uses now and does not use after the steps."""
    left_out: frozenset[Path] = frozenset()
    """The secrets without a value here that a step cannot send: an API may lose what a write leaves out."""
    redeploys: frozenset[str] = frozenset()
    """The addresses of other resources whose live objects the API deploys along with the steps."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The paths of ``lifecycle.ignoreChanges``, as the tenant knows them; diagnostics begin at the manifest's root."""

    paths: tuple[str, ...] = ()
    problems: Sequence[Diagnostic] = ()
    warnings: Sequence[Diagnostic] = ()


def as_written(resource: Resource, _view: View) -> Ignored:
    """Return the paths of ``ignoreChanges`` as the manifest has them."""
    return Ignored(resource.lifecycle.ignore_changes)


@dataclass(frozen=True, slots=True)
class Differ:
    """The comparison. The planner asks it once for each resource that is to exist."""

    diff: Callable[[Resource, DiffContext], Diff]
    """Compare each declared field once; return the different fields, the equal ones, and the steps.

    Equal fields are returned only if ``context.include_unchanged`` is set.
    """
    observed: Callable[[Live], Mapping[str, Any]]
    """Return the state that a saved plan records, without values that change by themselves; secrets stay ``Secret``."""
    ignored: Callable[[Resource, View], Ignored] = as_written
    """Return the ignored paths of a resource, and problems with them beyond the kind's schema."""
    inputs: Callable[[Resource, DiffContext], Iterable[ConnectionInputs]] = lambda *_: ()
    """Return the resource's connections with their inputs; asked only if the view has ``shows_inputs``."""
    undeclared: Callable[[Resource, Live, View], Iterable[Path]] = lambda *_: ()
    """Yield the paths of values that are live, differ from what the object starts with, and are not declared.

    It is asked to explain one resource. Plain fields are no part of it: their kinds have few, all listed by the schema.
    """
