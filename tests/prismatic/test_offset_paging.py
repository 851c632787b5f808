"""Long lists whose pages are read side by side, by offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prismatic.fake_tenant import SCHEMA, FakeTenant, with_api
from prismatic.limited_tenant import REFUSALS, REFUSALS_OF_ONE_FIELD, LimitedTenant, customers
from support.typed_operations import typed_operations

from reconciler.errors import Rejected, ServerFault
from reconciler.model.tenant import Collection, Read
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from reconciler.prismatic.client import Api

CUSTOMERS = typed_operations(
    """
query customers($first: Int, $after: String, $offset: Int, $name: String) {
  customers(isSystem: false, first: $first, after: $after, offset: $offset, name: $name) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name }
  }
}
""",
    SCHEMA,
)["customers"]


def read(tenant: FakeTenant, look_ups: list[int] | None = None) -> list[str]:
    """Return the IDs as they were read; ``look_ups`` collects the number of look-ups in a request afterwards."""

    async def use(api: Api) -> list[dict[str, Any]]:
        found = await Reader(api).read(Read(Collection(CUSTOMERS, lambda node: [node.id])))
        if look_ups is not None:
            look_ups.append(api.sizes.look_ups)
        return found

    return [node.id for node in with_api(tenant, use)]


@pytest.mark.parametrize(("count", "page", "requests"), [(0, 3, 1), (3, 3, 1), (4, 3, 2), (7, 3, 3), (1001, 100, 11)])
def test_a_list_takes_one_request_per_page(count: int, page: int, requests: int) -> None:
    """Every node is read, once and in order, with one request for each page."""
    tenant = FakeTenant(customers=customers(count), page=page)
    assert read(tenant) == [f"c{number}" for number in range(count)]
    assert len(tenant.sent) == requests
    offsets = [sent.variables.get("op0_offset") for sent in tenant.sent]
    assert offsets == [None, *range(page, count, page)]


def test_each_page_comes_with_the_row_before_it() -> None:
    """The query beside a page asks for an ID alone, with the filters of the list."""
    tenant = FakeTenant(customers=customers(150))
    read(tenant)
    assert "op1: customers(isSystem: false, name: $op1_name, first: 1, offset: $op1_offset)" in tenant.sent[1].query
    assert tenant.sent[1].variables == {"op0_first": 50, "op0_offset": 100, "op1_offset": 99}


Move = tuple[str, int]


def moved(move: Move) -> Callable[[FakeTenant], None]:
    """Return a change to the tenant: rows vanish from anywhere, and new ones appear at the end."""
    what, where = move

    def do(tenant: FakeTenant) -> None:
        if "delete" in what and tenant.customers:
            tenant.customers.pop(where % len(tenant.customers))
        if "add" in what:
            number = max((int(each["id"][1:]) for each in tenant.customers), default=0) + 1000
            tenant.customers.append({"id": f"c{number}", "name": f"n{number}", "users": []})

    return do


class Remembering(FakeTenant):
    """A tenant that records its list at each request."""

    def __init__(self, **content: Any) -> None:
        super().__init__(**content)
        self.states: list[list[str]] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.states.append([each["id"] for each in self.customers])
        return await super().handle(request)


MOVES = st.tuples(st.sampled_from(["", "", "delete", "add", "delete and add"]), st.integers(0, 20))


@given(count=st.integers(0, 16), moves=st.lists(MOVES, max_size=9))
@example(count=9, moves=[("", 0), ("delete", 0), ("", 0), ("delete", 0), ("", 0), ("delete and add", 0)])
def test_a_list_is_read_as_it_was_at_one_moment(count: int, moves: list[Move]) -> None:
    """When rows are created and deleted between pages, none is missed or doubled, or the result is an error."""
    tenant = Remembering(customers=customers(count), page=4)
    tenant.moves.extend(map(moved, moves))
    try:
        found = read(tenant)
    except ServerFault as error:
        assert "the list changed" in str(error)  # noqa: PT017 - both outcomes are right
        assert len(moves) > 2
    else:
        assert found in tenant.states


def test_one_deleted_and_one_created_row_are_noticed() -> None:
    """One deleted and one created row leave the total the same; the row before each page shows the change."""
    tenant = FakeTenant(customers=customers(12), page=4)
    tenant.moves.append(moved(("delete and add", 1)))
    assert read(tenant) == [each["id"] for each in tenant.customers]
    assert len(tenant.sent) > 3


@pytest.mark.parametrize("refusal", REFUSALS | REFUSALS_OF_ONE_FIELD)
def test_pages_that_are_too_much_are_halved(refusal: str) -> None:
    """When pages prove too much in the middle of a list, the rest is read in smaller ones; look-ups stay together."""
    tenant = LimitedTenant(refusal, customers=customers(530))
    tenant.moves.append(lambda changed: setattr(changed, "largest", 30))
    look_ups: list[int] = []
    assert read(tenant, look_ups) == [f"c{number}" for number in range(530)]
    assert tenant.sizes[0] == LARGEST_PAGE
    assert tenant.sizes[-1] <= 30
    assert look_ups == [25]


def test_pages_after_a_slow_one_are_smaller() -> None:
    """A slow page is kept, and the rest of the list is read in smaller ones."""
    tenant = LimitedTenant(slow_from=50, customers=customers(1000))
    look_ups: list[int] = []
    assert len(read(tenant, look_ups)) == 1000
    assert tenant.sizes[0] == 100
    assert tenant.sizes[-1] <= 25
    assert look_ups == [25]


def test_an_error_of_a_page_is_an_error_of_the_list() -> None:
    """An error of a further page is an error of the list."""
    tenant = LimitedTenant("too complex, for the field", page=3, customers=customers(530))
    tenant.largest = 100
    tenant.moves.append(lambda changed: setattr(changed, "largest", 3))
    with pytest.raises(Rejected, match="customers: Query is too complex"):
        read(tenant)


class IgnoresOffsets(FakeTenant):
    """A tenant that ignores offsets."""

    def _page(self, nodes: list[Any], offset: int | None = None, **window: Any) -> dict[str, Any]:
        del offset
        return super()._page(nodes, **window)


def test_a_server_that_ignores_offsets_is_read_by_cursors() -> None:
    """When every offset leads to the first page, the rest of the list is read one page after another."""
    assert read(IgnoresOffsets(customers=customers(11), page=4)) == [f"c{number}" for number in range(11)]
