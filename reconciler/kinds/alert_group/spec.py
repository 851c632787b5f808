"""The spec of an alert group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.named_spec import name_appearance, name_of
from reconciler.model.capabilities.spec import Spec
from reconciler.model.resource import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "AlertGroup"
LISTS = {"users": ("User", "{email: …}"), "webhooks": ("AlertWebhook", "{name: …}")}
"""The lists of members: their kind, and how a spec names one that no manifest declares."""


def _references(spec: Mapping[str, Any]) -> list[Reference]:
    return [
        Reference((name, number), kind, each, elsewhere=elsewhere)
        for name, (kind, elsewhere) in LISTS.items()
        if isinstance(spec.get(name), list)
        for number, each in enumerate(spec[name])
        if isinstance(each, str)
    ]


SPEC = Spec(identity=name_of, title=name_of, references=_references, appearance=name_appearance)
