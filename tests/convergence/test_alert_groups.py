"""Alert groups converge: an apply makes their lists what is declared, and changes no other group and no member."""

from __future__ import annotations

from typing import Any

import yaml
from convergence.snapshot import rest
from hypothesis import given
from hypothesis import strategies as st
from kinds.test_alert_group import manifest, members
from support.world import World

from reconciler.sandbox.data.variants import Variants

PEOPLE = [f"{name}@x.example" for name in ("ann", "bob", "cy")]
HOOKS = ["One", "Two"]
VARIANTS = st.fixed_dictionaries({
    name: st.sampled_from(Variants.choices()[name]) for name in ("alert_names", "alert_updates", "alert_deletion")
})  # fmt: skip
ANOTHER = st.sampled_from([
    (name, value) for name, values in Variants.choices().items() for value in values if name != "alert_lists"
])  # fmt: skip
"""Any reading of any other unknown. Lists that are only added to cannot become what is declared."""
USERS = st.lists(st.sampled_from(PEOPLE), unique=True)
WEBHOOKS = st.lists(st.sampled_from(HOOKS), unique=True)
LISTS = st.fixed_dictionaries({}, optional={"users": USERS, "webhooks": WEBHOOKS})


def named(lists: dict[str, list[str]]) -> dict[str, Any]:
    keys = {"users": "email", "webhooks": "name"}
    return {name: [{keys[name]: each} for each in listed] for name, listed in lists.items()}


@given(live=st.none() | LISTS, declared=LISTS, variants=VARIANTS, another=ANOTHER, gone=st.booleans())
def test_a_group_becomes_what_is_declared(live: Any, declared: Any, variants: Any, another: Any, gone: bool) -> None:
    """Under every reading each declared list is there, all else is as before, and a second plan is empty."""
    with World(Variants(**{**dict([another]), **variants})) as world:
        for email in PEOPLE:
            world.seed.user(email)
        for name in HOOKS:
            world.seed.add("alertWebhooks", name=name)
        world.seed.add("alertGroups", name="Other", **named({"users": PEOPLE[:1], "webhooks": HOOKS[:1]}))
        if live is not None:
            world.seed.add("alertGroups", name="DevOps", **named(live))
        text, doomed = manifest(**named(declared)), ""
        if gone and "Two" not in declared.get("webhooks", ["Two"]):
            head = {"apiVersion": "reconciler/v1", "kind": "AlertWebhook", "metadata": {"name": "two"}}
            absent = {**head, "spec": {"name": "Two"}, "lifecycle": {"state": "absent"}}
            text = f"{text}\n---\n{yaml.safe_dump(absent)}"
            doomed = world.rows("alert_webhooks", name="Two")[0]["id"]
        others = rest(world, "alert_groups", "DevOps")
        others["alert_webhooks"].pop(doomed, None)
        assert [result.messages for result in world.apply(text) if not result.ok] == []
        assert world.plan(text).empty
        expected = {"users": [], "webhooks": [], **(live or {}), **declared}
        found = members(world)
        assert found.get("DevOps", []) == sorted(expected["users"]) + sorted(expected["webhooks"])
        assert rest(world, "alert_groups", "DevOps") == others
