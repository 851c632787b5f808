"""Connections of an instance that a deploy finds without credentials: nobody notices before a flow uses one.

A manifest that leaves inputs out keeps those of a live connection. A new connection has none to keep: that of an
instance that is created, say again after somebody deleted it, and one that a version adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.links import BY_HANDLE, BY_ID
from reconciler.kinds.variables.codec import CONNECTION
from reconciler.kinds.variables.live_variables import input_nodes, links_of, live_variables, stable_key_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.suspicious import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable

REMEDY = (
    "what uses them will not work; declare them with valueFrom (an export leaves them out without --secrets "
    "reference), or enter them in Prismatic, with deploy: never until then"
)


def blank_connections(
    declared: Mapping[str, Any],
    declarations: Mapping[str, Declaration],
    live: InstanceFields | None,
    version: str,
) -> Iterator[Diagnostic]:
    """Yield a warning that names the inputs of the instance's own connections that get no value.

    ``live`` is the instance that moves to ``version``, or is deployed for the first time (``None``: it is created).
    One that was deployed already has its connections as they are: of these, only new ones are named.
    """
    deployed = bool(live and live.last_deployed_at)
    found: list[str] = []
    for key, declaration in declarations.items():
        present = _present(declaration, live)
        if present is None or not deployed:
            value: Any = next((declared[each] for each in (key, *declaration.former) if each in declared), {})
            if missing := _missing(declaration, value, present):
                found.append(f"{key!r} ({', '.join(missing)})")
    if found:
        these = f"{version} adds connections, and these inputs" if deployed else "these inputs of connections"
        message = f"{these} will have no value: {', '.join(sorted(found))}; {REMEDY}"
        yield Diagnostic(message, path=("configVariables",) if declared else ("integration",))


def _present(declaration: Declaration, live: InstanceFields | None) -> LiveVariable | None:
    """Return the live connection, which may have another name still."""
    current = live_variables(live)
    for name in (declaration.key, *declaration.former):
        if name in current:
            return current[name]
    stable_key = declaration.stable_key
    return next((each for each in current.values() if stable_key and stable_key_of(each) == stable_key), None)


def _missing(declaration: Declaration, value: Any, present: LiveVariable | None) -> list[str]:
    """Return the inputs that certainly get no value, as far as one of them is needed.

    Which inputs a connection can do without is not known. So beside declared ones only those are named that are a
    secret by their names. A definition file need not list all inputs, and a link may bring some along.
    """
    theirs = declaration.scoped or declaration.user_level or declaration.more_inputs
    if declaration.data_type != CONNECTION or theirs or not isinstance(value, dict):
        return []
    if not value.keys().isdisjoint((BY_HANDLE, *BY_ID)) or links_of(present):
        return []
    if any(each.value or each.has_value for each in input_nodes(present)):
        return []
    given = value.get("inputs") or {}
    lacking = [name for name, default in (declaration.inputs or {}).items() if not default and name not in given]
    return sorted(name for name in lacking if name not in declaration.preset and (not given or sounds_secret(name)))
