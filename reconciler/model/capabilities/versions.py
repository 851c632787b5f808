"""Versions of something that a kind's objects run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.live import Live
    from reconciler.model.tenant import Read
    from reconciler.model.version_use import Unpinned, VersionUse
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version an object runs. ``locking/`` asks which ones are open, ``impact/`` whom another one affects."""

    unpinned: Callable[[Mapping[str, Any]], Unpinned | None]
    """Return the version that a spec leaves to the newest one, if it leaves any: a lock can hold it."""
    source: Callable[[Mapping[str, Any]], str]
    """Return the name of what a spec uses a version of."""
    users: Callable[[str], Read]
    """Return what reads every live object that runs any of the versions of one ``sequence``."""
    use: Callable[[Live, View], VersionUse]
    """Return which version a live object runs, and what it would lose with one that is not published yet."""
