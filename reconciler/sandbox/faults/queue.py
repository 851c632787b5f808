"""The faults that are set, and how often each may still strike."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.faults.fault import BESIDE
from reconciler.sandbox.faults.specs import fault_of

if TYPE_CHECKING:
    from reconciler.sandbox.faults.fault import Asked, Fault


@dataclass(slots=True)
class _Armed:
    """A fault, with counts of the requests that it concerned and struck."""

    fault: Fault
    random: random.Random
    seen: int = 0
    uses: int = 0

    def strikes(self, asked: Asked) -> bool:
        """Return whether the fault strikes this request, and count it if so."""
        fault = self.fault
        if not fault.concerns(asked):
            return False
        self.seen += 1
        if fault.every is not None and self.seen % fault.every:
            return False
        if fault.chance is not None and self.random.random() >= fault.chance:
            return False
        self.uses += 1
        return True

    @property
    def used_up(self) -> bool:
        return self.fault.times is not None and self.uses >= self.fault.times


@dataclass(slots=True)
class Faults:
    """The faults that are set; each is used up after striking ``times`` times.

    With a ``seed``, ``chance`` picks the same requests in every run.
    """

    seed: int | None = None
    struck: list[Fault] = field(default_factory=list)
    """Every strike so far, oldest first."""
    _armed: list[_Armed] = field(default_factory=list)
    _set: int = 0

    @property
    def pending(self) -> list[Fault]:
        return [armed.fault for armed in self._armed]

    def add(self, spec: str, **options: Any) -> Fault:
        """Set a fault: ``"drop-after:field=createInstance,times=2"``, or its kind with the options by name.

        Raises :class:`~reconciler.sandbox.faults.specs.FaultError` with one line for an invalid spec.
        """
        fault = fault_of(spec, options)
        self._set += 1
        chance = random.Random(None if self.seed is None else f"{self.seed}/{self._set}")  # noqa: S311 - no secret
        self._armed.append(_Armed(fault, chance))
        return fault

    def clear(self) -> None:
        self._armed.clear()
        self._set = 0

    def take(self, asked: Asked) -> list[Fault]:
        """Return the faults that strike this request, and count them as used.

        If several kinds could strike, the fault that was set first decides about the answer.
        """
        found: list[Fault] = []
        for armed in self._armed:
            decided = {fault.kind for fault in found} - BESIDE
            if (not decided or armed.fault.kind in decided | BESIDE) and armed.strikes(asked):
                found.append(armed.fault)
        self._armed = [armed for armed in self._armed if not armed.used_up]
        self.struck += found
        return found
