"""Alert groups: how members are found, compared, sent and exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from editor_schemas.written import written
from exporting.exported import export

from reconciler.errors import ManifestErrors, PlanRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.world import World


def manifest(*, lifecycle: Mapping[str, Any] | None = None, **spec: Any) -> str:
    head = {"apiVersion": "reconciler/v1", "kind": "AlertGroup", "metadata": {"name": "devops"}}
    data = {**head, "spec": {"name": "DevOps", **spec}}
    return yaml.safe_dump({**data, **({"lifecycle": lifecycle} if lifecycle else {})})


def members(world: World) -> dict[str, list[str]]:
    """Return the e-mail addresses and the names of the webhooks of each group, by its name."""
    query = """SELECT g.name AS name, {0} AS member FROM alert_groups g
        JOIN alert_group_{1}s p ON p.alertGroup = g.id JOIN {2} o ON o.id = p.{3} ORDER BY member"""
    found: dict[str, list[str]] = {}
    for parts in (("o.email", "user", "users", "user"), ("o.name", "webhook", "alert_webhooks", "alertWebhook")):
        for row in world.sandbox.store.rows(query.format(*parts)):
            found.setdefault(row["name"], []).append(row["member"])
    return found


def people(world: World, count: int) -> list[str]:
    return [world.seed.user(f"u{number:03}@x.example")["email"] for number in range(count)]


def test_a_group_of_more_members_than_a_page_is_compared_whole(world: World) -> None:
    """The nested lists are read to their ends, so that one of a hundred and twenty users is missed."""
    emails = people(world, 120)
    world.seed.add("alertGroups", name="DevOps", users=[{"email": each} for each in emails])
    listed = [{"email": each} for each in emails]
    assert world.plan(manifest(users=listed)).empty
    (change,) = world.plan(manifest(users=listed[:-1]))
    assert [field.path for field in change.fields] == [("users",)]


def test_members_by_address_take_few_requests(world: World) -> None:
    """The look-ups of a hundred addresses travel together."""
    emails = people(world, 100)
    world.forget()
    text = manifest(users=[{"email": each} for each in emails])
    assert [change.actions for change in world.plan(text)] == [("create",)]
    assert world.sandbox.log.requests <= 8


def test_one_user_by_handle_and_by_address_is_one_member(world: World) -> None:
    """A member is the object that it names, however it names it, and is sent once."""
    world.seed.user("kim@x.example")
    user = yaml.safe_dump({
        "apiVersion": "reconciler/v1",
        "kind": "User",
        "metadata": {"name": "kim"},
        "spec": {"email": "kim@x.example", "role": "Admin"},
    })  # fmt: skip
    world.apply(f"{manifest(users=['kim', {'email': 'kim@x.example'}])}\n---\n{user}")
    assert members(world) == {"DevOps": ["kim@x.example"]}
    assert len(world.mutations[-1].arguments["input"]["users"]) == 1


@pytest.mark.parametrize("users", [[1], [{"email": ""}], [{"mail": "x"}], "kim", [{}]])
def test_a_wrong_reference_is_reported_by_the_schema(world: World, users: Any) -> None:
    """A member is a handle, or a map with its address."""
    with pytest.raises(ManifestErrors):
        world.plan(manifest(users=users))


def test_a_part_of_a_list_cannot_be_ignored(world: World) -> None:
    """A list is written as a whole."""
    world.seed.add("alertGroups", name="DevOps")
    with pytest.raises((ManifestErrors, PlanRefused), match="ignore 'users' as a whole"):
        world.plan(manifest(users=[], lifecycle={"ignoreChanges": ["users.0"]}))


def test_a_group_that_a_monitor_uses_is_not_deleted(world: World) -> None:
    """The plan names each monitor with what it watches."""
    customer = world.seed.customer("FTL")["id"]
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=customer, integration=version, deployed=True)
    world.seed.add("alertGroups", name="DevOps")
    notified = {"groups": [{"name": "DevOps"}]}
    where = {"instance": {"name": "Inventory"}, "notify": notified}
    world.seed.add("alertMonitors", name="Paused", triggers=["Instance Disabled"], **where)
    world.seed.add("alertMonitors", name="Failed", triggers=["Execution Failed"], flow="Sync Inventory", **where)
    paused = "the monitor 'Paused' of 'Inventory' of 'FTL'"
    failed = "the monitor 'Failed' of the flow 'Sync Inventory' of 'Inventory' of 'FTL'"
    with pytest.raises(PlanRefused, match=f"2 live objects use it: {paused}, {failed}"):
        world.plan(manifest(lifecycle={"state": "absent"}))


def test_an_export_names_members_by_handle_or_address(world: World, tmp_path: Path) -> None:
    """Members that are exported are named by their handles, and a plan finds nothing to do."""
    world.seed.customer("FTL")
    world.seed.user("kim@x.example")
    world.seed.add("alertWebhooks", name="Pager")
    world.seed.add("alertGroups", name="DevOps", users=[{"email": "kim@x.example"}], webhooks=[{"name": "Pager"}])
    exported = export(world, tmp_path)
    (path,) = (tmp_path / "alert-groups").iterdir()
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
    assert spec == {"name": "DevOps", "users": ["kim"], "webhooks": ["pager"]}
    assert exported.left_out == []
    assert world.plan(tmp_path, keep_secrets=True).empty


def test_an_editor_offers_members(world: World, tmp_path: Path) -> None:
    """An editor completes the addresses and names that exist, and takes others, which may be created meanwhile."""
    world.seed.user("kim@x.example", name="Kim")
    world.seed.add("alertWebhooks", name="Pager")
    schemas = written(world, tmp_path)
    listed = json.loads(schemas.texts["manifest.schema.json"])["$defs"]["AlertGroup"]["properties"]["spec"][
        "properties"
    ]
    assert "kim@x.example" in listed["users"]["items"]["properties"]["email"]["anyOf"][0]["enum"]
    assert listed["webhooks"]["items"]["properties"]["name"]["anyOf"][0]["enum"] == ["Pager"]
    assert schemas.wrong(manifest(users=["new", {"email": "new@x.example"}], webhooks=[{"name": "New"}])) == []
    assert schemas.wrong(manifest(users=[{"name": "kim"}])) != []
