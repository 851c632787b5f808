"""Drafts of a fleet of instances, made of plain data, and the sets that an export makes of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.exporting.drafts import Draft
from reconciler.exporting.outside import Outside
from reconciler.exporting.sets.making import SetMaker
from reconciler.kinds.registry import default_registry
from reconciler.manifests.schema.check import Checker
from reconciler.model.tenant import Live
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.kind import Registry

SECRET = "<secret>"
"""A secret, in the data of a case."""


@cache
def registry() -> Registry:
    return default_registry()


@cache
def checker() -> Checker:
    return Checker(registry())


def draft(kind: str, handle: str, spec: Mapping[str, Any]) -> Draft:
    """Return the draft of an object that has just this spec."""
    found = registry()[kind]
    assert found.export
    owner = spec.get("customer")
    live: Live[Any] = Live(kind, f"{kind}-{handle}", spec["name"], None)
    filled = _with_secrets(dict(spec))
    made = Draft(found, found.export, live, handle, f"Customer/{owner}" if isinstance(owner, str) else None)
    made.spec, made.whole = filled, filled
    return made


def _with_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_with_secrets, value))
    return Secret("canary") if value == SECRET else value


def made_sets(
    customers: Mapping[str, Mapping[str, Any]],
    instances: Mapping[str, Mapping[str, Any]],
    outside: Outside | None = None,
) -> SetMaker:
    """Return the sets that are made of customers and instances, by handle; an instance names its customer."""
    drafts = [draft("Customer", handle, spec) for handle, spec in customers.items()]
    drafts += [draft("Instance", handle, spec) for handle, spec in instances.items()]
    maker = SetMaker((), outside or Outside(), checker(), lambda file: file, set())
    maker.make(drafts, {})
    return maker
