"""Users: a customer's users, and the organization's team members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.kind import Customer
from reconciler.kinds.customer.reference import (
    ambiguous_reference,
    customer_input,
    declared_reference,
    live_customer_id,
    reference_key,
    reference_name,
    reference_problems,
    reference_reads,
    reference_shard_key,
    references,
    similar_customers,
)
from reconciler.kinds.shared.attributes import Attribute, compare_attributes, declared, text, written
from reconciler.kinds.user.editor import user_knowledge, user_reads
from reconciler.model.appearance import Appearance
from reconciler.model.declaration import Declared, Remark
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.kind import Kind
from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read
from reconciler.text.look_alikes import mixed_characters, skeleton
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.editor_hints import EditorHints, HintContext
    from reconciler.model.resource import Reference, Resource
    from reconciler.model.tenant import Node
    from reconciler.model.view import DiffContext, View

OPERATIONS = load_operations(__package__, "operations.graphql")
ATTRIBUTES = (
    Attribute("name", default=""),
    Attribute("externalId", default=""),
    Attribute("phone", default=""),
)


def _keys(node: Node) -> Iterator[Hashable]:
    customer = node.get("customer")
    yield (customer["id"] if customer else None, node["email"].casefold())
    yield ("email", node["email"].casefold())
    if customer:
        yield ("customer", customer["id"], "all")


USERS = Collection(OPERATIONS["users"], _keys)
ROLES = {
    scope: Collection(OPERATIONS[f"{scope}Roles"], lambda node: [node["name"]])
    for scope in ("organization", "customer")
}


def _scope(spec: Mapping[str, Any]) -> str:
    return "customer" if "customer" in spec else "organization"


class User(Kind):
    """Found by ``email`` within its customer, or among the organization's team members."""

    name = "User"
    level = 1
    renamable = False
    fixed = frozenset({"customer", "email"})

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        return references(spec)

    def identity(self, spec: Mapping[str, Any]) -> Hashable:
        return (reference_key(spec), spec["email"].casefold())

    def live_identity(self, resource: Resource, view: View) -> Hashable:
        spec = resource.spec
        return (live_customer_id(spec, view) or reference_key(spec), spec["email"].casefold())

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec.get("name") or spec["email"])

    def shard_key(self, spec: Mapping[str, Any]) -> Hashable:
        return reference_shard_key(spec)

    def belongs_to(self, spec: Mapping[str, Any]) -> str:
        return reference_name(spec) or "the organization"

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        del view
        spec = resource.spec
        yield Read(ROLES[_scope(spec)])
        yield from reference_reads(spec)
        # Wherever such a user is: the API may know an e-mail address once only.
        yield Read(USERS, ("email", spec["email"].casefold()), (("email", spec["email"]),))

    def check_reads(self, resource: Resource, view: View) -> Iterator[Read]:
        yield from similar_customers(resource.spec, view)

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        customer = live_customer_id(resource.spec, view) if "customer" in resource.spec else None
        if "customer" in resource.spec and customer is None:
            return []
        return [self.live(node) for node in view.tenant.find(USERS, (customer, resource.spec["email"].casefold()))]

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        spec, live = resource.spec, context.live
        node = live.node if live else None
        problems = reference_problems(spec, context.view)
        role = self._role(spec, context.view) if "role" in spec else None
        if isinstance(role, Diagnostic):
            return Diff(problems=[*problems, role])
        fields = Fields(context.include_unchanged)
        if node is None:
            fields.add(("email",), None, spec["email"], same=False)
        compare_attributes(ATTRIBUTES, spec, node, fields)
        values = written(ATTRIBUTES, fields.changed, spec)
        if role:
            kept = node is not None and node["role"]["id"] == role["id"]
            fields.add(("role",), node["role"]["name"] if node else None, role["name"], same=kept)
            values |= {} if kept else {"role": role["id"]}
        if live is not None:
            steps = [Step("update", Phase.WRITE, OPERATIONS["updateUser"], {"id": live.id, **values})] if values else []
            return Diff(fields.changed, steps, problems=problems, same=fields.same)
        warnings = list(self._doubts(spec, context.view))
        return Diff(fields.changed, [self._creation(spec, values, context.view)], warnings=warnings, problems=problems)

    @staticmethod
    def _doubts(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
        """Yield what may keep a user from being created, or from getting the invitation."""
        email = spec["email"]
        for node in view.tenant.find(USERS, ("email", email.casefold())):
            owner = node.get("customer")
            where = f"of customer {owner['name']!r}" if owner else "of the organization"
            message = (
                f"a user {where} has this e-mail address ({node['id']}): the API may refuse a second one, and whether "
                "it does is not known before the apply"
            )
            yield Diagnostic(message, path=("email",), blocking=True)
        if hidden := mixed_characters(email):
            message = f"{hidden}, among letters that look like it; the invitation goes to this address"
            yield Diagnostic(message, path=("email",))

    def appearance(self, spec: Mapping[str, Any]) -> Appearance:
        return Appearance((reference_key(spec), skeleton(spec["email"])), ("email",), spec["email"])

    def once(self, spec: Mapping[str, Any]) -> Appearance:
        return Appearance(spec["email"].casefold(), ("email",), spec["email"])

    @staticmethod
    def _creation(spec: Mapping[str, Any], values: Mapping[str, Any], view: View) -> Step:
        values = {"email": spec["email"], **values}
        if "customer" in spec:
            values["customer"] = customer_input(spec, view)
            return Step("create", Phase.WRITE, OPERATIONS["createCustomerUser"], values)
        return Step("create", Phase.WRITE, OPERATIONS["createOrganizationUser"], values)

    @staticmethod
    def _role(spec: Mapping[str, Any], view: View) -> Node | Diagnostic:
        roles = ROLES[_scope(spec)]
        found = view.tenant.find(roles, spec["role"])
        if len(found) == 1:
            return found[0]
        names = [node["name"] for node in view.tenant.all(roles)]
        whom = "a customer's users" if "customer" in spec else "team members"
        if found:
            identifiers = ", ".join(node["id"] for node in found)
            return Diagnostic(f"{len(found)} roles of {whom} are named {spec['role']!r}: {identifiers}", path=("role",))
        near = did_you_mean(spec["role"], names, listed_as=f"roles of {whom}")
        return Diagnostic(f"no role of {whom} is named {spec['role']!r}; {near}", path=("role",))

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteUser"], {"id": live.id})

    def undeletable(self, live: Live, view: View) -> str | None:
        if live.id == view.tenant.identity.user_id:
            return "this is the user whose token is in use; nobody can delete themself"
        return None

    def belonging_to(self, owner: Live) -> Read | None:
        if owner.kind != Customer.name:
            return None
        return Read(USERS, ("customer", owner.id, "all"), (("customer", owner.id),))

    def owner_id(self, live: Live) -> str | None:
        customer = live.node.get("customer")
        return customer["id"] if customer else None

    def unclear(self, resource: Resource, view: View) -> Sequence[Diagnostic]:
        return ambiguous_reference(resource.spec, view)

    def owner_of(self, resource: Resource, view: View) -> str | None:
        return live_customer_id(resource.spec, view)

    def labels(self, live: Live) -> frozenset[str]:
        del live
        return frozenset()

    def live(self, node: Node) -> Live:
        return Live(self.name, node["id"], node.get("name") or node["email"], node)

    def observed(self, live: Live) -> Mapping[str, Any]:
        read = {attribute.field: text(live.node.get(attribute.field)) for attribute in ATTRIBUTES}
        return {**read, "email": live.node["email"], "role": live.node["role"]["id"]}

    def inventory(self) -> Read:
        return Read(USERS)

    def file_of(self, handle: str, owner: str | None) -> str:
        del handle
        return f"{owner}/users.yaml" if owner else "team.yaml"

    def handle_candidates(self, live: Live, owner: str | None) -> Sequence[str]:
        local = live.node["email"].partition("@")[0]
        return (local, f"{owner} {local}") if owner else (local, live.node["email"])

    def declaration_reads(self, live: Live) -> Iterable[Read]:
        yield Read(ROLES["customer" if self.owner_id(live) else "organization"])

    def declare(self, live: Live, view: View, owner: Live | None, *, full: bool) -> Declared:
        node = live.node
        spec = {**declared_reference(self.owner_id(live) or "", owner), "email": node["email"]}
        spec |= declared(ATTRIBUTES, node, full=full)
        role = node["role"]["name"]
        if len(view.tenant.find(ROLES[_scope(spec)], role)) == 1:
            return Declared({**spec, "role": role})
        return Declared(spec, [Remark(("role",), f"several roles, or none, are named {role!r}", left_out=True)])

    def editor_hint_reads(self, known: HintContext) -> Iterable[Read]:
        del known
        return user_reads(ROLES)

    def editor_hints(self, known: HintContext) -> EditorHints:
        return user_knowledge(known, ROLES)


KIND = User()
