"""Alert webhooks: what is compared, sent, hidden and exported of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from editor_schemas.written import written
from kinds.addressed import ALERT_WEBHOOK, TOKEN, paths

from reconciler.errors import ManifestErrors, PlanRefused

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

IT = ALERT_WEBHOOK


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


@pytest.mark.parametrize("path", ["headers.Authorization", "url.valueFrom", "payloadTemplate.file"])
def test_only_a_whole_field_can_be_ignored(world: World, path: str) -> None:
    """A path into a field that is written as a whole is refused."""
    world.seed.add(IT.section, **IT.live)
    with pytest.raises(PlanRefused, match="cannot be ignored alone"):
        world.plan(IT.manifest(headers={"Authorization": TOKEN}, lifecycle={"ignoreChanges": [path]}))


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
