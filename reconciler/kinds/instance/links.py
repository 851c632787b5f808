"""Reusable connections and on-premise agents: their IDs are looked up before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.operations import ON_PREMISE_AGENT, REUSABLE_CONNECTION
from reconciler.kinds.shared.links import BY_ID
from reconciler.kinds.variables.live_variables import links_of, live_variables
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.instance.operations import CustomerConfigVariable, InstanceFields, OnPremiseResource
    from reconciler.model.view import View

LINKED: Mapping[str, Collection[CustomerConfigVariable | OnPremiseResource]] = {
    "customerConfigVariableId": Collection(REUSABLE_CONNECTION, lambda node: [node.id], listable=False, single=True),
    "onPremiseResourceId": Collection(ON_PREMISE_AGENT, lambda node: [node.id], listable=False, single=True),
}
NOUNS = {"customerConfigVariableId": "reusable connection", "onPremiseResourceId": "on-premise agent"}


def link_reads(spec: Mapping[str, Any], live: InstanceFields | None) -> Iterator[Read]:
    """Yield the look-up of each link in a spec that the live instance does not have."""
    for _, field, identifier in _new_links(spec, live):
        yield Read(LINKED[field], identifier, (("id", identifier),))


def link_problems(
    spec: Mapping[str, Any], view: View, live: InstanceFields | None, customer: str | None
) -> Iterator[Diagnostic]:
    """Yield each link to an unknown ID, or to another customer's object; ``customer`` is the instance's own."""
    for key, field, identifier in _new_links(spec, live):
        read = Read(LINKED[field], identifier)
        if not view.tenant.answered(read) or view.tenant.refusal(read):
            continue
        found = view.tenant.find(LINKED[field], identifier)
        path = ("configVariables", key, field)
        if not found:
            message = f"{key!r}: no {NOUNS[field]} has the ID {identifier!r}; correct it"
            yield Diagnostic(message, path=path)
        elif (owner := found[0].customer) and owner.id != customer:
            message = f"{key!r}: the {NOUNS[field]} {identifier!r} belongs to customer {owner.name!r}, not to this one"
            yield Diagnostic(f"{message}; name one of this customer's", path=path)


def _new_links(spec: Mapping[str, Any], live: InstanceFields | None) -> Iterator[tuple[str, str, str]]:
    """Yield each declared link that the live instance does not have, with its variable and its field."""
    declared = spec.get("configVariables") or {}
    links = [
        (key, field, value[field])
        for key, value in declared.items()
        if isinstance(value, dict) and not value.keys().isdisjoint(BY_ID)
        for field in BY_ID
        if isinstance(value.get(field), str)
    ]
    if not links:
        return
    current = live_variables(live)
    for key, field, identifier in links:
        if links_of(current.get(key)).get(field) != identifier:
            yield key, field, identifier
