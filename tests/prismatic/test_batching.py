"""Several operations in one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from graphql import parse, print_ast, validate
from prismatic.fake_tenant import SCHEMA, FakeTenant, with_api

from reconciler.errors import Rejected
from reconciler.model.operation import Operation, parse_operations
from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.prismatic.graphql.page_queries import outline_of
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

OPERATIONS = parse_operations("""
query customers($first: Int, $name: String) {
  customers(isSystem: false, first: $first, name: $name) { totalCount nodes { ...CustomerFields } }
}
query customer($id: ID!) { customer(id: $id) { ...CustomerFields ... on Customer { name } } }
query roles { customerRoles { id name } }
query organization { organization { id } }
mutation createCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { ...CustomerFields } errors { field messages } }
}
mutation deleteCustomer($input: DeleteCustomerInput!) {
  deleteCustomer(input: $input) { customer { id } errors { field messages } }
}
fragment CustomerFields on Customer { ...Names id }
fragment Names on Customer { name @include(if: true) }
fragment Unused on Customer { description }
""")
OTHER_FILE = parse_operations("""
query described($id: ID!, $first: Int) { customer(id: $id) { ...CustomerFields } }
fragment CustomerFields on Customer { ...Names id users(first: $first) { totalCount } }
fragment Names on Customer { description }
""")


def merged_text(*calls: Call) -> str:
    """Return the document the calls are merged into, after checking it against the schema."""
    document = Merger().merge(calls).document.node
    assert validate(SCHEMA, document) == []
    return print_ast(document)


def test_operations_share_one_document() -> None:
    """Root fields get aliases, variables a prefix, literal arguments stay, and fragments in use come along once."""
    text = merged_text(
        Call(OPERATIONS["customers"], {"name": "a"}),
        Call(OPERATIONS["customers"], {"name": "b"}),
        Call(OPERATIONS["customer"], {"id": "c"}),
    )
    expected = """
    query batch($op0_first: Int, $op0_name: String, $op1_first: Int, $op1_name: String, $op2_id: ID!) {
      op0: customers(isSystem: false, first: $op0_first, name: $op0_name) { totalCount nodes { ...CustomerFields } }
      op1: customers(isSystem: false, first: $op1_first, name: $op1_name) { totalCount nodes { ...CustomerFields } }
      op2: customer(id: $op2_id) { ...CustomerFields ... on Customer { name } }
    }
    fragment CustomerFields on Customer { ...Names id }
    fragment Names on Customer { name @include(if: true) }
    """
    assert text == print_ast(parse(expected))


def test_one_operation_travels_the_same_way() -> None:
    """A single call keeps its name, and is aliased like any other."""
    merged = Merger().merge([Call(OPERATIONS["roles"], {})])
    assert merged.document.text == print_ast(parse("query roles { op0: customerRoles { id name } }"))
    assert merged.variables == {}


def test_variables_that_are_left_out_are_not_sent() -> None:
    """A variable without a value is absent, an explicit null is sent, and a secret is still hidden at this point."""
    merged = Merger().merge(
        [Call(OPERATIONS["customers"], {"name": None}), Call(OPERATIONS["customers"], {"name": Secret("x")})]
    )
    assert merged.variables == {"op0_name": None, "op1_name": Secret("x")}


def test_fragments_of_the_same_name_do_not_mix() -> None:
    """Where two files give a fragment the same name, or a fragment mentions variables, each operation keeps its own."""
    text = merged_text(
        Call(OPERATIONS["customer"], {"id": "c"}),
        Call(OTHER_FILE["described"], {"id": "c"}),
        Call(OTHER_FILE["described"], {"id": "d"}),
    )
    expected = """
    query batch($op0_id: ID!, $op1_id: ID!, $op1_first: Int, $op2_id: ID!, $op2_first: Int) {
      op0: customer(id: $op0_id) { ...CustomerFields ... on Customer { name } }
      op1: customer(id: $op1_id) { ...op1_CustomerFields }
      op2: customer(id: $op2_id) { ...op2_CustomerFields }
    }
    fragment CustomerFields on Customer { ...Names id }
    fragment Names on Customer { name @include(if: true) }
    fragment op1_CustomerFields on Customer { ...op1_Names id users(first: $op1_first) { totalCount } }
    fragment op1_Names on Customer { description }
    fragment op2_CustomerFields on Customer { ...op2_Names id users(first: $op2_first) { totalCount } }
    fragment op2_Names on Customer { description }
    """
    assert text == print_ast(parse(expected))


def test_queries_and_mutations_do_not_mix() -> None:
    """One request holds queries or mutations, never both."""
    with pytest.raises(ValueError, match="do not travel in one request"):
        Merger().merge([Call(OPERATIONS["roles"], {}), Call(OPERATIONS["createCustomer"], {"input": {"name": "x"}})])


def test_a_variable_nobody_declared_is_a_mistake() -> None:
    """A misspelt variable is refused rather than ignored: a filter that does not filter would be worse."""
    with pytest.raises(ValueError, match="customers declares no variable nmae"):
        Merger().merge([Call(OPERATIONS["customers"], {"nmae": "x"})])


@pytest.mark.parametrize("use", [lambda each: Merger().merge([Call(each, {})]), outline_of])
def test_an_operation_without_a_root_field_is_a_mistake(use: Any) -> None:
    """An operation whose root is a fragment cannot be given an alias."""
    source = parse_operations("query ok { organization { id } }")["ok"]
    fragment = parse("{ ... { organization { id } } }", no_location=True).definitions[0]
    with pytest.raises(TypeError, match="the root of odd must be a field"):
        use(Operation("odd", "organization", mutation=False, parse=lambda: (fragment, source.fragments)))  # type: ignore[arg-type,return-value]  # the parser's type


def test_a_field_without_a_selection_may_hold_anything() -> None:
    """Nothing is expected of a root field that selects nothing."""
    operation = parse_operations("query flag { testFlagEnabled }")["flag"]
    part = Merger().merge([Call(operation, {})]).parts[0]
    assert part.shape is None
    assert not part.is_connection


def ask(tenant: FakeTenant, *calls: Call, **options: Any) -> Any:
    async def use(api: Api) -> Any:
        return await api.call(calls)

    return with_api(tenant, use, **options)


def test_many_answers_come_in_the_order_of_the_calls() -> None:
    """Each call gets its own answer, among them that there is no such object, in one request."""
    tenant = FakeTenant(customers=[{"id": "c1", "name": "FTL", "users": []}])
    answers = ask(
        tenant,
        Call(OPERATIONS["customer"], {"id": "nobody"}),
        Call(OPERATIONS["customer"], {"id": "c1"}),
        Call(OPERATIONS["roles"], {}),
    )
    assert [answer.data for answer in answers] == [
        None,
        {"name": "FTL", "id": "c1"},
        [{"id": "r1", "name": "Admin"}, {"id": "r2", "name": "Member"}],
    ]
    assert [answer.errors for answer in answers] == [(), (), ()]
    assert len(tenant.sent) == 1


def test_no_calls_are_no_request() -> None:
    """Asking for nothing sends nothing."""
    tenant = FakeTenant()
    assert ask(tenant) == []
    assert tenant.sent == []


def create(name: Any, **more: Any) -> Call:
    return Call(OPERATIONS["createCustomer"], {"input": {"name": name, **more}})


def test_one_refused_call_does_not_take_the_others_with_it() -> None:
    """A document that is refused because of one call is sent again in halves, until only the guilty one has failed."""
    tenant = FakeTenant()
    answers = ask(tenant, *(create(f"c{number}", **({"count": "many"} if number == 5 else {})) for number in range(8)))
    assert [bool(answer.errors) for answer in answers] == [number == 5 for number in range(8)]
    assert not any(answer.ambiguous for answer in answers)
    assert [each["name"] for each in tenant.customers] == [f"c{number}" for number in range(8) if number != 5]


def test_a_limit_on_aliases_is_found_out() -> None:
    """A server that takes only so many operations in one request is sent fewer."""
    tenant = FakeTenant(most_aliases=3)
    answers = ask(tenant, *(create(f"c{number}") for number in range(10)))
    assert not any(answer.errors for answer in answers)
    assert len(tenant.customers) == 10


def test_a_request_that_is_too_large_is_halved() -> None:
    """HTTP 413 for several operations sends them in smaller requests; for one it is an error."""
    tenant = FakeTenant()
    tenant.script.extend([httpx.Response(413), None, None])
    answers = ask(tenant, create("a"), create("b"))
    assert [answer.errors for answer in answers] == [(), ()]
    assert len(tenant.sent) == 3


@pytest.mark.parametrize(("response", "ambiguous"), [(403, False), (500, True)])
def test_what_was_carried_out_is_known_although_the_rest_failed(response: int, ambiguous: bool) -> None:
    """When mutations are sent in halves and the second half fails, the first half's answers are kept."""
    tenant = FakeTenant(most_aliases=1)
    tenant.script.extend([None, None, httpx.Response(response)])
    first, second = ask(tenant, create("a"), create("b"))
    assert (first.errors, first.data["customer"]["name"]) == ((), "a")
    assert second.errors[0].startswith(f"https://stack.example answered HTTP {response}: ")
    assert second.ambiguous is ambiguous


def test_a_query_that_fails_in_halves_fails() -> None:
    """A query has nothing to lose: what fails the second half fails the whole."""
    tenant = FakeTenant(most_aliases=1)
    tenant.script.extend([None, None, httpx.Response(403)])
    with pytest.raises(Rejected, match="HTTP 403"):
        ask(tenant, *[Call(OPERATIONS["roles"], {})] * 2)


def test_a_query_whose_whole_data_is_lost_is_asked_again_in_parts() -> None:
    """Where one failing list makes the whole answer null, which is GraphQL's way, the rest is asked again."""
    tenant = FakeTenant(customers=[{"id": "c1", "name": "FTL", "users": []}])
    lists = Call(OPERATIONS["customers"], {"name": "FTL"})
    missing = Call(parse_operations('query wrong { customers(after: "x") { totalCount nodes { id } } }')["wrong"], {})
    answers = ask(tenant, lists, missing, lists)
    assert [bool(answer.errors) for answer in answers] == [False, True, False]


def test_mutations_are_not_halved_once_they_may_have_been_carried_out() -> None:
    """When the answer to several mutations is lost, each of them is ambiguous, and none is sent again."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(200, json={"data": None, "errors": [{"message": "Internal error"}]}))
    answers = ask(tenant, create("a"), create("b"))
    assert [(answer.errors, answer.ambiguous) for answer in answers] == [(("Internal error",), True)] * 2
    assert len(tenant.sent) == 1


def test_what_a_payload_says_is_left_to_the_reader() -> None:
    """A mutation's own errors stay in its data: what they mean is not decided here."""
    tenant = FakeTenant()
    first, second = ask(tenant, create("FTL"), create("FTL"))
    assert first.data == {"customer": {"name": "FTL", "id": "c0"}, "errors": []}
    assert second.errors == ()
    assert second.data["errors"] == [{"field": "name", "messages": ["name FTL is taken, described as None"]}]
