"""Objects that have to be looked up again, once something that they depend on was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.capabilities.differ import FieldChange


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The changes of an object that may take others along, or that others need an ID of.

    The planner asks. Such an object is compared once more in the same run, when the change was carried out, and only
    then changed itself.
    """

    reason: Callable[[str, bool, Sequence[FieldChange]], str]
    """Return why an object is looked up again, from what changes of one that it depends on; empty if it need not be.

    The arguments are the address of that one, whether it is created, and its changed fields. The reason goes on after
    "looked up again after".
    """
