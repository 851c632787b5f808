"""What exists and what is declared, side by side: each object of a kind with the state that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.errors import UsageError
from reconciler.exporting.inventory import take_inventory
from reconciler.manifests.selectors import addresses_of, facets_of, has_names, is_glob, unknown_names
from reconciler.planning.ownership import other_marks
from reconciler.planning.unfolding import with_parts
from reconciler.text.natural import natural
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.exporting.inventory import InventoryItem
    from reconciler.manifests.result import Manifests
    from reconciler.model.kind import Kind
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.prefetch import Reading

State = Literal["declared", "missing", "to delete", "released", "orphan", "of another project", "unmanaged"]
"""``orphan``: it carries the project's label, and no manifest declares it. ``unmanaged``: nobody declares it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One object: live, declared, or both. An empty ID means that it is not live, an empty address not declared."""

    state: State
    kind: str
    name: str
    id: str = ""
    parent: str = ""
    """The name of what it belongs to."""
    address: str = ""
    source: Place | None = None
    version: int | None = None
    """The live version of what it runs."""
    labels: tuple[str, ...] = ()


def list_objects(
    reading: Reading, manifests: Manifests, kind: Kind, name: str | None, wanted: Mapping[str, Sequence[str]]
) -> list[Listed]:
    """Return the objects of a kind in the order of their names, live ones and declared ones.

    ``name`` is a handle, a name, or a pattern of either; ``wanted`` are names by facet, such as ``customer``. Raises
    ``UsageError`` for names that nothing has, live or declared.
    """
    label = manifests.project.ownership_label if manifests.project else None
    resources = with_parts(manifests.resources, reading.read_parts(manifests.resources, pins=manifests.pins))
    items = take_inventory(reading, upto=kind)
    view = reading.read_for(resources)
    means = {live.id: each for each in resources if (live := view.live(each.address))}
    declared = facets_of(resources, reading.registry)
    if problems := unknown_names(wanted, [*(each.facets for each in items), *declared.values()], "nothing"):
        raise UsageError("\n".join(problems))
    found = []
    for item in items:
        resource = means.get(item.live.id)
        named = declared[resource.address] if resource else {}
        facets = {each: {*item.facets.get(each, ()), *named.get(each, ())} for each in wanted}
        if item.kind is kind and has_names(facets, wanted):
            found.append(_live(item, resource, label))
    for resource in resources:
        if resource.kind != kind.name or not resource.lifecycle.managed:
            continue
        # Several live objects that one manifest may mean are listed as they are.
        if not kind.finder.candidates(resource, view) and has_names(declared[resource.address], wanted):
            found.append(_missing(kind, resource, view))
    chosen = found if name is None else [each for each in found if _is_named(each, name)]
    if name is not None and not chosen and not is_glob(name):
        known = {each.name for each in found} | {each.address.partition("/")[2] for each in found if each.address}
        raise UsageError(f"no {kind.name} is named {name!r}, live or declared; {did_you_mean(name, known)}")
    return sorted(chosen, key=lambda each: (natural(each.parent), natural(each.name), each.id))


def _live(item: InventoryItem, resource: Resource | None, label: str | None) -> Listed:
    live, kind = item.live, item.kind
    return Listed(
        _state(item, resource, label),
        kind.name,
        live.name,
        live.id,
        item.owner.name if item.owner else "",
        resource.address if resource else "",
        resource.origin.start if resource else None,
        kind.versions.running(live).number if kind.versions else None,
        tuple(sorted(live.labels)),
    )


def _missing(kind: Kind, resource: Resource, view: View) -> Listed:
    parent = ""
    if kind.parent:
        owner = kind.parent.live(resource, view)
        parent = owner.name if owner else kind.parent.title(resource.spec)
    title = kind.spec.title(resource.spec)
    return Listed("missing", kind.name, title, "", parent, resource.address, resource.origin.start)


def _state(item: InventoryItem, resource: Resource | None, label: str | None) -> State:
    if resource is not None:
        lifecycle = resource.lifecycle
        return "to delete" if lifecycle.absent else "released" if lifecycle.unmanaged else "declared"
    if label is not None and label in item.live.labels:
        return "orphan"
    return "of another project" if other_marks(item.live.labels, label) else "unmanaged"


def _is_named(listed: Listed, name: str) -> bool:
    """Return whether an object is the one, or one of those, that a handle, a name or a pattern means."""
    return bool(addresses_of(name, [listed.name, listed.address.partition("/")[2], listed.id]))
