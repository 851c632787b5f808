"""Retrying members of a rollout: the labels that hold them back come off, and nothing else changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.selectors import CUSTOMER, customer_suggestion, facets_of
from reconciler.model.reserved_labels import held_labels
from reconciler.planning.findings import Findings
from reconciler.planning.orphans import Pruning
from reconciler.planning.ownership import Claim, release_change
from reconciler.rollouts.selection import Governed
from reconciler.text.suggest import did_you_mean
from reconciler.workflow.partial_apply import PartialApply
from reconciler.workflow.planning import plan_of
from reconciler.workflow.reading import read
from reconciler.workflow.rollouts import live_customer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Member, Rollout
    from reconciler.model.tenant import Live
    from reconciler.model.view import View
    from reconciler.workflow.session import Session


@dataclass(frozen=True, slots=True)
class Hold:
    """A member that carries labels that hold it back, with its live object as it was read."""

    member: Member
    resource: Resource
    live: Live


@dataclass(frozen=True, slots=True)
class Holds:
    """The chosen members of a rollout: those that are held, and those that are not."""

    held: tuple[Hold, ...]
    free: tuple[Member, ...]


def find_holds(session: Session, name: str, customers: Sequence[str] = ()) -> Holds:
    """Read the members of a rollout, of these customers or else of all, and return which of them are held.

    ``customers`` are handles, names or external IDs, as ``--customer`` takes them. Raises ``UsageError`` for a rollout
    that no manifest declares, for customers that have no member in it, and for a name that two customers have.
    """
    rollout = _rollout(session, name)
    resources = session.manifests.resources
    addresses = sorted(each.address for each in Governed(session.registry, resources).resources_of(rollout))
    if not addresses:
        return Holds((), ())
    chosen, view = read(session, addresses, Pruning())
    members = _members(session, rollout, chosen, view)
    meant = _meant(name, customers, _names(session, members)) if customers else None
    held, free = [], []
    for member, resource in members:
        if meant is not None and _customer(member) not in meant:
            continue
        live = view.live(resource.address)
        if live and held_labels(live.labels):
            held.append(Hold(member, resource, live))
        else:
            free.append(member)
    return Holds(tuple(held), tuple(free))


def take_off(session: Session, holds: Sequence[Hold]) -> list[Result]:
    """Take the labels that hold these members back off their live objects, and return a result for each.

    The API replaces the whole set of labels, so the holds must have been read just before.
    """
    changes = [
        release_change(
            kind,
            hold.live,
            Claim(unwanted=held_labels(hold.live.labels)),
            address=hold.resource.address,
            why="it is to be tried again",
            resource=hold.resource,
            group=hold.member.shown,
        )
        for hold in holds
        for kind in [session.registry[hold.resource.kind]]
    ]
    plan = plan_of(session, Findings(changes, live_ids={hold.resource.address: hold.live.id for hold in holds}))
    return PartialApply(session, plan).apply(changes)


def _rollout(session: Session, name: str) -> Rollout:
    known = {rollout.name: rollout for rollout in session.manifests.rollouts}
    if name not in known:
        raise UsageError(f"unknown rollout {name!r}; {did_you_mean(name, known)}")
    return known[name]


def _members(
    session: Session, rollout: Rollout, resources: Sequence[Resource], view: View
) -> list[tuple[Member, Resource]]:
    governed = Governed(session.registry, resources, lambda resource: live_customer(resource, session.registry, view))
    return [(governed.member(resource), resource) for resource in governed.resources_of(rollout)]


_Customer = tuple[str, str]
"""The handle of a customer and its name."""


def _customer(member: Member) -> _Customer:
    return member.shown, member.title


def _names(session: Session, members: Sequence[tuple[Member, Resource]]) -> dict[_Customer, set[str]]:
    """Return the names of the customers of members: those that ``--customer`` knows, and what reports call them."""
    facets = facets_of(session.manifests.resources, session.registry)
    found: dict[_Customer, set[str]] = {}
    for member, resource in members:
        known = facets.get(resource.address, {}).get(CUSTOMER, ())
        found.setdefault(_customer(member), set()).update(filter(None, (member.shown, member.title, *known)))
    return found


def _meant(rollout: str, names: Sequence[str], known: Mapping[_Customer, set[str]]) -> set[_Customer]:
    """Return the customers that the names mean; raises ``UsageError`` for names that mean none, or several."""
    problems, meant = [], set[_Customer]()
    for name in dict.fromkeys(names):
        found = [customer for customer, each in known.items() if name in each]
        meant.update(found)
        if not found:
            ending = customer_suggestion(name, known.values(), "in it")
            problems.append(f"{name!r} has no member in the rollout {rollout}; {ending}")
        elif len(found) > 1:
            both = " and ".join(f"{title or handle!r} (handle {handle})" for handle, title in found)
            problems.append(f"{name!r} means several customers of the rollout {rollout}: {both}; use another name")
    if problems:
        raise UsageError("\n".join(problems))
    return meant
