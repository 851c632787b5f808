"""One run against one tenant: what every use case needs, together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestErrors, UsageError, WrongTenant
from reconciler.manifests.checks.organization import organization_problem
from reconciler.manifests.result import Manifests
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Tenant
from reconciler.planning.masking import History
from reconciler.planning.prefetch import Reading
from reconciler.planning.unfolding import with_parts
from reconciler.prismatic.settings.endpoint import find_endpoint
from reconciler.workflow.shown_names import shown_names

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from reconciler.model.kind import Registry
    from reconciler.model.tenant import Identity
    from reconciler.options import Options
    from reconciler.planning.unfolding import PartsByAddress
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.connection import Connection
    from reconciler.prismatic.http.stats import Stats
    from reconciler.prismatic.settings.endpoint import Endpoint
    from reconciler.receipts.receipt import Receipt

    Asking = Callable[[Api], Coroutine[Any, Any, Identity]]


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

    @property
    def ownership_label(self) -> str | None:
        """The label of what the project owns; ``None`` without a project, and for one that owns nothing."""
        return self.manifests.project.ownership_label if self.manifests.project else None

    def reading(self, *, salvaging: bool = False) -> Reading:
        """Return the tenant, of which nothing was read yet.

        ``salvaging``: leave a gap in the tenant where the API does not answer, instead of raising its error.
        """
        read = self.connection.salvage if salvaging else self.connection.read
        resend_secrets, shows_inputs = self.options.plan.resend_secrets, bool(self.history.shown)
        return Reading(self.registry, Tenant(self.identity), read, resend_secrets, shows_inputs)

    def with_parts(self, parts: PartsByAddress) -> Session:
        """Return the session with a resource for each part in the place of the resources about all parts of an object.

        The digest of its manifests stays.
        """
        if not parts:
            return self
        manifests = self.manifests
        resources = tuple(with_parts(manifests.resources, parts))
        return replace(self, manifests=replace(manifests, resources=resources, parts={**manifests.parts, **parts}))

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


@contextmanager
def connect(options: Options, manifests: Manifests | None = None, who: Asking | None = None) -> Iterator[Session]:
    """Sign in to the tenant that the manifests (if there are any) are for, and yield the session.

    ``who`` asks whose token this is, in the place of the usual question. Raises ``WrongTenant`` for a token of another
    organization than the environment's.
    """
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.connection import Connection

    manifests = manifests or Manifests()
    if manifests.targets:
        options = replace(options, manifests=replace(options.manifests, targets=manifests.targets))
    endpoint = _endpoint(options, manifests)
    wanted = options.connection

    def check(identity: Identity) -> None:
        problem = organization_problem(manifests, identity, endpoint.source)
        if problem:
            raise WrongTenant([problem])

    api = Api(
        endpoint,
        transport=wanted.transport,
        rate=wanted.rate,
        batch_size=wanted.batch_size,
        retry=wanted.retry,
        timeout=wanted.timeout,
        stop=options.stop,
        known_secrets=options.known_secrets,
        redactor=wanted.redactor,
    )
    with Connection(api, check, who) as connection:
        history = History(options.known_secrets, shown=shown_names(manifests, options.environ))
        yield Session(options, manifests, connection, history)


def _endpoint(options: Options, manifests: Manifests) -> Endpoint:
    """Return where to connect to, and as whom; raises ``ManifestErrors`` for a wrong address in the project."""
    environ, profile = options.environ, options.connection.profile
    environment, origin = manifests.environment, manifests.project_origin
    if environment is None or origin is None or environment.url is None:
        return find_endpoint(environ, profile=profile)
    source = f"the environment {environment.name!r}"
    try:
        return find_endpoint(environ, profile=profile, url=environment.url, url_source=source)
    except UsageError as error:
        # Problems with the project's address begin with the environment; all others are the operator's.
        if not str(error).startswith(source):
            raise
        place = origin.place(("spec", "environments", environment.name, "url"))
        raise ManifestErrors([Diagnostic(str(error), place)]) from None
