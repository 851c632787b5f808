"""How a user's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.lookup import customer_input, reference_problems
from reconciler.kinds.shared.attributes import compare_attributes, live_attributes, written
from reconciler.kinds.user.finder import USERS, roles_for
from reconciler.kinds.user.operations import CREATE_CUSTOMER_USER, CREATE_ORGANIZATION_USER, UPDATE_USER
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import Phase, Step
from reconciler.text.look_alikes import mixed_characters
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.user.operations import UserFields
    from reconciler.model.answers import NamedNode
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View

ATTRIBUTES = ("name", "externalId", "phone")


def _diff(resource: Resource, context: DiffContext[UserFields]) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    problems = reference_problems(spec, context.view)
    role = _role(spec, context.view) if "role" in spec else None
    if isinstance(role, Diagnostic):
        return Diff(problems=[*problems, role])
    fields = Fields(context.include_unchanged)
    if node is None:
        fields.add(("email",), None, spec["email"], same=False)
    compare_attributes(ATTRIBUTES, spec, node, fields)
    values = written(ATTRIBUTES, fields.changed, spec)
    if role:
        kept = node is not None and node.role.id == role.id
        fields.add(("role",), node.role.name if node else None, role.name, same=kept)
        values |= {} if kept else {"role": role.id}
    if live is not None:
        steps = [Step("update", Phase.WRITE, UPDATE_USER, {"id": live.id, **values})] if values else []
        return Diff(fields.changed, steps, problems=problems, same=fields.same)
    warnings = list(_doubts(spec, context.view))
    return Diff(fields.changed, [_creation(spec, values, context.view)], warnings=warnings, problems=problems)


def _doubts(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """Yield what may keep a user from being created, or from getting the invitation."""
    email = spec["email"]
    for node in view.tenant.find(USERS, ("email", email.casefold())):
        where = f"of customer {node.customer.name!r}" if node.customer else "of the organization"
        message = (
            f"a user {where} has this e-mail address ({node.id}): the API may refuse a second one, and whether "
            "it does is not known before the apply"
        )
        yield Diagnostic(message, path=("email",), blocking=True)
    if hidden := mixed_characters(email):
        message = f"{hidden}, among letters that look like it; the invitation goes to this address"
        yield Diagnostic(message, path=("email",))


def _creation(spec: Mapping[str, Any], values: Mapping[str, Any], view: View) -> Step:
    values = {"email": spec["email"], **values}
    if "customer" in spec:
        values["customer"] = customer_input(spec, view)
        return Step("create", Phase.WRITE, CREATE_CUSTOMER_USER, values)
    return Step("create", Phase.WRITE, CREATE_ORGANIZATION_USER, values)


def _role(spec: Mapping[str, Any], view: View) -> NamedNode | Diagnostic:
    roles = roles_for(spec)
    found = view.tenant.find(roles, spec["role"])
    if len(found) == 1:
        return found[0]
    names = [node.name for node in view.tenant.all(roles)]
    whom = "a customer's users" if "customer" in spec else "team members"
    if found:
        identifiers = ", ".join(node.id for node in found)
        message = f"{len(found)} roles of {whom} are named {spec['role']!r}, and only their IDs differ ({identifiers})"
        return Diagnostic(message, path=("role",))
    near = did_you_mean(spec["role"], names, listed_as=f"roles of {whom}")
    return Diagnostic(f"no role of {whom} is named {spec['role']!r}; {near}", path=("role",))


def _observed(live: Live[UserFields]) -> Mapping[str, Any]:
    node = live.node
    return {**live_attributes(ATTRIBUTES, node), "email": node.email, "role": node.role.id}


DIFFER = Differ(_diff, _observed)
