"""Alert monitors: what their mutations accept, refuse and leave behind, and their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconciler.sandbox.data.alert_monitors import trigger_monitor

if TYPE_CHECKING:
    from sandbox.client import Api

_MONITOR = """alertMonitor { id name triggered durationSecondsCondition executionOverdueMinutesCondition
  logSeverityLevelCondition instance { name } flowConfig { id flow { name } } triggers { nodes { name } }
  groups { nodes { name } } users { nodes { email } } webhooks { nodes { name } } events { nodes { details } } }"""


@pytest.fixture
def instance(api: Api) -> str:
    """The ID of an instance of version 1."""
    customer = api.sandbox.seed.customer("FTL Rockets")["id"]
    version = api.sandbox.seed.version("Acme Inventory", 1)["id"]
    identifier: str = api.sandbox.seed.instance("Inventory", customer=customer, integration=version)["id"]
    return identifier


def _trigger(api: Api, name: str) -> str:
    nodes = api("{ alertTriggers { nodes { id name } } }")["alertTriggers"]["nodes"]
    return next(node["id"] for node in nodes if node["name"] == name)


def _flow(api: Api, instance: str) -> str:
    query = "query ($id: ID!) { instance(id: $id) { flowConfigs { nodes { id flow { name } } } } }"
    nodes = api(query, id=instance)["instance"]["flowConfigs"]["nodes"]
    return next(node["id"] for node in nodes if node["flow"]["name"] == "Sync Inventory")


def _monitor(api: Api, instance: str, **data: Any) -> dict[str, Any]:
    triggers = [_trigger(api, "Execution Failed")]
    values = {"name": "Failed", "instance": instance, "triggers": triggers, **data}
    made: dict[str, Any] = api.done("createAlertMonitor", _MONITOR, **values)
    return made


def test_a_monitor_reads_back_as_it_was_sent(api: Api, instance: str) -> None:
    """With its flow, its triggers, whom it notifies, and its numbers."""
    user = api.sandbox.seed.user("kim@x.example")["id"]
    hook = api.sandbox.seed.add("alertWebhooks", name="Pager")["id"]
    group = api.sandbox.seed.add("alertGroups", name="On call")["id"]
    made = _monitor(
        api,
        instance,
        flowConfig=_flow(api, instance),
        groups=[group],
        users=[user],
        webhooks=[hook],
        durationSecondsCondition=10,
        logSeverityLevelCondition=4,
    )
    assert (made["instance"], made["flowConfig"]["flow"]) == ({"name": "Inventory"}, {"name": "Sync Inventory"})
    assert made["triggers"]["nodes"] == [{"name": "Execution Failed"}]
    assert made["groups"]["nodes"] == [{"name": "On call"}]
    assert made["users"]["nodes"] == [{"email": "kim@x.example"}]
    assert made["webhooks"]["nodes"] == [{"name": "Pager"}]
    numbers = ("durationSecondsCondition", "executionOverdueMinutesCondition", "logSeverityLevelCondition")
    assert [made[name] for name in numbers] == [10, None, 4]


def test_a_flow_is_enough_to_know_the_instance(api: Api, instance: str) -> None:
    """A monitor of a flow belongs to the flow's instance."""
    values = {"name": "Failed", "flowConfig": _flow(api, instance), "triggers": [_trigger(api, "Execution Failed")]}
    assert api.done("createAlertMonitor", _MONITOR, **values)["instance"] == {"name": "Inventory"}


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"name": " "}, "name", "This field cannot be blank."),
        ({"instance": None}, "instance", "This field is required."),
        ({"instance": "bm90aGluZw=="}, "instance", "There is no such instance."),
        ({"flowConfig": "bm90aGluZw=="}, "flowConfig", "There is no such flow config."),
        ({"groups": ["bm90aGluZw=="]}, "groups", "Invalid ID 'bm90aGluZw==': no such object."),
    ],
)
def test_a_wrong_monitor_is_refused(data: dict[str, Any], field: str, message: str, api: Api, instance: str) -> None:
    """Each error names its field."""
    values = {"name": "Failed", "instance": instance, "triggers": [_trigger(api, "Execution Failed")], **data}
    errors = api.mutate("createAlertMonitor", "clientMutationId", **values)["errors"]
    assert {"field": field, "messages": [message]} in errors


def test_a_trigger_that_needs_a_number_is_refused_without_it(api: Api, instance: str) -> None:
    """Overdue after how many minutes?"""
    triggers = [_trigger(api, "Execution Overdue")]
    values = {"name": "Late", "instance": instance, "triggers": triggers}
    (error,) = api.mutate("createAlertMonitor", "clientMutationId", **values)["errors"]
    assert error["field"] == "executionOverdueMinutesCondition"
    assert _monitor(api, instance, triggers=triggers, executionOverdueMinutesCondition=30)["name"] == "Failed"


def test_an_update_changes_what_it_sends(api: Api, instance: str) -> None:
    """Lists replace the former ones, and a list that is null stays."""
    made = _monitor(api, instance)
    started = [_trigger(api, "Execution Started")]
    changed = api.done("updateAlertMonitor", _MONITOR, id=made["id"], name="Started", triggers=started, groups=None)
    assert (changed["name"], changed["triggers"]["nodes"]) == ("Started", [{"name": "Execution Started"}])


def test_a_triggered_monitor_has_events_until_it_is_cleared(api: Api, instance: str) -> None:
    """Clearing takes the state back; the events stay, and go with the monitor."""
    made = _monitor(api, instance)
    trigger_monitor(api.sandbox.tenant, made["id"], "It failed")
    query = "{ alertEvents { nodes { details monitor { triggered lastTriggeredAt } } } }"
    (event,) = api(query)["alertEvents"]["nodes"]
    assert (event["details"], event["monitor"]["triggered"]) == ("It failed", True)
    cleared = api.done("clearAlertMonitor", _MONITOR, id=made["id"])
    assert (cleared["triggered"], cleared["events"]["nodes"]) == (False, [{"details": "It failed"}])
    api.done("deleteAlertMonitor", "alertMonitor { id }", id=made["id"])
    assert api(query)["alertEvents"]["nodes"] == []


def test_monitors_go_with_their_instance(api: Api, instance: str) -> None:
    """Deleting an instance deletes its monitors."""
    _monitor(api, instance)
    api.done("deleteInstance", "instance { id }", id=instance)
    assert api("{ alertMonitors { totalCount } }")["alertMonitors"]["totalCount"] == 0
