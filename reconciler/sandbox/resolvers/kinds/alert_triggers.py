"""Alert triggers: a fixed catalogue."""

from __future__ import annotations

from reconciler.sandbox.resolvers.answers import Answers
from reconciler.sandbox.resolvers.context import connection, single
from reconciler.sandbox.resolvers.listings import ALERT_TRIGGERS

ANSWERS = Answers(queries={"alertTrigger": single("alert_triggers"), "alertTriggers": connection(ALERT_TRIGGERS)})
