"""Requests of an export, as exact figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exporting.exported import export
from support.crowd import Crowd
from support.world import World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("crowd", "first", "again"),
    [(Crowd(30, 30, 30), 4, 3), (Crowd(230, 310, 450), 13, 12), (Crowd(101, 0, 400), 8, 7)],
    ids=lambda given: f"{given.customers}-{given.users}-{given.instances}" if isinstance(given, Crowd) else None,
)
def test_an_export_costs_its_pages(crowd: Crowd, first: int, again: int, tmp_path: Path) -> None:
    """Every list is read once, page by page, and what the integrations declare once for all of their instances."""
    with World() as world:
        crowd.settle(world)
        for expected in (first, again):
            world.forget()
            export(world, tmp_path)
            assert world.sandbox.log.requests == expected
