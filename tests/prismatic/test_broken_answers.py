"""Failures of the API, the network and everything in between, and the messages that users read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.failures import FAILURES, as_json
from prismatic.fake_tenant import SCHEMA, URL, FakeTenant, with_api
from support.typed_operations import plain, typed_operations

from reconciler.errors import ApiError
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from prismatic.failures import Failure

    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

OPERATIONS = typed_operations(
    """
query customers { customers { totalCount pageInfo { hasNextPage endCursor } nodes { id name } } }
query customer($id: ID!) { customer(id: $id) { id name } }
mutation createCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { id } errors { field messages } }
}
""",
    SCHEMA,
)
LIST = Call(OPERATIONS["customers"], {})
LOOK_UP = Call(OPERATIONS["customer"], {"id": "c1"})
CREATE = Call(OPERATIONS["createCustomer"], {"input": {"name": "FTL"}})
TRIES = 5


def outcome(happening: Callable[[], httpx.Response | Exception], call: Call) -> tuple[ApiError | Answer, int]:
    """Return the result of one call when every request meets the same failure, and the number of requests."""
    tenant = FakeTenant()
    tenant.script.extend(happening() for _ in range(TRIES + 1))

    async def use(api: Api) -> ApiError | Answer:
        try:
            return (await api.call([call]))[0]
        except ApiError as error:
            return error

    return with_api(tenant, use), len(tenant.sent)


@pytest.mark.parametrize("failure", FAILURES, ids=[each.name for each in FAILURES])
def test_a_failed_query_gives_a_one_line_error(failure: Failure) -> None:
    """A query that fails for good has a one-line error, after as many tries as can help."""
    error, requests = outcome(failure.happening, LIST)
    tries = TRIES if failure.retried else 1
    assert isinstance(error, failure.kind)
    assert str(error) == failure.message.format(url=URL) + (f" ({TRIES} tries)" if tries > 1 else "")
    assert (requests, error.ambiguous) == (tries, False)


@pytest.mark.parametrize("failure", FAILURES, ids=[each.name for each in FAILURES])
def test_a_mutation_is_repeated_only_when_it_cannot_have_been_carried_out(failure: Failure) -> None:
    """A mutation has the same error as a query; one that may have been carried out is ambiguous and not sent again."""
    error, requests = outcome(failure.happening, CREATE)
    tries = TRIES if failure.retried and not failure.done else 1
    assert isinstance(error, failure.kind)
    assert str(error) == failure.message.format(url=URL) + (f" ({TRIES} tries)" if tries > 1 else "")
    assert (requests, error.ambiguous) == (tries, failure.done)


def page(**changes: Any) -> dict[str, Any]:
    whole = {
        "totalCount": 1,
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "nodes": [{"id": "c1", "name": "n"}],
    }
    return {"data": {"op0": whole | changes}}


def failed(message: Any, *path: Any, data: Any = None) -> dict[str, Any]:
    return {"data": {"op0": data}, "errors": [{"message": message, "path": list(path)}]}


WRONG = "unexpected answer: "
MUTATION_DONE = {"customer": {"id": "c1"}, "errors": []}

EMPTY = {"totalCount": 0, "nodes": []}
ELSEWHERE = {"errors": [{"message": "Boom", "path": ["customer", "x"]}]}

QUERY_ANSWERS: list[tuple[str, Call, Any, Any, tuple[str, ...]]] = [
    ("an error", LIST, failed("It broke", "op0"), None, ("It broke",)),
    ("an error deep inside", LIST, failed("It broke", "op0", "nodes", 0), None, ("It broke",)),
    ("an error with an odd path", LIST, {"errors": [{"message": "No", "path": "op0"}]}, None, ("No",)),
    ("a refusal", LIST, {"errors": [{"message": "Cannot query field 'x'."}]}, None, ("Cannot query field 'x'.",)),
    (
        "errors of other forms",
        LIST,
        {"errors": ["plain", {"message": 7}, {}, None, {"message": ""}]},
        None,
        ("plain", "an error without a message"),
    ),
    ("an error of several lines", LIST, failed("one\n  two\x1b[31m", "op0"), None, (r"one two\x1b[31m",)),
    ("an error of somebody else", LIST, failed("It broke", "op7"), None, ("It broke",)),
    ("an error with the field's name", LOOK_UP, failed("It broke", "customer"), None, ("It broke",)),
    ("an error with a number for its field", LOOK_UP, failed("It broke", 0, "x"), None, ("It broke",)),
    (
        "an error of somebody else beside an empty list",
        LIST,
        page(nodes=[], totalCount=0) | ELSEWHERE,
        EMPTY,
        ("Boom",),
    ),
    ("an error whose path begins with a list", LOOK_UP, failed("It broke", ["op0"]), None, ("It broke",)),
    ("not found further down", LOOK_UP, failed("index not found", "op0", "x"), None, ("index not found",)),
    ("no answer", LIST, {"data": {}}, None, ("unexpected answer: it lacks the result",)),
    ("null for a list", LIST, {"data": {"op0": None}}, None, ("unexpected answer: it lacks the result",)),
    ("null for an object", LOOK_UP, {"data": {"op0": None}}, None, ()),
    ("no such object", LOOK_UP, failed("Record not found", "op0"), None, ()),
    ("no such object, in other words", LOOK_UP, failed("No X matches the given query.", "op0"), None, ()),
    ("not found, for a list", LIST, failed("Record not found", "op0"), None, ("Record not found",)),
    ("a list", LIST, {"data": {"op0": []}}, None, (WRONG + "customers is a list, not an object",)),
    ("a list for one object", LOOK_UP, {"data": {"op0": [1]}}, None, (WRONG + "customer is a list, not an object",)),
    ("a string", LIST, {"data": {"op0": "x"}}, None, (WRONG + "customers is not an object",)),
    ("nothing in it", LIST, {"data": {"op0": {}}}, None, (WRONG + "customers lacks totalCount",)),
    ("no nodes", LIST, page(nodes=None), None, (WRONG + "customers.nodes is null",)),
    ("an object for nodes", LIST, page(nodes={}), None, (WRONG + "customers.nodes is not a list",)),
    ("a null node", LIST, page(nodes=[None]), None, (WRONG + "customers.nodes[0] is null",)),
    ("a node without its name", LIST, page(nodes=[{"id": "1"}]), None, (WRONG + "customers.nodes[0] lacks name",)),
    (
        "a number for an ID",
        LIST,
        page(nodes=[{"id": 1, "name": "n"}]),
        None,
        (WRONG + "customers.nodes[0].id is not text",),
    ),
    ("a total in words", LIST, page(totalCount="1"), None, (WRONG + "customers.totalCount is not a number",)),
    ("no page info", LIST, page(pageInfo=None), None, (WRONG + "customers.pageInfo is null",)),
    ("a list of page infos", LIST, page(pageInfo=[]), None, (WRONG + "customers.pageInfo is a list, not an object",)),
    (
        "page info in words",
        LIST,
        page(pageInfo={"hasNextPage": "no", "endCursor": None}),
        None,
        (WRONG + "customers.pageInfo.hasNextPage is not true or false",),
    ),
]


@pytest.mark.parametrize(
    ("call", "body", "data", "errors"), [each[1:] for each in QUERY_ANSWERS], ids=[each[0] for each in QUERY_ANSWERS]
)
def test_the_answer_to_a_query_is_checked(call: Call, body: Any, data: Any, errors: tuple[str, ...]) -> None:
    """Errors about one query, and parts missing from its answer, become messages of that query's answer."""
    answer, requests = outcome(as_json(200, body), call)
    assert (plain(answer.data), answer.errors, answer.ambiguous) == (data, errors, False)
    assert requests == 1


MUTATION_ANSWERS: list[tuple[str, Any, Any, tuple[str, ...], bool]] = [
    ("refused before anything was done", {"errors": [{"message": "No"}]}, None, ("No",), False),
    ("an error that leaves it open", {"data": None, "errors": [{"message": "No"}]}, None, ("No",), True),
    ("an error of its own", failed("It broke", "op0"), None, ("It broke",), True),
    ("an error while reading the result", failed("It broke", "op0", "customer"), None, ("It broke",), True),
    ("no such object", failed("Record not found", "op0"), None, ("Record not found",), False),
    ("not allowed", failed("You do not have permission", "op0"), None, ("You do not have permission",), False),
    ("not found further down", failed("Record not found", "op0", "x"), None, ("Record not found",), True),
    ("null", {"data": {"op0": None}}, None, ("unexpected answer: it lacks the result",), True),
    ("no answer", {"data": {}}, None, ("unexpected answer: it lacks the result",), True),
    ("a list", {"data": {"op0": []}}, None, (WRONG + "createCustomer is a list, not an object",), True),
    ("nothing in it", {"data": {"op0": {}}}, None, (WRONG + "createCustomer lacks errors",), True),
    (
        "errors in words",
        {"data": {"op0": {"customer": None, "errors": "x"}}},
        None,
        (WRONG + "createCustomer.errors is not a list",),
        True,
    ),
    (
        "an error without messages",
        {"data": {"op0": {"customer": None, "errors": [{"field": "x"}]}}},
        None,
        (WRONG + "createCustomer.errors[0] lacks messages",),
        True,
    ),
    (
        "a list of customers",
        {"data": {"op0": {"customer": [], "errors": []}}},
        None,
        (WRONG + "createCustomer.customer is a list, not an object",),
        True,
    ),
    (
        "done, but the result is incomplete",
        failed("late", "op0", "customer", "name", data=MUTATION_DONE),
        MUTATION_DONE,
        ("late",),
        True,
    ),
    (
        "done, beside an error of somebody else",
        {"data": {"op0": MUTATION_DONE}} | ELSEWHERE,
        MUTATION_DONE,
        ("Boom",),
        True,
    ),
    (
        "throttled while it was carried out",
        {"data": None, "errors": [{"message": "Request was throttled", "path": ["op0", "customer"]}]},
        None,
        ("Request was throttled",),
        True,
    ),
    (
        "an error beside a detail that is about throttling",
        {"data": None, "detail": "throttled", "errors": [{"message": "Boom", "path": ["op0"]}]},
        None,
        ("Boom",),
        True,
    ),
    (
        "done, without errors",
        {"data": {"op0": {"customer": {"id": "c1"}, "errors": None}}},
        {"customer": {"id": "c1"}, "errors": None},
        (),
        False,
    ),
]


@pytest.mark.parametrize(
    ("body", "data", "errors", "ambiguous"),
    [each[1:] for each in MUTATION_ANSWERS],
    ids=[each[0] for each in MUTATION_ANSWERS],
)
def test_the_answer_to_a_mutation_shows_whether_it_is_ambiguous(
    body: Any, data: Any, errors: tuple[str, ...], ambiguous: bool
) -> None:
    """A mutation is ambiguous unless it certainly was not carried out, and is never sent a second time."""
    answer, requests = outcome(as_json(200, body), CREATE)
    assert (plain(answer.data), answer.errors, answer.ambiguous) == (data, errors, ambiguous)
    assert requests == 1


def test_a_refusal_with_http_400_is_a_graphql_answer() -> None:
    """GraphQL servers may refuse with HTTP 400; the error is the message in the answer."""
    answer, _ = outcome(as_json(400, {"errors": [{"message": "Syntax Error"}]}), LIST)
    assert answer == type(answer)(None, ("Syntax Error",), ambiguous=False)


def test_a_query_survives_transient_faults() -> None:
    """A query that fails twice and then succeeds has a normal answer."""
    tenant = FakeTenant()
    tenant.script.extend([httpx.Response(502), httpx.ReadTimeout("x")])

    async def use(api: Api) -> Any:
        (answer,) = await api.call([LIST])
        return answer, api.stats

    answer, stats = with_api(tenant, use)
    assert answer.data.total_count == 0
    assert (stats.retries, stats.throttles, stats.operations, stats.requests) == (2, 0, 1, 2)
