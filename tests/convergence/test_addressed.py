"""Alert webhooks and log streams converge: an apply makes them what is declared, and changes nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from convergence.snapshot import rest
from hypothesis import given
from hypothesis import strategies as st
from kinds.addressed import ALERT_WEBHOOK, LOG_STREAM
from support.world import World

from reconciler.sandbox.data.executions import SEVERITIES
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {each.kind: each for each in (ALERT_WEBHOOK, LOG_STREAM)}
URLS = st.sampled_from(["https://a.example", "https://b.example/x?y=z"])
TEMPLATES = st.sampled_from(["$NAME", '{"a": "{{message}}"}', "two\nlines\n", "  blanks  ", "d'or", "ünïcode"])
SECRETS = st.sampled_from(["secret-one", '{"a": "b"}', "x" * 300])
HEADERS = st.dictionaries(st.sampled_from(["A", "X-Token"]), SECRETS, max_size=2)
LEVELS = st.lists(st.sampled_from([each.lower() for each in SEVERITIES]), min_size=1, max_size=3, unique=True)
VARIANTS = st.fixed_dictionaries(
    {name: st.sampled_from(Variants.choices()[name]) for name in ("alert_names", "alert_updates", "payload_templates")}
)
ANOTHER = st.sampled_from([(name, value) for name, values in Variants.choices().items() for value in values])
"""Any reading of any other unknown."""


def fields_of(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    needed: dict[str, st.SearchStrategy[Any]] = {"url": URLS, "payloadTemplate": TEMPLATES}
    return {**needed, "severities": LEVELS} if kind == "LogStream" else needed


def read(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored object in the form of a spec."""
    levels = json.loads(row["severityLevels"]) if "severityLevels" in row else []
    return {
        "url": row["url"],
        "payloadTemplate": row["payloadTemplate"].strip(),
        "headers": json.loads(row["headers"] or "{}"),
        "severities": sorted(level["name"].lower() for level in levels),
    }


@pytest.mark.parametrize("kind", KINDS)
@given(variants=VARIANTS, another=ANOTHER, data=st.data())
def test_an_address_becomes_what_is_declared(kind: str, variants: Any, another: Any, data: st.DataObject) -> None:
    """Under every reading each declared field is there, all else is as before, and a second plan is empty."""
    of, needed = KINDS[kind], fields_of(kind)
    live = data.draw(st.none() | st.fixed_dictionaries(needed, optional={"headers": HEADERS}))
    new = st.fixed_dictionaries(needed, optional={"headers": HEADERS})
    spec = data.draw(st.fixed_dictionaries({}, optional={**needed, "headers": HEADERS}) if live else new)
    with World(Variants(**{**dict([another]), **variants})) as world:
        before = read(world.seed.add(of.section, name="It", **live)) if live else {}
        world.seed.add(of.section, name="Other", **data.draw(st.fixed_dictionaries(needed)))
        others = rest(world, of.table, "It")
        text = of.manifest(**spec)
        assert [result.messages for result in world.apply(text) if not result.ok] == []
        assert world.plan(text).empty
        expected = {**before, **spec}
        expected["payloadTemplate"] = expected["payloadTemplate"].strip()
        expected["severities"] = sorted(expected.get("severities", []))
        after = read(of.rows(world)[0])
        assert {name: after[name] for name in expected} == expected
        assert rest(world, of.table, "It") == others
