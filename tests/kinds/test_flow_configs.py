"""Flow configs: API keys and test settings per flow, written for all flows at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import CANARY, row_id, shows
from support.nodes import node

from reconciler.kinds.instance.flow_configs import FlowComparison, compare_flows
from reconciler.kinds.instance.operations import InstanceFields
from reconciler.model.capabilities.differ import Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Secret, Unresolved, reveal

FLOWS = {"Sync": "flow-1", "Import": "flow-2"}
BLANK: dict[str, Any] = {"apiKeys": [], "testPayload": None, "testHeaders": None, "testContentType": None}


def instance(**flows: dict[str, Any]) -> InstanceFields:
    return node(
        InstanceFields, flow_configs={"nodes": [{"flow": {"name": name}, **flow} for name, flow in flows.items()]}
    )


@pytest.mark.parametrize(
    ("config", "live"),
    [
        ({}, {"apiKeys": ["k"]}),
        ({"apiKeys": []}, {}),
        ({"apiKeys": []}, {"apiKeys": None}),
        ({"apiKeys": []}, {"apiKeys": [None]}),
        ({"apiKeys": ["a", "b"]}, {"apiKeys": ["b", "a"]}),
        ({"apiKeys": [Secret("a")]}, {"apiKeys": ["a"]}),
        ({"apiKeys": [Unresolved()]}, {"apiKeys": ["a"]}),
        ({"testPayload": "{}"}, {"testPayload": "{}"}),
        ({"testPayload": None}, {"testPayload": ""}),
        ({"testPayload": Secret("p")}, {"testPayload": "p"}),
        ({"testContentType": ""}, {}),
        ({"testHeaders": {"A": "1", "B": "2"}}, {"testHeaders": '{"B": "2", "A": "1"}'}),
        ({"testHeaders": {}}, {}),
        ({"testHeaders": None}, {"testHeaders": " "}),
        ({"testHeaders": {}}, {"testHeaders": "null"}),
    ],
    ids=row_id,
)
def test_an_equal_flow_is_no_difference(config: dict[str, Any], live: dict[str, Any]) -> None:
    """Keys are a set, headers compare as data, unset is empty, and what was not resolved is not compared."""
    found = compare_flows({"Sync": config}, FLOWS, instance(Sync=live, Import={"apiKeys": ["x"]}))
    assert found == FlowComparison(Fields())


@pytest.mark.parametrize(
    ("config", "live", "before", "after", "sensitive"),
    [
        ({"apiKeys": ["b"]}, {"apiKeys": ["a"]}, [Secret("a")], [Secret("b")], True),
        ({"apiKeys": ["a"]}, {"apiKeys": ["a", "a"]}, [Secret("a"), Secret("a")], [Secret("a")], True),
        ({"apiKeys": None}, {"apiKeys": ["a"]}, [Secret("a")], None, True),
        ({"testPayload": "new"}, {"testPayload": "old"}, "old", "new", False),
        ({"testPayload": "new"}, {}, None, "new", False),
        ({"testPayload": None}, {"testPayload": "old"}, "old", None, False),
        ({"testPayload": Secret("new")}, {"testPayload": "old"}, Secret("old"), Secret("new"), True),
        ({"testContentType": "a/b"}, {"testContentType": "A/b"}, "A/b", "a/b", False),
        ({"testHeaders": {"A": "1"}}, {}, None, Secret("{'A': '1'}"), True),
        ({"testHeaders": {}}, {"testHeaders": '{"A": "1"}'}, Secret("{'A': '1'}"), None, True),
        ({"testHeaders": {"A": "1"}}, {"testHeaders": "{"}, Secret("{"), Secret("{'A': '1'}"), True),
    ],
    ids=row_id,
)
def test_a_flow_that_differs_is_shown_field_by_field(
    config: dict[str, Any], live: dict[str, Any], before: Any, after: Any, sensitive: bool
) -> None:
    """Keys, headers and what came from a secret are hidden on both sides; one write then settles the flow."""
    found = compare_flows({"Sync": config}, FLOWS, instance(Sync=live))
    (change,) = found.fields.changed
    assert change.path == ("flowConfigs", "Sync", next(iter(config)))
    assert (change.before, change.after, change.sensitive) == (before, after, sensitive)
    assert found.wire is not None
    (written,) = reveal(found.wire)
    written.pop("flowId")
    assert compare_flows({"Sync": config}, FLOWS, instance(Sync=written)) == FlowComparison(Fields())


def test_a_write_names_every_flow() -> None:
    """Flows that no manifest names are written with what they have, and those of an older version are left out."""
    live = instance(
        Gone={"apiKeys": ["old"]},
        Import={"apiKeys": ["k"], "testHeaders": "not json", "testPayload": "p"},
        Sync={"testContentType": "text/plain"},
    )
    found = compare_flows({"Sync": {"apiKeys": ["new"], "testPayload": Unresolved()}}, FLOWS, live)
    untouched = {"apiKeys": ["k"], "testPayload": "p", "testHeaders": "not json", "usesLre": False}
    changed = {"apiKeys": ["new"], "testContentType": "text/plain", "usesLre": False}
    assert reveal(found.wire) == [{"flowId": "flow-2", **untouched}, {"flowId": "flow-1", **changed}]


@pytest.mark.parametrize("live", [None, instance()], ids=["new", "without flows"])
def test_flows_of_a_new_instance_get_only_declared_fields(live: InstanceFields | None) -> None:
    """Without live flows only the declared fields are written, unresolved ones left out."""
    declared = {"Import": {"apiKeys": [Unresolved()], "testContentType": "a/b"}, "Sync": {}}
    found = compare_flows(declared, FLOWS, live)
    assert reveal(found.wire) == [{"flowId": "flow-2", "testContentType": "a/b"}, {"flowId": "flow-1"}]


def test_an_unknown_flow_is_reported() -> None:
    """A wrong name gets a suggestion at its key, and nothing is written for the other flows meanwhile."""
    found = compare_flows({"Sinc": {"apiKeys": ["a"]}, "Import": {"apiKeys": ["a"]}}, FLOWS, None)
    message = "no flow is named 'Sinc'; did you mean 'Sync'? known: 'Import', 'Sync'"
    assert (found.wire, found.warnings) == (None, ())
    assert found.problems == (Diagnostic(message, path=("flowConfigs", "Sinc"), key=True),)


@pytest.mark.parametrize(
    ("config", "live"),
    [
        ({"apiKeys": [CANARY]}, {"apiKeys": [f"{CANARY}-old"]}),
        ({"apiKeys": [Secret(CANARY)]}, {}),
        ({"apiKeys": []}, {"apiKeys": [CANARY]}),
        ({"testPayload": Secret(CANARY)}, {"testPayload": f"{CANARY}-old"}),
        ({"testHeaders": {"Authorization": CANARY}}, {"testHeaders": json.dumps({"Authorization": f"{CANARY}-old"})}),
        ({"testHeaders": {}}, {"testHeaders": CANARY}),
        ({"testContentType": "a/b"}, {"apiKeys": [CANARY], "testHeaders": CANARY, "testPayload": CANARY}),
    ],
    ids=row_id,
)
def test_api_keys_and_headers_are_hidden(config: dict[str, Any], live: dict[str, Any]) -> None:
    """What a flow's change holds of keys, headers and secrets shows neither in the plan nor in the write."""
    found = compare_flows({"Sync": config}, FLOWS, instance(Sync=live))
    assert found.wire is not None
    assert CANARY in json.dumps(reveal(found.wire)) or CANARY in json.dumps(live)
    changes = found.fields.changed
    assert not any(map(shows, (found, found.wire, *changes, *(each.after for each in changes))))


texts = st.sampled_from(["", "a", "b"])
keys = st.lists(st.sampled_from(["k1", "k2", "k3"]), unique=True)
headers = st.dictionaries(st.sampled_from(["A", "B"]), texts)
configs = st.fixed_dictionaries(
    {}, optional={"apiKeys": keys, "testPayload": texts, "testHeaders": headers, "testContentType": texts}
)
live_flows = st.fixed_dictionaries(
    {
        "apiKeys": keys,
        "testPayload": st.none() | texts,
        "testHeaders": st.none() | headers.map(json.dumps),
        "testContentType": st.none() | texts,
    }
)


def meaning(live: dict[str, Any]) -> list[Any]:
    """Return what a live flow has, unset and empty being the same."""
    headers = json.loads(live["testHeaders"] or "{}")
    return [sorted(live["apiKeys"]), live["testPayload"] or "", headers, live["testContentType"] or ""]


@pytest.mark.parametrize("resets", [False, True], ids=["keeps the others", "resets the others"])
@given(
    declared=st.dictionaries(st.sampled_from(list(FLOWS)), configs),
    state=st.dictionaries(st.sampled_from(list(FLOWS)), live_flows),
)
def test_one_write_settles_the_flows_and_leaves_the_others(
    declared: dict[str, Any], state: dict[str, Any], resets: bool
) -> None:
    """Whether the API keeps or resets flows that a write does not name, all ends as declared, the rest as it was."""
    names = {identifier: name for name, identifier in FLOWS.items()}
    found = compare_flows(declared, FLOWS, instance(**state))
    after = {name: dict(live) for name, live in state.items()}
    if found.wire is not None:
        if resets:
            after = {name: dict(BLANK) for name in after}
        for written in reveal(found.wire):
            name = names[written.pop("flowId")]
            after[name] = {**after.get(name, BLANK), **written}
    assert compare_flows(declared, FLOWS, instance(**after)) == FlowComparison(Fields())
    for name in state.keys() - declared.keys():
        assert meaning(after[name]) == meaning(state[name])
