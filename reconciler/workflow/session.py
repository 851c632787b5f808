"""One run against one tenant: what every use case needs, together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.model.tenant import Tenant

if TYPE_CHECKING:
    from reconciler.manifests.result import Manifests
    from reconciler.model.kind import Registry
    from reconciler.model.tenant import Identity
    from reconciler.options import Options
    from reconciler.planning.masking import History
    from reconciler.prismatic.connection import Connection
    from reconciler.prismatic.http.stats import Stats
    from reconciler.receipts.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Session:
    """The options of a run, its manifests, and the open connection to their tenant; ``connect`` makes it."""

    options: Options
    manifests: Manifests
    connection: Connection
    history: History
    """Which live values are hidden, because they are or were secrets."""

    @property
    def registry(self) -> Registry:
        return self.options.registry

    @property
    def identity(self) -> Identity:
        return self.connection.identity

    @property
    def stats(self) -> Stats:
        return self.connection.stats

    def empty_tenant(self) -> Tenant:
        """Return the tenant, of which nothing was read yet."""
        return Tenant(self.identity)

    def planning(self, **changes: Any) -> Session:
        """Return the session with other ``PlanOptions``, such as ``planning(include_unchanged=True)``."""
        return replace(self, options=replace(self.options, plan=replace(self.options.plan, **changes)))

    def targeting(self, targets: tuple[str, ...]) -> Session:
        """Return the session for other targets; its manifests stay as they were read."""
        return replace(self, options=replace(self.options, manifests=replace(self.options.manifests, targets=targets)))

    def remembering(self, receipt: Receipt | None) -> Session:
        """Return the session; fields that were secret when the receipt was written stay hidden."""
        if receipt is None:
            return self
        return replace(self, history=replace(self.history, once=receipt.secret_places))
