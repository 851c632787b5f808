"""Log streams: what is compared, sent, hidden and exported of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from editor_schemas.written import written
from kinds.addressed import LOG_STREAM, paths

from reconciler.errors import PlanRefused

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

IT = LOG_STREAM


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


def test_an_editor_offers_severities(world: World, tmp_path: Path) -> None:
    """An editor completes the severities that exist."""
    text = written(world, tmp_path).texts["manifest.schema.json"]
    fields = json.loads(text)["$defs"]["LogStream"]["properties"]["spec"]["properties"]
    assert "warn" in fields["severities"]["items"]["anyOf"][0]["enum"]
