"""Creations that are probably mistakes: a name that looks like another one, or a value that may have to be unique."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.model.appearance import LookAlike
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.live import Live
from reconciler.text.look_alikes import difference, only_case

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.appearance import Appearance
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

    Found = tuple[Resource, Diagnostic]


def look_alikes(changes: Sequence[Change], claimed: Mapping[str, str], view: View) -> Iterator[Found]:
    """Yield each creation whose name looks like that of a live object or of another creation.

    ``claimed`` maps the ID of a live object to the address of its manifest. A live object that loses its name in the
    same run does not count.
    """
    yield from (
        (resource, problem)
        for resource, found, problem in _confusions(changes, claimed, view)
        if not only_case(found.here, found.there)
    )


def doubtful(changes: Sequence[Change], claimed: Mapping[str, str], view: View) -> Iterator[Found]:
    """Yield the warnings: texts that differ only in case, which is visible, and values that may have to be unique."""
    yield from (
        (resource, problem)
        for resource, found, problem in _confusions(changes, claimed, view)
        if only_case(found.here, found.there)
    )
    yield from _repeated(changes)


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
        if change.kind.looks is None:
            continue
        look = change.kind.looks.appearance(resource.spec)
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
