"""The state of the live objects that a plan was computed from, without any secret."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from reconciler.planning.plan import Observed
from reconciler.secrets.secret import masked

if TYPE_CHECKING:
    from reconciler.model.kind import Kind
    from reconciler.model.live import Live


def observe(kind: Kind, live: Live, going: Any = None) -> Observed:
    """Return the object's ID, its time of last change and its digest, which leaves secrets out.

    ``going`` are the objects that a deletion takes along.
    """
    observed = masked([kind.differ.observed(live), *([] if going is None else [going])], None)
    text = json.dumps(observed, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return Observed(live.id, live.node.get("updatedAt"), f"sha256:{digest}")
