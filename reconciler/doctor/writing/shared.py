"""Probes on shared connections: the probes' own ones, and the customer's parts in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.doctor.probed.connection_operations import (
    PROBE_CREATE_CONNECTION,
    PROBE_CREATE_CUSTOMER_CONNECTION,
    PROBE_DELETE_CONNECTION,
    PROBE_DELETE_CUSTOMER_CONNECTION,
    PROBE_UPDATE_CUSTOMER_CONNECTION,
    PROBED_CONNECTION,
)
from reconciler.doctor.writing.instances import variable
from reconciler.doctor.writing.lab import NoReading, Sort, connection
from reconciler.doctor.writing.probe import Probe, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from reconciler.doctor.probed.operations import ProbedInput, ProbedInstance, ProbedVariable
    from reconciler.doctor.writing.lab import Lab
    from reconciler.doctor.writing.probe import Results
    from reconciler.doctor.writing.versions import Version
    from reconciler.model.answers import Node

_META = {"managedBy": "org", "inputScope": "customer"}


async def _inputs(lab: Lab, version: Version, key: str) -> Sequence[ProbedInput]:
    async with lab.instance(version) as made:
        inputs = variable(made, key).inputs
        return inputs.nodes if inputs else ()


def _found(lab: Lab) -> tuple[Version, ProbedVariable, str]:
    """Return a connection that instances configure themselves, with its version, and the ID in its component."""
    for version in lab.versions:
        declared = version.own_connection()
        if declared and declared.connection:
            return version, declared, declared.connection.id
    raise NoReading("the integration declares no connection that instances configure themselves")


_CONNECTION: Sort[Any] = Sort(
    PROBE_CREATE_CONNECTION, lambda payload: payload.scoped_config_variable, PROBE_DELETE_CONNECTION
)
_PART: Sort[Node] = Sort(
    PROBE_CREATE_CUSTOMER_CONNECTION, lambda payload: payload.customer_config_variable, PROBE_DELETE_CUSTOMER_CONNECTION
)


def _data(lab: Lab, managed: str, scope: str, **data: Any) -> dict[str, Any]:
    return {
        "key": lab.name("connection"),
        "stableKey": lab.marks.stable_key(f"{managed} {scope}"),
        "connection": _found(lab)[2],
        "managedBy": managed,
        "variableScope": scope,
        **data,
    }


def _connection(lab: Lab, managed: str, scope: str, **data: Any) -> AbstractAsyncContextManager[Any]:
    return lab.having(_CONNECTION, **_data(lab, managed, scope, **data))


async def _organizations(lab: Lab) -> Results:
    version, declared, _ = _found(lab)
    names = [each.name for each in await _inputs(lab, version, declared.key)]
    sent = [{"name": name, "type": "value", "value": f"{name} 1"} for name in names]
    async with _connection(lab, "org", "org", inputs=sent) as made:
        taken = await lab.refuses(_CONNECTION, **_data(lab, "org", "org"))
        return {
            "shared_stable_keys": "unique" if taken else "free",
            "shared_secrets": await _secrets(lab, version, declared, made.inputs.nodes if made.inputs else ()),
        }


async def _secrets(
    lab: Lab, version: Version, declared: ProbedVariable, shared: Sequence[ProbedInput]
) -> str | NoReading:
    """Return how inputs of a shared connection read that are write-only where an instance has them."""
    async with lab.instance(version) as made:
        listed = {each.name: f"{each.name} 1" for each in shared}
        if not listed:
            return NoReading("the integration's connection shows no inputs")
        written = variable(await lab.configure(made, connection(declared.key, listed)), declared.key).inputs
        hidden = {each.name for each in (written.nodes if written else ()) if each.has_value and not each.value}
    if not hidden:
        return NoReading("the integration's connection has no write-only input")
    return "plain" if all(each.value for each in shared if each.name in hidden) else "hidden"


async def _meta(lab: Lab) -> str:
    version, declared, _ = _found(lab)
    names = [each.name for each in await _inputs(lab, version, declared.key)]
    if not names:
        raise NoReading("the integration's connection shows no inputs")
    async with _connection(lab, "org", "customer", inputs=[{"name": names[0], "meta": json.dumps(_META)}]) as made:
        seen = next((each.meta for each in made.inputs.nodes if each.name == names[0]), None)
        meta = json.loads(seen or "{}")
        return reading({("org", "customer"): "sent", ("ORG", "CUSTOMER"): "upper"}, tuple(map(meta.get, _META)))


def _part(lab: Lab, shared: str, **data: Any) -> AbstractAsyncContextManager[Node]:
    """Return the context of what the customer has in a connection."""
    return lab.having(_PART, scopedConfigVariable=shared, customer=lab.customer, **data)


async def _keys(lab: Lab) -> str:
    async with _connection(lab, "customer", "customer") as made, _part(lab, made.id, key="one"):
        taken = await lab.refuses(_PART, scopedConfigVariable=made.id, customer=lab.customer, key="one")
        return "unique" if taken else "free"


async def _use(lab: Lab, made: ProbedInstance, part: str) -> ProbedInstance:
    return await lab.configure(made, {"key": _found(lab)[1].key, "customerConfigVariableId": part})


async def _delete_in_use(lab: Lab) -> str:
    version = _found(lab)[0]
    async with (
        _connection(lab, "customer", "customer") as made,
        _part(lab, made.id, key="used") as part,
        lab.instance(version) as instance,
    ):
        await _use(lab, instance, part.id)
        if not (await lab.ask(PROBED_CONNECTION, id=made.id)).is_in_use:
            raise NoReading("the API does not call a connection in use that an instance names")
        return "refused" if await lab.refusal(PROBE_DELETE_CONNECTION, id=made.id) else "allowed"


async def _needs_deploy(lab: Lab) -> str:
    lab.need_deploys()
    version, declared, _ = _found(lab)
    if version is not lab.version:
        raise NoReading("the chosen version declares no connection that instances configure themselves")
    names = [each.name for each in await _inputs(lab, version, declared.key)]
    if not names:
        raise NoReading("the integration's connection shows no inputs")

    def sent(value: str) -> list[dict[str, str]]:
        return [{"name": name, "type": "value", "value": value} for name in names]

    async with (
        _connection(lab, "customer", "customer") as made,
        _part(lab, made.id, inputs=sent("1")) as part,
        lab.deployed() as instance,
    ):
        await _use(lab, instance, part.id)
        if (await lab.deploy(instance)).needs_deploy:
            raise NoReading("the instance needs a deploy right after one")
        await lab.do(PROBE_UPDATE_CUSTOMER_CONNECTION, id=part.id, inputs=sent("2"))
        return "yes" if (await lab.look(instance)).needs_deploy else "no"


async def _in_use(lab: Lab) -> str:
    for version in lab.versions:
        for each in version.variables:
            shared = each.scoped_config_variable
            if shared and not shared.instances.total_count:
                return "definitions" if shared.is_in_use else "instances"
    raise NoReading("the integration names no shared connection that no instance uses")


PROBES = (
    Probe(("shared_stable_keys", "shared_secrets"), _organizations),
    Probe.of("shared_input_meta", _meta),
    Probe.of("customer_connection_keys", _keys),
    Probe.of("shared_delete_in_use", _delete_in_use),
    Probe.of("shared_needs_deploy", _needs_deploy),
    Probe.of("shared_in_use", _in_use),
)
