"""The spec of an alert webhook."""

from __future__ import annotations

from reconciler.kinds.shared.named_spec import addressed_spec

NAME = "AlertWebhook"
SPEC = addressed_spec()
