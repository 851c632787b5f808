"""The sizes of requests and pages. A size that proves too much is not tried again in the same run."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.prismatic.graphql.page_queries import FIRST, OFFSET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.operation import Operation
    from reconciler.prismatic.graphql.batching import Call

log = logging.getLogger(__name__)

LARGEST_PAGE = 100
"""Nodes of a page, at most: Prismatic's own limit."""
SMALLEST_PAGE = 5
"""Nodes of a page, at least: when even these are too much, the size is not the cause."""
SLOW_SECONDS = 20.0
"""Seconds after which an answer is slow. Gateways usually give up after 30 or 60 seconds, and then nothing is read."""
_PAGE_VARIABLES = (FIRST, "first")


class Sizes:
    """The number of operations in a request, and of nodes in a page of each operation.

    Both only ever shrink. A page can shrink in the middle of a list, since cursors are positions in the whole list.
    Mutations have no limit here until one proves too much: their batches are made by the executor.
    """

    def __init__(self, look_ups: int) -> None:
        self._most = {False: look_ups, True: sys.maxsize}
        self._pages: dict[str, int] = {}

    @property
    def look_ups(self) -> int:
        """Queries in one request, at most."""
        return self._most[False]

    def most(self, *, mutation: bool) -> int:
        """Return the largest number of operations in one request."""
        return self._most[mutation]

    def page(self, operation: Operation) -> int:
        """Return the number of nodes to ask for in a page."""
        return self._pages.get(operation.name, LARGEST_PAGE)

    def fitted(self, call: Call) -> Call:
        """Return the call with its page reduced to the current size."""
        key = _page_variable(call)
        if key is None or call.variables[key] <= self.page(call.operation):
            return call
        return replace(call, variables={**call.variables, key: self.page(call.operation)})

    @staticmethod
    def divisible(calls: Sequence[Call]) -> bool:
        """Return whether smaller requests can ask for the same."""
        return (len(calls) > 1 and not is_page(calls)) or _page_size(calls[0]) > SMALLEST_PAGE

    def shrink(self, calls: Sequence[Call]) -> bool:
        """Lower the size that the calls had, since they were too much; return whether a smaller size is possible.

        Several calls become fewer calls. A single call, or the two calls of one page, get smaller pages.
        """
        if not self.divisible(calls):
            return False
        operation = calls[0].operation
        if len(calls) > 1 and not is_page(calls):
            self.limit(len(calls) // 2, mutation=operation.mutation)
            return True
        size = max(SMALLEST_PAGE, _page_size(calls[0]) // 2)
        if size < self.page(operation):
            self._pages[operation.name] = size
            log.info("%s: reading on in pages of %d", operation.name, size)
        return True

    def limit(self, size: int, *, mutation: bool) -> None:
        """Allow at most ``size`` operations in one request."""
        if size < self._most[mutation]:
            self._most[mutation] = size
            log.info("from now on no more than %d %s a request", size, "mutations" if mutation else "queries")


def is_page(calls: Sequence[Call]) -> bool:
    """Return whether the request is for a page and the row before it.

    It is not divided: both answers must be from the same moment.
    """
    return OFFSET in calls[0].variables and _page_variable(calls[0]) is not None


def _page_size(call: Call) -> int:
    key = _page_variable(call)
    return call.variables[key] if key else 0


def _page_variable(call: Call) -> str | None:
    return next((key for key in _PAGE_VARIABLES if key in call.variables), None)
