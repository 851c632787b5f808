"""Names that collide: a live object holds a value that must be unique, or two names look alike.

If a manifest moves the holder to another value in the same run, that change goes first. Every other conflict is an
error, reported before the API would refuse the change. A creation whose name looks like another one is probably a
mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.model.capabilities.names import LookAlike
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Live
from reconciler.planning.second_objects import second_objects
from reconciler.text.look_alikes import difference, only_case

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.spec import Appearance
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

    Found = tuple[Resource, Diagnostic]


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


def look_alikes(changes: Sequence[Change], claimed: Mapping[str, str], view: View) -> tuple[list[Found], list[Found]]:
    """Return the creations whose names look like that of a live object or of another creation: problems, and warnings.

    Warnings are texts that differ only in case, which is visible, and values that may have to be unique. ``claimed``
    maps the ID of a live object to the address of its manifest. A live object that loses its name in the same run does
    not count.
    """
    problems: list[Found] = []
    warnings: list[Found] = []
    for resource, found, problem in _confusions(changes, claimed, view):
        (warnings if only_case(found.here, found.there) else problems).append((resource, problem))
    return problems, [*warnings, *_repeated(changes), *second_objects(changes, claimed, view)]


def _confusions(
    changes: Sequence[Change], claimed: Mapping[str, str], view: View
) -> Iterator[tuple[Resource, LookAlike, Diagnostic]]:
    by_address = {change.address: change for change in changes}
    for change, resource in _created(changes):
        for found in change.kind.looks.alike(resource, view) if change.kind.looks else ():
            holder = by_address.get(claimed.get(found.live.id, ""))
            if holder is None or not holder.frees(found.path):
                message = f"a live {change.kind.name} has the {_words(found.path)} {found.there!r} ({found.live.id})"
                advice = "write it as it is there, or rename that one with lifecycle.renamedFrom"
                yield resource, found, _looks_the_same(found, message, advice)
    first: dict[tuple[str, Hashable], tuple[str, Appearance]] = {}
    for change, resource in _created(changes):
        if change.kind.spec.appearance is None:
            continue
        look = change.kind.spec.appearance(resource.spec)
        other, theirs = first.setdefault((change.kind.name, look.key), (change.address, look))
        if look.text != theirs.text:
            found = LookAlike(Live(change.kind.name, "", "", {}), look.path, look.text, theirs.text)
            message = f"{other} gets the {_words(look.path)} {theirs.text!r}"
            yield resource, found, _looks_the_same(found, message, "give one of them another")


def _repeated(changes: Iterable[Change]) -> Iterator[Found]:
    """Yield what several objects to be created have, and the API may take once only."""
    first: dict[tuple[str, Hashable], str] = {}
    for change, resource in _created(changes):
        looks = change.kind.looks
        if looks is None or looks.once is None:
            continue
        once = looks.once(resource.spec)
        other = first.setdefault((change.kind.name, once.key), change.address)
        if other != change.address:
            message = (
                f"{other} gets the same {_words(once.path)}, {once.text!r}: the API may refuse the second one, "
                "which only the apply shows"
            )
            yield resource, Diagnostic(message, path=once.path, blocking=True)


def _looks_the_same(found: LookAlike, message: str, advice: str) -> Diagnostic:
    return Diagnostic(
        f"{message}, which looks the same: {difference(found.here, found.there)}; {advice}", path=found.path
    )


def _created(changes: Iterable[Change]) -> Iterator[tuple[Change, Resource]]:
    """Yield the changes that create a resource, with the resource."""
    yield from ((change, change.resource) for change in changes if change.live is None and change.resource is not None)


def _words(path: Path) -> str:
    """Return the last field of a path in words."""
    return " ".join(re.findall("[a-z]+|[A-Z]+[a-z]*", str(path[-1]))).lower()
