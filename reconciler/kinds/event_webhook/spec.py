"""The spec of an event webhook."""

from __future__ import annotations

from reconciler.kinds.shared.named_spec import secret_spec

NAME = "EventWebhook"
SECRETS = ("url", "headers", "secret")
"""The secret fields."""
SPEC = secret_spec(SECRETS, hidden_keys=frozenset(SECRETS))
