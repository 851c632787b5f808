"""Config variables that a deploy needs and nothing gives a value: told before the API refuses the deploy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.config_variables import CONNECTION
from reconciler.kinds.kind import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.config_variables import Declaration
    from reconciler.kinds.tenant import Node


@dataclass(frozen=True, slots=True)
class Lacking:
    """A variable without a value; ``deployed`` when the live instance was deployed without it before."""

    complaint: Complaint
    deployed: bool


def lacking_values(
    declared: Mapping[str, Any], declarations: Mapping[str, Declaration], live: Node | None, *, moves: bool
) -> Iterator[Lacking]:
    """Yield each variable that has no default, no live value and no manifest; ``moves``: to another version.

    ``null`` in a manifest says that a variable may stay without a value.
    """
    current = _by_key(live)
    renamed = {node["requiredConfigVariable"].get("stableKey"): node for node in current.values()}
    was_deployed = bool(live and live.get("lastDeployedAt"))
    path = ("configVariables",) if declared else ("integration",)
    for key, declaration in declarations.items():
        present = current.get(key) or (renamed.get(declaration.stable_key) if declaration.stable_key else None)
        named = key in declared or any(old in declared for old in declaration.former)
        if named or not needs_value(declaration) or (present or {}).get("value") is not None:
            continue
        if was_deployed and (present or not moves):
            message = f"{key!r} has no value and no default, so that a deploy may be refused; declare it"
            yield Lacking(Complaint(path, message, blocking=True), deployed=True)
        else:
            message = f"{key!r} has no value and no default; declare it, as null if it may stay without a value"
            yield Lacking(Complaint(path, message), deployed=False)


def _by_key(live: Node | None) -> dict[str, Node]:
    nodes = ((live or {}).get("configVariables") or {}).get("nodes") or ()
    return {node["requiredConfigVariable"]["key"]: node for node in nodes}


def needs_value(declaration: Declaration) -> bool:
    """Say whether a variable has no value unless somebody gives it one.

    Connections have inputs of their own, and blank ones do not keep an instance from being deployed, as far as is
    known; what users or the organization configure is theirs to configure.
    """
    theirs = declaration.scoped or declaration.user_level or declaration.data_type == CONNECTION
    return not theirs and declaration.default is None
