"""A long list, its pages fetched side by side: once it is known how long it is, each page can be asked for by itself.

Pages are positions, so whatever is created or deleted meanwhile moves the rows between them. Each page therefore
travels with a second, small query: which row stands just before it. Where that is not the last row of the page
before, something moved in between, and the list has to be read again. Rows that would be missed or doubled cannot
go unnoticed so, not even when one is deleted and another created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.errors import Forbidden, Rejected
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import OFFSET, row_operation
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.prismatic.http.concurrently import together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

    Page = Mapping[str, Any]
    Nodes = list[dict[str, Any]]


PAGES_AT_ONCE = 32
"""Pages that are prepared or under way at once: more than travel at a time, and not as many as a server may claim."""


class Moved(Exception):
    """Something was created, deleted or re-ordered between one page and the next."""


def can_skip(operation: Operation) -> bool:
    """Say whether a page of the list can be asked for without the one before it."""
    return any(each.variable.name.value == OFFSET for each in operation.node.variable_definitions or ())


class Windows:
    """Reads one list by its positions; ``variables`` narrow it down."""

    def __init__(self, api: Api, operation: Operation, variables: Mapping[str, Any]) -> None:
        self._api = api
        self._operation = operation
        self._row = row_operation(operation)
        self._variables = variables

    async def after(self, first: Page) -> Nodes:
        """Return the nodes of the list whose first page is given, and that goes on; :class:`Moved` when they move."""
        total, size = first["totalCount"], len(first["nodes"])
        starts = range(size, total, size)
        windows = await together(
            (self._window(start, min(size, total - start), total) for start in starts), at_once=PAGES_AT_ONCE
        )
        nodes = list(first["nodes"])
        for before, window in windows:
            if before != nodes[-1]["id"]:
                raise Moved("a row moved")
            nodes += window
        if len({node["id"] for node in nodes}) != total:
            raise Moved("a row moved")
        return nodes

    async def _window(self, start: int, size: int, total: int) -> tuple[str, Nodes]:
        """Return the ID of the row before the window, and the nodes in it; the API's pages may be smaller."""
        before, nodes = await self._page(start, size, total)
        while len(nodes) < size:
            last, more = await self._page(start + len(nodes), size - len(nodes), total)
            if last != nodes[-1]["id"]:
                raise Moved("a row moved")
            nodes += more
        return before, nodes

    async def _page(self, start: int, size: int, total: int) -> tuple[str, Nodes]:
        window = {"first": min(size, LARGEST_PAGE), OFFSET: start}
        page, row = await self._api.call(
            [
                Call(self._operation, {**self._variables, **window}),
                Call(self._row, {**self._variables, OFFSET: start - 1}),
            ]
        )
        found, before = told(self._operation, page), told(self._operation, row)["nodes"]
        if found["totalCount"] != total:
            raise Moved(f"{total} rows became {found['totalCount']}")
        if not found["nodes"] or not before:
            raise Moved("a row vanished")
        return before[0]["id"], found["nodes"]


def told(operation: Operation, answer: Answer) -> Any:
    """Return what the API answered; what it complains of is raised."""
    if answer.errors:
        kind = Forbidden if answer.forbidden else Rejected
        raise kind(f"{operation.name}: {'; '.join(answer.errors)}")
    return answer.data
