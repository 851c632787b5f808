"""The spec of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.labels import repeated_labels
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "Customer"


def _identity(spec: Mapping[str, Any]) -> tuple[str, str]:
    return ("externalId", spec["externalId"]) if spec.get("externalId") else ("name", spec["name"])


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(skeleton(spec["name"]), ("name",), spec["name"])


SPEC = Spec(
    identity=_identity,
    title=lambda spec: str(spec["name"]),
    check=lambda spec: repeated_labels(spec.get("labels")),
    appearance=_appearance,
)
