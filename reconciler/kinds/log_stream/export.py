"""A live log stream as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.differ import severities_of
from reconciler.kinds.log_stream.finder import STREAMS
from reconciler.kinds.shared.addressed import declare_address
from reconciler.model.capabilities.export import Export, SecretSort
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.kinds.log_stream.operations import LogStreamFields
    from reconciler.model.capabilities.export import Declared
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

SECRET = SecretSort("logStream", "1 secret of a log stream", "{} secrets of log streams")


def _declare(live: Live[LogStreamFields], _view: View, _parent: Live | None, _full: bool) -> Declared:
    """Return the manifest of a live stream, so that planning it as it stands finds nothing to do."""
    made = declare_address(live.node, SECRET)
    made.spec["severities"] = severities_of(live.node)
    return made


EXPORT = Export(Read(STREAMS), _declare, lambda handle, _: f"log-streams/{handle}.yaml", secrets=(SECRET,))
