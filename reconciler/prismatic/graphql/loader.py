"""Collecting queries that are asked at the same time into one request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from reconciler.prismatic.graphql.batching import Call
    from reconciler.prismatic.graphql.response import Answer


class Loader:
    """Collects single calls and sends at most ``size()`` of them together.

    Code that reads page after page can then ask for one page at a time, and many such readers share requests.
    """

    def __init__(self, send: Callable[[Sequence[Call]], Awaitable[list[Answer]]], size: Callable[[], int]) -> None:
        self._send = send
        self._size = size
        self._waiting: list[tuple[Call, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, call: Call) -> Answer:
        """Return the answer to one call. An error of its request is raised for every call in the request."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, future))
        if len(self._waiting) == 1:
            self._start(self._collect())
        return await future

    async def close(self) -> None:
        """Cancel the requests that are under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _collect(self) -> None:
        """Wait until no coroutine asks for more without waiting for an answer, then send all calls."""
        known = 0
        while known < len(self._waiting):
            known = len(self._waiting)
            # Lets every coroutine that is ready run once.
            await asyncio.sleep(0)
        waiting, self._waiting = [each for each in self._waiting if not each[1].done()], []
        size = self._size()
        for start in range(0, len(waiting), size):
            self._start(self._deliver(waiting[start : start + size]))

    async def _deliver(self, batch: Sequence[tuple[Call, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([call for call, _ in batch])
        except Exception as error:  # noqa: BLE001 - raised for each caller
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
