"""How the live object of a manifest is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Finder:
    """What to read, and which live objects are meant. ``planning/prefetch.py`` asks until no answer leads to a read.

    >>> from reconciler.kinds.customer.operations import CustomerFields
    >>> from reconciler.kinds.registry import default_registry
    >>> customer = CustomerFields("c-1", "Acme", None, "", labels=None, allow_embedded_designer=False, updated_at="")
    >>> default_registry()["Customer"].finder.live(customer).name
    'Acme'
    """

    reads: Callable[[Resource, View], Iterable[Read]]
    """Yield the reads that planning the resource needs, as far as the answers so far determine them."""
    candidates: Callable[[Resource, View], Sequence[Live]]
    """Return the live objects that the manifest may mean; more than one is an error."""
    live: Callable[[Any], Live]
    """Return a node as a live object."""
    check_reads: Callable[[Resource, View], Iterable[Read]] = lambda *_: ()
    """Yield the reads that only check a resource, once ``reads`` are answered.

    They find objects that a resource refers to by ID, and similar names for one that no object has.
    """
    secrets: Callable[[View], Iterable[str]] = lambda _: ()
    """Yield the secrets among all that was read that no field's name shows to be one."""
