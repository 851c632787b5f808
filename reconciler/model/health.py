"""Health: whether a live object works, check by check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Verdict = Literal["passed", "failed", "inconclusive"]
"""``inconclusive``: nothing shows that the object is broken, and nothing shows that it works.

An error of ours, of the network or of the API's availability is never ``failed``.
"""
SEVERITY: tuple[Verdict, ...] = ("passed", "inconclusive", "failed")
"""The verdicts, the best first: the worst of its checks is the verdict of an object."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an object, such as ``deployed`` or ``flow Health Check``."""

    name: str
    verdict: Verdict
    reason: str = ""
    """Why the check did not pass, for a person; it may quote the API, and never a secret or a step's result."""
    execution: str = ""
    """The ID of the run that the check rests on, if it rests on one."""


@dataclass(frozen=True, slots=True)
class Health:
    """The health of the live object of one manifest.

    >>> sick = Health("Instance/acme", (Check("deployed", "passed"), Check("connections", "failed", "in error")))
    >>> sick.verdict, sick.reason
    ('failed', 'connections: in error')
    """

    address: str
    checks: tuple[Check, ...]
    deployed_at: datetime | None = None
    """When the object was last deployed, by the API's clock."""
    name: str = ""
    """The name of the object; empty where only its address is known."""
    customer: str = ""
    """The name of the customer whose object it is; empty where it is of none."""

    @property
    def shown(self) -> str:
        """The object in a sentence, as ``Change.shown`` has it.

        >>> Health("Instance/acme-sync", (), name="Sync", customer="Acme").shown
        "Instance/acme-sync 'Sync' of 'Acme'"
        """
        called = f"{self.address} {self.name!r}" if self.name else self.address
        return f"{called} of {self.customer!r}" if self.customer else called

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks."""
        return max((check.verdict for check in self.checks), key=SEVERITY.index, default="passed")

    @property
    def decisive(self) -> tuple[Check, ...]:
        """The checks that the verdict rests on: those that are as bad as the worst one."""
        worst = self.verdict
        return tuple(check for check in self.checks if check.verdict == worst)

    @property
    def reason(self) -> str:
        """Why the object is not healthy, in one line; empty for a healthy one."""
        if self.verdict == "passed":
            return ""
        return "; ".join(f"{check.name}: {check.reason}" if check.reason else check.name for check in self.decisive)
