"""The instances that use a connection: which of them are redeployed, and which keep it from being deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.deletion import Use
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Read
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.connection.fragments import ConnectionUser
    from reconciler.model.tenant import Collection
    from reconciler.model.view import View

MOST_NAMED = 5
"""So many instances are named."""


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
        found = self.deployed
        if not found:
            return ""
        customers = len({user.customer.id for user in found})
        of = f" of {counted(customers, 'customer')}" if customers > 1 else ""
        who = f"{counted(len(found), 'instance')}{of}: {_names(found)}"
        return (
            f"deployed as changes of their own, as rollouts govern some of them: {who}"
            if self.in_rollouts
            else (f"redeploys {who}")
        )

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield the warning that instances in no manifest are deployed too, or are not."""
        others = [user for user in self.deployed if self.view.address_of(user.id) is None]
        if not others:
            return
        verb, who = (
            ("is" if len(others) == 1 else "are"),
            f"{counted(len(others), 'instance')} in no manifest of this plan",
        )
        if self.in_rollouts:
            message = f"{who} {verb} not redeployed, and {'keeps' if len(others) == 1 else 'keep'} the former inputs"
            yield Diagnostic(
                f"{message} until somebody deploys {'it' if len(others) == 1 else 'them'}: {_names(others)}",
                path=("inputs",),
            )
        else:
            yield Diagnostic(f"{who} {verb} redeployed too: {_names(others)}", path=("inputs",))


def name_of(user: ConnectionUser) -> str:
    """Return what to call an instance among those of all customers."""
    return f"{user.name!r} of {user.customer.name!r}"


def _names(users: Sequence[ConnectionUser]) -> str:
    names = ", ".join(map(name_of, users[:MOST_NAMED]))
    return f"{names}, and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else names
