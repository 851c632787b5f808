"""What differs between a resource and its live object, and the steps that make them equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path
    from reconciler.model.step import Step


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One declared field that differs; of a sensitive one something on either side is hidden, as a ``Secret``."""

    path: Path
    before: Any
    after: Any
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """What it takes to make one live object what its manifest says."""

    fields: Sequence[FieldChange] = ()
    steps: Sequence[Step] = ()
    reason: str = ""
    """Why a step is due that no field explains, such as a deploy."""
    warnings: Sequence[Diagnostic] = ()
    problems: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """The paths of ``lifecycle.ignoreChanges``, as the tenant knows them; diagnostics begin at the manifest's root."""

    paths: tuple[str, ...] = ()
    problems: Sequence[Diagnostic] = ()
    warnings: Sequence[Diagnostic] = ()
