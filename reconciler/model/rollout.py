"""Rollouts: how changes of many objects are carried out, wave by wave. A policy of a project, no object of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.place import Origin

KIND = "Rollout"
AT_ONCE = 20
"""Members that are changed at the same time, at most, where the manifest does not say."""
Creation = Literal["at-once", "in-wave"]
OnFailure = Literal["stop", "rollback"]
State = Literal["open", "waiting", "held"]
"""Of a change: carried out now; not yet; not at all, until its manifest changes or somebody retries it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects a rollout is about: those that meet every condition that is set."""

    sets: tuple[str, ...] = ()
    """Addresses of sets, such as ``InstanceSet/inventory``; the object is a member of one of them."""
    source: str = ""
    """The name of the integration that the object runs."""
    labels: tuple[str, ...] = ()
    """Labels that the object's manifest declares, all of them; lower case."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: the members that it chooses, and what it takes to open it and to leave it.

    A wave chooses by the customers' labels or names, by a share of all members, or everybody who is left.
    """

    name: str
    labels: tuple[str, ...] = ()
    """Labels that a customer has, all of them; lower case."""
    names: tuple[str, ...] = ()
    """Handles of customers."""
    percent: int | None = None
    """The share of all members, rounded up."""
    soak: timedelta = timedelta()
    """How long a member must have run since its deploy before later waves may open."""
    approval: bool = False
    """Whether the wave opens only in a run that approves it."""

    @property
    def rest(self) -> bool:
        """Whether the wave takes everybody whom no earlier wave chose."""
        return not self.by_customer and self.percent is None

    @property
    def by_customer(self) -> bool:
        """Whether the wave names its customers, by labels or names."""
        return bool(self.labels or self.names)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which changes are carried out: it begins whenever ``schedule`` (cron) fires in its time zone."""

    schedule: str
    duration: timedelta
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many members of a wave may fail before it stops: a number, or a share of the wave's members.

    >>> Allowance(percent=2).of(120), Allowance(percent=2).of(40), Allowance(1).of(40)
    (2, 0, 1)
    """

    number: int = 0
    percent: float | None = None

    def of(self, members: int) -> int:
        """Return the number for a wave with so many members; a share is rounded down."""
        return self.number if self.percent is None else int(members * self.percent / 100)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How the changes of some objects are carried out. Its waves open one after another.

    >>> waves = (Wave("canary", labels=("canary",)), Wave("rest"))
    >>> Rollout("inventory", Selection(source="Acme Inventory"), waves).wave("rest").rest
    True
    """

    name: str
    selection: Selection
    waves: tuple[Wave, ...]
    max_failures: Allowance = Allowance()
    max_concurrent: int = AT_ONCE
    windows: tuple[Window, ...] = ()
    """Changes are carried out only in one of them; none: at any time."""
    create: Creation = "at-once"
    """Whether a new object is created at once, or when its wave opens."""
    on_failure: OnFailure = "stop"
    origin: Origin | None = field(default=None, compare=False, repr=False)
    """The places of the policy in its manifest."""

    @property
    def address(self) -> str:
        return f"{KIND}/{self.name}"

    @property
    def wave_names(self) -> Sequence[str]:
        return [wave.name for wave in self.waves]

    def wave(self, name: str) -> Wave:
        """Return the wave with a name; raises ``KeyError``."""
        try:
            return next(wave for wave in self.waves if wave.name == name)
        except StopIteration:
            raise KeyError(name) from None


@dataclass(frozen=True, slots=True)
class Member:
    """One object that a rollout governs, with its customer as far as waves choose by it."""

    address: str
    customer: str
    """The customer's handle: that of its manifest or in its set, else its external ID, else its name."""
    title: str = ""
    """The customer's name, for people."""
    labels: frozenset[str] = frozenset()
    """The customer's labels, in lower case."""

    @property
    def shown(self) -> str:
        """How reports call the member: by its customer."""
        return self.customer or self.address


@dataclass(frozen=True, slots=True)
class Standing:
    """How one change stands in its rollout."""

    rollout: str
    wave: str
    state: State
    reason: str = ""
    """Why it waits or is held, in words; of an open one, empty or what is special."""
