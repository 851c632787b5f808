"""The config variables of a live instance, and their connections' inputs, as the API lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.variables.fragments import LiveInput, LiveVariable

    StoredValue: TypeAlias = "LiveVariable | InitialValue"
    """A value in the API's form: a text, and of a schedule its type and time zone."""


@dataclass(frozen=True, slots=True)
class InitialValue:
    """The value that a variable starts with, in the form of a live one."""

    value: str | None
    schedule_type: str | None
    time_zone: str | None


class _Variables(Protocol):
    @property
    def nodes(self) -> Sequence[LiveVariable]: ...


class Configured(Protocol):
    """An answer about an instance with its config variables."""

    @property
    def config_variables(self) -> _Variables:
        """The list as the API returns it."""


def live_variables(instance: Configured | None) -> Mapping[str, LiveVariable]:
    """Return the config variables of an instance by key, in the API's order (``None``: it is to be created)."""
    nodes = instance.config_variables.nodes if instance else ()
    return {node.required_config_variable.key: node for node in nodes}


def stable_key_of(variable: LiveVariable | None) -> str | None:
    """Return the key that a live variable keeps when a version renames it, if the API has one."""
    return variable.required_config_variable.stable_key if variable else None


def input_nodes(variable: LiveVariable | None) -> Sequence[LiveInput]:
    """Return the inputs of a connection; none for a variable that is no connection."""
    return variable.inputs.nodes if variable and variable.inputs else ()


def links_of(variable: LiveVariable | None) -> Mapping[str, str]:
    """Return the IDs of the objects that a connection is linked to, by their keys in a manifest."""
    if variable is None:
        return {}
    linked = {
        "customerConfigVariableId": variable.customer_config_variable,
        "onPremiseResourceId": variable.on_premise_resource,
    }
    return {key: node.id for key, node in linked.items() if node}
