"""The versions of integrations that an editor needs, those in use and the newest, with their descriptions.

An integration can have hundreds of versions. Only these are read, to keep the requests few. The queries are made for
descriptions: they ask neither for the value of an instance's variable nor for the default of a connection's input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.integration import detail_operations
from reconciler.kinds.integration.versions import VERSIONS, version_of
from reconciler.kinds.variables.codec import declaration
from reconciler.model.pins import LATEST
from reconciler.model.tenant import Collection, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.kinds.integration.detail_operations import Instance, IntegrationDescription, VariableDescription
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.capabilities.editor import HintContext
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.resource import Resource


def _keys(node: Instance) -> Iterator[tuple[str, str]]:
    if not node.is_system and node.designed_by == "ORG" and node.instance_type in {None, "INTEGRATION"}:
        yield node.customer.id, node.name


DESCRIPTIONS = single_objects(detail_operations.INTEGRATION_DESCRIPTION)
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


@dataclass(slots=True)
class Known:
    """One integration: its versions by number, and those that matter.

    ``handles``: its instances in the manifests, each with the version that it has or gets; ``open_``: those whose
    manifest leaves the version to the live instance.
    """

    name: str
    versions: dict[int, Version] = field(default_factory=dict)
    available: set[int] = field(default_factory=set)
    sequences: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    handles: dict[str, int] = field(default_factory=dict)
    open_: dict[str, int] = field(default_factory=dict)
    pin: int | None = None

    @property
    def newest(self) -> int | None:
        return max(self.available, default=None)

    @property
    def latest(self) -> int | None:
        """The version that ``latest`` means and a new instance starts with: the lock's, else the newest."""
        return self.pin if self.pin is not None else self.newest

    @property
    def described(self) -> list[Version]:
        """The versions whose variables are needed, the newest first; none if two integrations share the name."""
        if len(self.sequences) > 1:
            return []
        wanted = {self.newest, self.latest, *self.used}
        return [self.versions[number] for number in sorted(self.versions, reverse=True) if number in wanted]


def known_versions(known: HintContext, instances: Iterable[Resource]) -> Mapping[str, Known]:
    """Return the integrations that were read, by name."""
    found: dict[str, Known] = {}
    names: dict[str, str] = {}
    for node in known.view.tenant.all(VERSIONS):
        if node.version_is_available:
            version = version_of(node)
            each = found.setdefault(version.name, Known(version.name))
            each.versions[version.number] = version
            each.available.add(version.number)
            each.sequences.add(version.sequence)
            names[version.sequence] = version.name
    for instance in known.view.tenant.all(INSTANCE_VERSIONS):
        version = version_of(instance.integration)
        name = names.setdefault(version.sequence, version.name)
        each = found.setdefault(name, Known(name))
        each.sequences.add(version.sequence)
        each.versions.setdefault(version.number, version)
        each.used.add(version.number)
    for name, pin in known.view.pins.versions.items():
        if name in found:
            found[name].pin = pin
    for resource in instances:
        _place(resource, found, known)
    return found


def _place(resource: Resource, found: Mapping[str, Known], known: HintContext) -> None:
    """Note which version an instance of the manifests has or gets."""
    named = resource.spec["integration"]
    integration = found.get(named["name"])
    if integration is None or not resource.lifecycle.managed:
        return
    stated = named.get("version")
    live = _live_version(resource, known)
    at = live if stated is None and live in integration.versions else None
    if at is not None:
        integration.open_[resource.handle] = at
    number = integration.latest if stated == LATEST else stated if stated is not None else at or integration.latest
    if number is not None:
        integration.handles[resource.handle] = number
        integration.used.add(number)


def _live_version(resource: Resource, known: HintContext) -> int | None:
    customer = live_customer_id(resource.spec, known.view)
    for name in (resource.spec["name"], *resource.lifecycle.renamed_from):
        nodes = known.view.tenant.find(INSTANCE_VERSIONS, (customer, name))
        if len(nodes) == 1:
            return nodes[0].integration.version_number
    return None
