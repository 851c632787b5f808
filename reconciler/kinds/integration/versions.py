"""Versions of integrations, as instances refer to them: by the integration's name, and a number or ``latest``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from reconciler.kinds.integration.operations import (
    INTEGRATION_DEFINITION,
    INTEGRATION_NAMES,
    INTEGRATION_VERSION,
    INTEGRATION_VERSIONS,
)
from reconciler.kinds.variables.codec import declaration, signs_in
from reconciler.kinds.variables.ignored_names import names_parts, unknown_variables
from reconciler.model.answers import Node
from reconciler.model.capabilities.versions import Version
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import LATEST
from reconciler.model.tenant import Collection, Read, single_objects
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.kinds.integration.operations import IntegrationVersion, IntegrationVersionsNode
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.answers import NamedNode
    from reconciler.model.pins import Pins
    from reconciler.model.tenant import Tenant
    from reconciler.model.view import View

UNCONFIGURED: Final = "NEEDS_INSTANCE_CONFIGURATION"
MOST_EARLIER = 25
"""How many versions are searched for an earlier name of a config variable: they fit into one request."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a version: its config variables by key, and its flows' IDs by name."""

    variables: Mapping[str, Declaration]
    flows: Mapping[str, str]
    code_native: bool = False

    @property
    def may_be_headless(self) -> bool:
        """Whether instances may keep their values in a headless configuration, of which the API shows nothing.

        Only code-native integrations have one, and it takes the place of config variables.
        """
        return self.code_native and not self.variables


class UnpublishedVersion(Node, frozen=True):
    """A version that exists only as a definition file, whose name is its ID."""

    name: str
    contents: Contents


class VersionNode(Protocol):
    """An answer about a version of an integration."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def version_number(self) -> int: ...
    @property
    def version_sequence_id(self) -> str | None: ...


class DeployState(Protocol):
    """The fields of an instance that show whether a deploy is due."""

    @property
    def last_deployed_at(self) -> str | None: ...
    @property
    def needs_deploy(self) -> bool: ...
    @property
    def config_state(self) -> str | None: ...


class RunningVersion(DeployState, Protocol):
    """An answer about an instance with its version."""

    @property
    def integration(self) -> VersionNode: ...


VERSIONS: Collection[IntegrationVersionsNode] = Collection(INTEGRATION_VERSIONS, lambda node: [node.name])
NAMES: Collection[NamedNode] = Collection(INTEGRATION_NAMES, lambda node: [node.name])
CONTENTS: Collection[IntegrationVersion | UnpublishedVersion] = Collection(
    INTEGRATION_VERSION, lambda node: [node.id], listable=False, single=True
)
UNPUBLISHED: Collection[UnpublishedVersion] = Collection(
    INTEGRATION_VERSION, lambda node: [node.name], listable=False, single=True
)
"""``plan --against`` puts them in; they are never read."""
DEFINITIONS = single_objects(INTEGRATION_DEFINITION)


def incomplete(state: DeployState) -> bool:
    """Return whether an instance needs a deploy while the API reports an incomplete configuration."""
    due = not state.last_deployed_at or state.needs_deploy
    return due and state.config_state == UNCONFIGURED


def version_reads(
    spec: Mapping[str, Any], view: View, live: RunningVersion | None, ignored: Sequence[str] = ()
) -> Iterator[Read]:
    """Yield the reads that are needed to find the version that an instance's manifest means, and its contents.

    ``ignored`` are the paths of ``lifecycle.ignoreChanges``.
    """
    name = spec["integration"]["name"]
    lookup = _versions_read(name)
    yield lookup
    if view.tenant.answered(lookup) and not view.tenant.find(VERSIONS, name):
        yield Read(NAMES)
    chosen = choose_version(spec, view, live)
    if not isinstance(chosen, Version):
        return
    moves = live is not None and live.integration.id != chosen.id
    named = "configVariables" in spec or "flowConfigs" in spec or names_parts(ignored)
    if live is None or moves or named or _may_lack_values(spec, live):
        if live is not None and moves:
            yield _contents_read(live.integration.id)
        contents = _contents_read(chosen.id)
        yield contents
        if view.tenant.answered(contents) and not chosen.definition and _unknown_to(chosen, spec, view, ignored):
            yield Read(DEFINITIONS, chosen.id, (("id", chosen.id),))
            yield from _earlier_reads(chosen, ignored, view)


def _earlier_reads(version: Version, ignored: Sequence[str], view: View) -> Iterator[Read]:
    """Yield the reads of versions in which a config variable may have the name that a manifest ignores."""
    if unknown_variables(ignored, contents_of(version, view).variables):
        earlier = [each.id for each in available_versions(version.name, view) if each.id != version.id]
        yield from map(_contents_read, earlier[:MOST_EARLIER])


@cache  # thousands of instances share a version: one object is made, hashed and compared faster than as many
def _contents_read(identifier: str) -> Read[IntegrationVersion | UnpublishedVersion]:
    return Read(CONTENTS, identifier, (("id", identifier),))


@cache
def _versions_read(name: str) -> Read[IntegrationVersionsNode]:
    return Read(VERSIONS, name, (("name", name),))


def stable_keys_of(version: Version, view: View) -> Mapping[str, str]:
    """Return the stable keys of config variables, by each name in the versions read so far."""

    def make() -> Mapping[str, str]:
        found: dict[str, str] = {}
        for each in available_versions(version.name, view):
            for variable in contents_of(each, view).variables.values():
                if variable.stable_key:
                    found.setdefault(variable.key, variable.stable_key)
        return found

    made: Mapping[str, str] = view.tenant.derived(("stable keys", version.name), make)
    return made


def _may_lack_values(spec: Mapping[str, Any], live: RunningVersion) -> bool:
    """Return whether a deploy of a live instance may lack values, so that the version's variables are needed."""
    return incomplete(live) and spec.get("deploy") != "never"


def _unknown_to(version: Version, spec: Mapping[str, Any], view: View, ignored: Sequence[str]) -> bool:
    """Return whether a manifest names a config variable that the version does not have."""
    variables = contents_of(version, view).variables
    declared = spec.get("configVariables") or {}
    return not variables.keys() >= declared.keys() or unknown_variables(ignored, variables)


def version_of(node: VersionNode) -> Version:
    """Return the version that an answer is about."""
    return Version(node.id, node.name, node.version_number, node.version_sequence_id or node.id)


def take_unpublished(tenant: Tenant, node: UnpublishedVersion) -> Version:
    """Let every manifest of an integration mean a version that is not published; return that version."""
    tenant.add(Read(UNPUBLISHED, node.name), [node])
    tenant.add(Read(CONTENTS, node.id), [node])
    return _unpublished(node)


def _unpublished(node: UnpublishedVersion) -> Version:
    return Version(node.id, node.name, 0, node.id, definition=node.id)


def choose_version(spec: Mapping[str, Any], view: View, live: RunningVersion | None) -> Version | Diagnostic:
    """Return the version that the manifest means.

    Without a number a live instance keeps its version, and a new one gets the locked version, else the newest
    available. A live instance may stay on a version that is no longer available. An unpublished version takes
    precedence over all.
    """
    named = spec["integration"]
    current = version_of(live.integration) if live else None
    available, sequences = _available(named["name"], view)
    if len(sequences) > 1:
        return _ambiguous(named["name"], available)
    if current and (sequences - {current.sequence} or (not sequences and current.name != named["name"])):
        return _another(named["name"], current, known=bool(sequences))
    unpublished = view.tenant.find(UNPUBLISHED, named["name"])
    if unpublished:
        return _unpublished(unpublished[0])
    if current and named.get("version") in (None, current.number):
        return current
    if available:
        return _of_available(named, available, view.pins)
    name = named["name"]
    # Made once: before the versions are read, this is the answer for every new instance.
    unknown: Diagnostic = view.tenant.derived(("unknown integration", name), lambda: _unknown(name, view))
    return unknown


def _of_available(named: Mapping[str, Any], available: Sequence[Version], pins: Pins) -> Version | Diagnostic:
    wanted = named.get("version")
    if wanted is None:
        missing = pins.missing(named["name"])
        if missing:
            return Diagnostic(missing, path=("integration", "name"))
        wanted = pins.versions.get(named["name"])
    newest = max(available, key=lambda version: version.number)
    if wanted in (None, LATEST):
        return newest
    matching = [version for version in available if version.number == wanted]
    return matching[0] if matching else _no_such_version(named["name"], wanted, available)


def sequences_of(name: str, view: View) -> frozenset[str]:
    """Return the sequence IDs of a name, one for each integration with that name, as far as the API returns them."""
    nodes = view.tenant.find(VERSIONS, name)
    return frozenset(node.version_sequence_id for node in nodes if node.version_sequence_id)


def available_versions(name: str, view: View) -> Sequence[Version]:
    """Return the versions of an integration that were read and can be deployed."""
    return _available(name, view)[0]


def _available(name: str, view: View) -> tuple[list[Version], set[str]]:
    """Return the versions of that name that can be deployed, and their sequence IDs."""

    def make() -> tuple[list[Version], set[str]]:
        found = [version_of(node) for node in view.tenant.find(VERSIONS, name) if node.version_is_available]
        return found, {version.sequence for version in found}

    made: tuple[list[Version], set[str]] = view.tenant.derived(("available", name), make)
    return made


def contents_of(version: Version, view: View) -> Contents:
    """Return the contents of a version, as far as they were read; instances of one version share them."""
    made: Contents = view.tenant.derived(("contents", version.id), lambda: _contents_of(version, view))
    return made


def _contents_of(version: Version, view: View) -> Contents:
    former: dict[str, list[str]] = {}
    for answer in view.tenant.find(DEFINITIONS, version.id):  # read only if a manifest names an unknown variable
        for old, new in renames_of(answer.definition).items():
            former.setdefault(new, []).append(old)
    for node in view.tenant.find(CONTENTS, version.id):
        if isinstance(node, UnpublishedVersion):
            return node.contents
        declared = declarations_of([node]).values()
        named = [replace(each, former=tuple(former.get(each.key, ()))) if former else each for each in declared]
        flows = {flow.name: flow.id for flow in node.flows.nodes}
        return Contents({each.key: each for each in named}, flows, node.is_code_native)
    return Contents({}, {})


def declarations_of(answers: Iterable[IntegrationVersion | UnpublishedVersion]) -> dict[str, Declaration]:
    """Return the config variables of the version that was read, by key, without their earlier names."""
    return {
        each.key: declaration(each, each.inputs.nodes if each.inputs else (), signs_in=signs_in(each))
        for node in answers
        if not isinstance(node, UnpublishedVersion)
        for each in node.required_config_variables.nodes
    }


def _ambiguous(name: str, available: Sequence[Version]) -> Diagnostic:
    newest = {version.sequence: version for version in sorted(available, key=lambda each: each.number)}
    candidates = "; ".join(
        f"version {version.number} ({version.id})"
        for version in sorted(newest.values(), key=lambda version: version.sequence)
    )
    message = f"{len(newest)} integrations are named {name!r}, their newest: {candidates}; rename one of them"
    return Diagnostic(message, path=("integration", "name"))


def _another(name: str, current: Version, *, known: bool) -> Diagnostic:
    message = (
        f"the live instance belongs to the integration {current.name!r}, and an instance cannot move to another one; "
        "give this instance another name, and delete the live one when it is no longer needed"
        if known
        else f"no integration is named {name!r}; the live instance belongs to {current.name!r}"
    )
    return Diagnostic(message, path=("integration", "name"))


def _unknown(name: str, view: View) -> Diagnostic:
    names = {node.name for node in view.tenant.all(NAMES)}
    if name in names:
        message = f"the integration {name!r} has no version that is available; publish one"
    else:
        message = f"no integration is named {name!r}; {did_you_mean(name, names, listed_as='integrations')}"
    return Diagnostic(message, path=("integration", "name"))


def _no_such_version(name: str, wanted: int, available: Sequence[Version]) -> Diagnostic:
    numbers = ", ".join(str(version.number) for version in sorted(available, key=lambda each: -each.number)[:20])
    message = f"the integration {name!r} has no available version {wanted}; available: {numbers}, or latest"
    return Diagnostic(message, path=("integration", "version"))


def definition_of(text: str | None) -> Mapping[str, Any]:
    """Return what a definition's YAML holds; nothing for a text that is no definition."""
    import yaml

    try:
        data: Any = yaml.load(text or "", getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is safe
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def renames_of(definition: str | None) -> Mapping[str, str]:
    """Return the new names by the old ones, from a definition's YAML; none from a text that is no definition."""
    renames = definition_of(definition).get("renameAttributes")
    if not isinstance(renames, dict):
        return {}
    return {old: new for old, new in renames.items() if isinstance(old, str) and isinstance(new, str)}
