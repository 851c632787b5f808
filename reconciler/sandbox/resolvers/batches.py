"""Several mutations in one request: whether an error in one undoes the others."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from reconciler.sandbox.data.audit import Running
    from reconciler.sandbox.resolvers.context import Context


class _Undo(Exception):
    """Rolls a transaction back."""


def undone_on_error(context: Context) -> AbstractContextManager[None]:
    """Return the context of a request: one transaction under the variant ``atomic``."""
    return _transaction(context) if context.tenant.variants.batches == "atomic" else nullcontext()


@contextmanager
def _transaction(context: Context) -> Iterator[None]:
    with suppress(_Undo), context.tenant.store.transaction():
        yield
        _check(context.running)


def _check(running: Sequence[Running]) -> None:
    if any(each.operation == "mutation" and each.errors for each in running):
        raise _Undo
