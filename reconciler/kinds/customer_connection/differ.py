"""How a customer's connection compares, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.component import required_inputs
from reconciler.kinds.connection.differ import state_warnings
from reconciler.kinds.connection.lookup import (
    connection_input,
    customer_inputs,
    declared_component,
    declared_stable_key,
    declared_type,
    reference_problems,
    referred_connection,
)
from reconciler.kinds.connection.shared_inputs import compare_shared_inputs, declared_inputs, input_states, valueless
from reconciler.kinds.connection.shown_inputs import shared_inputs
from reconciler.kinds.connection.spec import CUSTOMER, ORGANIZATION
from reconciler.kinds.customer.lookup import customer_input, customer_parent
from reconciler.kinds.customer.lookup import reference_problems as customer_problems
from reconciler.kinds.customer_connection import operations
from reconciler.kinds.customer_connection.reads import inputs_of, users_of
from reconciler.kinds.customer_connection.spec import key_of
from reconciler.kinds.variables.input_warnings import input_warnings
from reconciler.model.capabilities.deletion import Deletion
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.connection.shared_inputs import SharedComparison
    from reconciler.kinds.customer_connection.operations import CustomerConfigVariableFields
    from reconciler.model.capabilities.deletion import Removal
    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View


def _diff(resource: Resource, context: DiffContext[CustomerConfigVariableFields]) -> Diff:
    spec, live, view = resource.spec, context.live, context.view
    inputs = compare_shared_inputs(
        declared_inputs(spec, without_secrets=context.without_secrets),
        inputs_of(live.node) if live else None,
        known=customer_inputs(spec, view) if referred_connection(spec, view) else (),
        resend=context.resend_secrets,
        include_unchanged=context.include_unchanged,
    )
    fields = Fields(context.include_unchanged)
    if live is None:
        for name in ("connection", "customer", "key"):
            if name in spec:
                fields.add((name,), None, spec[name], same=False)
    fields.extend(inputs.fields)
    problems = [*reference_problems(spec, view), *customer_problems(spec, view), *_problems(spec, view)]
    problems += inputs.problems
    warnings = [*(input_warnings(inputs.inputs, (), "", context.no_fingerprints) if inputs.inputs else ())]
    if live is None:
        warnings += valueless(_without_value(spec, view))
        return Diff(fields.changed, [_creation(spec, inputs, view)], warnings=warnings, problems=problems)
    warnings += state_warnings(live.node.status, live.node.scoped_config_variable.connection)
    if inputs.sent is None:
        # A secret that an earlier write lost is a difference, though nothing here has a value to write.
        steps = [_update(live, inputs, redeploy=False)] if fields.changed else []
        return Diff(fields.changed, steps, "", warnings, problems, fields.same)
    users = users_of(live, view)
    warnings += users.warnings()
    return Diff(
        fields.changed,
        [_update(live, inputs, redeploy=users.redeploys)],
        users.reason(),
        warnings,
        problems,
        fields.same,
        left_out=inputs.left_out,
        redeploys=users.redeployed(),
    )


def _without_value(spec: Mapping[str, Any], view: View) -> frozenset[str]:
    """Return the customer's inputs that a new one has no value for: all, or the required ones beside declared ones."""
    theirs = frozenset(name for name, own in customer_inputs(spec, view).items() if own)
    declared = spec.get("inputs") or {}
    required = required_inputs({"component": declared_component(spec, view)}, view) if declared else theirs
    return (theirs & required) - declared.keys()


def _creation(spec: Mapping[str, Any], inputs: SharedComparison, view: View) -> Step:
    values: dict[str, Any] = {
        "scopedConfigVariable": connection_input(spec, view),
        "customer": customer_input(spec, view),
    }
    if "key" in spec:
        values["key"] = spec["key"]
    if inputs.sent:
        values["inputs"] = inputs.sent
    return Step("create", Phase.WRITE, operations.CREATE_CUSTOMER_CONFIG_VARIABLE, values)


def _update(live: Live[CustomerConfigVariableFields], inputs: SharedComparison, *, redeploy: bool) -> Step:
    """Return the one update; inputs take effect in the instances that run only when these are deployed again."""
    values: dict[str, Any] = {"id": live.id, "inputs": inputs.sent or []}
    if live.node.key:
        values["key"] = live.node.key
    if redeploy:
        values["redeploy"] = True
    return Step("update", Phase.WRITE, operations.UPDATE_CUSTOMER_CONFIG_VARIABLE, values)


def _problems(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """Yield what the connection does not leave to its customers."""
    kind = declared_type(spec, view)
    if kind is None:
        return
    if kind == ORGANIZATION:
        message = f"the connection has one value for all customers (type {ORGANIZATION}); take this manifest out"
        yield Diagnostic(message, path=("connection",))
        return
    if "key" in spec and kind != CUSTOMER:
        message = f"only connections of the type {CUSTOMER} have keys, and this one is of type {kind}; take the key out"
        yield Diagnostic(message, path=("key",))
    known = customer_inputs(spec, view)
    for name in spec.get("inputs") or {}:
        if known.get(name) is False:
            message = f"the connection has one value of the input {name!r} for all customers; take it out, or let the "
            yield Diagnostic(f"{message}connection say {{perCustomer: true}}", path=("inputs", name), key=True)


def _observed(live: Live[CustomerConfigVariableFields]) -> Mapping[str, Any]:
    return {"key": live.node.key or "", "inputs": input_states(inputs_of(live.node))}


def _inputs(resource: Resource, context: DiffContext[CustomerConfigVariableFields]) -> Iterator[ConnectionInputs]:
    spec, view = resource.spec, context.view
    live = inputs_of(context.live.node) if context.live else ()
    yield shared_inputs(spec, declared_stable_key(spec, view), declared_component(spec, view), live, view)


DIFFER = Differ(_diff, _observed, inputs=_inputs)


def _removal(live: Live[CustomerConfigVariableFields], view: View) -> Removal:
    step = Step("delete", Phase.DELETE, operations.DELETE_CUSTOMER_CONFIG_VARIABLE, {"id": live.id})
    return users_of(live, view).removal(step, in_use=live.node.is_in_use)


def _customer_id(live: Live[CustomerConfigVariableFields]) -> str | None:
    return live.node.customer.id if live.node.customer else None


DELETION = Deletion(_removal)
PARENT = customer_parent(_customer_id, key_of)
