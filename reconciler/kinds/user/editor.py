"""What an editor knows of users: their customers, and the roles there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.editor import READ, customer_notes, customer_offers
from reconciler.kinds.user.finder import ROLES
from reconciler.model.capabilities.editor import (
    Editor,
    EditorHints,
    absent,
    below,
    forced,
    given,
    ignoring,
    not_offered,
    unless,
)
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import HintContext

ROLE = ("spec", "role")


def _reads(_known: HintContext) -> Iterator[Read]:
    yield READ
    yield from map(Read, ROLES.values())


def _hints(known: HintContext) -> EditorHints:
    """Return what is known of users; a role is one of those there are, since a wrong one is seen at no other time."""
    tenant = known.view.tenant
    made = EditorHints(dict(customer_offers(known)))
    names = {scope: [node.name for node in tenant.all(each)] for scope, each in ROLES.items()}
    made.notes += not_offered(tenant, {f"roles of the {scope}'s users": Read(each) for scope, each in ROLES.items()})
    made.notes += customer_notes(known)
    if not all(names.values()):
        return made
    team, customers = (dict.fromkeys(names[scope], "") for scope in ("organization", "customer"))
    made.offers[ROLE] = {}
    exceptions = [absent(), ignoring("role")]
    rule = {
        "if": given(("spec", "customer"), {}),
        "then": below(ROLE, forced(customers)),
        "else": below(ROLE, forced(team)),
    }
    made.rules.append(unless(exceptions, rule))
    made.overlay_rules.append(unless(exceptions, below(ROLE, forced({**team, **customers}))))
    return made


EDITOR = Editor(_reads, _hints)
