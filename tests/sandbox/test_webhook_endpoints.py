"""Webhook endpoints: what their mutations accept, refuse and leave behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

_ENDPOINT = "webhookEndpoint { id name url eventTypes headers secret description enabled createdAt updatedAt }"
_DATA: dict[str, Any] = {"name": "Deploys", "url": "https://hooks.example.com/a", "eventTypes": ["instance.deployed"]}


def _create(api: Api, **data: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.done("createWebhookEndpoint", _ENDPOINT, **{**_DATA, **data})
    return made


def _update(api: Api, made: dict[str, Any], **data: Any) -> dict[str, Any]:
    changed: dict[str, Any] = api.done("updateWebhookEndpoint", _ENDPOINT, id=made["id"], **data)
    return changed


def test_a_new_endpoint_is_enabled_and_has_no_more_than_was_sent(api: Api) -> None:
    """Optional texts that are not sent read as null."""
    made = _create(api)
    assert {name: made[name] for name in ("headers", "secret", "description", "enabled")} == {
        "headers": None,
        "secret": None,
        "description": None,
        "enabled": True,
    }
    assert made["createdAt"] == made["updatedAt"]


def test_an_endpoint_reads_back_as_it_was_sent(api: Api) -> None:
    """Headers are JSON text, and null among the event types is left out."""
    sent = {"headers": '{"A": "b"}', "secret": "s", "description": "d", "enabled": False}
    made = _create(api, **sent, eventTypes=["user.created", None, "instance.updated"])
    assert {**sent, "eventTypes": ["user.created", "instance.updated"]}.items() <= made.items()
    read = api(f"query ($id: ID!) {{ {_ENDPOINT.replace('{', '(id: $id) {', 1)} }}", id=made["id"])
    assert read["webhookEndpoint"] == made


def test_an_update_changes_what_it_sends(api: Api) -> None:
    """Null leaves a field alone, an empty text clears it, and event types replace the list."""
    made = _create(api, headers="{}", secret="s", description="d")
    assert _update(api, made, description=None, secret=None, headers=None, eventTypes=None, enabled=None) == made
    changed = _update(api, made, description="", secret="", headers="", eventTypes=["user.created"], enabled=False)
    assert [changed[name] for name in ("description", "secret", "headers")] == ["", None, None]
    assert (changed["eventTypes"], changed["enabled"]) == (["user.created"], False)
    assert changed["updatedAt"] > made["updatedAt"]


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"name": " "}, "name", "This field cannot be blank."),
        ({"name": "Taken"}, "name", "A webhook endpoint with this name already exists."),
        ({"url": "http://hooks.example.com"}, "url", "Enter a valid URL that begins with https://."),
        ({"url": ""}, "url", "Enter a valid URL that begins with https://."),
        ({"eventTypes": []}, "eventTypes", "Choose at least one event type."),
        ({"eventTypes": ["instance.up"]}, "eventTypes", "'instance.up' is not an event type."),
        ({"headers": "A: b"}, "headers", "Enter a JSON object of strings."),
        ({"headers": '{"A": 1}'}, "headers", "Enter a JSON object of strings."),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(api: Api, data: dict[str, Any], field: str, message: str) -> None:
    """A create and an update refuse the same, and nothing is written."""
    _create(api, name="Taken")
    made = _create(api)
    assert api.errors("createWebhookEndpoint", **{**_DATA, "name": "New", **data}) == [(field, message)]
    assert api.errors("updateWebhookEndpoint", id=made["id"], **data) == [(field, message)]
    nodes = api("{ webhookEndpoints { nodes { name url eventTypes headers } } }")["webhookEndpoints"]["nodes"]
    assert [node["name"] for node in nodes] == ["Taken", "Deploys"]


def test_every_wrong_field_is_reported(api: Api) -> None:
    """One answer has the errors of all fields."""
    errors = api.errors("createWebhookEndpoint", name="", url="x", eventTypes=["a", "b"])
    assert [field for field, _ in errors] == ["name", "url", "eventTypes", "eventTypes"]


def test_a_deleted_endpoint_is_gone(api: Api) -> None:
    """A second delete finds nothing."""
    made = _create(api)
    assert api.done("deleteWebhookEndpoint", _ENDPOINT, id=made["id"]) == made
    assert api.errors("deleteWebhookEndpoint", id=made["id"]) == [("id", "Record not found")]


def test_event_types_are_a_catalogue(api: Api) -> None:
    """The documented ones are among them, each with a name for people."""
    types = {each["id"]: each["name"] for each in api("{ webhookEventTypes { id name } }")["webhookEventTypes"]}
    assert (types["instance.updated"], types["instance.deployed"]) == ("Instance Updated", "Instance Deployed")


def test_a_test_sends_nothing(api: Api) -> None:
    """``testWebhookEndpoint`` succeeds, and its message says that the sandbox sends no events."""
    select = "testWebhookEndpointResult { success message webhookEndpoint { name } }"
    result = api.done("testWebhookEndpoint", select, id=_create(api)["id"])
    assert result == {
        "success": True,
        "message": "The sandbox sends no events.",
        "webhookEndpoint": {"name": "Deploys"},
    }


def test_a_state_file_keeps_endpoints(start: Callable[..., Api], tmp_path: Path) -> None:
    """An endpoint is there after a restart, and the next one is newer."""
    state = tmp_path / "state.sqlite"
    first = start(state=state)
    made = _create(first)
    first.sandbox.close()
    again = start(state=state)
    (node,) = again("{ webhookEndpoints { nodes { id } } }")["webhookEndpoints"]["nodes"]
    assert node["id"] == made["id"]
    assert _create(again, name="Later")["createdAt"] > made["createdAt"]


_WORLD: dict[str, Any] = {
    "name": "Deploys",
    "url": "https://hooks.example.com",
    "events": ["instance.deployed"],
    "headers": {"A": "b"},
}


def test_a_world_file_has_endpoints(start: Callable[..., Api], tmp_path: Path) -> None:
    """Headers are a mapping there, and events are called as in manifests."""
    world = tmp_path / "world.yaml"
    world.write_text(json.dumps({"webhookEndpoints": [_WORLD]}), encoding="utf-8")
    api = start(world=world, integrations=())
    (node,) = api("{ webhookEndpoints { nodes { name url headers eventTypes } } }")["webhookEndpoints"]["nodes"]
    assert node == {
        "name": "Deploys",
        "url": "https://hooks.example.com",
        "headers": '{"A": "b"}',
        "eventTypes": ["instance.deployed"],
    }


def test_manifests_are_a_world_with_made_up_urls(start: Callable[..., Api], tmp_path: Path) -> None:
    """A URL that comes from elsewhere becomes one that the API takes."""
    spec = {**_WORLD, "url": {"valueFrom": {"env": "HOOK_URL"}}, "secret": {"valueFrom": {"env": "HOOK_SECRET"}}}
    manifest = {
        "apiVersion": "reconciler/v1",
        "kind": "EventWebhook",
        "metadata": {"name": "deploys"},
        "spec": spec,
    }
    (tmp_path / "manifest.yaml").write_text(json.dumps(manifest), encoding="utf-8")
    api = start(manifests=tmp_path, integrations=())
    (node,) = api("{ webhookEndpoints { nodes { url secret } } }")["webhookEndpoints"]["nodes"]
    assert node == {"url": "https://made-up.example/HOOK_URL", "secret": "made-up HOOK_SECRET"}
