"""Log streams: what is compared, sent, hidden and exported of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from editor_schemas.written import written
from exporting.exported import export
from kinds.addressed import ROUTING, TOKEN, URL, Addressed, paths, said_by, walk

from reconciler.errors import PlanRefused

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

IT = Addressed("LogStream", "logStreams", "external_log_streams", "ExternalLogStream", {"severities": ["warn"]})


def test_no_secret_of_a_live_webhook_is_shown(world: World, tmp_path: Path) -> None:
    """No report, saved plan, export, log or API error shows a live URL, a header, or a template that holds a key."""
    said = said_by(world, IT, tmp_path)
    assert not [canary for canary in (URL, TOKEN, ROUTING, "canary") if canary in said]


@pytest.mark.parametrize("updates", ["keep", "reset"])
def test_a_stream_is_what_its_manifest_declares(updates: str) -> None:
    """A stream is created and updated under every reading, and a second plan is empty."""
    row = walk(IT, updates, [{"headers": {}}, {"payloadTemplate": "$NAME", "headers": {"A": "b"}}])
    assert (row["url"], json.loads(row["headers"]), row["payloadTemplate"]) == (URL, {"A": "b"}, "$NAME")


def test_what_a_manifest_leaves_out_stays_as_it_is(world: World) -> None:
    """An update lists every field, so that an API that resets the others changes nothing."""
    world.seed.add(IT.section, **IT.live)
    before = IT.rows(world)[0]
    world.apply(IT.manifest(payloadTemplate="other"))
    after = IT.rows(world)[0]
    assert {key for key in before if before[key] != after[key]} == {"payloadTemplate", "updatedAt"}


def test_severities_are_a_set_in_any_case(world: World) -> None:
    """The order and the case of severities have no meaning, and each is sent with its number."""
    world.seed.add(IT.section, **{**IT.live, "severities": ["error", "warn"]})
    assert world.plan(IT.manifest(severities=["Warn", "ERROR"])).empty
    assert paths(world.plan(IT.manifest(severities=["warn"]))) == ["severities"]
    world.apply(IT.manifest(severities=["fatal", "debug"]))
    sent = world.mutations[-1].arguments["input"]["severityLevels"]
    assert sent == [{"id": 1, "name": "DEBUG"}, {"id": 5, "name": "FATAL"}]


def test_an_unknown_severity_is_reported_with_the_nearest(world: World) -> None:
    """The plan names its line and suggests one."""
    with pytest.raises(PlanRefused, match="no severity is named 'warning'; did you mean 'warn'") as caught:
        world.plan(IT.manifest(**{**IT.live, "severities": ["error", "warning"]}))
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("secrets", ["unmanaged", "reference"])
@pytest.mark.parametrize("template", ["$NAME", f'{{"routing_key": "{ROUTING}"}}'])
def test_an_export_is_a_plan_with_nothing_to_do(world: World, secrets: str, template: str, tmp_path: Path) -> None:
    """The URL, the headers and a template with a key are left out, or come from environment variables."""
    world.seed.add(IT.section, **{**IT.live, "payloadTemplate": template})
    exported = export(world, tmp_path, secrets=secrets)
    (path,) = (tmp_path / "log-streams").iterdir()
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
    assert (spec.get("payloadTemplate") == template) is (template == "$NAME")
    assert ("url" in spec, "headers" in spec) == (secrets == "reference",) * 2
    assert exported.left_out == []
    assert world.plan(tmp_path, keep_secrets=True).empty


def test_a_plan_without_secrets_compares_what_is_plain(world: World) -> None:
    """With ``--without-secrets`` the URL and the headers are left out, and the template is compared."""
    world.seed.add(IT.section, **IT.live)
    text = IT.manifest(url={"valueFrom": {"env": "NOT_SET"}}, headers={"A": "b"}, payloadTemplate="new")
    assert paths(world.plan(text, without_secrets=True)) == ["payloadTemplate"]


def test_an_editor_offers_severities(world: World, tmp_path: Path) -> None:
    """An editor completes the severities that exist."""
    text = written(world, tmp_path).texts["manifest.schema.json"]
    fields = json.loads(text)["$defs"]["LogStream"]["properties"]["spec"]["properties"]
    assert "warn" in fields["severities"]["items"]["anyOf"][0]["enum"]
