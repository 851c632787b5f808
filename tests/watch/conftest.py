"""A tenant and a folder to watch it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from watch.watching import Watching

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


@pytest.fixture
def watching(world: World, tmp_path: Path) -> Watching:
    """An empty folder, and an empty tenant."""
    return Watching(world, tmp_path)
