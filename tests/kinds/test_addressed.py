"""What is compared, sent, hidden and exported of every kind with an address: a URL, headers and a template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from exporting.exported import export
from kinds.addressed import ALERT_WEBHOOK, LOG_STREAM, ROUTING, TOKEN, URL, paths, said_by, walk

if TYPE_CHECKING:
    from pathlib import Path

    from kinds.addressed import Addressed
    from support.world import World

pytestmark = pytest.mark.parametrize("it", [ALERT_WEBHOOK, LOG_STREAM], ids=lambda it: it.kind)


def test_no_secret_of_a_live_object_is_shown(world: World, it: Addressed, tmp_path: Path) -> None:
    """No report, saved plan, export, log or API error shows a live URL, a header, or a template that holds a key."""
    said = said_by(world, it, tmp_path)
    assert not [canary for canary in (URL, TOKEN, ROUTING, "canary") if canary in said]


@pytest.mark.parametrize("updates", ["keep", "reset"])
def test_an_object_is_what_its_manifest_declares(it: Addressed, updates: str) -> None:
    """It is created and updated under every reading, and a second plan is empty."""
    row = walk(it, updates, [{"headers": {}}, {"payloadTemplate": "$NAME", "headers": {"A": "b"}}])
    assert (row["url"], json.loads(row["headers"]), row["payloadTemplate"]) == (URL, {"A": "b"}, "$NAME")


def test_what_a_manifest_leaves_out_stays_as_it_is(world: World, it: Addressed) -> None:
    """An update lists every field, so that an API that resets the others changes nothing."""
    world.seed.add(it.section, **it.live)
    before = it.rows(world)[0]
    world.apply(it.manifest(payloadTemplate="other"))
    after = it.rows(world)[0]
    assert {key for key in before if before[key] != after[key]} == {"payloadTemplate", "updatedAt"}


@pytest.mark.parametrize("secrets", ["unmanaged", "reference"])
@pytest.mark.parametrize("template", ["$NAME", f'{{"routing_key": "{ROUTING}"}}'])
def test_an_export_is_a_plan_with_nothing_to_do(
    world: World, it: Addressed, secrets: str, template: str, tmp_path: Path
) -> None:
    """The URL, the headers and a template with a key are left out, or come from environment variables."""
    world.seed.add(it.section, **{**it.live, "payloadTemplate": template})
    exported = export(world, tmp_path, secrets=secrets)
    (spec,) = (
        found["spec"]
        for path in tmp_path.rglob("*.yaml")
        if (found := yaml.safe_load(path.read_text(encoding="utf-8")))["kind"] == it.kind
    )
    assert (spec.get("payloadTemplate") == template) is (template == "$NAME")
    assert ("url" in spec, "headers" in spec) == (secrets == "reference",) * 2
    assert exported.left_out == []
    assert world.plan(tmp_path, keep_secrets=True).empty


def test_a_plan_without_secrets_compares_what_is_plain(world: World, it: Addressed) -> None:
    """With ``--without-secrets`` the URL and the headers are left out, and the template is compared."""
    world.seed.add(it.section, **it.live)
    text = it.manifest(url={"valueFrom": {"env": "NOT_SET"}}, headers={"A": "b"}, payloadTemplate="new")
    assert paths(world.plan(text, without_secrets=True)) == ["payloadTemplate"]
