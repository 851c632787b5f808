"""Which version of an integration an instance runs, and what one that is not published yet would mean to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.reads import INSTANCES
from reconciler.kinds.instance.values_at_risk import lost_values
from reconciler.kinds.integration.version_changes import version_changes
from reconciler.kinds.integration.versions import (
    CONTENTS,
    available_versions,
    choose_version,
    contents_of,
    sequences_of,
    take_unpublished,
    version_of,
    version_reads,
)
from reconciler.kinds.integration.versions import VERSIONS as INTEGRATION_VERSIONS
from reconciler.model.capabilities.versions import Catalog, Version, Versions, VersionUse
from reconciler.model.pins import LATEST
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.integration.version_changes import VersionChanges
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _newest(name: str) -> Mapping[str, Any]:
    return {"integration": {"name": name, "version": LATEST}}


def _use(live: Live[InstanceFields], view: View) -> VersionUse:
    """Return the version of a live instance, and what it would lose by a move if no manifest declares any of it."""
    node = live.node
    current = version_of(node.integration)
    version = choose_version({"integration": {"name": current.name}}, view, node)
    losses: Iterable[Diagnostic] = ()
    if isinstance(version, Version) and version != current:
        before, after = (contents_of(each, view).variables for each in (current, version))
        losses = lost_values((), after, node, str(version), before)
    return VersionUse(current, node.customer.name, tuple(each.message for each in losses))


def _changes(before: Version, after: Version, view: View) -> VersionChanges | None:
    if not all(view.tenant.find(CONTENTS, each.id) for each in (before, after)):
        return None
    return version_changes(contents_of(before, view), contents_of(after, view))


CATALOG = Catalog(
    lookup=lambda name: Read(INTEGRATION_VERSIONS, name, (("name", name),)),
    reads=lambda name, view: version_reads(_newest(name), view, None),
    newest=lambda name, view: choose_version(_newest(name), view, None),
    available=available_versions,
    sequences=sequences_of,
    contents=lambda version: Read(CONTENTS, version.id, (("id", version.id),)),
    changes=_changes,
    publish=take_unpublished,
)
VERSIONS = Versions(
    source=lambda spec: str(spec["integration"]["name"]),
    running=lambda live: version_of(live.node.integration),
    desired=lambda spec, live, view: choose_version(spec, view, live.node if live else None),
    users=lambda sequence: Read(INSTANCES, ("integration", sequence), (("sequence", sequence),)),
    use=_use,
    catalog=CATALOG,
)
