"""Labels on live objects, by which a project owns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reconciler.model.live import Live
    from reconciler.model.step import Step
    from reconciler.model.tenant import Read


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a kind's objects. Ownership, pruning and ``forget`` ask; an object without labels is never owned.

    >>> from reconciler.kinds.registry import default_registry
    >>> default_registry()["Customer"].labels.labelled("gitops:acme").variables
    {'label': 'gitops:acme'}
    """

    labelled: Callable[[str], Read]
    """Return what reads every object of the kind that carries a label."""
    by_id: Callable[[str], Read]
    """Return what reads the object with an ID, if it is one that a manifest can mean."""
    release: Callable[[Live, Collection[str]], Step]
    """Return the step that removes some labels. The API replaces the whole set, so it writes all others again."""
