"""A fake tenant with limits on pages and requests, and the errors with which APIs report that a request is too much."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from prismatic.fake_tenant import FakeTenant

if TYPE_CHECKING:
    from collections.abc import Callable

    Heavy = Callable[[httpx.Request], httpx.Response | Exception]


def complain(message: str, status: int = 200) -> Heavy:
    return lambda _: httpx.Response(status, json={"errors": [{"message": message}]})


def complain_of_the_field(message: str) -> Heavy:
    body = {"data": {"op0": None}, "errors": [{"message": message, "path": ["op0"]}]}
    return lambda _: httpx.Response(200, json=body)


REFUSALS: dict[str, Heavy] = {
    "time-out": lambda _: httpx.ReadTimeout("x"),
    "gateway time-out": lambda _: httpx.Response(504),
    "bad gateway": lambda _: httpx.Response(502),
    "server error": lambda _: httpx.Response(500),
    "too large": lambda _: httpx.Response(413),
    "too complex": complain("The query is too complex"),
    "too complex, as HTTP 400": complain("Query complexity 12000 exceeds 10000", 400),
}
REFUSALS_OF_ONE_FIELD: dict[str, Heavy] = {
    "too complex, for the field": complain_of_the_field("Query is too complex."),
    "the database's time-out": complain_of_the_field("canceling statement due to statement timeout"),
}


class LimitedTenant(FakeTenant):
    """A tenant that accepts only so many nodes a page and operations a request; ``refusal`` is its error for more.

    ``slow_from``: pages of this size and more take half a minute, but arrive.
    """

    def __init__(
        self, refusal: str = "", *, page: int = 100, aliases: int = 1000, slow_from: int = 1000, **content: Any
    ) -> None:
        super().__init__(**content)
        self.refusal, self.largest, self.most, self.slow_from = refusal, page, aliases, slow_from
        self.asked: list[tuple[int, list[int]]] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle(request)
        sent = self.queries[-1]
        aliases = sum(f"op{number}: " in sent.query for number in range(100))
        pages = [value for key, value in sent.variables.items() if key.endswith(("_first", "_pageFirst"))]
        self.asked.append((aliases, pages))
        if aliases > self.most or max(pages, default=0) > self.largest:
            happening = (REFUSALS | REFUSALS_OF_ONE_FIELD)[self.refusal](request)
            if isinstance(happening, Exception):
                raise happening
            return happening
        if max(pages, default=0) >= self.slow_from or aliases >= self.slow_from:
            await asyncio.sleep(30)
        return response

    @property
    def sizes(self) -> list[int]:
        """The sizes of the requested pages, in order."""
        return [size for _, pages in self.asked for size in pages]


def customers(count: int) -> list[dict[str, Any]]:
    return [{"id": f"c{number}", "name": f"n{number}", "users": []} for number in range(count)]
