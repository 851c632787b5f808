"""Connections that an instance takes by itself and that a run leaves out: because it has targets, say.

Which connections an integration takes only the tenant knows, and by then the secrets of the run are resolved. So these
are not taken along, unlike those that the manifest names. The plan says which ones to apply before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.spec import NAME as CONNECTION
from reconciler.kinds.connection.spec import ORGANIZATION
from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.customer.spec import reference_key
from reconciler.kinds.customer_connection.spec import NAME as CUSTOMER_CONNECTION
from reconciler.kinds.instance.shared_parts import shared_variables

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.view import View


def left_out_connections(
    spec: Mapping[str, Any], variables: Mapping[str, Declaration], view: View
) -> Mapping[str, str]:
    """Return, by variable, the address of the left-out manifest that completes the connection which it takes."""
    if not view.left_out:
        return {}
    index: Mapping[Hashable, str] = view.tenant.derived(("left-out connections", view), lambda: dict(_index(view)))
    owner, declared = _owner(spec, view), spec.get("configVariables") or {}
    found = {
        key: index.get((stable_key, owner)) or index.get(stable_key)
        for key, stable_key in shared_variables(variables).items()
        if key not in declared
    }
    return {key: address for key, address in found.items() if address}


def taken_before(keys: Iterable[str], left_out: Mapping[str, str]) -> str:
    """Return what to apply before for the variables that take left-out connections; empty for none.

    >>> taken_before(["Acme", "Other"], {"Acme": "Connection/acme"})
    "'Acme' takes Connection/acme, which this run leaves out; if it is new, apply it before (--target Connection/acme)"
    """
    return "; ".join(
        f"{key!r} takes {left_out[key]}, which this run leaves out; if it is new, apply it before "
        f"(--target {left_out[key]})"
        for key in keys
        if key in left_out
    )


def _index(view: View) -> Iterator[tuple[Hashable, str]]:
    """Yield the left-out manifests by stable key: the organization's, and with the customer those of customers."""
    connections = [each for each in (*view.of_kind(CONNECTION), *view.left_out) if each.kind == CONNECTION]
    stable_keys = {each.handle: each.spec["stableKey"] for each in connections}
    for each in view.left_out:
        if not each.lifecycle.managed:
            continue
        if each.kind == CONNECTION and each.spec.get("type") == ORGANIZATION:
            yield each.spec["stableKey"], each.address
        elif each.kind == CUSTOMER_CONNECTION:
            named = each.spec["connection"]
            key = stable_keys.get(named) if isinstance(named, str) else named["stableKey"]
            yield (key, _owner(each.spec, view)), each.address


def _owner(spec: Mapping[str, Any], view: View) -> Hashable:
    return live_customer_id(spec, view) or reference_key(spec.get("customer"))
