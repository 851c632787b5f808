"""Pages and requests shrink where they prove too much, and no row is missed or read twice."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import SCHEMA, URL, FakeTenant, with_api
from prismatic.limited_tenant import REFUSALS, REFUSALS_OF_ONE_FIELD, LimitedTenant, complain_of_the_field, customers
from support.typed_operations import plain, typed_operations

from reconciler.errors import ApiError, Rejected, ServerFault
from reconciler.model.tenant import Collection, Identity, Read, Tenant
from reconciler.prismatic.fetch.answer_reads import answer_reads
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_sizes import SLOW_SECONDS, SMALLEST_PAGE, Sizes

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

OPERATIONS = typed_operations(
    """
query customers($first: Int, $after: String, $name: String) {
  customers(isSystem: false, first: $first, after: $after, name: $name) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name }
  }
}
query instances($first: Int, $after: String) {
  instances(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes {
      id
      variables(first: 2) {
        nodes { id inputs { nodes { id } pageInfo { hasNextPage endCursor } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
query roles { customerRoles { id name } }
mutation create($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { id } errors { field messages } }
}
""",
    SCHEMA,
)
CUSTOMERS = Collection(OPERATIONS["customers"], lambda node: [("name", node.name)])
ROLES = Call(OPERATIONS["roles"], {})


def read(tenant: FakeTenant, operation: str, **options: Any) -> list[dict[str, Any]]:
    async def use(api: Api) -> list[dict[str, Any]]:
        return plain(await Reader(api).read(Read(Collection(OPERATIONS[operation], lambda node: [node.id]))))

    return list(with_api(tenant, use, **options))


@pytest.mark.parametrize("refusal", REFUSALS | REFUSALS_OF_ONE_FIELD)
def test_a_page_that_is_too_much_is_halved(refusal: str, caplog: pytest.LogCaptureFixture) -> None:
    """With every error that means too much, the list is read to its end in pages of half the size."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.graphql.page_sizes")
    tenant = LimitedTenant(refusal, page=30, customers=customers(120))
    assert [node["id"] for node in read(tenant, "customers")] == [f"c{number}" for number in range(120)]
    assert list(dict.fromkeys(tenant.sizes)) == [100, 50, 25]
    assert tenant.sizes.count(25) == 5
    assert caplog.messages == ["customers: reading on in pages of 50", "customers: reading on in pages of 25"]


@pytest.mark.parametrize("refusal", ["time-out", "too complex"])
def test_a_list_continues_after_its_pages_shrink(refusal: str) -> None:
    """When pages prove too much in the middle of a list, no row is read again, and none is missed."""
    tenant = LimitedTenant(refusal, customers=customers(260))
    tenant.moves.extend([lambda _: None, lambda changed: setattr(changed, "largest", 20)])
    found = [node["id"] for node in read(tenant, "customers")]
    assert found == [f"c{number}" for number in range(260)]
    assert tenant.sizes[:2] == [100, 100]
    assert tenant.sizes[2:5] != [100, 100, 100]
    assert tenant.sizes[-1] == 12


def test_the_page_after_a_slow_one_is_smaller() -> None:
    """A slow page is kept, and the rest of the list is read in smaller ones."""
    assert SLOW_SECONDS < 30
    tenant = LimitedTenant(slow_from=50, customers=customers(200))
    assert len(read(tenant, "customers")) == 200
    assert tenant.sizes == [100, 50, 25, 25]


def test_nested_lists_stay_whole_with_small_pages() -> None:
    """Pages of nested lists shrink on their own, and positions still lead to the same objects."""
    one = [
        {
            "id": f"i{number}",
            "variables": [
                {"id": f"i{number}v{each}", "inputs": [{"id": f"i{number}v{each}x{deep}"} for deep in range(30)]}
                for each in range(8)
            ],
        }
        for number in range(8)
    ]
    expected = [
        {
            "id": each["id"],
            "variables": {
                "nodes": [
                    {"id": variable["id"], "inputs": {"nodes": variable["inputs"]}} for variable in each["variables"]
                ]
            },
        }
        for each in one
    ]
    for page in (100, 7):
        tenant = LimitedTenant("too complex", page=page, instances=one)
        tenant.page = 25
        assert read(tenant, "instances") == expected


def test_a_page_is_never_smaller_than_a_few_nodes() -> None:
    """A failure that remains with the smallest pages is reported, after the usual number of tries."""
    tenant = LimitedTenant("bad gateway", page=0, customers=customers(9))
    with pytest.raises(ServerFault) as caught:
        read(tenant, "customers")
    assert str(caught.value) == f"{URL} answered HTTP 502: the server failed (5 tries)"
    assert list(dict.fromkeys(tenant.sizes)) == [100, 50, 25, 12, 6, SMALLEST_PAGE]
    assert tenant.sizes.count(100) == 2
    assert tenant.sizes.count(SMALLEST_PAGE) == 5


def test_a_query_too_complex_in_any_size_is_an_error() -> None:
    """A query that is refused in every size ends with the API's error."""
    tenant = LimitedTenant("too complex", page=0, customers=customers(9))
    with pytest.raises(Rejected, match="customers: The query is too complex"):
        read(tenant, "customers")


def test_one_bad_gateway_changes_nothing() -> None:
    """A server failure that the next try survives does not make pages smaller."""
    tenant = LimitedTenant(customers=customers(150))
    tenant.script.append(httpx.Response(502))
    assert len(read(tenant, "customers")) == 150
    assert tenant.sizes == [100, 100, 100]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_look_ups_stay_in_smaller_requests(refusal: str) -> None:
    """With every error that means too many operations, all look-ups are answered, and later requests have fewer."""
    tenant = LimitedTenant(refusal, aliases=6, customers=customers(60))
    known = Tenant(Identity(URL, "org", "Rockets", "me"))
    collection = Collection(OPERATIONS["customers"], lambda node: [("name", node.name)], listable=False)

    async def use(api: Api) -> None:
        for start in (0, 30):
            reads = [Read(collection, ("name", f"n{n}"), (("name", f"n{n}"),)) for n in range(start, start + 30)]
            await answer_reads(api, known, reads)

    with_api(tenant, use)
    assert len(known.all(collection)) == 60
    late = [aliases for aliases, _ in tenant.asked[-4:]]
    assert max(late) <= 6
    assert max(tenant.sizes) == 100


def test_slow_look_ups_lead_to_smaller_requests() -> None:
    """Slow answers are kept, and the next requests ask for less."""
    tenant = LimitedTenant(slow_from=15)

    async def use(api: Api) -> None:
        for _ in range(2):
            await asyncio.gather(*(api.ask(ROLES) for _ in range(20)))

    with_api(tenant, use)
    assert [aliases for aliases, _ in tenant.asked] == [20, 10, 10]


@pytest.mark.parametrize(("refusal", "most"), [("too large", 5), ("too complex", 5)])
def test_mutations_stay_in_smaller_requests(refusal: str, most: int) -> None:
    """Mutations that were refused for their number, before any was carried out, are not sent in that number again."""
    tenant = Refusing(refusal, most)

    async def use(api: Api) -> list[Any]:
        made = [
            await api.call([Call(OPERATIONS["create"], {"input": {"name": f"{turn}-{n}"}}) for n in range(20)])
            for turn in range(2)
        ]
        return [answer.errors for answers in made for answer in answers]

    assert with_api(tenant, use) == [()] * 40
    assert len(tenant.customers) == 40
    assert tenant.refused == 2
    assert len(tenant.sent) == tenant.refused + 8


class Refusing(FakeTenant):
    """A tenant that refuses requests with many mutations before it carries any out."""

    def __init__(self, refusal: str, most: int) -> None:
        super().__init__()
        self.refusal, self.most, self.refused = refusal, most, 0

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.content.decode().count(": createCustomer(") > self.most:
            self.script.append(REFUSALS[self.refusal](request))
            self.refused += 1
        return await super().handle(request)


def test_one_refused_operation_makes_no_request_smaller() -> None:
    """A request that is refused because of one operation, not for its size, leaves the sizes as they were."""
    tenant = FakeTenant()

    async def use(api: Api) -> int:
        calls = [Call(OPERATIONS["create"], {"input": {"name": f"c{n}"}}) for n in range(8)]
        calls[5] = Call(OPERATIONS["create"], {"input": {"name": "c5", "count": "many"}})
        await api.call(calls)
        return api.sizes.most(mutation=True)

    assert with_api(tenant, use) > 1000


def test_a_mutation_that_timed_out_is_never_sent_in_parts() -> None:
    """A time-out may come after everything was carried out: the mutations are not sent again in smaller requests."""
    tenant = FakeTenant()
    tenant.script.append(httpx.ReadTimeout("x"))
    calls = [Call(OPERATIONS["create"], {"input": {"name": f"c{n}"}}) for n in range(4)]

    async def use(api: Api) -> ApiError:
        with pytest.raises(ApiError) as caught:
            await api.call(calls)
        return caught.value

    assert with_api(tenant, use).ambiguous
    assert len(tenant.sent) == 1


def test_requests_of_the_same_time_shrink_together() -> None:
    """Several requests that prove too much at the same time halve the size once."""
    sizes = Sizes(20)
    calls = [ROLES] * 20
    assert [sizes.shrink(calls) for _ in range(4)] == [True] * 4
    assert sizes.look_ups == 10
    page = [Call(OPERATIONS["customers"], {"first": 100})]
    assert [sizes.shrink(page) for _ in range(4)] == [True] * 4
    assert sizes.page(OPERATIONS["customers"]) == 50
    assert not sizes.shrink([ROLES])


@pytest.mark.parametrize(
    "message",
    ["Internal server error", "Something went wrong, please try again later", "The service is unavailable"],
)
def test_a_failed_query_is_retried_alone(message: str) -> None:
    """A query that failed inside the API is asked again alone; the others keep their answers."""
    tenant = FakeTenant()
    role = {"id": "r", "name": "n"}
    broken = {"data": {"op0": [role], "op1": None}, "errors": [{"message": message, "path": ["op1"]}]}
    tenant.script.extend(httpx.Response(200, json=broken) for _ in range(1))

    async def use(api: Api) -> Any:
        return await api.call([ROLES, ROLES]), api.stats.retries

    (first, second), retries = with_api(tenant, use)
    assert plain(first.data) == [role]
    assert len(second.data) == 2
    assert retries == 1
    assert tenant.sent[1].query.count("customerRoles") == 1


def test_a_query_that_keeps_failing_is_an_error() -> None:
    """A query that keeps failing is reported after the usual number of tries."""
    tenant = FakeTenant()
    tenant.script.extend(complain_of_the_field("Internal server error")(None) for _ in range(9))  # type: ignore[arg-type]  # unused

    async def use(api: Api) -> Any:
        return (await api.call([ROLES]))[0].errors

    assert with_api(tenant, use) == ("Internal server error",)
    assert len(tenant.sent) == 5


def test_a_failed_mutation_is_not_retried() -> None:
    """A mutation that failed inside the API is not sent again: it may have been carried out."""
    tenant = FakeTenant()
    tenant.script.append(complain_of_the_field("Internal server error")(None))  # type: ignore[arg-type]  # unused

    async def use(api: Api) -> Any:
        return (await api.call([Call(OPERATIONS["create"], {"input": {"name": "x"}})]))[0]

    assert with_api(tenant, use).ambiguous
    assert len(tenant.sent) == 1
