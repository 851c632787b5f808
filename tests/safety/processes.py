"""The product as a process of its own, on a sandbox that tells when it is asked something: a place for signals."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.serving import Ran, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send
    from support.world import World

ENDS_WITHIN = 60.0


@dataclass(slots=True)
class Gate:
    """An ASGI application in front of a sandbox's; ``act`` is called between a request and its being answered.

    ``act(number, body)`` is told which request of ``/api`` it is, counted from 1. With ``after``, it is called when
    the request was carried out, and before it is answered. The first requests that write wait for each other, as many
    as ``meets`` says.
    """

    app: ASGIApp
    act: Callable[[int, bytes], object] = lambda *_: None
    after: bool = True
    requests: int = 0
    meets: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") != "/api":
            await self.app(scope, receive, send)
            return
        message = await receive()
        while message.get("more_body"):
            more = await receive()
            message = {**more, "body": message["body"] + more["body"]}
        self.requests += 1
        number = self.requests
        if self.meets and not self.met.is_set() and b'"mutation ' in message["body"][:200]:
            self.meets -= 1
            if not self.meets:
                self.met.set()
            await self.met.wait()
        again = [message]

        async def once_more() -> Any:
            return again.pop() if again else await receive()

        told: list[Any] = []

        async def hold(answer: Any) -> None:
            told.append(answer)

        if not self.after:
            self.act(number, message["body"])
        await self.app(scope, once_more, hold)
        if self.after:
            self.act(number, message["body"])
        for answer in told:
            await send(answer)


@dataclass(slots=True)
class Started:
    """A process that runs; ``act`` of the gate may send it signals before this knows it."""

    process: subprocess.Popen[str]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> Ran:
        out, err = self.process.communicate(timeout=ENDS_WITHIN)
        return Ran(self.process.returncode, out, err)


@contextmanager
def gated(world: World, gate: Gate) -> Iterator[str]:
    """Serve the world's sandbox behind the gate; yield its address."""
    sandbox = world.sandbox
    before, sandbox.app = sandbox.app, gate
    try:
        with served(sandbox) as url:
            yield url
    finally:
        sandbox.app = before


def start(
    *arguments: str,
    environ: dict[str, str],
    cwd: Path,
    stdin: Any = subprocess.DEVNULL,
    through: Sequence[str] = (),
) -> Started:
    """Start ``reconciler`` as a user would, without the caller's environment; ``through`` a program that runs it."""
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    process = subprocess.Popen(
        [*through, sys.executable, "-m", "reconciler", *arguments],
        env={**inherited, "HOME": str(cwd), **environ},
        cwd=cwd,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Started(process)
