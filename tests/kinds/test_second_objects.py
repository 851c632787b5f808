"""A changed name without ``renamedFrom`` creates a second object: the plan points to the live one that may be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import LIVE, connection, customer, customer_connection, document, instance, several

from reconciler.planning import second_objects

if TYPE_CHECKING:
    from support.world import World

HINT = "this creates a second"
OWNER = several(customer("ftl", "FTL"), instance("ships", "ftl"))
WEBHOOK = {"name": "Pager", "url": "https://pager.example/x", "payloadTemplate": "{}"}
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "AlertWebhook": (WEBHOOK, ""),
    "EventWebhook": ({"name": "Pager", "url": "https://pager.example/x", "events": ["instance.deployed"]}, ""),
    "LogStream": ({**WEBHOOK, "severities": ["error"]}, ""),
    "AlertGroup": ({"name": "On call", "webhooks": ["pager"]}, document("AlertWebhook", "pager", WEBHOOK)),
    "AlertMonitor": ({"name": "Down", "instance": "ships", "triggers": ["Instance Disabled"]}, OWNER),
}


def manifests(kind: str, name: str, *more: str, **spec: Any) -> str:
    said, around = KINDS[kind]
    return several(*([around] if around else []), document(kind, "one", {**said, "name": name, **spec}), *more)


def hints(world: World, text: str, **options: Any) -> list[str]:
    return [each.message for each in world.plan(text, **options).warnings if HINT in each.message]


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_name_is_noticed(kind: str, ships: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one undeclared object that differs only in its name is named; nothing more is read to find it."""
    ships.apply(manifests(kind, "Before"))
    ships.forget()
    (hint,) = hints(ships, manifests(kind, "After"))
    asked = len(ships.sandbox.log.entries)
    assert hint.startswith(f"{HINT} {kind} beside 'Before' (")
    assert hint.endswith("if that is this one, add it to lifecycle.renamedFrom")
    ships.forget()
    with monkeypatch.context() as without:
        without.setattr(second_objects, "MOST_COMPARED", -1)
        assert hints(ships, manifests(kind, "After")) == []
    assert len(ships.sandbox.log.entries) == asked
    renamed = manifests(kind, "After").replace("kind: " + kind, "lifecycle: {renamedFrom: [Before]}\nkind: " + kind)
    assert hints(ships, renamed) == []


@pytest.mark.parametrize("kind", KINDS)
def test_other_objects_are_not_taken_for_it(kind: str, ships: World) -> None:
    """A declared one, one that differs in more, and two alike are no reason to ask."""
    ships.apply(manifests(kind, "Before"))
    said, around = KINDS[kind]
    second = document(kind, "two", {**said, "name": "After"})
    assert hints(ships, manifests(kind, "Before", second)) == []
    assert hints(ships, manifests(kind, "Before", second), targets=(f"{kind}/two",)) == []
    third = document(kind, "three", {**said, "name": "Later"})
    assert hints(ships, several(*([around] if around else []), second, third)) == []
    ships.apply(manifests(kind, "Before", document(kind, "two", {**said, "name": "Twin"})))
    assert hints(ships, manifests(kind, "After")) == []


def test_an_object_that_differs_in_more_is_another_one(ships: World) -> None:
    """A webhook to another address is no renamed one."""
    ships.apply(manifests("AlertWebhook", "Before"))
    assert hints(ships, manifests("AlertWebhook", "After", url="https://other.example")) == []


def test_a_changed_key_of_a_connection_is_noticed(ships: World) -> None:
    """What identifies a connection cannot be changed, so the hint says what to do with the other one."""
    ships.apply(connection(inputs=LIVE))
    (hint,) = hints(ships, connection(inputs=LIVE, stableKey="port"))
    assert "a second Connection beside 'Depot' (" in hint
    assert "delete that one with a manifest of its own (state: absent)" in hint
    assert hints(ships, connection(inputs={**LIVE, "url": "https://other.example"}, stableKey="port")) == []


def test_a_changed_key_of_a_customers_connection_is_noticed(ships: World) -> None:
    """Of several that a customer has in one connection, the key tells them apart."""
    around = several(connection(type="customer"), customer("ftl", "FTL"))
    ships.apply(several(around, customer_connection(inputs=LIVE, key="old")))
    (hint,) = hints(ships, several(around, customer_connection(inputs=LIVE, key="new")))
    assert "a second CustomerConnection beside 'Depot (old) of FTL'" in hint
