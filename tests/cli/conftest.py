"""A tenant behind a real socket for the whole module, emptied for each test, and a shell to use it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, INSTANCE, WORD, Shell
from support.serving import served
from support.surroundings import leave_ci
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def serving() -> Iterator[tuple[World, str]]:
    """A tenant and its address."""
    with World() as world, served(world.sandbox) as url:
        yield world, url


@pytest.fixture
def shell(
    serving: tuple[World, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """A shell in an empty folder, signed in to an empty tenant."""
    world, url = serving
    world.sandbox.reset()
    for name in (
        "PRISM_REFRESH_TOKEN",
        "PRISMATIC_API_KEY",
        "PRISM_PROFILE",
        "NO_COLOR",
        "RECONCILER_FINGERPRINT_KEY",
        "RECONCILER_NOTIFY_URL",
        "RECONCILER_ENVIRONMENT",
        "RECONCILER_ALLOWED_HOSTS",
        "RECONCILER_SECRET_ENV",
    ):
        monkeypatch.delenv(name, raising=False)
    leave_ci(monkeypatch)
    monkeypatch.setenv("PRISMATIC_URL", url)
    monkeypatch.setenv("PRISM_ACCESS_TOKEN", world.sandbox.settings.token)
    monkeypatch.setenv("WORD", WORD)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, world, monkeypatch, capsys)


@pytest.fixture
def manifests(shell: Shell) -> Path:
    """A customer and an instance, declared in ``all.yaml``."""
    return shell.write("all.yaml", CUSTOMER + INSTANCE)
