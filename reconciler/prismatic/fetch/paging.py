"""Reading a collection to its end: every page of it, and every page of what is nested in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import ApiError, EndOfRun, ServerFault
from reconciler.prismatic.fetch.offset_paging import Moved, Windows, can_skip, told
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import (
    AFTER,
    FIRST,
    PARENT,
    outline_of,
    page_operation,
)
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.prismatic.http.concurrently import together

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from reconciler.model.operation import Operation
    from reconciler.model.tenant import Read
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.page_queries import (
        Nested,
        Outline,
    )
    from reconciler.prismatic.graphql.response import Partial

log = logging.getLogger(__name__)

_READINGS = 3
MAX_ROWS = 1_000_000
"""Rows of one list; a server that claims more is wrong, or wants all memory."""


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a node is: the object of the root it belongs to, and the connections and positions that lead there."""

    root_id: str
    chain: tuple[Nested, ...] = ()
    indexes: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()

    def below(self, nested: Nested, index: int, identifier: str) -> _Position:
        return _Position(self.root_id, (*self.chain, nested), (*self.indexes, index), (*self.ids, identifier))


async def read_connection(api: Api, read: Read) -> list[dict[str, Any]]:
    """Return the nodes that answer ``read``, whole: no list in them is cut off.

    A single object gives a list of one, or of none when there is no such object. ``pageInfo`` of nested
    connections is taken out; their ``nodes`` are complete. Errors of the API are raised.
    """
    return await Reader(api).read(read)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The rows of an answer that are right, and why others are not, by their IDs.

    A broken row without an ID has a stand-in that begins with ``NAMELESS``.
    """

    nodes: list[dict[str, Any]]
    broken: Mapping[str, str]


NAMELESS = "?"


class Reader:
    """Reads connections through one API; remembers the queries it derives from the operations.

    It asks for the largest pages; the API makes them smaller where they prove too much.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._outlines: dict[Operation, Outline] = {}
        self._pages: dict[tuple[Operation, tuple[tuple[str, ...], ...]], Operation] = {}

    async def read(self, read: Read) -> list[dict[str, Any]]:
        """Return the nodes that answer ``read``; see :func:`read_connection`."""
        return (await self._read(read, salvaging=False)).nodes

    async def salvage(self, read: Read) -> Salvaged:
        """Return what answers ``read`` of all rows that are right; only an answer of which none is raises an error."""
        return await self._read(read, salvaging=True)

    async def _read(self, read: Read, *, salvaging: bool) -> Salvaged:
        operation = read.collection.operation
        for reading in range(1, _READINGS + 1):
            broken: dict[str, str] | None = {} if salvaging else None
            try:
                # Positions are checked by the rows' IDs, which a broken row may lack.
                in_turn = salvaging or reading == _READINGS
                nodes = await self._read_once(operation, read.variables, broken, in_turn=in_turn)
            except Moved as moved:
                log.info("%s: %s while it was being read; reading it again", operation.name, moved)
                continue
            return Salvaged([node for node in nodes if not broken or node.get("id") not in broken], broken or {})
        raise ServerFault(
            f"{operation.name}: what the API lists kept changing while it was being read ({_READINGS} times); "
            "run again when nobody else changes the tenant"
        )

    async def _read_once(
        self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None, *, in_turn: bool
    ) -> list[dict[str, Any]]:
        if operation not in self._outlines:
            self._outlines[operation] = outline_of(operation)
        outline = self._outlines[operation]
        if not outline.paged:
            answer = await self._rows(operation, variables, broken)
            nodes = answer if isinstance(answer, list) else [answer] if answer is not None else []
        else:
            nodes = await self._read_pages(operation, variables, broken, in_turn=in_turn)
        source = _Source(operation, outline, variables)
        await together(self._complete_row(source, node, broken) for node in nodes if _is_cut(node, outline.inner))
        for node in nodes:
            _drop_page_info(node, outline.inner)
        return nodes

    async def _read_pages(
        self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None, *, in_turn: bool
    ) -> list[dict[str, Any]]:
        """Return the nodes of all pages, fetched side by side where their positions can be asked for.

        ``in_turn``: one page after the other, by cursors, as is right also for a server that minds no positions.
        ``broken``: what is wrong with single rows is noted there, and a stand-in takes their place.
        """

        async def next_page(after: str) -> dict[str, Any] | None:
            page: dict[str, Any] | None = await self._rows(
                operation, {**variables, "first": LARGEST_PAGE, "after": after}, broken
            )
            return page

        start = await self._rows(operation, {**variables, "first": LARGEST_PAGE}, broken)
        _check_rows(operation.name, start.get("totalCount", 0))
        if not in_turn and can_skip(operation) and start.get("totalCount", 0) > len(start["nodes"]) > 0:
            return await Windows(self._api, operation, variables).after(start)
        return await _all_nodes(operation.name, start, next_page)

    async def _complete_row(self, source: _Source, node: dict[str, Any], broken: dict[str, str] | None) -> None:
        """Fetch what is missing below a row; note it as broken where that fails and ``broken`` is given."""
        try:
            await self._complete(source, node, source.outline.inner, _Position(str(node.get("id"))))
        except EndOfRun:
            raise
        except ApiError as error:
            if broken is None:
                raise
            broken[str(node.get("id"))] = str(error)

    async def _complete(
        self, source: _Source, node: dict[str, Any], connections: tuple[Nested, ...], position: _Position
    ) -> None:
        """Fetch what is missing in the connections below the node, and in those below their nodes."""
        await together(
            self._complete_connection(source, nested, connection, position)
            for nested in connections
            for connection in _find(node, nested.keys)
        )

    async def _complete_connection(
        self, source: _Source, nested: Nested, connection: dict[str, Any], position: _Position
    ) -> None:
        connection["nodes"] = nodes = await self._nested_nodes(source, nested, connection, position)
        await together(
            self._complete(source, child, nested.inner, position.below(nested, index, str(child.get("id"))))
            for index, child in enumerate(nodes)
            if _is_cut(child, nested.inner)
        )

    async def _nested_nodes(
        self, source: _Source, nested: Nested, connection: dict[str, Any], position: _Position
    ) -> list[dict[str, Any]]:
        chain = (*position.chain, nested)

        async def next_page(after: str) -> dict[str, Any] | None:
            operation = self._page_operation(source, chain)
            places = {f"position{depth}": index for depth, index in enumerate(position.indexes)}
            own = {PARENT: position.root_id, **places, FIRST: LARGEST_PAGE, AFTER: after}
            known = {each.variable.name.value for each in operation.node.variable_definitions or ()}
            variables = {key: value for key, value in {**source.variables, **own}.items() if key in known}
            return _found_again(await self._ask(operation, variables), chain, position)

        return await _all_nodes(f"{source.operation.name}.{'.'.join(nested.keys)}", connection, next_page)

    def _page_operation(self, source: _Source, chain: tuple[Nested, ...]) -> Operation:
        key = (source.operation, tuple(nested.keys for nested in chain))
        if key not in self._pages:
            self._pages[key] = page_operation(source.operation, source.outline, chain)
        return self._pages[key]

    async def _rows(self, operation: Operation, variables: Mapping[str, Any], broken: dict[str, str] | None) -> Any:
        """Return a page, or a whole list; stand-ins take the place of its broken rows where these are noted."""
        answer = await self._api.ask(Call(operation, variables))
        if broken is None or answer.partial is None:
            return told(operation, answer)
        return _with_stand_ins(answer.partial, broken)

    async def _ask(self, operation: Operation, variables: Mapping[str, Any]) -> Any:
        return told(operation, await self._api.ask(Call(operation, variables)))


@dataclass(frozen=True, slots=True)
class _Source:
    """The query that the nodes came from, with its variables."""

    operation: Operation
    outline: Outline
    variables: Mapping[str, Any]


def _with_stand_ins(partial: Partial, broken: dict[str, str]) -> Any:
    """Return a page in which each broken row is an object with its ID alone; note what is wrong in ``broken``."""
    rows = partial.value["nodes"] if isinstance(partial.value, dict) else partial.value
    for position, problem in partial.broken.items():
        given = rows[position].get("id") if isinstance(rows[position], dict) else None
        identifier = given if isinstance(given, str) and given else f"{NAMELESS}{len(broken)}"
        broken[identifier] = problem
        rows[position] = {"id": identifier}
    return partial.value


async def _all_nodes(
    name: str, page: dict[str, Any], next_page: Callable[[str], Awaitable[dict[str, Any] | None]]
) -> list[dict[str, Any]]:
    """Return the nodes of the page and of all that follow it; :class:`Moved` when they do not add up."""
    total = page.get("totalCount")
    nodes: dict[Any, dict[str, Any]] = {}
    while True:
        found = page["nodes"]
        for node in found:
            identifier = node.get("id", len(nodes))
            if identifier in nodes:
                raise Moved("a row moved")
            nodes[identifier] = node
        _check_rows(name, len(nodes))
        if total is not None and len(nodes) > total:
            raise Moved(f"{total} rows became more")
        info = page.get("pageInfo")
        if not (info and info["hasNextPage"]):
            break
        cursor = info.get("endCursor")
        if not found or not isinstance(cursor, str) or not cursor:
            raise ServerFault(f"{name}: the API says that there is a next page, but not where")
        following = await next_page(cursor)
        if following is None:
            raise Moved("an object vanished")
        page = following
    if total is not None and total != len(nodes):
        raise Moved(f"{total} rows became {len(nodes)}")
    return list(nodes.values())


def _check_rows(name: str, rows: int) -> None:
    if rows > MAX_ROWS:
        raise ServerFault(
            f"{name}: the API lists {rows:,} rows, and no more than {MAX_ROWS:,} are read; check PRISMATIC_URL, or "
            "divide the work with --target or --shard"
        )


def _find(node: dict[str, Any], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the connection at ``keys`` below the node; nothing where an object on the way is null."""
    value: Any = node
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return [value] if isinstance(value, dict) else []


def _is_cut(node: dict[str, Any], connections: tuple[Nested, ...]) -> bool:
    """Say whether any list below the node goes on beyond its first page."""
    return any(
        (connection.get("pageInfo") or {}).get("hasNextPage")
        or (nested.inner and any(_is_cut(child, nested.inner) for child in connection.get("nodes") or ()))
        for nested in connections
        for connection in _find(node, nested.keys)
    )


def _drop_page_info(node: dict[str, Any], connections: tuple[Nested, ...]) -> None:
    for nested in connections:
        for connection in _find(node, nested.keys):
            connection.pop("pageInfo", None)
            for child in connection.get("nodes") or () if nested.inner else ():
                _drop_page_info(child, nested.inner)


def _found_again(root: dict[str, Any] | None, chain: tuple[Nested, ...], position: _Position) -> dict[str, Any] | None:
    """Walk down to the connection whose page was asked for, and make sure that it is the same one."""
    if root is None or str(root.get("id")) != position.root_id:
        return None
    value: dict[str, Any] = root
    for level, identifier in zip(chain[:-1], position.ids, strict=True):
        for connection in _find(value, level.keys):
            value = next((node for node in connection.get("nodes") or () if node.get("id") == identifier), {})
    return next(iter(_find(value, chain[-1].keys)), None)
