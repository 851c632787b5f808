"""Log streams as the API lists them, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.operations import EXTERNAL_LOG_STREAMS, MAY_ADD_EXTERNAL_LOG_STREAM
from reconciler.kinds.log_stream.spec import NAME
from reconciler.kinds.severities.catalogue import SEVERITIES
from reconciler.kinds.shared.addressed import secret_templates
from reconciler.kinds.shared.by_name import NamedObjects
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from reconciler.kinds.log_stream.operations import LogStreamFields

STREAMS: Collection[LogStreamFields] = Collection(EXTERNAL_LOG_STREAMS, lambda node: [node.name])


OBJECTS = NamedObjects(NAME, "log stream", STREAMS)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_EXTERNAL_LOG_STREAM, "allowAddExternalLogStream")
FINDER = OBJECTS.finder(managed=lambda _: [Read(SEVERITIES)], secrets=secret_templates)
