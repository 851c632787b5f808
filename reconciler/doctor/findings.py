"""What an examination of a tenant found. Nothing here holds a secret, or a name or value of the tenant's objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

State = Literal["ok", "warning", "problem", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    ``reading`` is the measured value, or the reading of an assumption that holds; empty where there is none. ``text``
    is one sentence: what was seen, what it means, and what to do.
    """

    topic: str
    """``connection``, ``schema``, ``permissions``, ``clock``, ``pages``, ``sizes``, ``latency`` or ``assumption``."""
    name: str
    state: State
    reading: str
    text: str
    features: tuple[str, ...] = ()
    """What is disabled by it; the text names them, so no report has them apart."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was found on one tenant, with the versions of what found it."""

    findings: Sequence[Finding]
    versions: Mapping[str, str]
    requests: int
    wrote: bool = False
    """Whether objects were created and deleted to find it out."""

    @property
    def problems(self) -> Sequence[Finding]:
        return [finding for finding in self.findings if finding.state == "problem"]
