"""A plan between being made and being applied, so that something can happen in between; and misbehaving transports."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.sandbox.in_process import InProcess
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.world import World

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.sandbox.app import Sandbox
    from reconciler.workflow.session import Session


@dataclass(slots=True)
class Run:
    """One plan, ready to be applied; ``told`` are the results as progress told them."""

    session: Session
    plan: Plan
    told: list[tuple[str, str]] = field(default_factory=list)

    def apply(self) -> dict[str, Result]:
        """Apply the plan; return the results by address."""
        results = apply_plan(self.session, self.plan, self._tell)
        return {result.change.address: result for result in results}

    def _tell(self, result: Result) -> None:
        self.told.append((result.change.address, result.status))


@contextmanager
def planned(world: World, manifests: str | Path, **more: Any) -> Iterator[Run]:
    """Plan, and yield what is to be applied."""
    with world.session(manifests, **more) as session:
        yield Run(session, make_plan(session))


class Meddling(InProcess):
    """Lets every GraphQL request pass through ``ask`` on its way there, and its answer through ``answer`` back."""

    def __init__(
        self,
        sandbox: Sandbox,
        ask: Callable[[dict[str, Any]], Any] = lambda _: None,
        answer: Callable[[dict[str, Any], dict[str, Any]], Any] = lambda *_: None,
    ) -> None:
        super().__init__(sandbox)
        self._ask, self._answer = ask, answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread())
        self._ask(body)
        headers = {key: value for key, value in request.headers.items() if key != "content-length"}
        changed = httpx.Request(request.method, request.url, headers=headers, content=json.dumps(body).encode())
        response = await super().handle_async_request(changed)
        data = json.loads(await response.aread())
        self._answer(body, data)
        return httpx.Response(response.status_code, json=data)


def inputs_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the inputs of a request's mutations."""
    return [value for key, value in (body.get("variables") or {}).items() if key.endswith("_input")]


def customers(*handles: str, **spec: Any) -> str:
    """Return the manifests of customers that are named like their handles."""
    return "---\n".join(
        json.dumps(
            {
                "apiVersion": "reconciler/v1",
                "kind": "Customer",
                "metadata": {"name": handle},
                "spec": {"name": handle.title(), **spec},
            }
        )
        + "\n"
        for handle in handles
    )
