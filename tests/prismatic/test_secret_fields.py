"""The fields of an answer that hold secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from graphql import build_schema
from prismatic.fake_tenant import FakeTenant, with_api
from support.typed_operations import typed_operations

from codegen.secret_marks import HOLD_SECRETS, UnmarkedSecret
from reconciler.kinds.customer.operations import CREATE_CUSTOMER
from reconciler.kinds.event_webhook.operations import WEBHOOK_ENDPOINTS
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.decoding import decode
from reconciler.prismatic.graphql.secret_fields import secrets_in_body
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.secrets.known import KnownSecrets

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

SCHEMA = build_schema("""
    type Query { instances: InstanceConnection! }
    type InstanceConnection { nodes: [Instance]! }
    type Instance {
      id: ID!
      flowConfigs: FlowConnection
      configVariables: VariableConnection
    }
    type FlowConnection { nodes: [InstanceFlowConfig]! }
    type InstanceFlowConfig { apiKeys: [String], testPayload: String, testHeaders: JSONString, note: JSONString }
    type VariableConnection { nodes: [InstanceConfigVariable]! }
    type InstanceConfigVariable { value: String, meta: JSONString, authorizeUrl: String, inputs: ExpressionConnection }
    type ExpressionConnection { nodes: [Expression]! }
    type Expression { name: String!, value: String! }
    scalar JSONString
""")
OPERATION = typed_operations(
    """
    query instances { instances { nodes { id
      flowConfigs { nodes {
        apiKeys # secret
        testPayload
        testHeaders # secret values
        note # secret text and values
      } }
      variables: configVariables { nodes { value
        meta # secret values
        authorizeUrl # secret
        entries: inputs { nodes { name
          kept: value # secret
        } } } }
    } } }
    """,
    SCHEMA,
)["instances"]
HEADERS = json.dumps({"Authorization": "Bearer header", "X": ["listed"]})
NODE: dict[str, Any] = {
    "id": "open",
    "flowConfigs": {
        "nodes": [
            {"apiKeys": ["key-1", None, "key-2"], "testPayload": "open", "testHeaders": HEADERS, "note": '["in note"]'},
            {"apiKeys": None, "testPayload": None, "testHeaders": "no JSON", "note": None},
        ]
    },
    "variables": {
        "nodes": [
            {
                "value": "open",
                "meta": '{"token": "of-oauth", "n": 1}',
                "authorizeUrl": "https://log.in",
                "entries": {"nodes": [{"name": "open", "kept": "input"}]},
            },
            {"value": None, "meta": None, "authorizeUrl": None, "entries": None},
        ]
    },
}
SECRETS = {
    *("key-1", "key-2", "Bearer header", "listed", "no JSON", "of-oauth", "https://log.in", "input"),
    *('["in note"]', "in note"),
}


def secrets(answer: Any) -> set[str]:
    return set(decode(OPERATION, msgspec.Raw(json.dumps(answer).encode())).secrets)


def test_secrets_of_connections_and_flows_are_recognized() -> None:
    """Inputs, API keys, headers, tokens in meta and authorization URLs are secrets, with every alias."""
    assert secrets({"nodes": [NODE]}) == SECRETS


SOUND = json.dumps({"data": {"op0": {"n": "big", "nodes": [NODE]}}})
BODIES: dict[str, str] = {
    "another shape": json.dumps({"data": {"op0": {"nodes": {"x": NODE}}}}),
    "a row that is null": json.dumps({"data": {"op0": {"nodes": [NODE, None]}}}),
    "a number beyond all bounds": SOUND.replace('"big"', "1e999"),
    "an alias that nobody asked for": json.dumps({"data": {"instances": {"nodes": [NODE]}}}),
    "data given twice": SOUND[:-1] + ', "data": {"op0": null}}',
    "a field given twice": SOUND.replace('"kept": "input"', '"kept": "input", "kept": "x"'),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_secrets_of_a_broken_answer_are_recognized(body: str) -> None:
    """The errors of an answer may quote the secrets of any part of it, so all of its body is searched."""
    found = secrets_in_body(body.encode(), [OPERATION])
    assert found is not None
    assert {*found, "x"} | {"input"} >= SECRETS


@pytest.mark.parametrize("value", ["918273645546", '{"hunter-7": 1}', '["hunter-7"]', "9182.5"])
def test_a_secret_of_another_type_is_recognized(value: str) -> None:
    """A secret may come as a number, as a key or in a list where the schema has a text."""
    found = secrets_in_body(f'{{"data": {{"op0": {{"value": {value}}}}}}}'.encode(), [OPERATION])
    assert found in (["918273645546"], ["hunter-7"], ["9182.5"])


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"n": ' + b"9" * 5_000 + b"}", b"{"])
def test_a_body_that_cannot_be_searched_is_reported(body: bytes) -> None:
    """Nobody can say which secrets are in a body that Python does not read."""
    assert secrets_in_body(body, [OPERATION]) is None


@pytest.mark.parametrize(
    "body", ["[]", '"text"', "7", '{"nodes": null}', '{"nodes": [null, [], "x", {"flowConfigs": 3}]}']
)
def test_an_unexpected_answer_has_no_secrets(body: str) -> None:
    """An answer of another form causes no error here: it is refused elsewhere."""
    assert secrets_in_body(body.encode(), [OPERATION]) == []


SAID = '{"errors": [{"field": "name", "messages": ["password hunter-7 is wrong"]}], "customer": null%s}'
"""The payload of a mutation, which may have something more."""


def shown(call: Call, data: str, errors: str = "") -> str:
    """Return what a user may see of the answer to a call."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(200, content=f'{{"data": {{"op0": {data}}}{errors}}}'.encode()))

    async def use(api: Api) -> Any:
        (answer,) = await api.call([call])
        return answer

    return str(with_api(tenant, use))


CREATION = Call(CREATE_CUSTOMER, {"input": {"name": "x"}})


def test_no_error_is_shown_beside_an_answer_that_cannot_be_searched() -> None:
    """Where the secrets of an answer are not known, none of its messages is shown."""
    errors = ', "errors": [{"message": "password hunter-7", "path": ["op0"]}]'
    digits = "9" * 5_000
    for found in (
        shown(Call(ORGANIZATION, {}), f'{{"x": {digits}}}', errors),
        shown(CREATION, SAID % f', "x": {digits}'),
    ):
        assert "hunter-7" not in found
        assert "the API's message is not shown" in found


def test_the_refusal_of_a_mutation_shows_no_secret_of_its_answer() -> None:
    """The errors of a payload are redacted with the secrets of all of the answer, asked for or not."""
    assert "password hunter-7 is wrong" in shown(CREATION, SAID % "")
    assert "password (sensitive) is wrong" in shown(CREATION, SAID % ', "value": "hunter-7"')


def test_keys_of_headers_stay_readable() -> None:
    """The names of headers are not secrets, since messages name them."""
    known = KnownSecrets()
    known.add_live(secrets({"nodes": [NODE]}))
    assert Redactor(known)("Authorization: Bearer header is wrong") == "Authorization: (sensitive) is wrong"


def test_an_event_webhook_has_secret_fields() -> None:
    """The URL, the headers and the signing secret of an event webhook are secrets, as texts and as JSON."""
    row = {"id": "w", "name": "open", "url": "https://secret.url", "eventTypes": ["open"], "secret": "signing"}
    row |= {
        "headers": '{"X": "header"}',
        "description": "open",
        "enabled": True,
        "allowUpdate": True,
        "allowRemove": True,
    }
    page = {"totalCount": 1, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [row]}
    found = decode(WEBHOOK_ENDPOINTS, msgspec.Raw(json.dumps(page).encode()))
    assert set(found.secrets) == {"https://secret.url", "signing", '{"X": "header"}', "header"}


@pytest.mark.parametrize("field", ["apiKeys", "testHeaders"])
def test_a_query_cannot_forget_that_a_field_is_secret(field: str) -> None:
    """A query without the mark on a field that is known to hold secrets cannot be generated."""
    query = f"query instances {{ instances {{ nodes {{ flowConfigs {{ nodes {{ {field} }} }} }} }} }}"
    with pytest.raises(UnmarkedSecret, match=f"InstanceFlowConfig.{field} holds secrets"):
        typed_operations(query, SCHEMA)


def test_the_fields_that_hold_secrets_exist() -> None:
    """Every field that must be marked is one of Prismatic's schema."""
    real = Path(__file__).resolve().parents[3] / "shared" / "prismatic-api.graphql"
    if not real.exists():
        pytest.skip("Prismatic's schema is not beside the repository")
    types = build_schema(real.read_text(encoding="utf-8")).type_map
    for each in HOLD_SECRETS:
        owner, _, field = each.partition(".")
        assert field in types[owner].fields  # type: ignore[attr-defined]  # they are objects
