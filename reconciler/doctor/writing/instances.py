"""Probes on instances that are never deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.doctor.probed.operations import PROBE_DELETE_INSTANCE, PROBED_INSTANCES
from reconciler.doctor.writing.customers import another_customer
from reconciler.doctor.writing.lab import FULL, INSTANCE, NoReading, connection
from reconciler.doctor.writing.probe import Probe, reading
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from reconciler.doctor.probed.operations import InstanceConfigVariable, ProbedInput, ProbedInstance
    from reconciler.doctor.writing.lab import Lab, Unheard
    from reconciler.doctor.writing.probe import Results
    from reconciler.doctor.writing.versions import Version


async def _created(lab: Lab) -> Results:
    async with lab.instance(labels=["Doctor"]) as made:
        labels = reading({("doctor",): "lower", ("Doctor",): "kept"}, tuple(made.labels or ()))
        return {"enabled_after_create": "true" if made.enabled else "false", "instance_labels": labels}


async def _names(lab: Lab) -> str:
    async with lab.instance() as made, another_customer(lab) as other:
        data = {"name": made.name, "integration": lab.version.id}
        elsewhere, twice = [await lab.refuses(INSTANCE, customer=each, **data) for each in (other.id, lab.customer)]
        found = {(False, True): "customer", (True, True): "organization", (False, False): "free"}
        return reading(found, (elsewhere, twice))


async def _flow_configs(lab: Lab) -> str:
    version = next((each for each in lab.versions if len(each.flows) > 1), None)
    if version is None:
        raise NoReading("no version of the integration has two flows")
    async with lab.instance(version) as made:
        first, second = [each.flow.id for each in made.flow_configs.nodes][:2]
        await lab.update(made, flowConfigs=[{"flowId": first, "testPayload": "first"}])
        after = await lab.update(made, flowConfigs=[{"flowId": second, "testPayload": "second"}])
        kept = {each.flow.id: each.test_payload for each in after.flow_configs.nodes}[first]
        return reading({"first": "keep", None: "reset", "": "reset"}, kept)


async def _by_integration(lab: Lab) -> str:
    if len(lab.versions) == 1:
        raise NoReading("the integration has only one available version")
    first, second = lab.versions[:2]
    async with lab.instance(first), lab.instance(second):
        found = await lab.ask(PROBED_INSTANCES, integration=first.id, customer=lab.customer)
        return reading({2: "every-version", 1: "exact"}, found.total_count)


async def _missing(lab: Lab) -> str:
    async with lab.instance() as made:
        await lab.do(PROBE_DELETE_INSTANCE, id=made.id)
        (answer,) = await lab.api.call([Call(PROBE_DELETE_INSTANCE, {"input": {"id": made.id}})])
        if answer.errors:
            return "top-level"
        if answer.data is not None and answer.data.errors:
            return "payload"
        raise NoReading("deleting an instance twice is no error")


async def _inputs(lab: Lab) -> Results:
    version, key = _with_connection(lab)
    async with lab.instance(version) as made:
        names = list(_inputs_of(made, key))
        if not names:
            raise NoReading("the integration's connection shows no inputs")
        written = await lab.configure(made, connection(key, {name: f"{name} 1" for name in names}))
        hidden = [each for each in _inputs_of(written, key).values() if each.has_value and not each.value]
        results: dict[str, str | NoReading | Unheard] = {
            "write_only_inputs": reading({"": "empty", None: "null"}, hidden[0].value)
            if hidden
            else NoReading("the integration's connection has no write-only input"),
            "connection_inputs": NoReading("the integration's connection has only one input"),
        }
        if len(names) > 1:
            after = _inputs_of(await lab.configure(made, connection(key, {names[0]: f"{names[0]} 2"})), key)
            kept = [name in after and after[name].has_value for name in names[1:]]
            results["connection_inputs"] = "merge" if all(kept) else "replace"
        return results


def _with_connection(lab: Lab) -> tuple[Version, str]:
    for version in lab.versions:
        found = version.own_connection()
        if found:
            return version, found.key
    raise NoReading("the integration declares no connection that instances configure themselves")


def _inputs_of(instance: ProbedInstance, key: str) -> dict[str, ProbedInput]:
    inputs = variable(instance, key).inputs
    return {each.name: each for each in inputs.nodes} if inputs else {}


def variable(instance: ProbedInstance, key: str) -> InstanceConfigVariable:
    """Return a config variable of an instance; raises ``NoReading`` if it has none of this key."""
    for each in instance.config_variables.nodes:
        if each.required_config_variable.key == key:
            return each
    raise NoReading("the instance lacks a config variable that its version declares")


async def _pending(lab: Lab) -> str:
    for version in lab.versions:
        if version.own_connection() is None:
            continue
        async with lab.instance(version) as made:
            shared = {each.key for each in version.variables if each.scoped_config_variable}
            pending = _pending_keys(made) - shared
            if pending and not shared:
                return await _state(lab, made, version, pending, ("blocks", "ignored"))
    raise NoReading("no version of the integration has a connection that waits for an authorization")


async def _lacking(lab: Lab) -> str:
    for version in lab.versions:
        shared = {
            each.key
            for each in version.variables
            if each.scoped_config_variable and each.scoped_config_variable.variable_scope == "CUSTOMER"
        }
        if shared:
            async with lab.instance(version) as made:
                return await _state(lab, made, version, shared, ("refused", "pending"))
    raise NoReading("no version of the integration uses a shared connection in which each customer has a part")


def _pending_keys(instance: ProbedInstance) -> set[str]:
    return {each.required_config_variable.key for each in instance.config_variables.nodes if each.status == "PENDING"}


async def _state(lab: Lab, made: ProbedInstance, version: Version, besides: set[str], readings: tuple[str, str]) -> str:
    """Return one of two readings: that the variables ``besides`` keep the configuration incomplete, or not."""
    filled = await lab.filled(made, version)
    for each in version.variables:
        live = variable(filled, each.key)
        waits = live.status == "PENDING" if each.data_type == "CONNECTION" else not live.value
        if waits and each.key not in besides:
            raise NoReading("other config variables of this version keep the configuration incomplete as well")
    return readings[1] if filled.config_state == FULL else readings[0]


PROBES = (
    Probe(("enabled_after_create", "instance_labels"), _created),
    Probe.of("instance_names", _names),
    Probe.of("flow_configs", _flow_configs),
    Probe.of("instances_by_integration", _by_integration),
    Probe.of("missing_in_mutation", _missing),
    Probe(("connection_inputs", "write_only_inputs"), _inputs),
    Probe.of("pending_connection", _pending),
    Probe.of("missing_connection", _lacking),
)
