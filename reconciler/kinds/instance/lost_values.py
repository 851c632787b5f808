"""What is set live and what a move to another version would do to it, where no manifest says what it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.integration.version_changes import type_of
from reconciler.kinds.variables.codec import options_of, successor
from reconciler.kinds.variables.live_variables import input_nodes, live_variables, stable_key_of
from reconciler.kinds.variables.values import SCALARS, Raw
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.tenant import Node

VERSION = ("integration", "version")


def lost_values(
    declared: Collection[str],
    declarations: Mapping[str, Declaration],
    live: Node,
    version: str,
    before: Mapping[str, Declaration],
) -> Iterator[Diagnostic]:
    """Yield a warning for each variable that is set live, and that the ``version`` to move to cannot keep as it is.

    ``before`` are the variables of the version that it has, as far as they are known. A variable that the version
    renames, or gives another type, may keep its value or not: nobody says. Of one that is declared
    ``compare_configuration`` complains. No value is told: what nobody declared may be anything; and of a secret not
    even whether it is one of some options.
    """
    for key, node in live_variables(live).items():
        if key not in declared and _is_set(node):
            message = _what_becomes(node, key, declared, declarations, before)
            if message:
                yield Diagnostic(f"{version} {message}", path=VERSION)


def _what_becomes(
    node: Node,
    key: str,
    declared: Collection[str],
    declarations: Mapping[str, Declaration],
    before: Mapping[str, Declaration],
) -> str | None:
    """Return what the version does to what is set, ``None`` where it stays."""
    if key in declarations:
        secret = declarations[key].concealed or (key in before and before[key].concealed)
        misfit = None if secret else _misfit(declarations[key], node)
        return misfit or _retyped(declarations[key], before.get(key))
    renamed = successor(key, stable_key_of(node), declarations)
    if renamed is None:
        return f"has no {key!r}, which is set: its value goes with the move"
    if renamed in declared:
        return None
    return (
        f"calls {key!r}, which is set, {renamed!r}: whether its value is kept is not known; declare {renamed!r} to be "
        f"sure"
    )


def _misfit(declaration: Declaration, node: Node) -> str | None:
    """Return why what is set cannot be a value of the variable as the version declares it, if so."""
    text = node.get("value")
    if declaration.data_type not in SCALARS or not isinstance(text, str):
        return None
    key, current = declaration.key, declaration.codec.read(text)
    if isinstance(current, Raw):
        return f"gives {key!r} the type {type_of(declaration)}, and what is set is none; declare {key!r}"
    if any(option not in declaration.pick_list for option in options_of(declaration, current)):
        return f"has no such option of {key!r} as is set; declare {key!r}"
    return None


def _retyped(declaration: Declaration, before: Declaration | None) -> str | None:
    """Return that the version gives the variable another type, if so."""
    if before is None or type_of(before) == type_of(declaration):
        return None
    key = declaration.key
    return (
        f"gives {key!r}, which is set, the type {type_of(declaration)}, no longer {type_of(before)}: whether its value "
        f"is kept is not known; declare {key!r} to be sure"
    )


def _is_set(node: Node) -> bool:
    default = node["requiredConfigVariable"].get("defaultValue") or ""
    return (node.get("value") or "") not in {"", default} or any(
        each.get("value") or each.get("hasValue") for each in input_nodes(node)
    )
