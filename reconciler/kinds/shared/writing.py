"""The mutations of objects that are written as a whole, and deleted by their ID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.step import Phase, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.operation import Operation
    from reconciler.model.tenant import Live


def write_step(live: Live | None, create: Operation, update: Operation, values: Mapping[str, Any]) -> Step:
    """Return the mutation that writes all values of an object (``None``: it does not exist yet)."""
    if live is None:
        return Step("create", Phase.WRITE, create, values)
    return Step("update", Phase.WRITE, update, {"id": live.id, **values})


def plain_deletion(delete: Operation) -> Deletion:
    """Return the capability to be deleted of objects with which nothing else goes."""
    return Deletion(lambda live, _: Removal(Step("delete", Phase.DELETE, delete, {"id": live.id})))
