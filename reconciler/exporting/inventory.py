"""Everything in the tenant that manifests can mean, and what belongs to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.selectors import has_names, unknown_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.capabilities.export import Export
    from reconciler.model.kind import Kind
    from reconciler.model.tenant import Live, Tenant
    from reconciler.planning.prefetch import Reading


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """One live object, and the one that it belongs to. ``facets`` are names of both, by which it can be chosen."""

    kind: Kind
    export: Export
    live: Live
    owner: Live | None
    facets: Mapping[str, frozenset[str]]


def choose(items: Sequence[InventoryItem], wanted: Mapping[str, Sequence[str]]) -> list[InventoryItem]:
    """Return the items that have one of the wanted names of each facet; an empty facet chooses all.

    Raises ``UsageError`` for a name that no item has.
    """
    missing = unknown_names(wanted, (item.facets for item in items), "nothing in the tenant")
    if missing:
        raise UsageError("\n".join(missing))
    return [item for item in items if has_names(item.facets, wanted)]


def take_inventory(reading: Reading, upto: Kind | None = None) -> list[InventoryItem]:
    """Read every object of every kind; those that belong to something that is not ours are left out.

    Owners come before what belongs to them, and each kind's objects in the order of their creation. ``upto``: read only
    this kind, and those that its objects can belong to.
    """
    kinds = [
        (kind, kind.export)
        for kind in reading.registry
        if kind.export and (upto is None or kind is upto or (upto.parent and kind.level < upto.level))
    ]
    reading.read(export.inventory for _, export in kinds)
    return list(_entries(kinds, reading.tenant))


def _entries(kinds: Sequence[tuple[Kind, Export]], tenant: Tenant) -> Iterator[InventoryItem]:
    known: dict[str, InventoryItem] = {}
    for kind, export in kinds:
        inventory = export.inventory
        refusal = tenant.refusal(inventory)
        if refusal:
            raise UsageError(f"every {kind.name} of the tenant is needed, and cannot be read: {refusal}")
        for node in tenant.all(inventory.collection):
            if not any(True for _ in inventory.collection.keys(node)):
                continue  # the API's filters may let other objects through
            live = kind.finder.live(node)
            owner_id, facets = kind.parent_id(live), export.facets(live)
            if owner_id is None:
                known[live.id] = InventoryItem(kind, export, live, None, facets)
            elif owner_id in known:
                owner = known[owner_id]
                more = owner.export.facets(owner.live)
                both = {each: facets.get(each, frozenset()) | more.get(each, frozenset()) for each in {*facets, *more}}
                known[live.id] = InventoryItem(kind, export, live, owner.live, both)
    yield from known.values()
