"""Connections that are not set up yet and hold a deploy back, and what somebody has to do about each.

An OAuth 2.0 connection needs a person in a browser. Any other one lacks inputs. Of a connection that instances share,
what the customer has in it may be missing altogether.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance.left_out_connections import taken_before
from reconciler.kinds.instance.operations import InstanceState
from reconciler.kinds.integration.versions import UNCONFIGURED
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.kinds.instance.reads import InstanceAnswer
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.live_variables import Configured

WHERE = "(apply --show-authorize-urls shows where)"
REMEDIES = {
    (False, True): f"somebody must authorize {{}} first {WHERE}",
    (False, False): "{} needs no authorization, but lacks inputs: declare them",
    (True, True): f"declare the customer's part of {{}} (CustomerConnection), or have it authorized {WHERE}",
    (True, False): "declare the customer's part of {} (CustomerConnection), or the inputs that it lacks",
}
"""What to do about connections: by whether a customer's part may be missing, and whether a person has to sign in."""


def waiting_for(node: InstanceAnswer) -> tuple[str, ...]:
    """Return the connections that somebody must set up before a deploy can work, by key."""
    if node.config_state != UNCONFIGURED:
        return ()
    if isinstance(node, InstanceState):
        return tuple(sorted(variable.required_config_variable.key for variable in node.waiting.nodes))
    return pending(node)


def pending(node: Configured) -> tuple[str, ...]:
    """Return the connections that are not set up yet, by key."""
    return tuple(sorted(key for key, variable in live_variables(node).items() if variable.status == "PENDING"))


def remedies(keys: Iterable[str], declarations: Mapping[str, Declaration], declared: Collection[str] = ()) -> str:
    """Return what somebody has to do about connections that are not set up.

    ``declarations`` are the config variables of the version. ``declared`` are those whose shared connection is in the
    manifests, so that no part is missing.
    """
    found: dict[tuple[bool, bool], list[str]] = {sort: [] for sort in REMEDIES}
    for key in keys:
        each = declarations.get(key)
        shared = each is not None and each.scoped and key not in declared
        signs_in = each is None or each.signs_in is not False
        found[shared, signs_in].append(repr(key))
    return "; ".join(REMEDIES[sort].format(", ".join(names)) for sort, names in found.items() if names)


def waiting_message(
    held_by: Sequence[str],
    declarations: Mapping[str, Declaration],
    declared: Collection[str] = (),
    left_out: Mapping[str, str] | None = None,
) -> str:
    """Return what holds a deploy back; ``left_out`` are the manifests of connections that this run leaves out."""
    known = left_out or {}
    others = remedies((key for key in held_by if key not in known), declarations, declared)
    return f"not deployed yet: {'; '.join(filter(None, (others, taken_before(held_by, known))))}"


def awaited(keys: Iterable[str], declarations: Mapping[str, Declaration]) -> Iterator[Diagnostic]:
    """Yield that a deploy follows only if nobody has to authorize what this run sets up, where that may be."""
    names = ", ".join(repr(key) for key in keys if key not in declarations or declarations[key].signs_in is not False)
    if names:
        message = (
            f"deployed once this run has set up {names}, unless somebody must authorize that first {WHERE}: then the "
            "deploy waits for a later run"
        )
        yield Diagnostic(message, path=())
