"""The versions of integrations that an editor needs: those in use, and the newest.

An integration can have hundreds of versions. Only these are read, to keep the requests few.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.integration.description import INSTANCE_VERSIONS
from reconciler.kinds.integration.versions import VERSIONS, version_of
from reconciler.model.pins import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.editor_hints import HintContext
    from reconciler.model.resource import Resource
    from reconciler.model.version_use import Version


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
