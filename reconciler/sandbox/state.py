"""The state of a sandbox: its tenant, its log of requests, and its faults."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

from reconciler.sandbox.data.audit import AuditLog
from reconciler.sandbox.data.clock import parse_duration, parse_moment
from reconciler.sandbox.data.executions import settle
from reconciler.sandbox.data.outcomes import Outcomes
from reconciler.sandbox.data.rate import Rate
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.store import Store
from reconciler.sandbox.data.tokens import Tokens
from reconciler.sandbox.faults.queue import Faults
from reconciler.sandbox.world.load import AHEAD, SetupError, furnish

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from types import TracebackType

    from reconciler.sandbox.data.tenant import Tenant


class State:
    """One sandbox without its endpoints; close it, or use it as a context manager.

    ``log`` records every request, ``faults`` makes the sandbox misbehave, ``store`` holds the data.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Start from ``settings``; raise :class:`SetupError` when they cannot be used."""
        self.settings = settings or Settings()
        self.log = _log(self.settings)
        self.faults = Faults(self.settings.seed)
        self._set_faults()
        self.rate = Rate(self.settings.rate)
        self.tokens = Tokens(self.settings.token, self.settings.refresh_token, self.settings.now)
        self.store, self.tenant = _open(self.settings)

    def reset(self) -> None:
        """Restore the initial state, also of a state file."""
        fresh = Store()
        try:
            tenant = furnish(fresh, self.settings)
            self.store.copy_from(fresh)
            self.tenant.clock.follow(tenant.clock)
        finally:
            fresh.close()
        self.tokens = Tokens(self.settings.token, self.settings.refresh_token, self.settings.now)
        self.log.clear()
        self.faults.clear()
        self._set_faults()

    def advance(self, by: timedelta | str) -> None:
        """Move the clock forwards by a duration such as ``"24h"``, and let happen what is due."""
        self.tenant.clock.advance(parse_duration(by) if isinstance(by, str) else by)
        self._moved()

    def set_clock(self, at: datetime | str) -> None:
        """Move the clock forwards, and let happen what is due; raise :class:`.ClockError` for a past moment."""
        self.tenant.clock.move_to(parse_moment(at) if isinstance(at, str) else at)
        self._moved()

    def _moved(self) -> None:
        self.store.keep(AHEAD, self.tenant.clock.ahead.total_seconds())
        settle(self.tenant)

    @property
    def outcomes(self) -> Outcomes:
        """The rules that say how runs and releases turn out."""
        return Outcomes(self.tenant)

    def _set_faults(self) -> None:
        for spec in self.settings.faults:
            self.faults.add(spec)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _log(settings: Settings) -> AuditLog:
    try:
        return AuditLog(settings.log)
    except OSError as error:
        raise SetupError(f"{settings.log}: cannot be written: {error.strerror}") from error


def _open(settings: Settings) -> tuple[Store, Tenant]:
    store = None
    try:
        store = Store(settings.state)
        tenant = furnish(store, settings)
    except sqlite3.Error as error:
        if store is not None:
            store.close()
        raise SetupError(f"{settings.state}: cannot be used as a state file: {error}") from error
    except BaseException:
        if store is not None:
            store.close()
        raise
    return store, tenant
