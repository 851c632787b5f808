"""Two applies on one tenant, interleaved: a schedule says whose request comes next, so every run of it is the same."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.recording import Recorder, Recording

from reconciler.errors import ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    from support.world import World

    from reconciler.applying.results import Result

WAITS = 120.0


class Turns:
    """Lets clients have their turns as ``schedule`` says: ``[0, 0, 1, …]`` are requests of the first, the second …

    When it is at its end, or whose turn it would be has ended, the others go on as they come, the first one first.
    """

    def __init__(self, schedule: Sequence[int], clients: int = 2) -> None:
        self._left = list(schedule)
        self._running = set(range(clients))
        self._changed = threading.Condition()
        self.taken: list[int] = []

    def _next(self) -> int | None:
        while self._left and self._left[0] not in self._running:
            self._left.pop(0)
        return self._left[0] if self._left else min(self._running, default=None)

    @contextmanager
    def turn(self, client: int) -> Iterator[None]:
        """Wait for the client's turn; it lasts as long as the block."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._next() == client, WAITS), "nobody's turn comes"
            yield
            self.taken.append(client)
            if self._left:
                self._left.pop(0)
            self._changed.notify_all()

    def ended(self, client: int) -> None:
        with self._changed:
            self._running.discard(client)
            self._changed.notify_all()


class Waiting(Recording):
    """Sends to a sandbox in-process, when it is the client's turn."""

    def __init__(self, world: World, turns: Turns, client: int) -> None:
        super().__init__(world.sandbox, Recorder())
        self._turns, self._client = turns, client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        # It blocks this client's own loop, and nobody else's: one request at a time is under way.
        with self._turns.turn(self._client):
            return await super().handle_async_request(request)


@dataclass(slots=True)
class Came:
    """What came of one client's apply."""

    results: Sequence[Result] = ()
    error: ReconcilerError | None = None
    unexpected: list[BaseException] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.error is None and all(result.ok for result in self.results)

    @property
    def said(self) -> str:
        return "\n".join([str(self.error or ""), *(message for each in self.results for message in each.messages)])


def together(world: World, manifests: Sequence[str], schedule: Sequence[int], **more: Any) -> list[Came]:
    """Apply, each client its own manifests, in the order that the schedule says; return what came of each."""
    turns = Turns(schedule, len(manifests))
    outcomes = [Came() for _ in manifests]

    def run(client: int) -> None:
        came = outcomes[client]
        try:
            came.results = world.apply(manifests[client], transport=Waiting(world, turns, client), **more)
        except ReconcilerError as error:
            came.error = error
        except BaseException as error:  # noqa: BLE001 - told to the test, which fails of it
            came.unexpected.append(error)
        finally:
            turns.ended(client)

    threads = [threading.Thread(target=run, args=(client,)) for client in range(len(manifests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAITS)
    assert not any(thread.is_alive() for thread in threads), "an apply does not end"
    for came in outcomes:
        if came.unexpected:
            raise came.unexpected[0]
    return outcomes


def schedules(first: int, second: int) -> Iterator[list[int]]:
    """Yield every order in which two clients can take turns that changes over at most three times.

    ``first`` and ``second`` are how many requests each has.
    """
    for start, length in ((0, first), (1, second)):
        other = 1 - start
        rest = second if start == 0 else first
        for before in range(length):
            for between in range(1, rest + 1):
                yield [start] * before + [other] * between + [start] * length
