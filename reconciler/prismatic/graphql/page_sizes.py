"""How much is asked for in one request: what proved to be too much is not tried again in the same run."""

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
"""What Prismatic returns at most for one page."""
SMALLEST_PAGE = 5
SLOW_SECONDS = 20.0
"""An answer that takes longer is on its way to a time-out of some gateway: 30 or 60 seconds are usual."""
_PAGE_VARIABLES = (FIRST, "first")


class Sizes:
    """The operations a request may have, and the nodes a page may have, by operation.

    Cursors are positions in the whole list, so a list can be read on in pages of another size.
    """

    def __init__(self, look_ups: int) -> None:
        self._most = {False: look_ups, True: sys.maxsize}
        self._pages: dict[str, int] = {}

    @property
    def look_ups(self) -> int:
        """How many queries travel in one request at most."""
        return self._most[False]

    def most(self, *, mutation: bool) -> int:
        """Return how many operations travel in one request at most."""
        return self._most[mutation]

    def page(self, operation: Operation) -> int:
        """Return how many nodes to ask for at once."""
        return self._pages.get(operation.name, LARGEST_PAGE)

    def fitted(self, call: Call) -> Call:
        """Return the call with a page no larger than it may be."""
        key = _page_variable(call)
        if key is None or call.variables[key] <= self.page(call.operation):
            return call
        return replace(call, variables={**call.variables, key: self.page(call.operation)})

    @staticmethod
    def divisible(calls: Sequence[Call]) -> bool:
        """Say whether the same can be asked for in smaller requests."""
        return (len(calls) > 1 and not is_page(calls)) or _page_size(calls[0]) > SMALLEST_PAGE

    def shrink(self, calls: Sequence[Call]) -> bool:
        """Remember that this was too much for one request; return whether less can be asked for.

        Fewer operations first; when it was one alone, or one page of a list, smaller pages of it.
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
        """Let no more operations than this travel in one request."""
        if size < self._most[mutation]:
            self._most[mutation] = size
            log.info("from now on no more than %d %s a request", size, "mutations" if mutation else "queries")


def is_page(calls: Sequence[Call]) -> bool:
    """Say whether the request is for one page of a list, first, with the row before it: nothing to be divided."""
    return OFFSET in calls[0].variables and _page_variable(calls[0]) is not None


def _page_size(call: Call) -> int:
    key = _page_variable(call)
    return call.variables[key] if key else 0


def _page_variable(call: Call) -> str | None:
    return next((key for key in _PAGE_VARIABLES if key in call.variables), None)
