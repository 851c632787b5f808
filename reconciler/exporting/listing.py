"""What exists and what is declared, side by side: each object of a kind with the state that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.exporting.inventory import take_inventory
from reconciler.manifests.selectors import addresses_of, facets_of, has_names, is_glob, unknown_names
from reconciler.model.listed import Listed
from reconciler.planning.ownership import other_marks
from reconciler.planning.unfolding import with_parts
from reconciler.text.natural import natural
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reconciler.exporting.inventory import InventoryItem
    from reconciler.manifests.result import Manifests
    from reconciler.manifests.selectors import Facets
    from reconciler.model.kind import Kind, Registry
    from reconciler.model.listed import State
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.prefetch import Reading


def list_objects(
    reading: Reading, manifests: Manifests, kind: Kind, name: str | None, wanted: Mapping[str, Sequence[str]]
) -> list[Listed]:
    """Return the objects of a kind in the order of their names, live ones and declared ones.

    ``name`` is a handle, a name, or a pattern of either; ``wanted`` are names by facet, such as ``customer``. Raises
    ``UsageError`` for names that nothing has, live or declared.
    """
    tenant = _compare(reading, manifests, kind)
    if problems := unknown_names(wanted, tenant.known_facets, "nothing"):
        raise UsageError("\n".join(problems))
    found = [each for item, each in tenant.live(wanted) if item.kind is kind]
    for resource in tenant.resources:
        if resource.kind != kind.name or not resource.lifecycle.managed:
            continue
        # Several live objects that one manifest may mean are listed as they are.
        if not kind.finder.candidates(resource, tenant.view) and has_names(tenant.declared[resource.address], wanted):
            found.append(_missing(kind, resource, tenant, reading.registry))
    chosen = found if name is None else [each for each in found if _is_named(each, name)]
    if name is not None and not chosen and not is_glob(name):
        known = {each.name for each in found} | {each.address.partition("/")[2] for each in found if each.address}
        raise UsageError(f"no {kind.name} is named {name!r}, live or declared; {did_you_mean(name, known)}")
    return sorted(chosen, key=lambda each: (natural(each.parent), natural(each.name), each.id))


def unmanaged_objects(
    reading: Reading, manifests: Manifests, targets: Sequence[str], wanted: Mapping[str, Sequence[str]]
) -> list[Listed]:
    """Return the live objects of every kind that no manifest declares and no project owns, grouped by their customers.

    ``targets`` are addresses, or patterns of them, of an object's kind and its name or ID; ``wanted`` are names by
    facet. A name that nothing unmanaged has is no mistake: manifests have it.
    """
    kinds = {kind.name: level for level, kind in enumerate(reading.registry)}
    found = [each for _, each in _compare(reading, manifests).live(wanted) if each.state == "unmanaged"]
    if targets:
        found = [each for each in found if any(addresses_of(target, _names(each)) for target in targets)]
    return sorted(
        found, key=lambda each: (not each.group, natural(each.group), kinds[each.kind], natural(each.name), each.id)
    )


def _names(listed: Listed) -> list[str]:
    return [f"{listed.kind}/{name}" for name in (listed.name, listed.id)]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Live objects, and the manifests that mean some of them. ``declared`` are the facets of each manifest."""

    items: Sequence[InventoryItem]
    resources: Sequence[Resource]
    view: View
    declared: Mapping[str, Facets]
    label: str | None

    @property
    def known_facets(self) -> list[Mapping[str, Collection[str]]]:
        return [*(each.facets for each in self.items), *self.declared.values()]

    def live(self, wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[InventoryItem, Listed]]:
        """Yield the live objects that have the wanted names, themselves or in their manifest."""
        means = {live.id: each for each in self.resources if (live := self.view.live(each.address))}
        for item in self.items:
            resource = means.get(item.live.id)
            owner = means.get(item.owner.id) if item.owner else None
            # What belongs to a declared object can be meant by the handle of that, declared itself or not.
            named = [self.declared[each.address] for each in (resource, owner) if each]
            facets = {
                each: {*item.facets.get(each, ()), *(n for f in named for n in f.get(each, ()))} for each in wanted
            }
            if has_names(facets, wanted):
                yield item, _live(item, resource, self.label)


def _compare(reading: Reading, manifests: Manifests, kind: Kind | None = None) -> _Compared:
    """Read every object of a kind, or of all kinds, and find those that manifests mean."""
    resources = with_parts(manifests.resources, reading.read_parts(manifests.resources, pins=manifests.pins))
    items = take_inventory(reading, upto=kind)
    label = manifests.project.ownership_label if manifests.project else None
    view = reading.read_for(resources)
    return _Compared(items, resources, view, facets_of(resources, reading.registry), label)


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
        kind.parent is None and kind.labels is not None,
    )


def _missing(kind: Kind, resource: Resource, tenant: _Compared, registry: Registry) -> Listed:
    title = kind.spec.title(resource.spec)
    parent = _parent(kind, resource, tenant, registry)
    return Listed("missing", kind.name, title, "", parent, resource.address, resource.origin.start)


def _parent(kind: Kind, resource: Resource, tenant: _Compared, registry: Registry) -> str:
    """Return the name of what a missing object would belong to: as it is live, or else as it is declared."""
    if kind.parent is None:
        return ""
    if owner := kind.parent.live(resource, tenant.view):
        return owner.name
    named = {each.address for each in kind.spec.references(resource.spec) if each.parent}
    declared = next((each for each in tenant.resources if each.address in named), None)
    return registry[declared.kind].spec.title(declared.spec) if declared else kind.parent.title(resource.spec)


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
