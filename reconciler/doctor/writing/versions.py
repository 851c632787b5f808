"""The versions of an integration, as far as probes choose among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING, Any

from reconciler.kinds.integration.versions import definition_of, renames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconciler.doctor.probed.operations import Integration, ProbedVariable, ProbedVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One available version: its ID and number, what it declares, and which variables its definition renames."""

    id: str
    number: int
    variables: Sequence[ProbedVariable] = ()
    flows: Sequence[str] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, int] = field(default_factory=dict)
    """The versions of the components of connections, by the key of the config variable, where one is chosen."""

    @classmethod
    def of(cls, node: ProbedVersion, declared: Integration) -> Version:
        """Return the version that the API describes in these two answers."""
        flows = [each.name for each in declared.flows.nodes]
        variables = declared.required_config_variables.nodes
        components = _component_versions(definition_of(declared.definition))
        return cls(node.id, node.version_number, variables, flows, renames_of(declared.definition), components)

    def find(self, fits: Callable[[ProbedVariable], bool]) -> ProbedVariable | None:
        """Return the first config variable that fits."""
        return next((each for each in self.variables if fits(each)), None)

    def own_connection(self) -> ProbedVariable | None:
        """Return a connection that instances configure themselves: the one that shows most."""
        own = [each for each in self.variables if each.data_type == "CONNECTION" and not each.scoped_config_variable]
        return max(own, key=_shown_by, default=None)


def _component_versions(definition: Mapping[str, Any]) -> Mapping[str, int]:
    found = {}
    for each in definition.get("requiredConfigVars") or ():
        try:
            number = each["connection"]["component"]["version"]
        except (TypeError, LookupError):
            continue
        if isinstance(number, int):
            found[str(each.get("key"))] = number
    return found


def _shown_by(connection: ProbedVariable) -> tuple[bool, int]:
    inputs = connection.inputs.nodes if connection.inputs else []
    return any("writeOnly" in (each.meta or "") for each in inputs), len(inputs)


@dataclass(frozen=True, slots=True)
class Move:
    """A move of an instance from one version to another, with the variables that get another key on the way.

    ``by_stable_key`` has the new keys, by the former ones, that only the stable key connects; ``by_definition`` those
    that only ``renameAttributes`` of the definition connects.
    """

    before: Version
    after: Version
    by_stable_key: Mapping[str, str]
    by_definition: Mapping[str, str]

    @property
    def flows(self) -> Sequence[str]:
        """Return the flows that both versions have."""
        return [each for each in self.before.flows if each in self.after.flows]

    @property
    def lost_flows(self) -> Sequence[str]:
        """Return the flows that only the former version has."""
        return [each for each in self.before.flows if each not in self.after.flows]

    @property
    def retyped(self) -> Iterator[tuple[ProbedVariable, ProbedVariable]]:
        """Yield the variables with one value that have another type in the new version."""
        new = {each.key: each for each in self.after.variables if each.collection_type is None}
        for each in self.before.variables:
            other = new.get(each.key)
            if each.collection_type is None and other is not None and other.data_type != each.data_type:
                yield each, other


def moves(versions: Sequence[Version]) -> Iterator[Move]:
    """Yield the moves from each version to each other one."""
    for before, after in permutations(versions, 2):
        yield _move(before, after)


def _move(before: Version, after: Version) -> Move:
    new_keys = {each.key for each in after.variables}
    old_keys = {each.key for each in before.variables}
    gone = {each.key: each for each in before.variables if each.key not in new_keys and _is_text(each)}
    new = {each.key: each for each in after.variables if each.key not in old_keys and _is_text(each)}
    stable = {each.stable_key: key for key, each in new.items() if each.stable_key}
    by_stable_key = {key: stable[each.stable_key] for key, each in gone.items() if each.stable_key in stable}
    declared = {key: target for key, target in after.renames.items() if key in gone and target in new}
    return Move(
        before,
        after,
        {key: target for key, target in by_stable_key.items() if key not in declared},
        {key: target for key, target in declared.items() if key not in by_stable_key},
    )


def _is_text(declared: ProbedVariable) -> bool:
    return declared.data_type == "STRING" and declared.collection_type is None
