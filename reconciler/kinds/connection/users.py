"""The instances that use a connection: which of them are redeployed, and which keep it from being deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.left_out import left_out_manifest
from reconciler.model.capabilities.deletion import Removal, Use
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Read
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.connection.fragments import ConnectionUser
    from reconciler.model.resource import Resource
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
    def apart(self) -> Sequence[tuple[str, Sequence[ConnectionUser]]]:
        """Those that must not be deployed with all others, by the reason.

        A deploy may enable a paused instance: what a ``redeploy`` does to it is unknown. And it would deploy what a
        manifest says is never to be deployed, half-finished as its configuration may be. Each instance asks, so they
        are found once.
        """
        found: Sequence[tuple[str, Sequence[ConnectionUser]]]
        found = self.view.tenant.derived(("users apart", self.identifier, self.view), self._apart)
        return found

    def _apart(self) -> Sequence[tuple[str, Sequence[ConnectionUser]]]:
        reasons = {
            "a rollout governs {}": [user for user in self.deployed if self._is_governed(user)],
            "{} paused": [user for user in self.deployed if not user.enabled],
            "{} never to be deployed": [user for user in self.deployed if self._is_never_deployed(user)],
        }
        return [(reason, users) for reason, users in reasons.items() if users]

    @property
    def redeploys(self) -> bool:
        """Whether a write asks the API to deploy them."""
        return bool(self.deployed) and not self.apart

    def redeployed(self) -> frozenset[str]:
        """Return the addresses of those that a write deploys and a manifest declares, whether or not it is planned."""
        manifests = map(self._manifest, self.deployed if self.redeploys else ())
        return frozenset(manifest.address for manifest in manifests if manifest)

    def reason(self) -> str:
        """Return which instances a write deploys, in words; empty if none."""
        if not self.deployed:
            return ""
        if self.apart:
            return f"each instance is deployed by a change of its own: {_counted(self.deployed)}"
        return f"redeploys {_counted(self.deployed)}"

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield what a write means for the instances that run with the connection; a text report shows no reason."""
        if not self.deployed:
            return
        who = _counted(self.deployed)
        message = f"this change redeploys {who}"
        if self.apart:
            why = "; ".join(_why(reason, users) for reason, users in self.apart)
            message = f"{why}: so each instance that is to run with it is deployed by a change of its own: {who}"
        yield Diagnostic(message, path=("inputs",))
        if self.apart:
            others = self._left_behind
            message = "no manifest of this plan declares these, and they keep the former inputs until they are deployed"
        else:
            others = [user for user in self.deployed if self._manifest(user) is None]
            message = "no manifest declares these, and they are redeployed too"
        if others:
            yield Diagnostic(f"{message}: {_counted(others)}", path=("inputs",))

    @property
    def _left_behind(self) -> Sequence[ConnectionUser]:
        """Those that this run does not deploy although nothing but the choice of manifests speaks against it."""
        unplanned = [user for user in self.deployed if self.view.address_of(user.id) is None]
        return [
            user
            for user in unplanned
            if self._manifest(user) is None or (user.enabled and not self._is_never_deployed(user))
        ]

    def _manifest(self, user: ConnectionUser) -> Resource | None:
        """Return the manifest of an instance, also one that this run does not plan."""
        address = self.view.address_of(user.id)
        return self.view.resource(address) if address else left_out_manifest(user, self.view)

    def _is_governed(self, user: ConnectionUser) -> bool:
        manifest = self._manifest(user)
        return manifest is not None and self.view.governed(manifest.address)

    def _is_never_deployed(self, user: ConnectionUser) -> bool:
        manifest = self._manifest(user)
        return manifest is not None and manifest.spec.get("deploy") == "never"


def _why(reason: str, users: Sequence[ConnectionUser]) -> str:
    count = counted(len(users), "instance")
    return reason.format(count if reason.startswith("a rollout") else f"{count} {'is' if len(users) == 1 else 'are'}")


def name_of(user: ConnectionUser) -> str:
    """Return what to call an instance among those of all customers."""
    return f"{user.name!r} of {user.customer.name!r}"


def _counted(users: Sequence[ConnectionUser]) -> str:
    """Return how many instances there are, of how many customers, with the names of some."""
    customers = len({user.customer.id for user in users})
    of = f" of {counted(customers, 'customer')}" if customers > 1 else ""
    return f"{counted(len(users), 'instance')}{of}: {listed([*map(name_of, users)], MOST_NAMED)}"
