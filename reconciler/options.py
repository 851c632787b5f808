"""What a command line asks of the workflow."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.kinds.registry import default_registry
from reconciler.prismatic.http.stop import Stop
from reconciler.prismatic.settings import defaults
from reconciler.secrets.known import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    import httpx

    from reconciler.model.kind import Registry
    from reconciler.planning.shards import Shard
    from reconciler.prismatic.http.retry import RetryPolicy

FINGERPRINT_KEY = "RECONCILER_FINGERPRINT_KEY"
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Options:
    """What a command line asks for; ``transport`` and ``environ`` are parameters so that tests need no patching."""

    files: tuple[str, ...] = ()
    environment: str | None = None
    targets: tuple[str, ...] = ()
    profile: str | None = None
    allow_exec: bool = False
    without_secrets: bool = False
    keep_secrets: bool = False
    locked: bool = False
    follow_lock: bool = True
    against: tuple[str, ...] = ()
    """Files with definitions of integrations that are not published yet."""
    resend_secrets: bool = False
    take_over: bool = False
    allowed_flags: frozenset[str] = frozenset()
    allow_deletes: int | None = None
    enforce_guardrails: bool = True
    warn_of_tenant: bool = False
    """Whether a plan warns of a project that does not say which organization it is for."""
    include_unchanged: bool = False
    """Whether what is right already is told as well: to explain it, or to record it."""
    rate: float = defaults.RATE
    batch_size: int = defaults.BATCH_SIZE
    shard: Shard | None = None
    """The part of the tenant that the run is for; ``None``: all of it."""
    timeout: float | None = defaults.TIMEOUT
    """Seconds from connecting on, after which nothing more is sent; ``None``: no limit."""
    retry: RetryPolicy | None = None
    stop: Stop = field(default_factory=Stop)
    """What ends the run early, in good order."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = field(default_factory=Path.cwd)
    stdin: TextIO | None = None
    transport: httpx.AsyncBaseTransport | None = None
    registry: Registry = field(default_factory=default_registry)
    known_secrets: KnownSecrets = field(default_factory=KnownSecrets)
    """Every secret that the run has met: those of the environment from the beginning."""

    once_secret: frozenset[tuple[str, tuple[str | int, ...]]] = frozenset()
    """The addresses and paths of fields that a receipt remembers as secret."""

    def __post_init__(self) -> None:
        self.known_secrets.add_environment(self.environ)

    @property
    def fingerprint_key(self) -> str:
        """The key of fingerprints and seals, empty without one; raises ``UsageError`` for one that is too short."""
        key = self.environ.get(FINGERPRINT_KEY, "").strip()
        if not key.isascii() and key.encode(errors="replace").decode() != key:
            raise UsageError(f"{FINGERPRINT_KEY} is not UTF-8 text")
        if 0 < len(key) < SHORTEST_KEY:
            raise UsageError(
                f"{FINGERPRINT_KEY} is too short to keep secrets by; expected at least {SHORTEST_KEY} characters, "
                "chosen at random: 'openssl rand -hex 32' makes a good one"
            )
        return key

    @property
    def inputs(self) -> dict[str, Any]:
        """What a saved plan keeps of the command line, so that applying it reads the same manifests."""
        return {
            "files": list(self.files),
            "targets": list(self.targets),
            "resendSecrets": self.resend_secrets,
            "keepSecrets": self.keep_secrets,
            "locked": self.locked,
            "takeOver": self.take_over,
            "allowedFlags": sorted(self.allowed_flags),
            "allowDeletes": self.allow_deletes,
            "shard": str(self.shard) if self.shard else None,
            **({"against": list(self.against)} if self.against else {}),
        }
