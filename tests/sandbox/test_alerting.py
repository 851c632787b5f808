"""Alert webhooks, alert groups and log streams: what their mutations accept, refuse and leave behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

_WEBHOOK = "alertWebhook { id name url headers payloadTemplate createdAt updatedAt groups { nodes { name } } }"
_GROUP = "alertGroup { id name updatedAt users { nodes { email } } webhooks { nodes { name } } }"
_STREAM = "externalLogStream { id name url headers payloadTemplate severityLevels { id name } }"
_ADDRESS: dict[str, Any] = {"name": "Pager", "url": "https://pager.example/a", "payloadTemplate": "$SUBJECT"}
_LEVELS = [{"id": 3, "name": "WARN"}]


def _webhook(api: Api, **data: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.done("createAlertWebhook", _WEBHOOK, **{**_ADDRESS, **data})
    return made


def _group(api: Api, **data: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.done("createAlertGroup", _GROUP, **{"name": "On call", **data})
    return made


def _members(group: dict[str, Any]) -> tuple[list[str], list[str]]:
    return [each["email"] for each in group["users"]["nodes"]], [each["name"] for each in group["webhooks"]["nodes"]]


def test_a_webhook_reads_back_as_it_was_sent(api: Api) -> None:
    """Headers are JSON text; without any they read as null."""
    made = _webhook(api, headers='{"A": "b"}')
    assert {**_ADDRESS, "headers": '{"A": "b"}'}.items() <= made.items()
    assert _webhook(api, name="Other")["headers"] is None


def test_an_update_of_a_webhook_changes_what_it_sends(api: Api) -> None:
    """Null leaves a field alone, and an empty text clears the headers."""
    made = _webhook(api, headers='{"A": "b"}')
    same = api.done("updateAlertWebhook", _WEBHOOK, id=made["id"], name=None, url=None, headers=None)
    assert same == made
    changed = api.done("updateAlertWebhook", _WEBHOOK, id=made["id"], headers="", payloadTemplate="x")
    assert (changed["headers"], changed["payloadTemplate"], changed["url"]) == (None, "x", made["url"])
    assert changed["updatedAt"] > made["updatedAt"]


@pytest.mark.parametrize(
    ("mutation", "data", "field", "message"),
    [
        ("AlertWebhook", {"name": " "}, "name", "This field cannot be blank."),
        ("AlertWebhook", {"name": "Taken"}, "name", "An alert webhook with this name already exists."),
        ("AlertWebhook", {"url": "http://x.example"}, "url", "Enter a valid URL that begins with https://."),
        ("AlertWebhook", {"headers": "A: b"}, "headers", "Enter a JSON object of strings."),
        ("AlertWebhook", {"payloadTemplate": " "}, "payloadTemplate", "This field cannot be blank."),
        ("ExternalLogStream", {"name": "Taken"}, "name", "An external log stream with this name already exists."),
        ("ExternalLogStream", {"payloadTemplate": ""}, "payloadTemplate", "This field cannot be blank."),
        ("ExternalLogStream", {"severityLevels": []}, "severityLevels", "Choose at least one severity level."),
        (
            "ExternalLogStream",
            {"severityLevels": [{"id": 3, "name": "ERROR"}]},
            "severityLevels",
            "'ERROR' (3) is not a severity level.",
        ),
        ("AlertGroup", {"name": ""}, "name", "This field cannot be blank."),
        ("AlertGroup", {"name": "Taken"}, "name", "An alert group with this name already exists."),
        ("AlertGroup", {"users": ["x"]}, "users", "Invalid ID 'x': no such object."),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(
    api: Api, mutation: str, data: dict[str, Any], field: str, message: str
) -> None:
    """A create and an update refuse the same, and nothing is written."""
    basis: dict[str, Any] = {} if mutation == "AlertGroup" else {**_ADDRESS}
    if mutation == "ExternalLogStream":
        basis["severityLevels"] = _LEVELS
    object_field = mutation[0].lower() + mutation[1:]
    select = f"{object_field} {{ id name }}"
    api.done(f"create{mutation}", select, **{**basis, "name": "Taken"})
    made = api.done(f"create{mutation}", select, **{**basis, "name": "Other"})
    assert api.errors(f"create{mutation}", **{**basis, "name": "New", **data}) == [(field, message)]
    assert api.errors(f"update{mutation}", id=made["id"], **data) == [(field, message)]
    nodes = api(f"{{ {object_field}s {{ nodes {{ name }} }} }}")[f"{object_field}s"]["nodes"]
    assert [node["name"] for node in nodes] == ["Taken", "Other"]


def test_a_group_lists_users_and_webhooks(api: Api) -> None:
    """A list in an update replaces the former one; one that is not sent stays; a webhook knows its groups."""
    kim, pat = (api.sandbox.seed.user(f"{name}@x.example")["id"] for name in ("kim", "pat"))
    webhook = _webhook(api)
    made = _group(api, users=[kim, None, kim], webhooks=[webhook["id"]])
    assert _members(made) == (["kim@x.example"], ["Pager"])
    changed = api.done("updateAlertGroup", _GROUP, id=made["id"], users=[pat])
    assert _members(changed) == (["pat@x.example"], ["Pager"])
    assert changed["updatedAt"] > made["updatedAt"]
    found = api(f"query ($id: ID!) {{ {_WEBHOOK.replace('{', '(id: $id) {', 1)} }}", id=webhook["id"])
    assert found["alertWebhook"]["groups"]["nodes"] == [{"name": "On call"}]


def test_a_deleted_member_leaves_its_groups(api: Api) -> None:
    """A user and a webhook that are deleted are in no group any more."""
    kim = api.sandbox.seed.user("kim@x.example")["id"]
    webhook = _webhook(api)
    made = _group(api, users=[kim], webhooks=[webhook["id"]])
    api.done("deleteUser", "user { id }", id=kim)
    api.done("deleteAlertWebhook", "alertWebhook { id }", id=webhook["id"])
    found = api(f"query ($id: ID!) {{ {_GROUP.replace('{', '(id: $id) {', 1)} }}", id=made["id"])
    assert _members(found["alertGroup"]) == ([], [])
    api.done("deleteAlertGroup", "alertGroup { id }", id=made["id"])
    assert api.errors("deleteAlertGroup", id=made["id"]) == [("id", "Record not found")]


def test_members_come_in_pages_of_a_hundred(api: Api) -> None:
    """The lists of a group are cut at 100, and can be read on."""
    users = [api.sandbox.seed.user(f"u{number}@x.example")["id"] for number in range(101)]
    made = _group(api, users=users)
    query = """query ($id: ID!, $after: String) { alertGroup(id: $id) { users(after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id } } } }"""
    first = api(query, id=made["id"])["alertGroup"]["users"]
    assert (first["totalCount"], len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (101, 100, True)
    rest = api(query, id=made["id"], after=first["pageInfo"]["endCursor"])["alertGroup"]["users"]
    assert [node["id"] for node in (*first["nodes"], *rest["nodes"])] == users


def test_a_log_stream_reads_back_as_it_was_sent(api: Api) -> None:
    """Its severity levels are a list that an update replaces."""
    made = api.done("createExternalLogStream", _STREAM, **_ADDRESS, severityLevels=_LEVELS)
    assert {**_ADDRESS, "headers": None, "severityLevels": _LEVELS}.items() <= made.items()
    levels = [{"id": 4, "name": "ERROR"}]
    changed = api.done("updateExternalLogStream", _STREAM, id=made["id"], severityLevels=levels)
    assert changed == {**made, "severityLevels": levels}
    api.done("deleteExternalLogStream", "externalLogStream { id }", id=made["id"])


def test_triggers_are_a_catalogue(api: Api) -> None:
    """The documented ones are there, those of instances apart."""
    nodes = api("{ alertTriggers(isInstanceSpecific: true) { nodes { name } } }")["alertTriggers"]["nodes"]
    assert [node["name"] for node in nodes] == ["Instance Disabled", "Instance Enabled", "Instance Removed"]
    assert api("{ alertTriggers { totalCount } }")["alertTriggers"]["totalCount"] == 11


def test_what_is_denied_is_refused(api: Api) -> None:
    """An ``allow…`` field that is false refuses the mutations that it stands for, and no others."""
    made = _webhook(api)
    api.sandbox.seed.deny("Organization.allowAddAlertWebhook", "AlertWebhook.allowUpdate")
    allowed = api("{ organization { allowAddAlertWebhook allowAddAlertGroup } }")["organization"]
    assert allowed == {"allowAddAlertWebhook": False, "allowAddAlertGroup": True}
    refused = [("__all__", "You do not have permission to perform this action.")]
    assert api.errors("createAlertWebhook", **{**_ADDRESS, "name": "New"}) == refused
    assert api.errors("updateAlertWebhook", id=made["id"], name="New") == refused
    api.done("deleteAlertWebhook", "alertWebhook { id }", id=made["id"])
    _group(api)


_WORLD: dict[str, Any] = {
    "users": [{"email": "kim@x.example"}],
    "alertGroups": [{"name": "On call", "users": [{"email": "kim@x.example"}], "webhooks": [{"name": "Pager"}]}],
    "alertWebhooks": [{"name": "Pager", "headers": {"A": "b"}}],
    "logStreams": [{"name": "Datadog", "severities": ["warn"]}],
    "denied": ["Organization.allowAddExternalLogStream"],
}


def test_a_world_file_has_an_on_call_set_up(start: Callable[..., Api], tmp_path: Path) -> None:
    """Groups name their members by e-mail address and name, wherever these are in the file."""
    world = tmp_path / "world.yaml"
    world.write_text(json.dumps(_WORLD), encoding="utf-8")
    api = start(world=world, integrations=())
    query = "{ alertGroups { nodes { name users { nodes { email } } webhooks { nodes { name } } } } }"
    (group,) = api(query)["alertGroups"]["nodes"]
    assert _members(group) == (["kim@x.example"], ["Pager"])
    assert api("{ organization { allowAddExternalLogStream } }")["organization"] == {"allowAddExternalLogStream": False}


def test_manifests_are_a_world_with_members(start: Callable[..., Api], tmp_path: Path) -> None:
    """Handles mean manifests, and what is in no manifest is made up."""

    def manifest(kind: str, handle: str, **spec: Any) -> str:
        head = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}}
        return json.dumps({**head, "spec": spec})

    members = {"users": ["kim", {"email": "pat@x.example"}], "webhooks": ["pager", {"name": "Chat"}]}
    texts = [
        manifest("AlertGroup", "on-call", name="On call", **members),
        manifest("AlertWebhook", "pager", name="Pager", url={"valueFrom": {"env": "PD_URL"}}, payloadTemplate="x"),
        manifest("User", "kim", email="kim@x.example", role="Admin"),
        manifest("LogStream", "dog", name="Dog", severities=["warn"], payloadTemplate={"file": "dog.json"}),
    ]
    (tmp_path / "all.yaml").write_text("\n---\n".join(texts), encoding="utf-8")
    api = start(manifests=tmp_path, integrations=())
    query = "{ alertGroups { nodes { name users { nodes { email } } webhooks { nodes { name } } } } }"
    (group,) = api(query)["alertGroups"]["nodes"]
    assert _members(group) == (["kim@x.example", "pat@x.example"], ["Pager", "Chat"])
