"""Config variables without a value, and live values that a move to another version would lose or change.

How the API answers a deploy without a value is unknown: it may refuse the deploy, or deploy the instance with an
incomplete configuration (``deploy_unconfigured``). Customers complete instances themselves, so a missing value is a
warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.integration.version_changes import type_of
from reconciler.kinds.integration.versions import incomplete
from reconciler.kinds.variables.codec import CONNECTION, options_of, successor
from reconciler.kinds.variables.live_variables import input_nodes, live_variables, stable_key_of
from reconciler.kinds.variables.values import SCALARS, Raw
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.instance.reads import InstanceAnswer
    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable

SEVERAL_LACKING = (
    "config variables have no value and no default: the API may refuse to deploy their instances, or deploy them "
    "incomplete; declare a value (null if it may stay empty), or let the customers enter one"
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A config variable without a value; ``declared`` if the manifest says null, so it may stay without one."""

    key: str
    declared: bool = False


def lacking_values(
    declared: Mapping[str, Any], declarations: Mapping[str, Declaration], live: InstanceFields | None
) -> Iterator[Lacking]:
    """Yield each variable that has no default, no live value and no value in the manifest."""
    current = live_variables(live)
    renamed = {stable_key_of(node): node for node in current.values()}
    for key, declaration in declarations.items():
        present = current.get(key) or (renamed.get(declaration.stable_key) if declaration.stable_key else None)
        named = [name for name in (key, *declaration.former) if name in declared]
        if not needs_value(declaration) or (present and present.value is not None):
            continue
        if not named:
            yield Lacking(key)
        elif declared[named[0]] is None:
            yield Lacking(key, declared=True)


def missing_value_warnings(
    lacking: Sequence[Lacking], declared: Mapping[str, Any], live: InstanceFields | None
) -> Iterator[Diagnostic]:
    """Yield a warning for each variable about the API's possible answer to the deploy."""
    path = ("configVariables",) if declared else ("integration",)
    for each in lacking:
        if not each.declared:
            message = (
                f"config variable {each.key!r} has no value and no default: the API may refuse to deploy the instance, "
                "or deploy it incomplete; declare a value (null if it may stay empty), or let the customer enter one"
            )
            yield Diagnostic(message, path=path, topic=SEVERAL_LACKING, blocking=True)
        elif live and incomplete(live):
            message = (
                f"config variable {each.key!r} is null and has no default, and the API reports an incomplete "
                "configuration: it may refuse to deploy the instance until somebody enters a value"
            )
            yield Diagnostic(message, path=(*path, each.key))


def held_by_values(lacking: Sequence[Lacking], state: InstanceAnswer | None) -> str:
    """Return why an instance that this run does not configure is not deployed; empty if a deploy can be tried.

    ``state`` is the live instance. A deploy without a new reason was refused before, or it would be done. So it is not
    repeated as long as the API reports an incomplete configuration.
    """
    names = [repr(each.key) for each in lacking if not each.declared]
    if not names or state is None or not incomplete(state):
        return ""
    has = "has" if len(names) == 1 else "have"
    return (
        f"not deployed: {', '.join(names)} {has} no value, and the API reports an incomplete configuration; declare a "
        "value (null to deploy without one), or let the customer enter one"
    )


def needs_value(declaration: Declaration) -> bool:
    """Return whether a variable has no value unless somebody gives it one.

    A connection has inputs of its own, and as far as is known a blank one does not prevent a deploy. Users and the
    organization configure their own variables.
    """
    theirs = declaration.scoped or declaration.user_level or declaration.data_type == CONNECTION
    return not theirs and declaration.default is None


VERSION = ("integration", "version")


def headless_warning(contents: Contents, version: str, *, moves: bool) -> Iterator[Diagnostic]:
    """Yield a warning where an instance is created or moved whose values may be in a headless configuration."""
    if contents.may_be_headless:
        then = "check after the move whether they must be entered anew" if moves else "enter them in that form"
        message = (
            f"{version} is code-native and has no config variables. If it has a headless configuration, its values are "
            f"entered in a form of your own, and reconciler neither shows nor manages them: {then}"
        )
        yield Diagnostic(message, path=VERSION)


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
