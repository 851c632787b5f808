"""Conflicts: a live object holds a value that must be unique, such as a name, and that another resource gets.

If a manifest moves the holder to another value in the same run, that change goes first. Every other conflict is an
error, reported before the API would refuse the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change


@dataclass(frozen=True, slots=True)
class Conflict:
    """A live object (by ID) that holds what a resource gets; the diagnostic's path is the field that they share."""

    resource: Resource
    id: str
    problem: Diagnostic


@dataclass(frozen=True, slots=True)
class Rivalry:
    """The conflicts of one plan; ``claimed`` maps the ID of a live object to the address of its manifest."""

    conflicts: Sequence[Conflict]
    claimed: Mapping[str, str]

    def settle(self, changes: Sequence[Change]) -> tuple[list[Change], list[tuple[Resource, Diagnostic]]]:
        """Return the changes, each with those that it waits for, and the diagnostics by resource."""
        by_address = {change.address: change for change in changes}
        problems: list[tuple[Resource, Diagnostic]] = []
        for rival in self.conflicts:
            address, holder = rival.resource.address, by_address.get(self.claimed.get(rival.id, ""))
            if address not in by_address:
                continue
            if holder is None or not _gives_up(holder, rival):
                problems.append((rival.resource, rival.problem))
            elif address in _before(holder.address, by_address):
                problems.append((rival.resource, _in_turn(rival, holder)))
            else:
                waiting = by_address[address]
                after = dict.fromkeys([*waiting.depends_on, holder.address])
                by_address[address] = replace(waiting, depends_on=tuple(after))
        return list(by_address.values()), problems


def _gives_up(holder: Change, rival: Conflict) -> bool:
    return holder.deletes or any(change.path == rival.problem.path for change in holder.fields)


def _before(address: str, changes: Mapping[str, Change]) -> Iterator[str]:
    """Yield the addresses of the changes that one waits for, its own included."""
    waiting, seen = [address], {address}
    while waiting:
        yield (current := waiting.pop())
        known = changes[current].depends_on if current in changes else ()
        waiting += (each for each in known if each not in seen)
        seen.update(known)


def _in_turn(rival: Conflict, holder: Change) -> Diagnostic:
    field = rival.problem.path[-1]
    message = (
        f"circular rename: this and {holder.address} swap a {field}; rename one of them to a "
        f"temporary {field} first, and apply that"
    )
    return Diagnostic(message, path=rival.problem.path)
