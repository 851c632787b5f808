"""What the example integrations declare, as a sandbox has imported them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.definition import parse_definition
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Variable:
    """One config variable of one version; ``inputs`` are a connection's, each with whether it is write-only."""

    key: str
    data_type: str
    collection: str | None = None
    default: str | None = None
    options: tuple[str, ...] = ()
    inputs: Mapping[str, bool] = field(default_factory=dict)
    scoped: bool = False
    agents: bool = False
    """Whether a connection can go through an on-premise agent."""
    former: str = ""
    """The key it had in an earlier version."""

    @property
    def connection(self) -> bool:
        return self.data_type == "CONNECTION"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an example integration: its variables by key, and its flows' names."""

    name: str
    number: int
    variables: Mapping[str, Variable]
    flows: tuple[str, ...]


@cache
def versions() -> Mapping[tuple[str, int], Version]:
    """Return every published version of every example integration, by name and number."""
    with World() as world:
        published = world.rows("integrations", draft=0)
        return {(row["name"], row["versionNumber"]): _version(world, row) for row in published}


def newest(name: str) -> int:
    return max(number for known, number in versions() if known == name)


def _version(world: World, row: Mapping[str, Any]) -> Version:
    former = {new: old for old, new in parse_definition(row["definition"]).renames.items()}
    required = world.rows("required_config_variables", integration=row["id"])
    variables = {each["key"]: _variable(each, former) for each in required}
    flows = tuple(flow["name"] for flow in world.rows("flows", integration=row["id"]))
    return Version(row["name"], row["versionNumber"], variables, flows)


def _variable(row: Mapping[str, Any], former: Mapping[str, str]) -> Variable:
    inputs = {each["name"]: bool(each["meta"].get("writeOnly")) for each in json.loads(row["inputs"])}
    return Variable(
        key=row["key"],
        data_type=row["dataType"],
        collection=row["collectionType"],
        default=row["defaultValue"],
        options=tuple(json.loads(row["pickList"])),
        inputs=inputs,
        scoped=bool(row["scopedConfigVariable"]),
        agents=row["onPremiseConnectionConfig"] == "ALLOWED",
        former=former.get(row["key"], ""),
    )
