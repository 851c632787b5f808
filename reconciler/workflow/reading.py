"""Reading the objects of a tenant that some resources mean."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reconciler.planning.shards import choose
from reconciler.rollouts.selection import Governed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.orphans import Pruning
    from reconciler.workflow.session import Session


def read(
    session: Session, targets: Sequence[str], pruning: Pruning, *, salvaging: bool = False
) -> tuple[Sequence[Resource], View]:
    """Return the targets with their dependencies, and what was read of the tenant for them.

    ``salvaging`` is that of ``Session.reading``.
    """
    return read_unfolded(session, targets, pruning, salvaging=salvaging)[1:]


def read_unfolded(
    session: Session, targets: Sequence[str], pruning: Pruning, *, salvaging: bool = False
) -> tuple[Session, Sequence[Resource], View]:
    """Return the session, in which a resource about all parts of an object is several, and then what ``read`` does.

    Raises ``UsageError`` for a target that is no part of an object.
    """
    # Finding orphans and counting deletions both need the whole project.
    shard = None if pruning.label else session.options.plan.shard
    chosen = choose(session.manifests.resources, targets, session.registry, shard)
    planned = {each.address for each in chosen}
    left_out = [each for each in session.manifests.resources if each.address not in planned]
    reading = replace(session.reading(salvaging=salvaging), governed=_governed(session), left_out=left_out)
    parts = reading.read_parts(chosen, pruning, session.manifests.pins)
    if parts:
        session = session.with_parts(parts)
        chosen = choose(session.manifests.resources, targets, session.registry, shard)
    view = reading.read_for(chosen, pruning, session.manifests.pins)
    for kind in session.registry:
        session.options.known_secrets.add_live(kind.finder.secrets(view))
    return session, chosen, view


def _governed(session: Session) -> Callable[[str], bool]:
    """Return which addresses rollouts govern, also those that are not planned.

    Few kinds ask, and an apply reads once a round: the members are found when somebody asks.
    """
    manifests = session.manifests

    @cache
    def members() -> frozenset[str]:
        selection = Governed(session.registry, manifests.resources)
        return frozenset(each.address for rollout in manifests.rollouts for each in selection.resources_of(rollout))

    return lambda address: address in members()
