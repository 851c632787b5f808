"""A sandbox behind a real socket, and the official CLI signed in to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from official_cli.prism import Prism
from support.serving import served

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

INTEGRATIONS = Path(__file__).parents[2] / "examples" / "integrations"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A tenant with the examples' integrations."""
    with Sandbox(Settings(integrations=(INTEGRATIONS,))) as sandbox:
        yield sandbox


@pytest.fixture
def prism(sandbox: Sandbox, tmp_path: Path) -> Iterator[Prism]:
    """The CLI with the access token in its environment."""
    with served(sandbox) as url:
        yield Prism(sandbox, tmp_path, {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": sandbox.settings.token})
