"""The spec of a customer, and how that of a user or an instance names its customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.labels import repeated_labels
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.model.resource import Reference
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

NAME = "Customer"
PATH = ("customer",)
"""Where the spec of a user or an instance names its customer."""
ELSEWHERE = "{externalId: …} or {name: …}"
"""How it names a customer that no manifest declares."""


def _identity(spec: Mapping[str, Any]) -> tuple[str, str]:
    return ("externalId", spec["externalId"]) if spec.get("externalId") else ("name", spec["name"])


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(skeleton(spec["name"]), ("name",), spec["name"])


def references(spec: Mapping[str, Any]) -> list[Reference]:
    """Return the reference to a customer of the manifests, if it is one."""
    named = spec.get("customer")
    return [Reference(PATH, NAME, named, parent=True, elsewhere=ELSEWHERE)] if isinstance(named, str) else []


def reference_key(named: Any) -> Hashable:
    """Return the key of a spec's ``customer``, which is part of the identity of its children."""
    return tuple(sorted(named.items())) if isinstance(named, dict) else named


def reference_shard_key(spec: Mapping[str, Any]) -> Hashable:
    """Return what identifies a customer that is in no manifest, as its own manifest would; one key without any."""
    named = spec.get("customer")
    return next(iter(named.items())) if isinstance(named, dict) else ("customer", named)


def reference_name(spec: Mapping[str, Any]) -> str:
    """Return what to call a customer that is in no manifest."""
    named = spec.get("customer")
    return str(next(iter(named.values()))) if isinstance(named, dict) else str(named or "")


def _facets(handle: str, spec: Mapping[str, Any]) -> dict[str, Iterable[str]]:
    names = (handle, spec.get("name"), spec.get("externalId"))
    return {"customer": list(filter(None, names)), "label": spec.get("labels") or ()}


def reference_facets(_handle: str, spec: Mapping[str, Any]) -> dict[str, Iterable[str]]:
    """Return the name of a customer that is in no manifest; one that is declared has facets of its own."""
    named = spec.get("customer")
    return {"customer": [str(each) for each in named.values()]} if isinstance(named, dict) else {}


SPEC = Spec(
    identity=_identity,
    title=lambda spec: str(spec["name"]),
    check=lambda spec: repeated_labels(spec.get("labels")),
    appearance=_appearance,
    facets=_facets,
)
