"""Several operations in one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from graphql import parse, print_ast, validate
from prismatic.fake_tenant import SCHEMA, FakeTenant, with_api
from support.typed_operations import plain, typed_operations

from reconciler.errors import Rejected
from reconciler.model.answers import Node
from reconciler.model.operation import Operation, OperationFile
from reconciler.prismatic.graphql import batching
from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.prismatic.graphql.page_queries import outline_of
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

OPERATIONS = typed_operations(
    """
query customers($first: Int, $name: String) {
  customers(isSystem: false, first: $first, name: $name) { totalCount nodes { ...CustomerFields } }
}
query customer($id: ID!) { customer(id: $id) { ...CustomerFields } }
query roles { customerRoles { id name } }
query organization { organization { id } }
mutation createCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { ...CustomerFields } errors { field messages } }
}
mutation deleteCustomer($input: DeleteCustomerInput!) {
  deleteCustomer(input: $input) { customer { id } errors { field messages } }
}
fragment CustomerFields on Customer { ...Names id }
fragment Names on Customer { name }
fragment Unused on Customer { description }
""",
    SCHEMA,
)
OTHER_FILE = typed_operations(
    """
query described($id: ID!, $first: Int) { customer(id: $id) { ...CustomerFields } }
fragment CustomerFields on Customer { ...Names id users(first: $first) { totalCount } }
fragment Names on Customer { description }
""",
    SCHEMA,
)


def merged_text(*calls: Call) -> str:
    """Return the document that the calls are merged into, after validation against the schema."""
    document = Merger().merge(calls).node
    assert validate(SCHEMA, document) == []
    return print_ast(document)


def test_operations_share_one_document() -> None:
    """Root fields get aliases, variables a prefix, literal arguments stay, and each used fragment is included once."""
    text = merged_text(
        Call(OPERATIONS["customers"], {"name": "a"}),
        Call(OPERATIONS["customers"], {"name": "b"}),
        Call(OPERATIONS["customer"], {"id": "c"}),
    )
    expected = """
    query batch($op0_first: Int, $op0_name: String, $op1_first: Int, $op1_name: String, $op2_id: ID!) {
      op0: customers(isSystem: false, first: $op0_first, name: $op0_name) { totalCount nodes { ...CustomerFields } }
      op1: customers(isSystem: false, first: $op1_first, name: $op1_name) { totalCount nodes { ...CustomerFields } }
      op2: customer(id: $op2_id) { ...CustomerFields }
    }
    fragment CustomerFields on Customer { ...Names id }
    fragment Names on Customer { name }
    """
    assert text == print_ast(parse(expected))


def test_a_single_operation_gets_an_alias_too() -> None:
    """A single call keeps its name, and gets an alias like any other."""
    merged = Merger().merge([Call(OPERATIONS["roles"], {})])
    assert merged.text == print_ast(parse("query roles { op0: customerRoles { id name } }"))
    assert merged.variables == {}


def test_missing_variables_are_not_sent() -> None:
    """A missing variable is not sent, an explicit null is, and a secret is still hidden at this point."""
    merged = Merger().merge(
        [Call(OPERATIONS["customers"], {"name": None}), Call(OPERATIONS["customers"], {"name": Secret("x")})]
    )
    assert merged.variables == {"op0_name": None, "op1_name": Secret("x")}


def test_fragments_of_the_same_name_do_not_mix() -> None:
    """Fragments of one name from two files, and fragments with variables, stay apart for each operation."""
    text = merged_text(
        Call(OPERATIONS["customer"], {"id": "c"}),
        Call(OTHER_FILE["described"], {"id": "c"}),
        Call(OTHER_FILE["described"], {"id": "d"}),
    )
    expected = """
    query batch($op0_id: ID!, $op1_id: ID!, $op1_first: Int, $op2_id: ID!, $op2_first: Int) {
      op0: customer(id: $op0_id) { ...CustomerFields }
      op1: customer(id: $op1_id) { ...op1_CustomerFields }
      op2: customer(id: $op2_id) { ...op2_CustomerFields }
    }
    fragment CustomerFields on Customer { ...Names id }
    fragment Names on Customer { name }
    fragment op1_CustomerFields on Customer { ...op1_Names id users(first: $op1_first) { totalCount } }
    fragment op1_Names on Customer { description }
    fragment op2_CustomerFields on Customer { ...op2_Names id users(first: $op2_first) { totalCount } }
    fragment op2_Names on Customer { description }
    """
    assert text == print_ast(parse(expected))


def test_documents_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document is made once and kept, with the variables of each time apart, until there are too many."""
    monkeypatch.setattr(batching, "KEPT", 2)
    merger = Merger()
    first, again = (merger.merge([Call(OPERATIONS["customer"], {"id": each})]) for each in "cd")
    assert again.node is first.node
    assert [first.variables, again.variables] == [{"op0_id": "c"}, {"op0_id": "d"}]
    for name in ("roles", "organization"):
        merger.merge([Call(OPERATIONS[name], {})])
    assert [len(kept) for kept in (merger._documents, merger._parts, merger._fragments)] == [1, 1, 1]
    assert merger.merge([Call(OPERATIONS["customer"], {"id": "c"})]).node is not first.node


def test_queries_and_mutations_do_not_mix() -> None:
    """One request holds queries or mutations, never both."""
    with pytest.raises(ValueError, match="do not travel in one request"):
        Merger().merge([Call(OPERATIONS["roles"], {}), Call(OPERATIONS["createCustomer"], {"input": {"name": "x"}})])


def test_an_undeclared_variable_is_an_error() -> None:
    """A misspelt variable is an error: a filter that is ignored would return too much."""
    with pytest.raises(ValueError, match="customers declares no variable nmae"):
        Merger().merge([Call(OPERATIONS["customers"], {"nmae": "x"})])


@pytest.mark.parametrize("use", [lambda each: Merger().merge([Call(each, {})]), outline_of])
def test_an_operation_without_a_root_field_is_an_error(use: Any) -> None:
    """An operation whose root is a fragment cannot get an alias."""

    class _Odd(OperationFile):
        def operation(self, name: str) -> Any:
            del name
            return parse("{ ... { organization { id } } }", no_location=True).definitions[0], {}

    with pytest.raises(TypeError, match="the root of odd must be a field"):
        use(Operation("odd", "organization", Node, _Odd(None, "")))


def ask(tenant: FakeTenant, *calls: Call, **options: Any) -> Any:
    async def use(api: Api) -> Any:
        return await api.call(calls)

    return with_api(tenant, use, **options)


def test_many_answers_come_in_the_order_of_the_calls() -> None:
    """Each call in a request gets its own answer, null included."""
    tenant = FakeTenant(customers=[{"id": "c1", "name": "FTL", "users": []}])
    answers = ask(
        tenant,
        Call(OPERATIONS["customer"], {"id": "nobody"}),
        Call(OPERATIONS["customer"], {"id": "c1"}),
        Call(OPERATIONS["roles"], {}),
    )
    assert [plain(answer.data) for answer in answers] == [
        None,
        {"name": "FTL", "id": "c1"},
        [{"id": "r1", "name": "Admin"}, {"id": "r2", "name": "Member"}],
    ]
    assert [answer.errors for answer in answers] == [(), (), ()]
    assert len(tenant.sent) == 1


def test_no_calls_send_no_request() -> None:
    """An empty list of calls sends nothing."""
    tenant = FakeTenant()
    assert ask(tenant) == []
    assert tenant.sent == []


def create(name: Any, **more: Any) -> Call:
    return Call(OPERATIONS["createCustomer"], {"input": {"name": name, **more}})


def test_one_refused_call_fails_alone() -> None:
    """A document refused because of one call is sent again in halves, until only that call has failed."""
    tenant = FakeTenant()
    answers = ask(tenant, *(create(f"c{number}", **({"count": "many"} if number == 5 else {})) for number in range(8)))
    assert [bool(answer.errors) for answer in answers] == [number == 5 for number in range(8)]
    assert not any(answer.ambiguous for answer in answers)
    assert [each["name"] for each in tenant.customers] == [f"c{number}" for number in range(8) if number != 5]


def test_a_limit_on_aliases_leads_to_smaller_requests() -> None:
    """A server that takes only so many operations in one request is sent fewer."""
    tenant = FakeTenant(most_aliases=3)
    answers = ask(tenant, *(create(f"c{number}") for number in range(10)))
    assert not any(answer.errors for answer in answers)
    assert len(tenant.customers) == 10


def test_a_request_that_is_too_large_is_halved() -> None:
    """HTTP 413 for several operations sends them in smaller requests; for one operation it is an error."""
    tenant = FakeTenant()
    tenant.script.extend([httpx.Response(413), None, None])
    answers = ask(tenant, create("a"), create("b"))
    assert [answer.errors for answer in answers] == [(), ()]
    assert len(tenant.sent) == 3


@pytest.mark.parametrize(("response", "ambiguous"), [(403, False), (500, True)])
def test_answers_of_the_first_half_are_kept(response: int, ambiguous: bool) -> None:
    """When mutations are sent in halves and the second half fails, the answers of the first half are kept."""
    tenant = FakeTenant(most_aliases=1)
    tenant.script.extend([None, None, httpx.Response(response)])
    first, second = ask(tenant, create("a"), create("b"))
    assert (first.errors, first.data.customer.name) == ((), "a")
    assert second.errors[0].startswith(f"https://stack.example answered HTTP {response}: ")
    assert second.ambiguous is ambiguous


def test_a_query_that_fails_in_halves_fails() -> None:
    """When queries are sent in halves and one half fails, the whole call fails."""
    tenant = FakeTenant(most_aliases=1)
    tenant.script.extend([None, None, httpx.Response(403)])
    with pytest.raises(Rejected, match="HTTP 403"):
        ask(tenant, *[Call(OPERATIONS["roles"], {})] * 2)


def test_queries_with_null_data_are_asked_again_in_parts() -> None:
    """When one failing list makes the whole answer null, as GraphQL does, the other queries are asked again."""
    tenant = FakeTenant(customers=[{"id": "c1", "name": "FTL", "users": []}])
    lists = Call(OPERATIONS["customers"], {"name": "FTL"})
    missing = Call(
        typed_operations('query wrong { customers(after: "x") { totalCount nodes { id } } }', SCHEMA)["wrong"], {}
    )
    answers = ask(tenant, lists, missing, lists)
    assert [bool(answer.errors) for answer in answers] == [False, True, False]


def test_mutations_are_not_halved_once_they_may_have_been_carried_out() -> None:
    """When the answer to several mutations is lost, each of them is ambiguous, and none is sent again."""
    tenant = FakeTenant()
    tenant.script.append(httpx.Response(200, json={"data": None, "errors": [{"message": "Internal error"}]}))
    answers = ask(tenant, create("a"), create("b"))
    assert [(answer.errors, answer.ambiguous) for answer in answers] == [(("Internal error",), True)] * 2
    assert len(tenant.sent) == 1


def test_payload_errors_stay_in_the_data() -> None:
    """The errors in a mutation's payload stay in its data; the client does not interpret them."""
    tenant = FakeTenant()
    first, second = ask(tenant, create("FTL"), create("FTL"))
    assert plain(first.data) == {"customer": {"name": "FTL", "id": "c0"}, "errors": []}
    assert second.errors == ()
    assert plain(second.data)["errors"] == [{"field": "name", "messages": ["name FTL is taken, described as None"]}]
