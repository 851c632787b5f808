"""The parts of a live object, for manifests about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that an open resource is about (``flows: all``). A plan asks, and makes a resource for each.

    The fields that this is about are those of ``Spec.unfolding``.
    """

    names: Callable[[Resource, View], Sequence[str] | None]
    """Return the names of the parts, each once; ``None`` where they are not known, which comparing reports."""
    reads: Callable[[Resource, View], Iterable[Read]] = lambda *_: ()
    """Yield the reads that show which parts there are, besides those of the finder."""
