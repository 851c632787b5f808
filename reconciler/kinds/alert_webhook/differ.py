"""How an alert webhook's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.kinds.alert_webhook.finder import USES
from reconciler.kinds.alert_webhook.operations import CREATE_ALERT_WEBHOOK, UPDATE_ALERT_WEBHOOK
from reconciler.kinds.shared.addressed import NEEDED, compare_address, observed_address
from reconciler.kinds.shared.templates import unknown_words
from reconciler.kinds.shared.whole_secrets import ignored_whole, missing_fields
from reconciler.kinds.shared.writing import write_step
from reconciler.model.capabilities.differ import Diff, Differ

if TYPE_CHECKING:
    from reconciler.kinds.alert_webhook.operations import AlertWebhookFields
    from reconciler.model.resource import Resource
    from reconciler.model.view import DiffContext

WORDS = (
    "SUBJECT", "NAME", "INSTANCE", "INSTANCE_ID", "EXECUTION_ID", "CUSTOMER", "CUSTOMER_EXTERNAL_ID", "FLOW", "TRIGGER",
    "STEP", "URL",
)  # fmt: skip
"""The documented words of a template, each after a ``$``."""
_WORD = re.compile(r"\$[A-Z][A-Z_]*")


def _diff(resource: Resource, context: DiffContext[AlertWebhookFields]) -> Diff:
    spec, live = resource.spec, context.live
    found = compare_address(spec, live.node if live else None, context)
    changed = found.fields.changed
    step = write_step(live, CREATE_ALERT_WEBHOOK, UPDATE_ALERT_WEBHOOK, found.values)
    return Diff(
        changed,
        [step] if changed else [],
        warnings=[*found.warnings, *unknown_words(spec, _WORD, (f"${word}" for word in WORDS))],
        problems=[] if live else list(missing_fields(NEEDED, spec, "a new alert webhook")),
        same=found.fields.same,
    )


DIFFER = Differ(_diff, lambda live: observed_address(live.node), ignored_whole)
DELETION = USES.deletion()
