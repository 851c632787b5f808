"""Which version ``latest`` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.locking.lock import Locked
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


def lock(options: Options, manifests: Manifests, connection: Connection, upgrade: Sequence[str] | None) -> Locked:
    """Write which version each one that the manifests leave open is; ``upgrade``: of these (none: of all) the newest.

    ``manifests`` are read without following the lock.
    """
    from reconciler.locking.lock import Locking

    tenant = Tenant(connection.identity)
    return Locking(options.registry, tenant, connection.read, manifests, options.cwd).run(upgrade)
