"""What follows an answer of an apply: further steps, and connections that a person must authorize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.step import Revision, Step
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import DiffContext


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The steps after an answer. The executor asks after each one, the read-back at the end."""

    revise: Callable[[Resource, DiffContext, Step, Any, Sequence[Step]], Revision]
    """Return what remains to be done, now that a step was answered with an object; the last argument is the rest."""
    outcome: Callable[[Live], Mapping[str, Any]] = lambda _: {}
    """Return what a person needs next besides the object's ID, such as webhook URLs."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """Addresses for signing in. ``apply`` asks for them after the read-back, when they are to be shown."""

    reads: Callable[[Live], Read | None]
    """Return what reads the addresses, where there is something left to authorize."""
    urls: Callable[[Any], Mapping[str, str]]
    """Return the addresses by name, from the node so read. They are secrets: shown only on request."""
