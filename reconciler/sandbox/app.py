"""A sandbox as an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.http.routes import application
from reconciler.sandbox.state import State
from reconciler.sandbox.world.seed import Seed

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from reconciler.sandbox.data.settings import Settings


class Sandbox(State):
    """One local Prismatic; close it, or use it as a context manager.

    ``app`` is an ASGI application, served by :func:`reconciler.sandbox.server.serve` or used in-process
    through :class:`reconciler.sandbox.in_process.InProcess`. ``log`` records every request, ``faults`` makes
    it misbehave, ``seed`` creates objects directly, ``store`` holds the data.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Start from ``settings``; raise :class:`SetupError` when they cannot be used."""
        super().__init__(settings)
        self.seed = Seed(self.tenant)
        self.app: ASGIApp = application(self)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Return the ASGI application of a new sandbox."""
    return Sandbox(settings).app
