"""A process that dies at one request: nothing of it goes on, and nothing can catch it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from safety.picture import picture
from safety.scenario import ALLOWED, world
from support.recording import Recorder, Recording, root_fields

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from safety.picture import Picture
    from support.world import World

    from reconciler.sandbox.app import Sandbox

Moment = Literal["before", "after"]


class Dying(Recording):
    """Dies before or after the sandbox carried out the request with this number, counted from 1.

    ``asked`` are the fields that the requests asked for. Once dead, it takes no request any more.
    """

    def __init__(self, sandbox: Sandbox, at: int = 0, moment: Moment = "before") -> None:
        super().__init__(sandbox, Recorder())
        self.asked: list[tuple[str, ...]] = []
        self._at, self._moment = at, moment
        self._dead = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._dead:
            raise asyncio.CancelledError
        body = json.loads(await request.aread())
        self.asked.append(tuple(name for name, _ in root_fields(body["query"], {})))
        fatal = len(self.asked) == self._at
        if fatal and self._moment == "before":
            self._die()
        response = await super().handle_async_request(request)
        if fatal:
            self._die()
        return response

    def _die(self) -> None:
        """End all that is under way, which nothing in the product can tell from the end of the process."""
        self._dead = True
        for task in asyncio.all_tasks():
            task.cancel()
        raise asyncio.CancelledError


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run that nothing disturbs asks for, request by request, and the tenant that it leaves."""

    asked: list[tuple[str, ...]]
    mutations: int
    tenant: Picture


def undisturbed(folder: Path) -> Undisturbed:
    """Apply the manifests of the folder."""
    with world(seed=1) as tenant:
        transport = Dying(tenant.sandbox)
        assert all(result.ok for result in tenant.apply(folder, cwd=folder, transport=transport, **ALLOWED))
        return Undisturbed(transport.asked, len(tenant.mutations), picture(tenant))


def kill(tenant: World, folder: Path, at: int, moment: Moment) -> None:
    """Apply the manifests and die at one request; fails when the run survives."""
    transport = Dying(tenant.sandbox, at, moment)
    try:
        tenant.apply(folder, cwd=folder, transport=transport, **ALLOWED)
    except asyncio.CancelledError:
        return
    survived = f"the run survived being killed {moment} request {at}"
    raise AssertionError(survived)
