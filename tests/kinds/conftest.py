"""Fixtures of the tests of single kinds: tenants with shared connections."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from kinds.shared_connections import publish
from support.world import World

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator

READINGS = [
    dict(zip(("connection_inputs", "write_only_inputs", "shared_secrets"), each, strict=True))
    for each in product(("merge", "replace"), ("empty", "null"), ("hidden", "plain"))
]


@pytest.fixture
def ships() -> Iterator[World]:
    """A tenant with an integration that takes the connection."""
    with World() as world:
        publish(world)
        yield world


@pytest.fixture(params=READINGS, ids=lambda each: "-".join(each.values()))
def reading(request: pytest.FixtureRequest) -> Iterator[World]:
    """A tenant for each way in which the API may keep and return inputs."""
    with World(Variants(**request.param)) as world:
        publish(world)
        yield world
