"""What is left to do for a resource after one of its steps was carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.kind import Step


@dataclass(frozen=True, slots=True)
class Revision:
    """The steps that remain after one was carried out, and what the user should hear of it."""

    steps: Sequence[Step]
    notes: Sequence[str] = ()
