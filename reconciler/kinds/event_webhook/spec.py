"""The spec of an event webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank_texts
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.place import Path

NAME = "EventWebhook"
SECRETS = ("url", "headers", "secret")
"""The secret fields."""


def webhook_name(spec: Mapping[str, Any]) -> str:
    """Return what an event webhook is found by, and shown as."""
    return str(spec["name"])


def secret_texts(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield each secret text of a spec, by its path."""
    for name in SECRETS:
        value = spec.get(name)
        if name == "headers":
            yield from ((("headers", header), text) for header, text in (value or {}).items())
        else:
            yield (name,), value


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(skeleton(spec["name"]), ("name",), spec["name"])


SPEC = Spec(
    identity=webhook_name,
    title=webhook_name,
    check=lambda spec: blank_texts(secret_texts(spec)),
    appearance=_appearance,
    secret_fields=frozenset(SECRETS),
    hidden_keys=frozenset(SECRETS),
)
