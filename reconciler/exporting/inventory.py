"""Everything in the tenant that manifests can mean, and what belongs to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.capabilities.export import Export
    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.model.tenant import Tenant
    from reconciler.planning.prefetch import Reading


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """One live object, and the one that it belongs to."""

    kind: Kind
    export: Export
    live: Live
    owner: Live | None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filter of an export: the wanted names by facet (``customer``, ``integration``, ``label``)."""

    wanted: Mapping[str, Sequence[str]]

    @property
    def everything(self) -> bool:
        """Whether nothing was asked for in particular."""
        return not any(self.wanted.values())

    def chosen(self, entries: Sequence[InventoryItem]) -> list[InventoryItem]:
        """Return the entries that match the filter, and the children of those.

        Raises ``UsageError`` for a name that no entry has.
        """
        missing = [
            f"--{facet} {name}: nothing in the tenant has this {facet}; {did_you_mean(name, known)}"
            for facet, names in self.wanted.items()
            for known in (_known(entries, facet),)
            for name in names
            if name not in known
        ]
        if missing:
            raise UsageError("\n".join(missing))
        return [entry for entry in entries if all(self._fits(entry, facet) for facet in self.wanted)]

    def _fits(self, entry: InventoryItem, facet: str) -> bool:
        return not self.wanted[facet] or not _of(entry, facet).isdisjoint(self.wanted[facet])


def _of(entry: InventoryItem, facet: str) -> frozenset[str]:
    own = entry.export.facets(entry.live).get(facet, frozenset())
    return own | (entry.owner_facets.get(facet, frozenset()) if isinstance(entry, _Owned) else frozenset())


def _known(entries: Sequence[InventoryItem], facet: str) -> set[str]:
    return {name for entry in entries for name in _of(entry, facet)}


@dataclass(frozen=True, slots=True)
class _Owned(InventoryItem):
    """An entry that has the facets of its parent too."""

    owner_facets: Mapping[str, frozenset[str]]


def take_inventory(reading: Reading) -> list[InventoryItem]:
    """Read every object of every kind; those that belong to something that is not ours are left out.

    Owners come before what belongs to them, and each kind's objects in the order of their creation.
    """
    kinds = [(kind, kind.export) for kind in reading.registry if kind.export]
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
            owner_id = kind.parent_id(live)
            if owner_id is None:
                known[live.id] = InventoryItem(kind, export, live, None)
            elif owner_id in known:
                owner = known[owner_id]
                known[live.id] = _Owned(kind, export, live, owner.live, owner.export.facets(owner.live))
    yield from known.values()
