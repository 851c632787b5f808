"""A customer is deleted only if the API returned what would go with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reconciler.errors import PlanRefused, Rejected
from reconciler.sandbox.in_process import InProcess
from reconciler.workflow.planning import make_plan

if TYPE_CHECKING:
    from support.world import World

GONE = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets}
lifecycle: {state: absent}
"""
ERRORS: dict[str, list[dict[str, Any]]] = {
    "null alone": [],
    "an error with the field's name for its path": [{"message": "Internal server error", "path": ["customer"]}],
    "an error of an unknown alias": [{"message": "Boom", "path": ["opX", "instances"]}],
    "an error further down": [{"message": "search index not found", "path": ["op0", "instances"]}],
    "an error of its own": [{"message": "Boom", "path": ["op0"]}],
}


class _WithoutContents(InProcess):
    """A sandbox whose answer to what a customer contains is null, beside some errors."""

    def __init__(self, world: World, errors: list[dict[str, Any]]) -> None:
        super().__init__(world.sandbox)
        self._errors = errors

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        content = json.loads(await response.aread())
        if json.loads(request.content).get("operationName") == "customerContents":
            content = {"data": dict.fromkeys(content["data"])} | ({"errors": self._errors} if self._errors else {})
        return httpx.Response(response.status_code, json=content)


@pytest.mark.parametrize("errors", ERRORS.values(), ids=ERRORS)
def test_a_customer_whose_contents_are_unknown_is_not_deleted(world: World, errors: list[dict[str, Any]]) -> None:
    """The contents guard a deletion, so an answer without them refuses the plan."""
    customer = world.seed.customer("FTL Rockets")
    version = world.seed.version("Acme Inventory")
    world.seed.instance("Inventory", customer=customer["id"], integration=version["id"], labels=["gitops:protected"])
    transport = _WithoutContents(world, errors)
    with (
        world.session(GONE, transport=transport, allow_delete=("Customer",)) as session,
        pytest.raises((PlanRefused, Rejected)),
    ):
        make_plan(session.planning())
    assert world.rows("customers", name="FTL Rockets")
