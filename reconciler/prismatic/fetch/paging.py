"""Reading a collection to its end: every page of its list, and every page of the lists nested in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import RequestFailed, ServerFault
from reconciler.model.answers import Node
from reconciler.prismatic.fetch.offset_paging import ListChanged, OffsetPages, OffsetsIgnored, data_of, has_offset
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import AFTER, FIRST, PARENT, outline_of, page_operation
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.prismatic.http.concurrency import run_concurrently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from reconciler.model.answers import PageInfo
    from reconciler.model.operation import Operation
    from reconciler.model.tenant import N, Read
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.decoding import Rows
    from reconciler.prismatic.graphql.page_queries import Nested, Outline

log = logging.getLogger(__name__)

_READINGS = 3
"""How often a list is read that changes while it is read."""
MAX_ROWS = 1_000_000
"""Rows of one list: a server that claims more is wrong or hostile, and would fill the memory."""
NAMELESS = "?"
"""How the placeholder ID of a broken row without an ID begins."""


@dataclass(frozen=True, slots=True)
class _Position:
    """The place of a node: the root object that it belongs to, and the connections and positions on the way to it."""

    root_id: str
    chain: tuple[Nested, ...] = ()
    indexes: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()

    def below(self, nested: Nested, index: int, identifier: str) -> _Position:
        return _Position(self.root_id, (*self.chain, nested), (*self.indexes, index), (*self.ids, identifier))


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The sound rows of an answer, and the problems of the ``broken`` ones by ID.

    A broken row without an ID has a placeholder that begins with :data:`NAMELESS`.
    """

    nodes: list[Any]
    broken: Mapping[str, str]


class Reader:
    """Reads lists and objects through one API, and keeps the queries that it derives from the operations.

    It asks for pages of the largest size. The API's :class:`~reconciler.prismatic.graphql.page_sizes.Sizes` make them
    smaller where they prove too much.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._outlines: dict[Operation, Outline] = {}
        self._pages: dict[tuple[Operation, tuple[tuple[str, ...], ...]], Operation] = {}

    async def read(self, read: Read[N]) -> list[N]:
        """Return the nodes that answer ``read``, with the nodes of all nested lists.

        A query for a single object gives a list of one node, or an empty one. Raises the errors of the API.

        Example::

            customers = await Reader(api).read(Read(CUSTOMERS))
        """
        return (await self._read(read, salvaging=False)).nodes

    async def salvage(self, read: Read) -> Salvaged:
        """Return the sound rows that answer ``read``. Raises the API's error if it is not about single rows."""
        return await self._read(read, salvaging=True)

    async def _read(self, read: Read, *, salvaging: bool) -> Salvaged:
        operation = read.collection.operation
        for _ in range(_READINGS):
            broken: dict[str, str] | None = {} if salvaging else None
            try:
                nodes = await self._read_once(operation, read.variables, broken)
            except ListChanged as change:
                log.info("%s: %s while it was being read; reading it again", operation.name, change)
                continue
            return Salvaged([node for node in nodes if not broken or node.id not in broken], broken or {})
        raise ServerFault(
            f"{operation.name}: the list changed each time it was read ({_READINGS} times); "
            "run again when nobody else changes the tenant"
        )

    async def _read_once(
        self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None
    ) -> list[Any]:
        if operation not in self._outlines:
            self._outlines[operation] = outline_of(operation)
        outline = self._outlines[operation]
        if not outline.paged:
            answer = await self._rows(operation, variables, broken)
            nodes = answer if isinstance(answer, list) else [answer] if answer is not None else []
        else:
            nodes = await self._read_pages(operation, variables, broken)
        source = _Source(operation, outline, variables)
        await run_concurrently(
            self._complete_row(source, node, broken) for node in nodes if _is_incomplete(node, outline.inner)
        )
        return nodes

    async def _read_pages(
        self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None
    ) -> list[Any]:
        """Return the nodes of all pages, read side by side where the query has an offset, else by cursors.

        ``broken`` collects the problems of broken rows; a placeholder takes the place of each. Pages are then read
        by cursors: pages side by side are checked by the IDs of rows, and a broken row may lack its ID.
        """

        async def next_page(after: str) -> Any:
            return await self._rows(operation, {**variables, "first": LARGEST_PAGE, "after": after}, broken)

        start = await self._rows(operation, {**variables, "first": LARGEST_PAGE}, broken)
        total = _total(start) or 0
        check_rows(operation.name, total)
        if broken is None and has_offset(operation) and total > len(start.nodes) > 0:
            try:
                return await OffsetPages(self._api, operation, variables).read_after(start)
            except OffsetsIgnored:
                log.info("%s: the API ignores offsets; reading on by cursors", operation.name)
        return await _all_nodes(operation.name, start, next_page)

    async def _complete_row(self, source: _Source, node: Node, broken: dict[str, str] | None) -> None:
        """Read the missing pages below a row. Where that fails, add the row to ``broken``, or raise without one."""
        try:
            await self._complete(source, node, source.outline.inner, _Position(node.id))
        except RequestFailed as error:
            if broken is None:
                raise
            broken[node.id] = str(error)

    async def _complete(
        self, source: _Source, node: Node, connections: tuple[Nested, ...], position: _Position
    ) -> None:
        """Read the missing pages of the connections below the node, and of those below their nodes."""
        await run_concurrently(
            self._complete_connection(source, nested, connection, position)
            for nested in connections
            for connection in _find(node, nested.names)
        )

    async def _complete_connection(self, source: _Source, nested: Nested, connection: Any, position: _Position) -> None:
        connection.nodes[:] = await self._nested_nodes(source, nested, connection, position)
        await run_concurrently(
            self._complete(source, child, nested.inner, position.below(nested, index, child.id))
            for index, child in enumerate(connection.nodes)
            if _is_incomplete(child, nested.inner)
        )

    async def _nested_nodes(self, source: _Source, nested: Nested, connection: Any, position: _Position) -> list[Any]:
        chain = (*position.chain, nested)

        async def next_page(after: str) -> Any:
            operation = self._page_operation(source, chain)
            places = {f"position{depth}": index for depth, index in enumerate(position.indexes)}
            own = {PARENT: position.root_id, **places, FIRST: LARGEST_PAGE, AFTER: after}
            known = {each.variable.name.value for each in operation.node.variable_definitions or ()}
            variables = {key: value for key, value in {**source.variables, **own}.items() if key in known}
            return _same_connection(await self._ask(operation, variables), chain, position)

        return await _all_nodes(f"{source.operation.name}.{'.'.join(nested.keys)}", connection, next_page)

    def _page_operation(self, source: _Source, chain: tuple[Nested, ...]) -> Operation:
        key = (source.operation, tuple(nested.keys for nested in chain))
        if key not in self._pages:
            self._pages[key] = page_operation(source.operation, source.outline, chain)
        return self._pages[key]

    async def _rows(self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None) -> Any:
        """Return a page or a whole list; placeholders take the place of broken rows if ``broken`` collects them."""
        answer = await self._api.ask(Call(operation, variables))
        if broken is None or answer.partial is None:
            return data_of(operation, answer)
        return _with_placeholders(answer.partial, broken)

    async def _ask(self, operation: Operation, variables: Mapping[str, Any]) -> Any:
        return data_of(operation, await self._api.ask(Call(operation, variables)))


@dataclass(frozen=True, slots=True)
class _Source:
    """The query that the nodes come from, with its variables."""

    operation: Operation
    outline: Outline
    variables: Mapping[str, Any]


def _with_placeholders(partial: Rows, broken: dict[str, str]) -> Any:
    """Return the page with each broken row replaced by an object with its ID alone; add the problems to ``broken``."""
    rows = partial.nodes
    for position, problem in partial.broken.items():
        identifier = rows[position].id or f"{NAMELESS}{len(broken)}"
        broken[identifier] = problem
        rows[position] = Node(identifier)
    return partial.value


async def _all_nodes(name: str, page: Any, next_page: Callable[[str], Awaitable[Any]]) -> list[Any]:
    """Return the nodes of the page and of all pages after it, by cursors.

    Raises :class:`ListChanged` when a row comes twice or the number of rows is not the first page's total. Cursors
    are positions as well: an object that is deleted meanwhile moves a row from a page that is still to be read to one
    that was read already, and only the total shows that this row is missing. When an object is created at the same
    time, nothing shows it. Lists with an offset are therefore read by :class:`OffsetPages`.
    """
    total = _total(page)
    nodes: dict[Any, Any] = {}
    while True:
        for node in page.nodes:
            identifier = getattr(node, "id", len(nodes))
            if identifier in nodes:
                raise ListChanged("a row moved")
            nodes[identifier] = node
        check_rows(name, len(nodes))
        if total is not None and len(nodes) > total:
            raise ListChanged(f"{total} rows became more")
        cursor = next_cursor(name, page)
        if cursor is None:
            break
        following = await next_page(cursor)
        if following is None:
            raise ListChanged("an object vanished")
        page = following
    if total is not None and total != len(nodes):
        raise ListChanged(f"{total} rows became {len(nodes)}")
    return list(nodes.values())


def _total(page: Any) -> int | None:
    """Return the number of rows in the whole list, if its query asks for it."""
    return getattr(page, "total_count", None)


def next_cursor(name: str, page: Any) -> str | None:
    """Return the cursor of the next page; ``None`` at the end of the list. Raises :class:`ServerFault` without one."""
    info: PageInfo | None = getattr(page, "page_info", None)
    if info is None or not info.has_next_page:
        return None
    if not page.nodes or not info.end_cursor:
        raise ServerFault(f"{name}: the API announces a next page without a cursor for it")
    return info.end_cursor


def check_rows(name: str, rows: int) -> None:
    if rows > MAX_ROWS:
        raise ServerFault(
            f"{name}: the API lists {rows:,} rows, and at most {MAX_ROWS:,} are read; check PRISMATIC_URL, or "
            "divide the work with --target or --shard"
        )


def _find(node: Any, names: tuple[str, ...]) -> list[Any]:
    """Return the connection at ``names`` below the node in a list; an empty one if an object on the way is null."""
    for name in names:
        node = getattr(node, name, None)
    return [] if node is None else [node]


def _is_incomplete(node: Any, connections: tuple[Nested, ...]) -> bool:
    """Return whether any list below the node has a page that was not read."""
    return any(
        connection.page_info.has_next_page
        or (nested.inner and any(_is_incomplete(child, nested.inner) for child in connection.nodes))
        for nested in connections
        for connection in _find(node, nested.names)
    )


def _same_connection(root: Any, chain: tuple[Nested, ...], position: _Position) -> Any:
    """Return the connection whose page was asked for; ``None`` if another object is in the place of one on the way.

    Nodes on the way are addressed by position, so a change to the list can put another object there.
    """
    if root is None or root.id != position.root_id:
        return None
    value: Any = root
    for level, identifier in zip(chain[:-1], position.ids, strict=True):
        for connection in _find(value, level.names):
            value = next((node for node in connection.nodes if node.id == identifier), None)
    return next(iter(_find(value, chain[-1].names)), None)
