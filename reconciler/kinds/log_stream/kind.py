"""Log streams: where the logs of instances are sent to. In the API they are external log streams.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.log_stream.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.log_stream.differ import DELETION, DIFFER
    from reconciler.kinds.log_stream.editor import EDITOR
    from reconciler.kinds.log_stream.export import EXPORT
    from reconciler.kinds.log_stream.finder import FINDER, LOOKS, NAMES, PERMISSION
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER, DIFFER, DELETION, names=NAMES, looks=LOOKS, export=EXPORT, editor=EDITOR, permission=PERMISSION
    )


KIND = Kind(NAME, SPEC, _capabilities)
