"""Alert triggers: a fixed catalogue."""

from __future__ import annotations

from reconciler.sandbox.resolvers.answers import Answers
from reconciler.sandbox.resolvers.context import connection, single
from reconciler.sandbox.resolvers.listing import Listing
from reconciler.sandbox.resolvers.listings import same

_LISTING = Listing("alert_triggers", same("isGlobal", "isInstanceSpecific"), {"NAME": "fold(t.name)"})

ANSWERS = Answers(queries={"alertTrigger": single("alert_triggers"), "alertTriggers": connection(_LISTING)})
