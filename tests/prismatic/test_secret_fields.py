"""The fields of an answer that hold secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.operation import parse_operations
from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.prismatic.graphql.secret_fields import secrets_at
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.secrets.known import KnownSecrets

OPERATION = parse_operations(
    """
    query instances { instances { nodes { id name
      flowConfigs { nodes { apiKeys testPayload testHeaders flow { name } } }
      variables: configVariables { nodes { value meta authorizeUrl requiredConfigVariable { key defaultValue }
        entries: inputs { nodes { name kept: value meta hasValue } } } }
      integration { requiredConfigVariables { nodes { key meta defaultValue inputs { nodes { name value meta } } } } }
    } } }
    """
)["instances"]
HEADERS = json.dumps({"Authorization": "Bearer header", "X": ["listed"]})
NODE: dict[str, Any] = {
    "id": "open",
    "name": "open",
    "flowConfigs": {
        "nodes": [
            {"apiKeys": ["key-1", "key-2"], "testPayload": "open", "testHeaders": HEADERS, "flow": {"name": "open"}},
            {"apiKeys": None, "testPayload": None, "testHeaders": "no JSON", "flow": None},
        ]
    },
    "variables": {
        "nodes": [
            {
                "value": "open",
                "meta": '{"token": "of-oauth", "n": 1}',
                "authorizeUrl": "https://log.in",
                "requiredConfigVariable": {"key": "open", "defaultValue": "open"},
                "entries": {"nodes": [{"name": "open", "kept": "input", "meta": '"text"', "hasValue": True}]},
            },
            {"value": None, "meta": None, "authorizeUrl": None, "entries": None},
        ]
    },
    "integration": {
        "requiredConfigVariables": {
            "nodes": [
                {
                    "key": "open",
                    "meta": '{"visibleTo": "open"}',
                    "defaultValue": "open",
                    "inputs": {"nodes": [{"name": "open", "value": "start", "meta": '{"writeOnly": "open"}'}]},
                }
            ]
        }
    },
}
SECRETS = {
    "key-1",
    "key-2",
    "Bearer header",
    "listed",
    "no JSON",
    "of-oauth",
    "https://log.in",
    "input",
    '"text"',
    "start",
}


def fields() -> Any:
    return Merger().merge([Call(OPERATION, {})]).parts[0].secrets


def test_secrets_of_connections_and_flows_are_recognized() -> None:
    """Inputs, API keys, headers, tokens in meta and authorization URLs are secrets, with every alias."""
    found = secrets_at(fields(), {"nodes": [NODE, None]})
    assert sorted(found) == sorted(SECRETS)
    assert "open" not in found


@pytest.mark.parametrize(
    "broken", [None, [], "text", 7, {"nodes": None}, {"nodes": [None, [], "x", {"flowConfigs": 3}]}]
)
def test_an_unexpected_answer_has_no_secrets(broken: Any) -> None:
    """An answer of another form causes no error here: it is refused elsewhere."""
    assert secrets_at(fields(), broken) == []


def test_keys_of_headers_stay_readable() -> None:
    """The names of headers are not secrets, since messages name them."""
    known = KnownSecrets()
    known.add_live(secrets_at(fields(), {"nodes": [NODE]}))
    assert Redactor(known)("Authorization: Bearer header is wrong") == "Authorization: (sensitive) is wrong"
