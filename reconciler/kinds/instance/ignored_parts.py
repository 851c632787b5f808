"""Parts of an instance that ``lifecycle.ignoreChanges`` names: config variables, inputs of connections, flows.

Only a part that is compared and written by itself can be ignored: a whole config variable, one input of a connection,
one field of a flow. Any other path would have no effect, so it is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.kinds.instance.flow_configs import FIELDS
from reconciler.kinds.shared.links import BY_HANDLE, BY_ID
from reconciler.kinds.variables.codec import CONNECTION, successor
from reconciler.kinds.variables.ignored_names import FLOWS, VARIABLES, beginnings, splits
from reconciler.kinds.variables.live_variables import input_nodes, live_variables, stable_key_of
from reconciler.model.capabilities.differ import Ignored
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource


def ignored_parts(
    resource: Resource, contents: Contents, live: InstanceFields | None, stable_keys: Mapping[str, str]
) -> Ignored:
    """Return the paths to ignore, renamed variables under their new names, with problems and warnings.

    ``contents`` are those of the instance's version; ``stable_keys`` are by each name of a variable.
    """
    check = _Check(resource, contents, live, stable_keys)
    paths = [check.resolved(number, path) for number, path in enumerate(resource.lifecycle.ignore_changes)]
    return Ignored(tuple(paths), tuple(check.problems), tuple(check.warnings))


@dataclass(slots=True)
class _Check:
    """One check of the paths of one resource."""

    resource: Resource
    contents: Contents
    live: InstanceFields | None
    stable_keys: Mapping[str, str]
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)

    def resolved(self, number: int, path: str) -> str:
        place: Path = ("lifecycle", "ignoreChanges", number)
        if path.startswith(FLOWS):
            self._flow(path.removeprefix(FLOWS), place)
        elif path.startswith(VARIABLES):
            return VARIABLES + self._variable(path.removeprefix(VARIABLES), place)
        return path

    def _variable(self, name: str, place: Path) -> str:
        declared = self.resource.spec.get("configVariables") or {}
        known = [*self.contents.variables, *declared]
        for key, rest in splits(name, known):
            if rest:
                self._part(key, rest, declared.get(key), place)
            return name
        for key, rest in beginnings(name):
            renamed = successor(key, self._stable_key(key), self.contents.variables)
            if renamed:
                message = (
                    f"config variable {key!r} was renamed to {renamed!r} in this version and is ignored under that name"
                )
                self.warnings.append(Diagnostic(f"{message}; use the new name", path=place))
                return f"{renamed}.{rest}" if rest else renamed
        near = did_you_mean(name, known, listed_as="its variables")
        self.problems.append(
            Diagnostic(f"the integration has no config variable {name!r} to ignore; {near}", path=place)
        )
        return name

    def _part(self, key: str, rest: str, value: object, place: Path) -> None:
        """Note a problem unless ``rest`` names an input or a link of a connection."""
        declaration = self.contents.variables.get(key)
        if declaration is None:
            return  # an unknown variable is reported at its declaration
        if declaration.data_type != CONNECTION:
            message = f"the value of config variable {key!r} is written as a whole: {rest!r} cannot be ignored alone"
            self.problems.append(Diagnostic(f"{message}; ignore {VARIABLES + key!r}", path=place))
            return
        prefix, _, name = rest.partition(".")
        if rest in {"inputs", *BY_ID, BY_HANDLE}:
            return
        inputs = self._inputs(key, declaration, value)
        if prefix == "inputs" and (name in inputs or declaration.more_inputs or not inputs):
            return
        paths = ["inputs", *(f"inputs.{each}" for each in inputs), BY_HANDLE, *BY_ID]
        near = did_you_mean(rest, paths, listed_as="parts")
        self.problems.append(Diagnostic(f"connection {key!r} has no part {rest!r} to ignore; {near}", path=place))

    def _inputs(self, key: str, declaration: Declaration, value: object) -> list[str]:
        declared = value.get("inputs") if isinstance(value, dict) else None
        names = [node.name for node in input_nodes(live_variables(self.live).get(key))]
        return [*(declaration.inputs or {}), *names, *(declared if isinstance(declared, dict) else ())]

    def _flow(self, name: str, place: Path) -> None:
        declared = self.resource.spec.get("flowConfigs") or {}
        known = [*self.contents.flows, *declared]
        for key, rest in splits(name, known):
            if rest and rest not in FIELDS:
                near = did_you_mean(rest, FIELDS, listed_as="fields")
                self.problems.append(Diagnostic(f"flow {key!r} has no field {rest!r} to ignore; {near}", path=place))
            return
        near = did_you_mean(name, known, listed_as="its flows")
        self.problems.append(Diagnostic(f"the integration has no flow {name!r} to ignore; {near}", path=place))

    def _stable_key(self, key: str) -> str | None:
        return stable_key_of(live_variables(self.live).get(key)) or self.stable_keys.get(key)
