"""Editor hints from a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.editor_hints import EditorHints, HintContext
    from reconciler.model.tenant import Read


@dataclass(frozen=True, slots=True)
class Editor:
    """Completion and checks by live names. ``editor_schemas/`` asks, and again after each answer."""

    reads: Callable[[HintContext], Iterable[Read]]
    """Yield the reads that the answers so far determine."""
    hints: Callable[[HintContext], EditorHints]
    """Return the hints for the kind's schema: names only, no secret and no value of an object."""
