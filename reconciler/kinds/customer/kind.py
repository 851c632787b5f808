"""Customers: the companies that a software vendor's integrations are deployed for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.attributes import Attribute, compare_attributes, declared, text, written
from reconciler.kinds.shared.labels import compare_labels, declarable_labels, repeated_labels, wanted_labels
from reconciler.kinds.shared.taken_along import is_taken_along
from reconciler.model.appearance import Appearance, LookAlike
from reconciler.model.declaration import Declared
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.kind import Kind
from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read
from reconciler.text.file_names import file_name
from reconciler.text.look_alikes import fragments, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.resource import Reference, Resource
    from reconciler.model.tenant import Node
    from reconciler.model.view import DiffContext, View

OPERATIONS = load_operations(__package__, "operations.graphql")
ATTRIBUTES = (
    Attribute("name"),
    Attribute("externalId", default=""),
    Attribute("description", default=""),
)


def _keys(node: Node) -> Iterator[tuple[str, str]]:
    yield "name", node["name"]
    if node.get("externalId"):
        yield "externalId", node["externalId"]
    yield from (("label", str(label).lower()) for label in node.get("labels") or ())


CUSTOMERS = Collection(OPERATIONS["customers"], _keys)
BY_ID = Collection(OPERATIONS["customerById"], lambda node: [node["id"]], listable=False, single=True)
SIMILAR = Collection(OPERATIONS["similarCustomers"], lambda node: [node["name"]], listable=False)
"""The first hundred customers that have a part of a name: enough to notice one that looks like another."""
CONTENTS = Collection(OPERATIONS["customerContents"], lambda node: [node["id"]], listable=False, single=True)


def _counted(node: Node, nouns: Mapping[str, str]) -> str:
    """Return in words how many there are of each, those that there are; a noun of several words has no plural."""
    counts = ((node[key]["totalCount"], noun) for key, noun in nouns.items())
    return " and ".join(f"{count} {noun}{'' if count == 1 or ' ' in noun else 's'}" for count, noun in counts if count)


def by_name(name: str) -> Read:
    return Read(CUSTOMERS, ("name", name), (("name", name),))


def by_external_id(external_id: str) -> Read:
    return Read(CUSTOMERS, ("externalId", external_id), (("externalId", external_id),))


def similar_reads(name: str, view: View) -> Iterator[Read]:
    """Yield the look-ups of customers whose names look like one that no customer has."""
    if not view.tenant.answered(Read(CUSTOMERS)):
        yield from (Read(SIMILAR, part.casefold(), (("fragment", part),)) for part in fragments(name))


def looking_like(field: str, value: str | None, view: View) -> Sequence[Node]:
    """Return the customers read so far whose field looks like a value, and is another."""
    if not value:
        return ()

    def make() -> Mapping[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        nodes = {node["id"]: node for each in (SIMILAR, CUSTOMERS) for node in view.tenant.all(each)}
        for node in nodes.values():
            if node.get(field):
                found.setdefault(skeleton(node[field]), []).append(node)
        return found

    made: Mapping[str, list[Node]] = view.tenant.derived(("customers looking like", field), make)
    return [node for node in made.get(skeleton(value), ()) if node[field] != value]


class Customer(Kind):
    """Found by ``externalId``, else by ``name``."""

    name = "Customer"
    level = 0
    ownable = True
    delete_flag = "--allow-delete-customers"

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        del spec
        return ()

    def identity(self, spec: Mapping[str, Any]) -> tuple[str, str]:
        return ("externalId", spec["externalId"]) if spec.get("externalId") else ("name", spec["name"])

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def check(self, spec: Mapping[str, Any]) -> Iterable[Diagnostic]:
        return repeated_labels(spec)

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        yield from self._lookups(resource, view)
        if resource.lifecycle.absent:
            for live in self.candidates(resource, view):
                yield from self.deletion_reads(live)

    def check_reads(self, resource: Resource, view: View) -> Iterator[Read]:
        if not resource.lifecycle.absent and not self.candidates(resource, view):
            yield from similar_reads(resource.spec["name"], view)

    def look_alikes(self, resource: Resource, view: View) -> Sequence[LookAlike]:
        spec = resource.spec
        return [
            LookAlike(self.live(node), (field,), spec[field], node[field])
            for field in ("name", "externalId")
            for node in looking_like(field, spec.get(field), view)
        ]

    def named(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def found_by_name(self, spec: Mapping[str, Any]) -> bool:
        return not spec.get("externalId")

    def appearance(self, spec: Mapping[str, Any]) -> Appearance:
        return Appearance(skeleton(spec["name"]), ("name",), spec["name"])

    def _lookups(self, resource: Resource, view: View) -> Iterator[Read]:
        """Yield one look-up after the other: the next only where the one before found nothing that is meant.

        What is to be renamed may find its new name taken.
        """
        lookups = [by_name(name) for name in (resource.spec["name"], *resource.lifecycle.renamed_from)]
        if resource.spec.get("externalId"):
            lookups.insert(0, by_external_id(resource.spec["externalId"]))
        for lookup in lookups:
            yield lookup
            if not view.tenant.answered(lookup):
                return
            found = self.candidates(resource, view)
            if found and not is_taken_along([live.node for live in found], resource, view):
                if any(live.name != resource.spec["name"] for live in found):
                    yield by_name(resource.spec["name"])
                return

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        """Return those with the external ID; else, by name, those that have no other external ID."""
        external_id = resource.spec.get("externalId")
        if external_id:
            found = view.tenant.find(CUSTOMERS, ("externalId", external_id))
            if found:
                return [self.live(node) for node in found]
        kept: Sequence[Node] = ()
        for name in (resource.spec["name"], *resource.lifecycle.renamed_from):
            named = view.tenant.find(CUSTOMERS, ("name", name))
            found = [node for node in named if not external_id or not node.get("externalId")]
            if name == resource.spec["name"] and is_taken_along(found, resource, view):
                kept = found
            elif found:
                return [self.live(node) for node in found]
        return [self.live(node) for node in kept]

    def conflicts(self, resource: Resource, view: View) -> Mapping[str, Diagnostic]:
        """Return who has the name already: names are unique, so another customer cannot get it."""
        name = resource.spec.get("name")
        return {
            node["id"]: Diagnostic(
                f"the name {name!r} is taken by the customer with the external ID {text(node['externalId'])!r} "
                f"({node['id']}), to which no manifest gives another; correct one of the external IDs, or the name",
                path=("name",),
            )
            for node in view.tenant.find(CUSTOMERS, ("name", name))
        }

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        live = context.live
        node = live.node if live else None
        fields = Fields(context.include_unchanged)
        compare_attributes(ATTRIBUTES, resource.spec, node, fields)
        compare_labels(resource.spec.get("labels"), node, fields)
        values = written(ATTRIBUTES, fields.changed, resource.spec)
        labels = wanted_labels(resource.spec.get("labels"), node, context.labels, context.unwanted_labels)
        if labels is not None:
            values["labels"] = labels
        if live is None:
            return Diff(fields.changed, [Step("create", Phase.WRITE, OPERATIONS["createCustomer"], values)])
        values = {"id": live.id, **values} if values else {}
        steps = [Step("update", Phase.WRITE, OPERATIONS["updateCustomer"], values)] if values else []
        return Diff(fields.changed, steps, same=fields.same)

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteCustomer"], {"id": live.id})

    def deletion_reads(self, live: Live) -> Iterator[Read]:
        yield Read(CONTENTS, live.id, (("id", live.id),))

    def deletion_warnings(self, live: Live, view: View) -> Iterable[str]:
        for node in view.tenant.find(CONTENTS, live.id):
            parts = _counted(node, {"users": "user", "instances": "instance"})
            special = _counted(node, {"builtByCustomer": "that the customer built", "workflows": "workflow"})
            among = f", among them {special}" if special else ""
            if parts:
                yield f"deleting it deletes its {parts} for good{among}"

    def contained(self, live: Live, view: View) -> int:
        return sum(int(node["instances"]["totalCount"]) for node in view.tenant.find(CONTENTS, live.id))

    def deletion_observed(self, live: Live, view: View) -> Any:
        return list(view.tenant.find(CONTENTS, live.id))

    def undeletable(self, live: Live, view: View) -> str | None:
        """Return that something of the customer is protected, if so: it would go with the customer."""
        counts = [node["protected"]["totalCount"] for node in view.tenant.find(CONTENTS, live.id)]
        if not any(counts):
            return None
        number = "one of its instances is" if counts[0] == 1 else f"{counts[0]} of its instances are"
        return f"{number} protected against being deleted (preventDestroy), and would go with it"

    def release(self, live: Live, labels: Sequence[str]) -> Step:
        return Step("forget", Phase.RELEASE, OPERATIONS["updateCustomer"], {"id": live.id, "labels": list(labels)})

    def by_id(self, identifier: str) -> Read:
        return Read(BY_ID, identifier, (("id", identifier),))

    def labelled(self, label: str) -> Read:
        return Read(CUSTOMERS, ("label", label), (("label", label),))

    def live(self, node: Node) -> Live:
        return Live(self.name, node["id"], node["name"], node)

    def observed(self, live: Live) -> Mapping[str, Any]:
        read = {attribute.field: text(live.node.get(attribute.field)) for attribute in ATTRIBUTES}
        return {**read, "labels": sorted(self.labels(live))}

    def inventory(self) -> Read:
        return Read(CUSTOMERS)

    def facets(self, live: Live) -> Mapping[str, frozenset[str]]:
        names = frozenset(filter(None, (live.name, live.node.get("externalId"))))
        return {"customer": names, "label": frozenset(declarable_labels(live.node))}

    def file_of(self, handle: str, owner: str | None) -> str:
        del owner
        return f"customers/{file_name(handle, self.name)}/customer.yaml"

    def declare(self, live: Live, view: View, owner: Live | None, *, full: bool) -> Declared:
        del view, owner
        spec: dict[str, Any] = declared(ATTRIBUTES, live.node, full=full)
        labels = declarable_labels(live.node)
        return Declared({**spec, **({"labels": labels} if labels or full else {})})


KIND = Customer()
