"""Config variables without a value: how the API answers a deploy of their instance is unknown.

It may refuse the deploy, or deploy the instance with an incomplete configuration (``deploy_unconfigured``). Customers
complete instances themselves, so a missing value is a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.config_state import incomplete
from reconciler.kinds.variables.codec import CONNECTION
from reconciler.kinds.variables.live_variables import live_variables, stable_key_of
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.instance.reads import InstanceAnswer
    from reconciler.kinds.variables.codec import Declaration

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
