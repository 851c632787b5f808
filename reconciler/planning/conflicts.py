"""Conflicts: a live object holds a value that must be unique, such as a name, and that another resource gets.

If a manifest moves the holder to another value in the same run, that change goes first. Every other conflict is an
error, reported before the API would refuse the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change


@dataclass(frozen=True, slots=True)
class Conflict:
    """A live object (by ID) that holds what a resource gets; the diagnostic's path is the field that they share."""

    resource: Resource
    id: str
    problem: Diagnostic


def settle(
    conflicts: Iterable[Conflict], claimed: Mapping[str, str], changes: Iterable[Change]
) -> tuple[list[Change], list[tuple[Resource, Diagnostic]]]:
    """Return the changes, each with those that it waits for, and the diagnostics by resource.

    ``claimed`` maps the ID of a live object to the address of its manifest.
    """
    by_address = {change.address: change for change in changes}
    problems: list[tuple[Resource, Diagnostic]] = []
    for conflict in conflicts:
        address, holder = conflict.resource.address, by_address.get(claimed.get(conflict.id, ""))
        if address not in by_address:
            continue
        if holder is None or not holder.frees(conflict.problem.path):
            problems.append((conflict.resource, conflict.problem))
        elif address in _before(holder.address, by_address):
            problems.append((conflict.resource, _in_turn(conflict, holder)))
        else:
            waiting = by_address[address]
            after = dict.fromkeys([*waiting.depends_on, holder.address])
            by_address[address] = replace(waiting, depends_on=tuple(after))
    return list(by_address.values()), problems


def _before(address: str, changes: Mapping[str, Change]) -> Iterator[str]:
    """Yield the addresses of the changes that one waits for, its own included."""
    waiting, seen = [address], {address}
    while waiting:
        yield (current := waiting.pop())
        known = changes[current].depends_on if current in changes else ()
        waiting += (each for each in known if each not in seen)
        seen.update(known)


def _in_turn(conflict: Conflict, holder: Change) -> Diagnostic:
    field = conflict.problem.path[-1]
    message = (
        f"circular rename: this and {holder.address} swap a {field}; rename one of them to a "
        f"temporary {field} first, and apply that"
    )
    return Diagnostic(message, path=conflict.problem.path)
