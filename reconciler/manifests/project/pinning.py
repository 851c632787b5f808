"""The versions of the lock, for manifests that leave their version open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.kind import Registry
    from reconciler.model.pins import Pins
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Pinning:
    """Pins every open version. Only a plan knows which live objects keep their own versions."""

    pins: Pins
    kinds: Registry

    def pinned(self, resources: Iterable[Resource], problems: list[Diagnostic]) -> list[Resource]:
        """Return the resources with the versions of the lock."""
        return [self._pinned(resource, problems) for resource in resources]

    def _pinned(self, resource: Resource, problems: list[Diagnostic]) -> Resource:
        versions = self.kinds[resource.kind].versions
        unpinned = versions.unpinned(resource.spec) if versions else None
        if unpinned is None or unpinned.settled or not resource.lifecycle.managed:
            return resource
        if unpinned.name in self.pins.versions:
            return replace(resource, spec=_with(resource.spec, unpinned.path, self.pins.versions[unpinned.name]))
        missing = self.pins.missing(unpinned.name)
        if missing:
            problems.append(Diagnostic(missing, resource.origin.place(("spec", *unpinned.path))))
        return resource


def _with(value: Any, path: Path, inner: Any) -> Any:
    """Return a value with another one at a path; nothing is changed in place."""
    if not path:
        return inner
    return {**value, path[0]: _with(value[path[0]], path[1:], inner)}
