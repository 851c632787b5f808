"""Several mutations in one request: whether an error in one undoes the others.

A request that is answered with 429 as a whole did nothing.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from reconciler.sandbox.resolvers.context import Context


class _Undo(Exception):
    """Rolls a transaction back."""


def undone_on_error(context: Context) -> AbstractContextManager[None]:
    """Return the context of a request: one transaction, where a variant lets an error undo the others."""
    variants = context.tenant.variants
    whole = variants.batches == "atomic" or variants.too_many_runs != "status"
    return _transaction(context) if whole else nullcontext()


@contextmanager
def _transaction(context: Context) -> Iterator[None]:
    with suppress(_Undo), context.tenant.store.transaction():
        yield
        refused = any(each.operation == "mutation" and each.errors for each in context.running)
        if context.too_many or (refused and context.tenant.variants.batches == "atomic"):
            raise _Undo
