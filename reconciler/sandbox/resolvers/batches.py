"""Several mutations in one request, and what an error in one of them does to the others."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from reconciler.sandbox.data.audit import Running
    from reconciler.sandbox.resolvers.context import Context


class _Undo(Exception):
    """Leaves a transaction without keeping what happened in it."""


def undone_on_error(context: Context) -> AbstractContextManager[None]:
    """Return what a request is carried out in: one transaction where the variant says so."""
    return _transaction(context) if context.tenant.variants.batches == "atomic" else nullcontext()


@contextmanager
def _transaction(context: Context) -> Iterator[None]:
    with suppress(_Undo), context.tenant.store.transaction():
        yield
        _check(context.running)


def _check(running: Sequence[Running]) -> None:
    if any(each.operation == "mutation" and each.errors for each in running):
        raise _Undo
