"""Config variables that a deploy needs and nothing gives a value: told before the API refuses the deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.config_variables import CONNECTION
from reconciler.kinds.kind import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.config_variables import Declaration
    from reconciler.kinds.tenant import Node


def missing_values(
    declared: Mapping[str, Any], declarations: Mapping[str, Declaration], live: Node | None
) -> Iterator[Complaint]:
    """Yield a warning for each variable that has no default, no live value and no manifest.

    Connections have inputs of their own, and blank ones do not keep an instance from being deployed, as far as is
    known; what users or the organization configure is theirs to configure.
    """
    current = {
        node["requiredConfigVariable"]["key"]: node
        for node in ((live or {}).get("configVariables") or {}).get("nodes") or ()
    }
    path = ("configVariables",) if declared else ()
    for key, declaration in declarations.items():
        theirs = declaration.scoped or declaration.user_level or declaration.data_type == CONNECTION
        if theirs or key in declared or declaration.default is not None:
            continue
        if (current.get(key) or {}).get("value") is None:
            message = f"{key!r} has no value and no default, so that a deploy may be refused; declare it"
            yield Complaint(path, message, blocking=True)
