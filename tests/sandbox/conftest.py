"""Sandboxes for the tests, each closed at its end."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sandbox.client import Api

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = Path(__file__).parents[2] / "examples" / "integrations"


@pytest.fixture
def start() -> Iterator[Callable[..., Api]]:
    """Start a sandbox with the examples' integrations; options are settings, or ``variants=["name=value"]``."""
    with ExitStack() as stack:

        def start(*, variants: list[str] | None = None, **options: Any) -> Api:
            options.setdefault("integrations", (EXAMPLES,))
            sandbox = stack.enter_context(Sandbox(Settings(variants=Variants.parse(variants or ()), **options)))
            api = Api(sandbox)
            stack.callback(api.close)
            return api

        yield start


@pytest.fixture
def api(start: Callable[..., Api]) -> Api:
    """A sandbox with the examples' integrations."""
    return start()


@pytest.fixture
def instance(api: Api) -> str:
    """The ID of an instance of Acme Inventory's latest version."""
    seed = api.sandbox.seed
    customer = seed.customer("FTL Rockets", externalId="abc-123")
    version = seed.version("Acme Inventory")
    row: str = seed.instance("Acme Inventory", customer=customer["id"], integration=version["id"])["id"]
    return row
