"""The spec of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.spec import reference_facets, reference_key, references
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

NAME = "User"


def email_key(spec: Mapping[str, Any]) -> str:
    """Return what distinguishes the users of one customer: the e-mail address, in any case of letters."""
    return str(spec["email"]).casefold()


def _identity(spec: Mapping[str, Any]) -> Hashable:
    return (reference_key(spec.get("customer")), email_key(spec))


def _title(spec: Mapping[str, Any]) -> str:
    return str(spec.get("name") or spec["email"])


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance((reference_key(spec.get("customer")), skeleton(spec["email"])), ("email",), spec["email"])


SPEC = Spec(
    _identity,
    _title,
    references,
    appearance=_appearance,
    fixed=frozenset({"customer", "email"}),
    facets=reference_facets,
)
