"""How a connection's fields compare, and the mutations that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from reconciler.kinds.connection import operations
from reconciler.kinds.connection.component import (
    component_problems,
    connection_id,
    input_names,
    live_component,
    required_inputs,
)
from reconciler.kinds.connection.finder import users_of
from reconciler.kinds.connection.reads import inputs_of, manager_of, type_of
from reconciler.kinds.connection.shared_inputs import compare_shared_inputs, declared_inputs, input_states, valueless
from reconciler.kinds.connection.shown_inputs import component_of, shared_inputs
from reconciler.kinds.connection.spec import CUSTOMER, TYPES
from reconciler.kinds.shared.attributes import text
from reconciler.kinds.variables.codec import SIGNING_IN
from reconciler.kinds.variables.input_warnings import input_warnings
from reconciler.model.capabilities.deletion import Deletion
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf, Phase, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.connection.operations import ScopedConfigVariableFields
    from reconciler.kinds.connection.shared_inputs import SharedComparison
    from reconciler.model.capabilities.deletion import Removal
    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View


class Authorized(Protocol):
    """A component's connection, as far as it shows whether a person authorizes it."""

    @property
    def oauth2_type(self) -> str | None: ...


PENDING = "nobody has authorized it yet, so nothing that uses it works (apply --show-authorize-urls shows where)"
INCOMPLETE = "it lacks inputs, so nothing that uses it works; declare them"
BROKEN = "it is in error: nothing that uses it works until its inputs are right, or somebody authorizes it again"
FIELDS = {"name": "key", "description": "description"}
"""Texts by their names in a manifest, and in the API."""
FIXED_FIELDS = ("type", "component")


def _diff(resource: Resource, context: DiffContext[ScopedConfigVariableFields]) -> Diff:
    spec, live = resource.spec, context.live
    node = live.node if live else None
    inputs = compare_shared_inputs(
        declared_inputs(spec, without_secrets=context.without_secrets),
        inputs_of(node) if node else None,
        manager_of(spec, node),
        known=input_names(spec, context.view),
        resend=context.resend_secrets,
        include_unchanged=context.include_unchanged,
    )
    fields = Fields(context.include_unchanged)
    _compare_plain(spec, node, fields)
    fields.extend(inputs.fields)
    problems = [*_problems(spec, node, context.view), *inputs.problems]
    warnings = [*(input_warnings(inputs.inputs, (), "", context.no_fingerprints) if inputs.inputs else ())]
    if live is None:
        warnings += valueless(_without_value(spec, context.view))
        creation = [] if problems else list(_creation(resource, inputs, context.view))
        return Diff(fields.changed, creation, warnings=warnings, problems=problems)
    if live.node.variable_scope == "ORG":  # that of a customer is the customer's own
        warnings += state_warnings(live.node.status, live.node.connection)
    users = users_of(live, context.view)
    reason, redeployed = "", frozenset[str]()
    if inputs.sent is not None:
        reason, redeployed = users.reason(), users.redeployed()
        warnings += users.warnings()
    updated = fields.changed or inputs.sent is not None
    steps = [_update(spec, live, inputs, redeploy=users.redeploys)] if updated else []
    return Diff(
        fields.changed, steps, reason, warnings, problems, fields.same, left_out=inputs.left_out, redeploys=redeployed
    )


def _without_value(spec: Mapping[str, Any], view: View) -> frozenset[str]:
    """Return the inputs that a new connection has no value for: all, or the required ones beside declared ones.

    A connection of the type ``customer`` leaves them to its customers.
    """
    declared = spec.get("inputs") or {}
    if spec.get("type") == CUSTOMER:
        return frozenset()
    return required_inputs(spec, view) - declared.keys() if declared else input_names(spec, view)


def _compare_plain(spec: Mapping[str, Any], node: ScopedConfigVariableFields | None, fields: Fields) -> None:
    """Compare everything but the inputs. What cannot change is a field of a new connection only."""
    if node is None:
        for name in ("stableKey", *FIXED_FIELDS):
            if name in spec:
                fields.add((name,), None, spec[name], same=False)
    for name, ours in FIELDS.items():
        before, after = text(getattr(node, ours)) if node else None, text(spec.get(name))
        if name in spec and (node or after):
            fields.add((name,), before, after, same=before == after)
    if "defaultForComponent" in spec and (node or spec["defaultForComponent"]):
        default = node.default_for_component if node else None
        after = spec["defaultForComponent"]
        fields.add(("defaultForComponent",), default, after, same=default == after)


def _creation(resource: Resource, inputs: SharedComparison, view: View) -> Iterator[Step]:
    """Yield the creation, and the update that alone can make the connection its component's default."""
    spec = resource.spec
    managed_by, scope = TYPES[spec["type"]]
    values: dict[str, Any] = {
        "stableKey": spec["stableKey"],
        "managedBy": managed_by.lower(),
        "variableScope": scope.lower(),
        "connection": connection_id(spec, view),
        **{ours: text(spec[name]) for name, ours in FIELDS.items() if name in spec},
    }
    if inputs.sent:
        values["inputs"] = inputs.sent
    yield Step("create", Phase.WRITE, operations.CREATE_SCOPED_CONFIG_VARIABLE, values)
    if spec.get("defaultForComponent"):
        values = {"id": IdOf(resource.address), "defaultForComponent": True}
        yield Step("update", Phase.CONFIGURE, operations.UPDATE_SCOPED_CONFIG_VARIABLE, values)


def _update(
    spec: Mapping[str, Any], live: Live[ScopedConfigVariableFields], inputs: SharedComparison, *, redeploy: bool
) -> Step:
    """Return the one update. It lists every field but the inputs, since an API may reset what it does not list.

    Inputs that are written take effect in the instances that run only when these are deployed again.
    """
    node = live.node
    values: dict[str, Any] = {
        "id": live.id,
        **{ours: text(spec.get(name, getattr(node, ours))) for name, ours in FIELDS.items()},
        "defaultForComponent": spec.get("defaultForComponent", node.default_for_component),
    }
    if inputs.sent is not None:
        values |= {"inputs": inputs.sent, **({"redeploy": True} if redeploy else {})}
    return Step("update", Phase.WRITE, operations.UPDATE_SCOPED_CONFIG_VARIABLE, values)


def _problems(spec: Mapping[str, Any], node: ScopedConfigVariableFields | None, view: View) -> Iterator[Diagnostic]:
    """Yield what a new connection lacks, and what of a live one cannot be changed."""
    if node is None:
        lacking = [name for name in ("name", *FIXED_FIELDS) if name not in spec]
        yield from (Diagnostic(f"a new connection needs {name}; add it", path=()) for name in lacking)
        if "component" in spec:
            yield from component_problems(spec, view)
        return
    live: Mapping[str, Any] = {"type": type_of(node), "component": live_component(node)}
    for name in FIXED_FIELDS:
        wanted, there = spec.get(name), live[name]
        if name == "component" and wanted and there:
            there = {key: there[key] for key in wanted}
        if wanted and there and wanted != there:
            shown = there if name == "type" else ", ".join(f"{key}: {value}" for key, value in there.items())
            message = (
                f"the {name} of a connection cannot be changed, and it is {shown!r}; declare a connection with another "
                "stable key, and delete this one (state: absent)"
            )
            yield Diagnostic(message, path=(name,))


def state_warnings(status: str | None, connection: Authorized | None) -> Iterator[Diagnostic]:
    """Yield why a connection of the organization or of a customer does not work.

    ``connection`` is that of the component; ``None`` where the API does not tell.
    """
    if status == "PENDING":
        signs_in = connection is None or connection.oauth2_type == SIGNING_IN
        yield Diagnostic(PENDING if signs_in else INCOMPLETE, path=())
    elif status in {"ERROR", "FAILED"}:
        yield Diagnostic(BROKEN, path=())


def _observed(live: Live[ScopedConfigVariableFields]) -> Mapping[str, Any]:
    """Return what a plan rests on; the inputs are wrapped as secrets."""
    node = live.node
    return {
        **{name: text(getattr(node, ours)) for name, ours in FIELDS.items()},
        "stableKey": node.stable_key,
        "type": type_of(node),
        "component": live_component(node),
        "defaultForComponent": node.default_for_component,
        "inputs": input_states(inputs_of(node)),
    }


def _inputs(resource: Resource, context: DiffContext[ScopedConfigVariableFields]) -> Iterator[ConnectionInputs]:
    spec, node = resource.spec, context.live.node if context.live else None
    live = inputs_of(node) if node else ()
    yield shared_inputs(spec, spec["stableKey"], component_of(spec, node), live, context.view)


DIFFER = Differ(_diff, _observed, inputs=_inputs)


def _removal(live: Live[ScopedConfigVariableFields], view: View) -> Removal:
    step = Step("delete", Phase.DELETE, operations.DELETE_SCOPED_CONFIG_VARIABLE, {"id": live.id})
    return users_of(live, view).removal(step, in_use=live.node.is_in_use)


DELETION = Deletion(_removal)
