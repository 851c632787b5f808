"""What an editor can know of a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.editor_hints import EditorHints, HintContext
    from reconciler.model.tenant import Read


@dataclass(frozen=True, slots=True)
class Editor:
    """Completion and checks by what is live. ``editor_schemas/`` asks, and again after each answer."""

    reads: Callable[[HintContext], Iterable[Read]]
    """Yield what must be read, as far as it is known yet."""
    hints: Callable[[HintContext], EditorHints]
    """Return what the tenant adds to the kind's schema: no secret, and no value of an object."""
