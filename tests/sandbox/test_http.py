"""GraphQL over HTTP, signing in, and the control endpoints."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.sandbox.app import create_app
from reconciler.sandbox.data.rate import Rate
from reconciler.sandbox.resolvers.paging import cursor
from reconciler.sandbox.resolvers.schema import executable_schema, prepared, root_fields

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

_ME = "{ authenticatedUser { id } }"


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic sandbox", "Bearer", "sandbox"])
def test_without_the_token_there_is_no_answer(api: Api, header: str | None) -> None:
    """A missing or wrong access token is a 401 with a JSON body for any request."""
    api.headers = {"Authorization": header} if header else {}
    for query in (_ME, "{ nonsense }", None):
        answer = api.post(query)
        assert (answer.status_code, list(answer.json())) == (401, ["detail"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "POST body sent invalid JSON."),
        ("[]", "Must provide query string."),
        ('{"query": ""}', "Must provide query string."),
        ('{"query": "{ a }", "variables": []}', "Variables must be an object."),
        ('{"query": "{ a }", "variables": "{"}', "Variables are invalid JSON."),
        ('{"query": "{"}', "Syntax Error"),
        ('{"query": "{ nonsense }"}', "Cannot query field 'nonsense'"),
        ('{"query": "{ ...F }"}', "Unknown fragment 'F'."),
        ('{"query": "query A { __typename }", "operationName": "B"}', "Unknown operation named 'B'."),
        ('{"query": "query ($a: ID!) { user(id: $a) { id } }"}', "Variable '$a'"),
        ('{"query": "{ customers(createdAt_Gte: \\"soon\\") { totalCount } }"}', "DateTime cannot represent"),
        ('{"query": "{ integrations(versionSequenceId: \\"x\\") { totalCount } }"}', "Badly formed UUID"),
        (
            (
                '{"query": "mutation { updateInstanceConfigVariables(input: {configVariables:'
                ' [{key: \\"a\\", values: 1}]}) { errors { field } } }"}'
            ),
            "JSONString cannot represent value",
        ),
        (
            '{"query": "query ($v: JSONString!) { __typename @skip(if: true) users(name: $v) { totalCount } }"}',
            "Variable '$v' of type 'JSONString!'",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_a_400(api: Api, body: str, message: str) -> None:
    """Broken JSON, unknown fields and missing variables are errors that say so, in GraphQL's form."""
    answer = api.request("POST", "/api", headers=api.headers, content=body)
    assert answer.status_code == 400
    assert any(message in error["message"] for error in answer.json()["errors"]), answer.text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api", "[" * 100_000, 400),
        ("/api", json.dumps({"query": "{a" * 3000 + "}" * 3000}), 400),
        (
            "/api",
            r'{"query": "query ($n: String) { customers(name: $n) { totalCount } }", "variables": {"n": "\ud800"}}',
            200,
        ),
        (
            "/api",
            r'{"query": "mutation { deleteUser(input: {}) { errors { field } } }", "variables": {"n": "\ud800"}}',
            200,
        ),
        ("/api", json.dumps({"query": f'{{ users(after: "{cursor(10**40)}") {{ nodes {{ id }} }} }}'}), 200),
        ("/auth/refresh", r'{"refresh_token": "\ud800"}', 401),
        ("/auth/refresh", "{" * 3 + "[" * 100_000, 401),
        ("/trigger/%00", "", 404),
        ("/sandbox/faults", "[" * 100_000, 400),
        ("/sandbox/faults", '{"kind": ' + "[" * 100_000, 400),
        ("/sandbox/authorize/%00", "", 404),
    ],
)
def test_no_request_is_too_strange_to_be_answered(
    start: Callable[..., Api], tmp_path: Path, path: str, body: str, status: int
) -> None:
    """Depth, lone surrogates and huge numbers are answered like any other mistake, and do not keep a log from being."""
    api = start(log=tmp_path / "sandbox.log")
    assert api.request("POST", path, headers=api.headers, content=body).status_code == status


def test_a_signature_of_strange_letters_is_a_wrong_one(api: Api) -> None:
    """Step results are not given to whoever makes a signature up."""
    assert api.request("GET", "/results/x?X-Amz-Signature=%C3%A9").status_code == 403


def test_what_a_document_does_not_declare_is_ignored(api: Api) -> None:
    """Undeclared variables are tolerated, and variables may be a JSON text."""
    assert api(_ME, undeclared="x")["authenticatedUser"]["id"]
    answer = api.post("query ($e: String!) { userExists(email: $e) }", json.dumps({"e": "admin@example.com"}))
    assert answer.json()["data"]["userExists"] is True
    assert api.post(_ME, "").status_code == 200


def test_booleans_may_be_texts(api: Api) -> None:
    """The official CLI sends ``--dark-mode true`` as a text: it counts as what it says, and no other text does."""
    document = "query ($yes: Boolean!, $no: Boolean!) { organization @include(if: $yes) { id @skip(if: $no) name } }"
    assert api(document, yes="true", no="True")["organization"] == {"name": "Sandbox"}
    assert api(document, yes="false", no=False) == {}
    assert api.post(document, {"yes": "yes", "no": False}).status_code == 400
    assert api("query ($e: String!) { userExists(email: $e) }", e="true") == {"userExists": False}


_NEWER = """query ($id: ID!, $color: Color, $name: String) {
  customer(id: $id) { id mood(color: $color, name: $name) { depth } users { nodes { ...User } } orbit { speed } }
  again: customer(id: $id) { orbit { speed } } }
  fragment User on User { name aura }"""


def test_the_official_cli_may_be_newer_than_the_schema(api: Api) -> None:
    """Fields that it asks for and the schema lacks are errors beside data without them; anybody else gets no data."""
    customer = api.sandbox.seed.customer("C")["id"]
    api.sandbox.seed.user("kim@example.com", customer=customer, name="Kim")
    variables = {"id": customer, "color": "RED"}
    refused = api.post(_NEWER, variables)
    assert (refused.status_code, "data" in refused.json()) == (400, False)
    api.headers["Prismatic-Client"] = "prism"
    answer = api.post(_NEWER, variables)
    assert (answer.status_code, answer.json()["data"]) == (
        200,
        {
            "customer": {"id": customer, "users": {"nodes": [{"name": "Kim"}]}},
            "again": {"__typename": "Customer"},
        },
    )
    told = [error["message"] for error in answer.json()["errors"]]
    assert any(message.startswith("Cannot query field 'orbit' on type 'Customer'.") for message in told)
    assert "Cannot query field 'aura' on type 'User'." in told


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ wishes { id } }", "Cannot query field 'wishes' on type 'RootQuery'."),
        (
            'mutation { createCustomer(input: {name: "A", mood: 1}) { errors { field } } }',
            "not to include unknown field 'mood'",
        ),
        ('{ customers(mood: "x") { totalCount mood } }', "Unknown argument 'mood'"),
    ],
)
def test_not_even_the_official_cli_gets_less_done_than_it_wants(api: Api, document: str, message: str) -> None:
    """An operation or an argument that the schema lacks is an error, whoever asks."""
    api.headers["Prismatic-Client"] = "prism"
    answer = api.post(document)
    assert (answer.status_code, message in answer.text) == (400, True), answer.text
    assert api.sandbox.log.entries == []


def test_one_of_several_operations_is_chosen_by_name(api: Api) -> None:
    """``operationName`` picks the operation, and the log has that one only."""
    document = f"query A {_ME} query B {{ organization {{ name }} }}"
    answer = api.post(document, operationName="B").json()
    assert answer == {"data": {"organization": {"name": "Sandbox"}}}
    assert [entry.field for entry in api.sandbox.log.entries] == ["organization"]


def test_the_schema_can_be_looked_at(api: Api) -> None:
    """Introspection returns the names of the real root types."""
    answer = api("{ __schema { queryType { name } mutationType { name } } }")["__schema"]
    assert answer == {"queryType": {"name": "RootQuery"}, "mutationType": {"name": "RootMutation"}}


def test_only_posts_are_answered(api: Api) -> None:
    """``GET /api`` is not allowed, and nothing is known of other paths."""
    assert api.request("GET", "/api", headers=api.headers).status_code == 405
    assert api.request("GET", "/nothing").status_code == 404


def test_the_log_has_every_operation_of_every_request(api: Api) -> None:
    """Aliases are entries of their own, with what was sent, and share their request's number."""
    api("{ a: organization { id } b: organization { id } }")
    assert api.errors("createCustomer", name="")
    api.raw('{ user(id: "x") { id } }')
    log = api.sandbox.log
    assert [(entry.request, entry.operation, entry.field, entry.alias, entry.ok) for entry in log.entries] == [
        (1, "query", "organization", "a", True),
        (1, "query", "organization", "b", True),
        (2, "mutation", "createCustomer", "createCustomer", False),
        (3, "query", "user", "user", False),
    ]
    assert log.entries[2].arguments == {"input": {"name": ""}}
    assert log.entries[2].errors == ("This field cannot be blank.",)
    assert log.entries[3].errors == ("Record not found",)
    assert (len(log.queries), len(log.mutations), len(log.fields("user")), log.requests) == (3, 1, 1, 3)
    assert log.fields() == log.entries


def test_a_token_is_refreshed(api: Api) -> None:
    """An expired token is replaced by what ``/auth/refresh`` gives, and stays invalid."""
    api.sandbox.tokens.expire()
    assert api.post(_ME).status_code == 401
    tenant = api.sandbox.store.value("SELECT tenantId FROM organization")
    for more in ({}, {"tenant_id": tenant}):
        answer = api.request("POST", "/auth/refresh", json={"refresh_token": "sandbox-refresh", **more})
        assert answer.status_code == 200
    token = answer.json()
    assert (token["token_type"], token["expires_in"], token["refresh_token"]) == ("Bearer", 604800, "sandbox-refresh")
    assert api.post(_ME).status_code == 401
    api.headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert api.post(_ME).status_code == 200


def test_a_new_token_leaves_the_others_valid(api: Api) -> None:
    """Two programs that refresh side by side do not sign each other out."""
    answers = [api.request("POST", "/auth/refresh", json={"refresh_token": "sandbox-refresh"}) for _ in range(2)]
    tokens = ["sandbox", *(answer.json()["access_token"] for answer in answers)]
    assert len(set(tokens)) == 3
    for token in tokens:
        api.headers = {"Authorization": f"Bearer {token}"}
        assert api.post(_ME).status_code == 200
    api.sandbox.tokens.expire()
    for token in tokens:
        api.headers = {"Authorization": f"Bearer {token}"}
        assert api.post(_ME).status_code == 401


def test_a_new_token_states_its_expiry(start: Callable[..., Api]) -> None:
    """An access token is a JSON Web Token, unsigned, whose ``exp`` clients can read: a week from now."""
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    api = start(now=lambda: now)
    token = api.request("POST", "/auth/refresh", json={"refresh_token": "sandbox-refresh"}).json()["access_token"]
    header, claims, signature = token.split(".")
    assert json.loads(_decoded(header)) == {"alg": "none", "typ": "JWT"}
    assert json.loads(_decoded(claims))["exp"] == int(now.timestamp()) + 7 * 24 * 3600
    assert signature == ""


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize(
    "body",
    ['{"refresh_token": "wrong"}', '{"refresh_token": "sandbox-refresh", "tenant_id": "x"}', "{}", "[]", "{", "\xff"],
)
def test_a_refresh_that_is_wrong_is_refused(api: Api, body: str) -> None:
    """A wrong refresh token, another tenant or nonsense is a 401, and the old token stays valid."""
    assert api.request("POST", "/auth/refresh", content=body.encode("latin-1")).status_code == 401
    assert api.post(_ME).status_code == 200


def test_the_official_cli_s_way_to_sign_in_is_there(api: Api) -> None:
    """``/auth/meta`` names a domain and a client, whose token endpoint takes a form."""
    meta = api.request("POST", "/auth/meta").json()
    assert (meta["domain"], "clientId" in meta) == ("sandbox", True)
    form = {"grant_type": "refresh_token", "client_id": meta["clientId"], "refresh_token": "sandbox-refresh"}
    token = api.request("POST", "/oauth/token", data=form).json()["access_token"]
    api.headers = {"Authorization": f"Bearer {token}"}
    assert api.post(_ME).status_code == 200
    assert api.request("POST", "/oauth/token", data={**form, "refresh_token": "x"}).json() == {"error": "invalid_grant"}
    assert api.request("POST", "/oauth/token", data={**form, "tenant_id": "x"}).json() == {"error": "access_denied"}
    assert api.request("POST", "/oauth/token", data={"grant_type": "password"}).status_code == 400


def test_control_endpoints_look_and_steer(api: Api, instance: str) -> None:
    """The log, a reset, an expired token and faults are a request away."""
    api(_ME)
    log = api.request("GET", "/sandbox/log").json()
    assert (log["requests"], log["entries"][0]["field"], log["entries"][0]["ok"]) == (1, "authenticatedUser", True)
    assert api.request("DELETE", "/sandbox/log").json() == {"requests": 0, "entries": [], "unserved": []}
    assert api.request("POST", "/sandbox/faults", json={"kind": "error", "status": 500}).status_code == 204
    assert api.post(_ME).status_code == 500
    for wrong in ({"colour": "red"}, {}, [], {"kind": "unknown"}):
        assert api.request("POST", "/sandbox/faults", json=wrong).status_code == 400
    assert api.request("POST", "/sandbox/faults", content="{").status_code == 400
    assert api.request("GET", "/sandbox/faults").json() == {"pending": [], "struck": 1}
    wrong_line = api.request("POST", "/sandbox/faults", content="drop:at=9\nerror:at=x\n")
    assert wrong_line.json() == {"detail": "The fault's option at is a number from 1, not 'x'."}
    assert api.request("POST", "/sandbox/faults", content="drop:at=9\n\nerror:at=90\n").status_code == 204
    pending = api.request("GET", "/sandbox/faults").json()["pending"]
    assert [(fault["kind"], fault["at"]) for fault in pending] == [("drop", 9), ("error", 90)]
    assert api.request("DELETE", "/sandbox/faults").status_code == 204
    assert api.post(_ME).status_code == 200
    assert api.request("POST", "/sandbox/expire-token").status_code == 204
    assert api.post(_ME).status_code == 401
    assert api.request("POST", "/sandbox/reset").status_code == 204
    assert api.sandbox.log.requests == 0
    assert api.post(_ME).status_code == 200
    assert api.raw("query ($id: ID!) { instance(id: $id) { id } }", id=instance)["data"] == {"instance": None}
    assert api("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"] == 0


def test_nothing_is_authorized_where_nothing_waits(api: Api) -> None:
    """The page behind an ``authorizeUrl`` says so when there is no such connection."""
    assert api.request("GET", "/sandbox/authorize/x").status_code == 404


@pytest.mark.parametrize("client", [("192.0.2.1", 1), ("elsewhere", 1), None])
def test_control_is_for_this_machine_only(api: Api, client: tuple[str, int] | None) -> None:
    """A request from another machine is refused."""
    import asyncio

    sent: list[Any] = []

    async def run() -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/sandbox/log",
            "query_string": b"",
            "headers": [],
            "client": client,
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await api.sandbox.app(scope, receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 403


def test_too_many_requests_in_a_second_are_throttled(start: Callable[..., Api]) -> None:
    """Beyond the rate the answer is 429 with ``detail`` and not GraphQL, and it counts as a request."""
    api = start(rate=2)
    answers = [api.post(_ME) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert list(answers[2].json()) == ["detail"]
    assert answers[2].headers["Retry-After"] == "1"
    assert api.sandbox.log.requests == 3


def test_the_rate_is_a_sliding_second() -> None:
    """A request is served again as soon as one of the last second's is over a second old."""
    rate = Rate(2)
    assert [rate.admits(now) for now in (0.0, 0.5, 0.9, 1.0, 1.1, 1.5)] == [True, True, False, True, False, True]
    assert all(Rate(0).admits(0.0) for _ in range(100))


def test_a_request_can_be_too_big(start: Callable[..., Api]) -> None:
    """With a limit on operations, a request with more root fields is refused whole."""
    api = start(max_operations=2)
    assert api.post("{ a: __typename b: __typename }").status_code == 200
    answer = api.post("{ a: __typename ...F } query Other { b: __typename }")
    assert answer.status_code == 400
    answer = api.post("{ a: __typename b: __typename c: __typename }")
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (
        400,
        "A request may have at most 2 operations.",
    )
    assert api.sandbox.log.entries == []


def test_root_fields_are_found_in_fragments_too() -> None:
    """Faults and limits see what a fragment or an inline fragment adds to the root."""
    found = prepared(
        "{ ...F ... on RootQuery { me: authenticatedUser { id } } } fragment F on RootQuery { organization { id } }"
    )
    assert found.problems == ()
    assert root_fields(found.document, None) == {"organization": "organization", "me": "authenticatedUser"}
    assert root_fields(found.document, "Unknown") == {}


def test_latency_delays_every_answer(start: Callable[..., Api]) -> None:
    """A sandbox can be as slow as a far-away one."""
    import time

    api = start(latency=0.05)
    started = time.perf_counter()
    api(_ME)
    assert time.perf_counter() - started >= 0.05


def test_sandboxes_are_cheap_to_make(start: Callable[..., Api]) -> None:
    """The schema is built once and shared, and so is what a fresh sandbox starts with; their data is not."""
    first, second = start(), start()
    assert executable_schema() is executable_schema()
    first.sandbox.seed.customer("Only here")
    assert second("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"] == 0


def test_an_application_can_be_had_alone() -> None:
    """``create_app`` gives the ASGI application of a new sandbox."""
    assert callable(create_app())
