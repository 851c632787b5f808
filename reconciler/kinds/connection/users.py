"""The instances that use a connection: which of them are redeployed, and which keep it from being deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.deletion import Removal, Use
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Read
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.connection.fragments import ConnectionUser
    from reconciler.model.step import Step
    from reconciler.model.tenant import Collection
    from reconciler.model.view import View

MOST_NAMED = 5
"""So many instances are named."""
USED = (
    "the API says that it is in use, and lists no instance: the definition of an integration may name it; take it "
    "out of there first"
)


@dataclass(frozen=True, slots=True)
class Users:
    """The instances that use one live connection; ``collection`` holds the connection with its ``instances``."""

    collection: Collection[Any]
    identifier: str
    view: View

    @property
    def read(self) -> Read:
        """What reads them."""
        return Read(self.collection, self.identifier, (("id", self.identifier),))

    @property
    def all(self) -> Sequence[ConnectionUser]:
        found = self.view.tenant.find(self.collection, self.identifier)
        # The designer's test instances come and go by themselves.
        return [user for node in found for user in node.instances.nodes if not user.is_system]

    @property
    def deployed(self) -> Sequence[ConnectionUser]:
        """Those that run with the connection: the others get it with their first deploy."""
        return [user for user in self.all if user.last_deployed_at]

    def removal(self, step: Step, *, in_use: bool) -> Removal:
        """Return how the connection is deleted; ``in_use``: what the API says, which may count more than instances."""
        uses = self.uses()
        blocked = USED if in_use and not uses else None
        return Removal(step, observed=[use.id for use in uses], blocked=blocked, uses=uses)

    def uses(self) -> tuple[Use, ...]:
        """Return them as what keeps the connection from being deleted."""
        return tuple(Use(user.id, name_of(user), user.customer.id) for user in self.all)

    @property
    def in_rollouts(self) -> bool:
        """Whether a rollout decides when one of them is deployed: the API must not deploy all of them at once."""
        return any(self.view.governed(self.view.address_of(user.id)) for user in self.deployed)

    @property
    def redeploys(self) -> bool:
        """Whether a write asks the API to deploy them."""
        return bool(self.deployed) and not self.in_rollouts

    def reason(self) -> str:
        """Return which instances a write deploys, in words; empty if none."""
        if not self.deployed:
            return ""
        if self.in_rollouts:
            return f"deployed as changes of their own, as rollouts govern some of them: {_counted(self.deployed)}"
        return f"redeploys {_counted(self.deployed)}"

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield what a write means for the instances that run with the connection; a text report shows no reason."""
        if not self.deployed:
            return
        who = _counted(self.deployed)
        message = f"this change redeploys {who}"
        if self.in_rollouts:
            message = f"a rollout governs instances that use it, so each is deployed by a change of its own: {who}"
        yield Diagnostic(message, path=("inputs",))
        others = [user for user in self.deployed if self.view.address_of(user.id) is None]
        if others and self.in_rollouts:
            message = "no manifest of this plan declares these, and they keep the former inputs until they are deployed"
            yield Diagnostic(f"{message}: {_counted(others)}", path=("inputs",))
        elif others:
            message = "no manifest of this plan declares these, and they are redeployed too"
            yield Diagnostic(f"{message}: {_counted(others)}", path=("inputs",))


def name_of(user: ConnectionUser) -> str:
    """Return what to call an instance among those of all customers."""
    return f"{user.name!r} of {user.customer.name!r}"


def _counted(users: Sequence[ConnectionUser]) -> str:
    """Return how many instances there are, of how many customers, with the names of some."""
    customers = len({user.customer.id for user in users})
    of = f" of {counted(customers, 'customer')}" if customers > 1 else ""
    return f"{counted(len(users), 'instance')}{of}: {_names(users)}"


def _names(users: Sequence[ConnectionUser]) -> str:
    names = ", ".join(map(name_of, users[:MOST_NAMED]))
    return f"{names}, and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else names
