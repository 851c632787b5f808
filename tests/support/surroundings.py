"""Where a test runs: on a person's machine, whichever service runs the test suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.writing.ci import SERVICES

if TYPE_CHECKING:
    import pytest


def leave_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what tells that a run is a job of a service's."""
    for names in SERVICES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
