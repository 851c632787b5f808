"""Alert webhooks: what is compared, sent, hidden and exported of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from editor_schemas.written import written
from exporting.exported import export
from kinds.addressed import ROUTING, TOKEN, URL, Addressed, paths, said_by, walk

from reconciler.errors import ManifestErrors, PlanRefused

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

IT = Addressed("AlertWebhook", "alertWebhooks", "alert_webhooks", "AlertWebhook")


def test_no_secret_of_a_live_webhook_is_shown(world: World, tmp_path: Path) -> None:
    """No report, saved plan, export, log or API error shows a live URL, a header, or a template that holds a key."""
    said = said_by(world, IT, tmp_path)
    assert not [canary for canary in (URL, TOKEN, ROUTING, "canary") if canary in said]


@pytest.mark.parametrize("updates", ["keep", "reset"])
def test_a_webhook_is_what_its_manifest_declares(updates: str) -> None:
    """A webhook is created and updated under every reading, and a second plan is empty."""
    row = walk(IT, updates, [{"headers": {}}, {"payloadTemplate": "$NAME", "headers": {"A": "b"}}])
    assert (row["url"], json.loads(row["headers"]), row["payloadTemplate"]) == (URL, {"A": "b"}, "$NAME")


def test_what_a_manifest_leaves_out_stays_as_it_is(world: World) -> None:
    """An update lists every field, so that an API that resets the others changes nothing."""
    world.seed.add(IT.section, **IT.live)
    before = IT.rows(world)[0]
    world.apply(IT.manifest(payloadTemplate="other"))
    after = IT.rows(world)[0]
    assert {key for key in before if before[key] != after[key]} == {"payloadTemplate", "updatedAt"}


def test_a_template_is_kept_in_a_file(world: World, tmp_path: Path) -> None:
    """``{file: F}`` is the text of a file beside the manifest, and its last line break has no meaning."""
    world.seed.add(IT.section, **{**IT.live, "payloadTemplate": '{"a": "$URL"}'})
    (tmp_path / "pager.json").write_text('{"a": "$URL"}\n', encoding="utf-8")
    (tmp_path / "it.yaml").write_text(IT.manifest(payloadTemplate={"file": "pager.json"}), encoding="utf-8")
    assert world.plan(tmp_path).empty
    (tmp_path / "pager.json").write_text("$NAME", encoding="utf-8")
    assert paths(world.plan(tmp_path)) == ["payloadTemplate"]
    (tmp_path / "pager.json").unlink()
    with pytest.raises(ManifestErrors, match=r"pager\.json does not exist"):
        world.plan(tmp_path)


@pytest.mark.parametrize("field", [{"url": " "}, {"headers": {"A": " "}}, {"payloadTemplate": "  "}])
def test_blanks_are_an_error(world: World, field: dict[str, Any]) -> None:
    """A template engine with an unset variable leaves a blank, which would be sent."""
    with pytest.raises(ManifestErrors, match="nothing but blanks"):
        world.plan(IT.manifest(**field))


def test_a_webhook_that_a_group_loses_in_the_run_is_deleted_after_it(world: World) -> None:
    """Deleting is refused while a live group keeps it; without groups it is deleted."""
    world.seed.add(IT.section, **IT.live)
    world.seed.add("alertGroups", name="DevOps", webhooks=[{"name": "It"}])
    absent = IT.manifest(lifecycle={"state": "absent"})
    with pytest.raises(PlanRefused, match="the group 'DevOps'"):
        world.plan(absent)
    world.sandbox.store.execute("DELETE FROM alert_groups", ())
    world.apply(absent)
    assert IT.rows(world) == []


@pytest.mark.parametrize("secrets", ["unmanaged", "reference"])
@pytest.mark.parametrize("template", ["$NAME", f'{{"routing_key": "{ROUTING}"}}'])
def test_an_export_is_a_plan_with_nothing_to_do(world: World, secrets: str, template: str, tmp_path: Path) -> None:
    """The URL, the headers and a template with a key are left out, or come from environment variables."""
    world.seed.add(IT.section, **{**IT.live, "payloadTemplate": template})
    exported = export(world, tmp_path, secrets=secrets)
    (path,) = (tmp_path / "alert-webhooks").iterdir()
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
    assert (spec.get("payloadTemplate") == template) is (template == "$NAME")
    assert ("url" in spec, "headers" in spec) == (secrets == "reference",) * 2
    assert exported.left_out == []
    assert world.plan(tmp_path, keep_secrets=True).empty


@pytest.mark.parametrize("path", ["headers.Authorization", "url.valueFrom", "payloadTemplate.file"])
def test_only_a_whole_field_can_be_ignored(world: World, path: str) -> None:
    """A path into a field that is written as a whole is refused."""
    world.seed.add(IT.section, **IT.live)
    with pytest.raises(PlanRefused, match="cannot be ignored alone"):
        world.plan(IT.manifest(headers={"Authorization": TOKEN}, lifecycle={"ignoreChanges": [path]}))


def test_a_plan_without_secrets_compares_what_is_plain(world: World) -> None:
    """With ``--without-secrets`` the URL and the headers are left out, and the template is compared."""
    world.seed.add(IT.section, **IT.live)
    text = IT.manifest(url={"valueFrom": {"env": "NOT_SET"}}, headers={"A": "b"}, payloadTemplate="new")
    assert paths(world.plan(text, without_secrets=True)) == ["payloadTemplate"]


def test_an_editor_offers_names(world: World, tmp_path: Path) -> None:
    """An editor completes the names of live webhooks, which a manifest can take over, and takes others."""
    world.seed.add(IT.section, **IT.live)
    schemas = written(world, tmp_path)
    fields = json.loads(schemas.texts["manifest.schema.json"])["$defs"]["AlertWebhook"]["properties"]["spec"]
    assert fields["properties"]["name"]["anyOf"][0]["enum"] == ["It"]
    assert schemas.wrong(IT.manifest(name="Another")) == []


def test_a_webhook_of_a_monitor_is_deleted_with_its_instance(world: World) -> None:
    """A monitor that goes on using a webhook keeps it; one that goes with its instance in the same run does not."""
    customer = world.seed.customer("FTL")["id"]
    world.seed.instance("Stock", customer=customer, integration=world.seed.version("Acme Inventory")["id"])
    world.seed.add(IT.section, **IT.live)
    where = {"instance": {"name": "Stock"}, "triggers": ["Instance Disabled"]}
    world.seed.add("alertMonitors", name="Paused", notify={"webhooks": [{"name": "It"}]}, **where)
    absent = IT.manifest(lifecycle={"state": "absent"})
    with pytest.raises(PlanRefused, match="the monitor 'Paused' of 'Stock' of 'FTL'"):
        world.plan(absent)
    instance = {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "stock"}}
    spec = {"customer": {"name": "FTL"}, "name": "Stock", "integration": {"name": "Acme Inventory"}}
    gone = yaml.safe_dump({**instance, "spec": spec, "lifecycle": {"state": "absent"}})
    assert [result.messages for result in world.apply(f"{absent}\n---\n{gone}") if not result.ok] == []
    assert IT.rows(world) == []
