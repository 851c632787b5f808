"""A long list, read in pages side by side: once the first page states the total, every page has a known offset.

Offsets are positions, so objects that are created or deleted meanwhile move the rows between pages: one row may be
missed and another read twice. Each page therefore travels with a second, small query for the row just before it. When
that row is not the last one of the page before, rows have moved, and the list is read again. The total alone would not
show it, since one deleted and one created object leave it the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import OFFSET, row_operation
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.prismatic.graphql.response import error_of
from reconciler.prismatic.http.concurrency import run_concurrently

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

    Nodes = list[Any]


PAGES_AT_ONCE = 32
"""Pages that are asked for at once: enough to use every connection, and few where a server claims a huge total."""


class ListChanged(Exception):
    """Objects were created, deleted or re-ordered between two pages of a list."""


class OffsetsIgnored(Exception):
    """The server returns the first page of a list for every offset."""


def has_offset(operation: Operation) -> bool:
    """Return whether the query can begin a page at any position of its list."""
    return any(each.variable.name.value == OFFSET for each in operation.node.variable_definitions or ())


class OffsetPages:
    """Reads one list by offsets; ``variables`` are those of the query, without the ones for paging."""

    def __init__(self, api: Api, operation: Operation, variables: Mapping[str, Any]) -> None:
        self._api = api
        self._operation = operation
        self._row = row_operation(operation)
        self._variables = variables

    async def read_after(self, first: Any) -> Nodes:
        """Return the nodes of the first page and of all others.

        Raises :class:`ListChanged` when rows have moved, :class:`OffsetsIgnored` when there is no page but the first.
        """
        total, size = first.total_count, len(first.nodes)
        starts = range(size, total, size)
        pages = await run_concurrently(
            (self._whole_page(start, min(size, total - start), total) for start in starts), limit=PAGES_AT_ONCE
        )
        nodes = list(first.nodes)
        for before, page in pages:
            if before != nodes[-1].id:
                raise ListChanged("a row moved")
            nodes += page
        if len({node.id for node in nodes}) != total:
            raise ListChanged("a row moved")
        return nodes

    async def _whole_page(self, start: int, size: int, total: int) -> tuple[str, Nodes]:
        """Return the ID of the row before the page, and ``size`` nodes; the API's own pages may be smaller."""
        before, nodes = await self._page(start, size, total)
        while len(nodes) < size:
            last, more = await self._page(start + len(nodes), size - len(nodes), total)
            if last != nodes[-1].id:
                raise ListChanged("a row moved")
            nodes += more
        return before, nodes

    async def _page(self, start: int, size: int, total: int) -> tuple[str, Nodes]:
        paging = {"first": min(size, LARGEST_PAGE), OFFSET: start}
        page, row = await self._api.call(
            [
                Call(self._operation, {**self._variables, **paging}),
                Call(self._row, {**self._variables, OFFSET: start - 1}),
            ]
        )
        found, before = data_of(self._operation, page), data_of(self._operation, row).nodes
        if found.total_count != total:
            raise ListChanged(f"{total} rows became {found.total_count}")
        if not found.nodes or not before:
            raise ListChanged("a row vanished")
        if before[0].id == found.nodes[0].id:
            raise OffsetsIgnored
        return before[0].id, found.nodes


def data_of(operation: Operation, answer: Answer) -> Any:
    """Return the data of the answer, or raise the API's error."""
    if answer.errors:
        raise error_of(f"{operation.name}: ", answer)
    return answer.data
