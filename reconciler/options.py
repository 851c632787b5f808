"""What a command asks of the workflow, grouped by who needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.kinds.registry import default_registry
from reconciler.manifests.result import ManifestOptions
from reconciler.prismatic.http.stop import Stop
from reconciler.prismatic.settings import defaults
from reconciler.secrets.known import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from reconciler.model.kind import Registry
    from reconciler.planning.shards import Shard
    from reconciler.prismatic.http.retry import RetryPolicy
    from reconciler.prismatic.redaction.redact import Redactor
    from reconciler.verifying.clock import Clock

FINGERPRINT_KEY = "RECONCILER_FINGERPRINT_KEY"
SHORTEST_KEY = 16
ALLOW_DELETE = "--allow-delete"


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How to reach the tenant. ``transport``, ``retry`` and ``clock`` are for tests; ``None`` means the real ones."""

    profile: str | None = None
    """A profile of Prismatic's own command line tool."""
    rate: float = defaults.RATE
    """Requests a second, at most."""
    batch_size: int = defaults.BATCH_SIZE
    """Mutations a request, at most."""
    timeout: float | None = defaults.TIMEOUT
    """Seconds after connecting, from which on nothing more is sent; ``None``: no limit."""
    retry: RetryPolicy | None = None
    redactor: type[Redactor] | None = None
    """What the messages of the API's answers pass through; ``None``: the usual one."""
    transport: httpx.AsyncBaseTransport | None = None
    clock: Clock | None = None
    """The clock by which runs are followed."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How to plan, in addition to what the project file declares."""

    shard: Shard | None = None
    """The part of the tenant to plan; ``None``: all of it."""
    against: tuple[str, ...] = ()
    """Files with definitions of integrations that are not published yet."""
    new: bool = False
    """Whether ``against`` may name definitions of integrations that the tenant does not have yet."""
    resend_secrets: bool = False
    take_over: bool = False
    allow_delete: tuple[str, ...] = ()
    """The guarded kinds whose objects may be deleted."""
    allow_deletes: int | None = None
    """How many objects may be deleted; ``None``: as many as the project's guardrails allow."""
    max_failures: int | None = None
    """How many failures of one cause end an apply; ``None``: as many as the project says."""
    enforce_guardrails: bool = True
    warn_of_tenant: bool = False
    """Whether to warn of a project that does not declare its organization."""
    include_unchanged: bool = False
    """Whether the plan keeps unchanged fields too: to explain them, or to record them in a receipt."""


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """What is asked of rollouts, each as ``ROLLOUT/WAVE``."""

    approve: tuple[str, ...] = ()
    """Waves that open although they need an approval."""
    through: tuple[str, ...] = ()
    """Waves after which the run ends."""
    verify: bool = True
    """Whether the flows are run that members are verified by; otherwise only what shows by itself counts."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run is asked to do, and what lasts as long as the run."""

    manifests: ManifestOptions = field(default_factory=ManifestOptions)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    plan: PlanOptions = field(default_factory=PlanOptions)
    rollout: RolloutOptions = field(default_factory=RolloutOptions)
    stop: Stop = field(default_factory=Stop)
    """Ends the run early, in good order."""
    registry: Registry = field(default_factory=default_registry)
    known_secrets: KnownSecrets = field(default_factory=KnownSecrets)
    """Every secret that the run has met: those of the environment from the beginning."""

    def __post_init__(self) -> None:
        self.known_secrets.add_environment(self.environ)

    @property
    def environ(self) -> Mapping[str, str]:
        return self.manifests.environ

    @property
    def fingerprint_key(self) -> str:
        """The key of fingerprints and seals, empty without one; raises ``UsageError`` for one that is too short."""
        return fingerprint_key(self.environ)

    @property
    def inputs(self) -> dict[str, Any]:
        """What a saved plan keeps of the command line, so that applying it reads the same manifests."""
        return {
            "files": list(self.manifests.files),
            "targets": list(self.manifests.targets),
            "resendSecrets": self.plan.resend_secrets,
            "keepSecrets": self.manifests.keep_secrets,
            "locked": self.manifests.locked,
            "takeOver": self.plan.take_over,
            "allowedFlags": [f"{ALLOW_DELETE} {kind}" for kind in sorted(set(self.plan.allow_delete))],
            "allowDeletes": self.plan.allow_deletes,
            "shard": str(self.plan.shard) if self.plan.shard else None,
            **({"against": list(self.plan.against)} if self.plan.against else {}),
        }


def fingerprint_key(environ: Mapping[str, str]) -> str:
    """Return the key of fingerprints and seals, empty without one; raise ``UsageError`` for one that is too short."""
    key = environ.get(FINGERPRINT_KEY, "").strip()
    if not key.isascii() and key.encode(errors="replace").decode() != key:
        raise UsageError(f"{FINGERPRINT_KEY} is not UTF-8 text")
    if 0 < len(key) < SHORTEST_KEY:
        raise UsageError(
            f"{FINGERPRINT_KEY} is too short to keep secrets by; expected at least {SHORTEST_KEY} characters, "
            "chosen at random: 'openssl rand -hex 32' makes a good one"
        )
    return key
