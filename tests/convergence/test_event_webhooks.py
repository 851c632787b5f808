"""Event webhooks converge: an apply makes them what is declared, changes nothing else, and leaves an empty plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.world import World

from reconciler.sandbox.data.variants import Variants
from reconciler.sandbox.resolvers.kinds.webhook_endpoints import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = st.sampled_from(["one", "two", "d'or", "ünïcode", "  in the middle  x"])
SECRETS = st.sampled_from(["secret-one", "secret-two", '{"a": "b"}', "x" * 300])
URLS = st.sampled_from(["https://a.example", "https://b.example/x?y=z"])
EVENTS = st.lists(st.sampled_from(EVENT_TYPES), min_size=1, max_size=4, unique=True)
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "description": TEXTS,
    "enabled": st.booleans(),
    "headers": st.dictionaries(st.sampled_from(["A", "X-Token"]), SECRETS, max_size=2),
    "secret": SECRETS,
}
LIVE = st.none() | st.fixed_dictionaries({"url": URLS, "events": EVENTS}, optional=OPTIONAL)
VARIANTS = st.fixed_dictionaries({
    name: st.sampled_from(Variants.choices()[name])
    for name in ("webhook_secrets", "webhook_updates", "webhook_events", "webhook_names", "optional_strings")
})  # fmt: skip


def read(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored webhook in the form of a spec, unset and empty fields being the same."""
    return {
        "url": row["url"],
        "events": sorted(json.loads(row["eventTypes"])),
        "description": row["description"] or "",
        "enabled": bool(row["enabled"]),
        "headers": json.loads(row["headers"] or "{}"),
        "secret": row["secret"] or "",
    }


@given(live=LIVE, variants=VARIANTS, data=st.data())
def test_a_webhook_becomes_what_is_declared(live: Any, variants: Any, data: st.DataObject) -> None:
    """Under every reading each declared field is there, every other one is as before, and a second plan is empty."""
    first = {"url": URLS, "events": EVENTS}
    spec = data.draw(
        st.fixed_dictionaries({}, optional={**first, **OPTIONAL})
        if live
        else st.fixed_dictionaries(first, optional=OPTIONAL)
    )
    text = yaml.safe_dump({
        "apiVersion": "reconciler/v1",
        "kind": "EventWebhook",
        "metadata": {"name": "it"},
        "spec": {"name": "It", **spec},
    })  # fmt: skip
    with World(Variants(**variants)) as world:
        before = read(world.seed.add("webhookEndpoints", name="It", **live)) if live else {}
        results = world.apply(text)
        assert [result.messages for result in results if not result.ok] == []
        assert world.plan(text).empty
        after = read(world.rows("webhook_endpoints", name="It")[0])
        expected = {**before, **spec}
        if "events" in spec:
            expected["events"] = sorted(spec["events"])
        if live and variants["webhook_secrets"] != "plain":
            # Nobody can compare it, and nobody can send along one that is not declared.
            expected.pop("secret", None)
        assert {name: after[name] for name in expected} == expected
