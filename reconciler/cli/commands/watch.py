"""``reconciler watch``."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    PlanningArguments,
    batch_size_option,
    deletion_options,
    format_option,
    manifest_options,
    max_failures_option,
    profile_option,
    rate_option,
    selector_options,
    shard_option,
    target_option,
    timeout_option,
)
from reconciler.cli.options.values import Duration, Whole
from reconciler.cli.process.mistakes import forget_secrets
from reconciler.cli.process.streams import is_lost
from reconciler.cli.process.terminal import say, width_of
from reconciler.cli.run.serving import Status, serving
from reconciler.errors import Interrupted
from reconciler.kinds.registry import default_registry
from reconciler.prismatic.http.stop import Stop
from reconciler.reports.ci.metrics import Totals, watch_registry
from reconciler.reports.json.rounds import round_document
from reconciler.reports.shared.names import without_live_ids
from reconciler.reports.shared.rounds import Seen
from reconciler.reports.text.rounds import round_lines
from reconciler.text.escape import json_line
from reconciler.text.wrapping import laid_out
from reconciler.workflow.watching import JITTER, SystemClock, Watch, WatchOptions

if TYPE_CHECKING:
    from reconciler.options import Options
    from reconciler.reports.shared.rounds import Round
    from reconciler.workflow.watching import WatchClock

SHORTEST = 5
"""Seconds between two rounds, at least."""
GRACE = 60.0
"""Seconds beyond its longest pause and its time limit after which a silent watch counts as stuck."""
DELETIONS = ("--allow-delete", "--allow-delete-customers", "--allow-deletes")


@dataclass(frozen=True, slots=True)
class WatchArguments(PlanningArguments):
    interval: float = 300.0
    drift: str = "report"
    rollouts: str = "report"
    no_verify: bool = False
    metrics_port: int | None = None
    metrics_address: str = "127.0.0.1"

    @property
    def writes(self) -> bool:
        return self.drift == "heal" or self.rollouts == "continue"


@click.command("watch", cls=Command)
@manifest_options
@target_option
@selector_options
@shard_option
@click.option(
    "--interval", type=Duration(SHORTEST), default="5m", show_default=True, metavar="DURATION",
    help="The pause between two rounds, such as 90s, 5m or 1h; up to a tenth shorter or longer.",
)  # fmt: skip
@click.option(
    "--drift", type=click.Choice(["report", "heal"]), default="report", show_default=True,
    help="Only report what differs, or also change back what lifecycle.drift or the project's drift declares so.",
)  # fmt: skip
@click.option(
    "--rollouts", type=click.Choice(["report", "continue"]), default="report", show_default=True,
    help="Only report how rollouts stand, or also carry out the waves whose gates are open.",
)  # fmt: skip
@click.option(
    "--metrics-port", type=Whole(0, 65535), metavar="PORT",
    help="Serve /metrics (Prometheus), /healthz and /readyz on this port; 0 takes any free one.",
)  # fmt: skip
@click.option(
    "--metrics-address", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="The address to serve them on; 0.0.0.0 is all of this machine.",
)  # fmt: skip
@deletion_options
@max_failures_option
@click.option("--no-verify", is_flag=True, help="Do not verify what was deployed, and run no flow.")
@batch_size_option
@profile_option
@format_option("text", "json")
@rate_option
@timeout_option("End a round this long after connecting (3600).")
@takes(WatchArguments)
def command(asked: WatchArguments) -> int:
    """Compare again and again until a signal ends it (exit 0), report it, and heal only what is declared so."""
    _refuse_contradictions(asked)
    stop = click.get_current_context().find_object(Stop) or Stop()
    service = Service(asked)
    with serving(service.status, asked.metrics_address, asked.metrics_port) as port:
        _introduce(asked, port)
        try:
            service.watch()
        except Interrupted as ended:
            say(str(ended))
        except Exception:
            if not stop.asked:
                raise
            # Python or a library turned the interruption into another error.
            say(str(stop.error()))
    if stop.asked:
        stop.exit_code = 0  # a signal is how a watch ends
    return 0


@dataclass(slots=True)
class Service:
    """One watch with its log and what its server answers."""

    asked: WatchArguments
    clock: WatchClock = field(default_factory=SystemClock)
    status: Status = field(init=False)
    totals: Totals = field(default_factory=Totals)
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        limit = self.asked.connection.timeout or 0.0
        patience = self.asked.interval * (1 + JITTER) + limit + GRACE
        self.status = Status(self.clock.monotonic, patience, metrics=self._metrics(None))

    def watch(self) -> None:
        asked = self.asked
        options = WatchOptions(
            asked.interval, asked.drift == "heal", asked.rollouts == "continue", verify=not asked.no_verify
        )
        Watch(self._options, options, self.clock).run(self._report)

    def _options(self) -> Options:
        """Return the options of a round, which begins now: each one is a run of its own."""
        self.status.live()
        forget_secrets()
        return self.asked.planning(enforce_guardrails=False)

    def _report(self, found: Round) -> None:
        self.totals.add(found)
        self.status.metrics = self._metrics(found)
        self.status.unready = "; ".join(map(str if self.asked.output.verbose else without_live_ids, found.failures))
        self.status.live()
        if self.asked.output.form == "json":
            click.echo(json_line(round_document(found)), nl=False)
        else:
            click.echo(laid_out("\n".join(round_lines(found, self.seen)), width_of(sys.stdout)))
        self.seen = self.seen.after(found)
        if is_lost(sys.stdout):
            raise Interrupted("nobody reads the log any more", 1)

    def _metrics(self, found: Round | None) -> bytes:
        from prometheus_client import generate_latest

        return generate_latest(watch_registry(found, tuple(default_registry().kinds), self.totals))


def _introduce(asked: WatchArguments, port: int | None) -> None:
    healing = "heals what is declared so" if asked.drift == "heal" else "reports what differs"
    rollouts = ", and moves rollouts on" if asked.rollouts == "continue" else ""
    address = f"[{asked.metrics_address}]" if ":" in asked.metrics_address else asked.metrics_address
    served = "" if port is None else f"; metrics on http://{address}:{port}/metrics"
    say(f"Watching: a round every {asked.interval:g} s {healing}{rollouts}{served}")


def _refuse_contradictions(asked: WatchArguments) -> None:
    """Refuse options that cannot hold for many rounds, or that have no effect."""
    if "-" in asked.manifests.files:
        raise click.UsageError("-f - can be read once, and a watch reads its manifests in each round; name a file")
    if asked.writes and asked.manifests.without_secrets:
        raise click.UsageError("--without-secrets is for reports; what is healed needs its secrets")
    values = asked.plan.allow_delete, asked.allow_delete_customers, asked.plan.allow_deletes
    for option, value in zip(DELETIONS, values, strict=True):
        if not asked.writes and value is not None and value is not False and value != ():
            raise click.UsageError(f"{option} has no effect on a watch that only reports; add --drift heal")
