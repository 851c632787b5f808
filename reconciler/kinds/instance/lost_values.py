"""Live values that no manifest declares, and that a move to another version would lose or change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.integration.version_changes import type_of
from reconciler.kinds.variables.codec import options_of, successor
from reconciler.kinds.variables.live_variables import input_nodes, live_variables, stable_key_of
from reconciler.kinds.variables.values import SCALARS, Raw
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable

VERSION = ("integration", "version")


def lost_values(
    declared: Collection[str],
    declarations: Mapping[str, Declaration],
    live: InstanceFields,
    version: str,
    before: Mapping[str, Declaration],
) -> Iterator[Diagnostic]:
    """Yield a warning for each undeclared variable whose live value the new ``version`` cannot keep for certain.

    ``before`` are the variables of the current version, as far as they are known. Whether a renamed or retyped variable
    keeps its value is unknown (``renamed_variables``, ``retyped_variables``). No warning shows a value: what nobody
    declares may be a secret, and of a secret not even its place among the options is shown.
    """
    for key, node in live_variables(live).items():
        if key not in declared and _is_set(node):
            message = _what_becomes(node, key, declared, declarations, before)
            if message:
                yield Diagnostic(f"{version} {message}", path=VERSION)


def _what_becomes(
    node: LiveVariable,
    key: str,
    declared: Collection[str],
    declarations: Mapping[str, Declaration],
    before: Mapping[str, Declaration],
) -> str | None:
    """Return the effect of the version on the live value, ``None`` if it stays."""
    if key in declarations:
        secret = declarations[key].concealed or (key in before and before[key].concealed)
        misfit = None if secret else _misfit(declarations[key], node)
        return misfit or _retyped(declarations[key], before.get(key))
    renamed = successor(key, stable_key_of(node), declarations)
    if renamed is None:
        return f"has no config variable {key!r}: its live value is lost"
    if renamed in declared:
        return None
    return (
        f"renames {key!r} to {renamed!r}: whether the API keeps its live value is not known; declare {renamed!r} to be "
        "sure"
    )


def _misfit(declaration: Declaration, node: LiveVariable) -> str | None:
    """Return why the live value does not fit the version's declaration, ``None`` if it fits."""
    if declaration.data_type not in SCALARS or node.value is None:
        return None
    key, current = declaration.key, declaration.codec.read(node.value)
    if isinstance(current, Raw):
        return f"gives {key!r} the type {type_of(declaration)}, which the live value is not; declare {key!r}"
    if any(option not in declaration.pick_list for option in options_of(declaration, current)):
        return f"has no option of {key!r} that is the live value; declare {key!r}"
    return None


def _retyped(declaration: Declaration, before: Declaration | None) -> str | None:
    """Return the message that the version changes the variable's type, ``None`` if it does not."""
    if before is None or type_of(before) == type_of(declaration):
        return None
    key = declaration.key
    return (
        f"changes the type of {key!r} from {type_of(before)} to {type_of(declaration)}: whether the API keeps its live "
        f"value is not known; declare {key!r} to be sure"
    )


def _is_set(node: LiveVariable) -> bool:
    unset = {None, "", node.required_config_variable.default_value}
    return node.value not in unset or any(each.value or each.has_value for each in input_nodes(node))
