"""The settings of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.clock import utc_now
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one sandbox.

    ``integrations`` are definition files, or directories of them, imported and published at the start;
    files with the same integration ``name`` become its successive versions, in the order of their paths.
    ``world`` is a file that lists what is there at the start, ``manifests`` a folder of the reconciler's manifests
    that do (see docs/sandbox.md); with a ``state`` that exists, neither is looked at.
    ``log`` is a file that gets a line for each operation, ``faults`` are set at the start and after a reset.
    ``latency`` is in seconds and delays every API answer; ``rate`` is the number of API requests served in
    any one second, ``max_operations`` the number of root fields a request may have, 0 for no limit.
    ``without`` are fields, inputs and arguments that the schema lacks, such as ``Customer.labels`` or
    ``RootQuery.customers(label:)``; ``introspection`` off refuses questions about the schema.
    ``outcomes`` are rules of :mod:`.outcomes`, before those of a world.
    ``seed`` makes the IDs, and what faults strike by chance, the same in every run; ``now`` replaces the clock.
    """

    token: str = "sandbox"  # noqa: S105 - the sandbox's well-known token; it guards nothing
    refresh_token: str = "sandbox-refresh"  # noqa: S105 - the same
    state: Path | None = None
    log: Path | None = None
    faults: tuple[str, ...] = ()
    integrations: tuple[Path, ...] = ()
    world: Path | None = None
    manifests: Path | None = None
    organization: str = "Sandbox"
    user_email: str = "admin@example.com"
    user_name: str = "Sandbox Admin"
    page_cap: int = 100
    latency: float = 0.0
    rate: int = 0
    max_operations: int = 0
    without: tuple[str, ...] = ()
    introspection: bool = True
    outcomes: tuple[Mapping[str, Any], ...] = ()
    seed: int | None = None
    now: Callable[[], datetime] = field(default=utc_now, compare=False)
    variants: Variants = field(default_factory=Variants)
