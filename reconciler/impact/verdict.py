"""The impact of a definition as data, from which every report is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.text.plural import counted

if TYPE_CHECKING:
    from reconciler.kinds.integration.version_changes import VersionChanges
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place


@dataclass(frozen=True, slots=True)
class Judged:
    """One manifest that uses the integration.

    ``version`` is the number of its live object's version, ``None`` without a live object. ``breaks`` are the problems
    that the definition would cause, ``already`` those that exist today too, ``notices`` the new warnings.
    """

    address: str
    group: str
    source: Place
    version: int | None
    breaks: tuple[Diagnostic, ...] = ()
    already: tuple[Diagnostic, ...] = ()
    notices: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionStep:
    """From one version to the definition: what changes (``None``: it cannot be read any more), and for how many."""

    before: int
    changes: VersionChanges | None
    count: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """An undeclared live object of the integration, and the values that it would lose."""

    id: str
    name: str
    owner: str
    version: int
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one definition; ``unused`` is the reason if it concerns no manifest."""

    file: str
    integration: str
    judged: tuple[Judged, ...] = ()
    steps: tuple[VersionStep, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    unused: str = ""

    @property
    def broken(self) -> int:
        return sum(bool(each.breaks) for each in self.judged)

    @property
    def sentence(self) -> str:
        """The verdict in one line."""
        return f"Against {self.file}: {self.unused or self.counts}"

    @property
    def counts(self) -> str:
        """The verdict in numbers, without names."""
        if self.unused:
            return "no manifest uses it"
        parts = [f"{self.broken} of {counted(len(self.judged), 'instance')} would break"]
        worse = sum(bool(each.notices) and not each.breaks for each in self.judged)
        before = sum(bool(each.already) for each in self.judged)
        parts += [f"{worse} more {'needs' if worse == 1 else 'need'} a look"] if worse else []
        parts += [f"of {before} something is wrong already"] if before else []
        return ", ".join(parts)
