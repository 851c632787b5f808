"""The descriptions of an integration's version, for editors; no secret is among them.

They have queries of their own, which ask neither for the value of an instance's variable nor for the default of a
connection's input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.kinds.variables.codec import declaration
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.tenant import Node

OPERATIONS = load_operations(__package__, "description.graphql")


def _keys(node: Node) -> Iterator[tuple[str, str]]:
    if not node["isSystem"] and node["designedBy"] == "ORG" and node.get("instanceType") in {None, "INTEGRATION"}:
        yield node["customer"]["id"], node["name"]


DESCRIPTIONS = Collection(OPERATIONS["integrationDescription"], lambda node: [node["id"]], listable=False, single=True)
INSTANCE_VERSIONS = Collection(OPERATIONS["instanceVersions"], _keys)


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


def description_of(node: Node) -> Description:
    """Return a node of ``integrationDescription`` as a description."""
    variables = [_variable(entry) for entry in node["requiredConfigVariables"]["nodes"]]
    flows = {entry["name"]: entry.get("description") or "" for entry in node["flows"]["nodes"]}
    return Description({each.declaration.key: each for each in variables}, flows)


def _variable(node: Node) -> DescribedVariable:
    return DescribedVariable(
        declaration(node), node.get("description") or "", bool(node.get("orgOnly")), tuple(_inputs(node))
    )


def _inputs(node: Node) -> Iterator[DescribedInput]:
    """Yield the inputs that the definition sets, then the other inputs of the component's connection."""
    fields = {entry["key"]: entry for entry in ((node.get("connection") or {}).get("inputs") or {}).get("nodes") or ()}
    named = [entry["name"] for entry in (node.get("inputs") or {}).get("nodes") or ()]
    for name in dict.fromkeys((*named, *fields)):
        field = fields.get(name) or {}
        label = field.get("label") or ""
        said = [label if label != name else "", field.get("comments") or ""]
        text = "\n".join(filter(None, said))
        yield DescribedInput(name, text, bool(field.get("required")), field.get("type") == "PASSWORD")
