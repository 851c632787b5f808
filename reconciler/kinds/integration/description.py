"""The descriptions of an integration's version, for editors; no secret is among them.

They have queries of their own, which ask neither for the value of an instance's variable nor for the default of a
connection's input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.kinds.integration import detail_operations
from reconciler.kinds.variables.codec import declaration
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.integration.detail_operations import Instance, IntegrationDescription, VariableDescription
    from reconciler.kinds.variables.codec import Declaration


def _keys(node: Instance) -> Iterator[tuple[str, str]]:
    if not node.is_system and node.designed_by == "ORG" and node.instance_type in {None, "INTEGRATION"}:
        yield node.customer.id, node.name


DESCRIPTIONS: Collection[IntegrationDescription] = Collection(
    detail_operations.INTEGRATION_DESCRIPTION, lambda node: [node.id], listable=False, single=True
)
INSTANCE_VERSIONS = Collection(detail_operations.INSTANCE_VERSIONS, _keys)


@dataclass(frozen=True, slots=True)
class DescribedInput:
    """One input of a connection; ``text`` is the component's description."""

    name: str
    text: str = ""
    required: bool = False
    hidden: bool = False
    """Whether it is typed as a password is."""


@dataclass(frozen=True, slots=True)
class DescribedVariable:
    """One config variable: its declaration and its description."""

    declaration: Declaration
    text: str = ""
    org_only: bool = False
    inputs: tuple[DescribedInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A version's config variables by key, and the descriptions of its flows by name."""

    variables: Mapping[str, DescribedVariable]
    flows: Mapping[str, str]


def description_of(node: IntegrationDescription) -> Description:
    """Return the API's answer about a version as a description."""
    variables = [
        DescribedVariable(declaration(each), each.description or "", bool(each.org_only), tuple(_inputs(each)))
        for each in node.required_config_variables.nodes
    ]
    flows = {flow.name: flow.description or "" for flow in node.flows.nodes}
    return Description({each.declaration.key: each for each in variables}, flows)


def _inputs(node: VariableDescription) -> Iterator[DescribedInput]:
    """Yield the inputs that the definition sets, then the other inputs of the component's connection."""
    fields = {field.key: field for field in node.connection.inputs.nodes} if node.connection else {}
    named = [entry.name for entry in node.inputs.nodes] if node.inputs else []
    for name in dict.fromkeys((*named, *fields)):
        if field := fields.get(name):
            texts = [field.label if field.label != name else "", field.comments or ""]
            yield DescribedInput(name, "\n".join(filter(None, texts)), field.required, field.type == "PASSWORD")
        else:
            yield DescribedInput(name)
