"""Objects in use: what ends a use, and what a deletion waits for."""

from __future__ import annotations

from typing import Any

import pytest
from manifests.example_kinds import widgets

from reconciler.model.capabilities.deletion import Use
from reconciler.model.place import Place
from reconciler.model.resource import Resource
from reconciler.model.tenant import Live
from reconciler.planning.plan import Change
from reconciler.planning.uses import MOST_NAMED, settle_uses

KIND = widgets()["Widget"]
USE = Use("user", "'Inventory' of FTL", "owner")


class _Origin:
    start = Place("manifests.yaml")


def change(name: str, *actions: Any, **more: Any) -> Change:
    """Return a change of the live object ``name``."""
    return Change(f"Widget/{name}", KIND, name, actions, "", (), live=Live("Widget", name, name, {}), **more)


def settled(*others: Change, uses: tuple[Use, ...] = (USE,)) -> tuple[tuple[str, ...], list[str]]:
    """Return what the deletion of ``it`` waits for, and the problems."""
    origin: Any = _Origin()
    resource = Resource("Widget", "it", {}, origin)
    deletion = change("it", "delete", depends_on=("Widget/parent",))
    changes, problems = settle_uses({deletion.address: (resource, uses)}, [deletion, *others])
    return changes[0].after, [problem.message for _, problem in problems]


@pytest.mark.parametrize(
    "ending",
    [
        change("user", "delete"),
        change("owner", "delete"),
        change("user", "update", drops=frozenset({"it"})),
    ],
    ids=["the user goes", "the user's parent goes", "the user drops it"],
)
def test_a_deletion_waits_for_the_end_of_the_use(ending: Change) -> None:
    """What is used is deleted after the change that deletes its user, the user's parent, or the use."""
    assert settled(ending) == ((ending.address,), [])


@pytest.mark.parametrize(
    "other",
    [
        change("user", "update"),
        change("user", "update", drops=frozenset({"another"})),
        change("another", "delete"),
    ],
    ids=["another change", "drops another", "another goes"],
)
def test_what_stays_in_use_is_not_deleted(other: Change) -> None:
    """A deletion is refused while a user stays, and the message names it."""
    after, (problem,) = settled(other)
    assert after == ()
    assert problem.startswith("1 live object uses it: 'Inventory' of FTL; delete it, or have it use another one")


def test_the_deletion_of_its_own_parent_does_not_count() -> None:
    """The parent is deleted after the object, so a use that ends with the parent ends too late."""
    after, problems = settled(change("parent", "delete"), uses=(Use("user", "'Inventory'", "parent"),))
    assert (after, len(problems)) == ((), 1)


def test_only_some_users_are_named() -> None:
    """Of many users the message names a few, and counts the others."""
    _, (problem,) = settled(uses=tuple(Use(f"u{number}", f"'{number}'") for number in range(MOST_NAMED + 37)))
    assert "42 live objects use it: '0', '1', '2', '3', '4' and 37 more; delete them" in problem
