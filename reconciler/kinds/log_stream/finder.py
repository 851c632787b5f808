"""Log streams as the API lists them, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.operations import EXTERNAL_LOG_STREAMS, MAY_ADD_EXTERNAL_LOG_STREAM
from reconciler.kinds.log_stream.spec import NAME
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.kinds.shared.addressed import secret_templates
from reconciler.kinds.shared.by_name import NamedObjects
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Collection, Live, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.log_stream.operations import LogStreamFields
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

STREAMS: Collection[LogStreamFields] = Collection(EXTERNAL_LOG_STREAMS, lambda node: [node.name])


def live_stream(node: LogStreamFields) -> Live[LogStreamFields]:
    """Return a stream's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def _reads(resource: Resource, _view: View) -> Iterator[Read]:
    # The API filters by a part of a name alone, and few organizations have more than a page of streams.
    yield Read(STREAMS)
    if resource.lifecycle.managed:
        yield Read(SEVERITIES)


OBJECTS = NamedObjects("log stream", STREAMS, live_stream)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_EXTERNAL_LOG_STREAM, "allowAddExternalLogStream")
FINDER = Finder(
    _reads, OBJECTS.candidates, live_stream, secrets=lambda view: secret_templates(view.tenant.all(STREAMS))
)
