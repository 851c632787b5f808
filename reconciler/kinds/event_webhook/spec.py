"""The spec of an event webhook."""

from __future__ import annotations

from reconciler.kinds.shared.clearing import blank_texts
from reconciler.kinds.shared.named_spec import name_appearance, name_of, secret_texts
from reconciler.model.capabilities.spec import Spec

NAME = "EventWebhook"
SECRETS = ("url", "headers", "secret")
"""The secret fields."""

SPEC = Spec(
    identity=name_of,
    title=name_of,
    check=lambda spec: blank_texts(secret_texts(SECRETS, spec)),
    appearance=name_appearance,
    secret_fields=frozenset(SECRETS),
    hidden_keys=frozenset(SECRETS),
)
