"""What a definition would do to whom: data only, of which every report is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.kinds.integration.version_changes import VersionChanges
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place


@dataclass(frozen=True, slots=True)
class Judged:
    """One manifest that takes a version of the integration.

    ``version`` is the number of the one that its live object has, ``None`` where there is no object yet. ``breaks`` is
    what would be wrong and is right today, ``already`` what is wrong today as well, ``notices`` what else would be to
    be known, and is not today.
    """

    address: str
    group: str
    source: Place
    version: int | None
    breaks: tuple[Diagnostic, ...] = ()
    already: tuple[Diagnostic, ...] = ()
    notices: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the definition: what changes (``None``: it cannot be read any more), and for how many."""

    before: int
    changes: VersionChanges | None
    count: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A live object of the integration that none of the manifests means, and what it would lose."""

    id: str
    name: str
    owner: str
    version: int
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything about one definition; ``unused`` says why it concerns no manifest, if so."""

    file: str
    integration: str
    judged: tuple[Judged, ...] = ()
    steps: tuple[Step, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    unused: str = ""

    @property
    def broken(self) -> int:
        """How many would break."""
        return sum(bool(each.breaks) for each in self.judged)

    @property
    def sentence(self) -> str:
        """What it comes to, in one line."""
        return f"Against {self.file}: {self.unused or self.counts}"

    @property
    def counts(self) -> str:
        """What it comes to in numbers, without a name."""
        if self.unused:
            return "no manifest takes a version of it"
        count = len(self.judged)
        parts = [f"{self.broken} of {count} instance{'' if count == 1 else 's'} would break"]
        worse = sum(bool(each.notices) and not each.breaks for each in self.judged)
        before = sum(bool(each.already) for each in self.judged)
        parts += [f"{worse} more {'needs' if worse == 1 else 'need'} a look"] if worse else []
        parts += [f"of {before} something is wrong already"] if before else []
        return ", ".join(parts)
