"""The spec of an alert group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_webhook.spec import NAME as WEBHOOK
from reconciler.kinds.shared.named_spec import name_appearance, name_of
from reconciler.kinds.user.spec import NAME as USER
from reconciler.model.capabilities.spec import Spec
from reconciler.model.resource import list_references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.resource import Reference

NAME = "AlertGroup"
LISTS = {"users": (USER, "{email: …}"), "webhooks": (WEBHOOK, "{name: …}")}
"""The lists of members: their kind, and how a spec names one that no manifest declares."""


def _references(spec: Mapping[str, Any]) -> list[Reference]:
    return list(list_references(LISTS, spec))


SPEC = Spec(identity=name_of, title=name_of, references=_references, appearance=name_appearance)
