"""The verification of live objects: their evidence, then the runs of their flows, and one verdict for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import EndOfRun, RequestFailed
from reconciler.model.capabilities.health import Evidence
from reconciler.model.health import Check, Health
from reconciler.model.tenant import Tenant
from reconciler.prismatic.fetch.answer_reads import answer_reads
from reconciler.secrets.secret import secrets_in
from reconciler.verifying.runner import Runner, cleaned
from reconciler.verifying.trials import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.capabilities.health import FlowTest, HealthChecks
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Identity, Live
    from reconciler.prismatic.client import Api
    from reconciler.secrets.known import KnownSecrets
    from reconciler.verifying.clock import Clock

SETTLED = "not run again: a run since the last deploy succeeded"


@dataclass(frozen=True, slots=True)
class Subject:
    """One object to verify; ``live`` is ``None`` for one that does not exist."""

    resource: Resource
    live: Live | None
    health: HealthChecks
    name: str = ""
    customer: str = ""
    """The name of the customer whose object it is."""

    @property
    def address(self) -> str:
        return self.resource.address


@dataclass(slots=True)
class Under:
    """One subject under verification: what is known of it so far."""

    subject: Subject
    checks: list[Check] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return all(trial.check for trial in self.trials)

    def health(self) -> Health:
        live = self.subject.live
        settled = [trial.check for trial in self.trials if trial.check]
        deployed_at = self.subject.health.deployed_at(live) if live else None
        subject = self.subject
        return Health(subject.address, (*self.checks, *settled), deployed_at, subject.name, subject.customer)


@dataclass(frozen=True, slots=True)
class Verification:
    """Verifies over one connection. ``again``: flows are run although an earlier run succeeded.

    ``run_flows`` is off where only what is known already counts. ``progress`` gets each object's health once it is
    final.
    """

    api: Api
    identity: Identity
    clock: Clock
    known_secrets: KnownSecrets
    again: bool = False
    run_flows: bool = True
    progress: Callable[[Health], None] = lambda _: None

    async def verify(self, subjects: Sequence[Subject]) -> tuple[list[Health], EndOfRun | None]:
        """Return the health of each subject, and why the run ended early if it did."""
        tenant = Tenant(self.identity)
        ended: EndOfRun | None = None
        try:
            trouble = await self._read(tenant, subjects)
        except EndOfRun as error:
            ended, trouble = error, str(error)
        found = [self._begin(subject, tenant, trouble) for subject in subjects]
        by_trial = {id(trial): each for each in found for trial in each.trials}
        for each in found:
            if each.done:
                self.progress(each.health())

        def settled(trial: Trial) -> None:
            if by_trial[id(trial)].done:
                self.progress(by_trial[id(trial)].health())

        runner = Runner(self.api, self.identity, self.clock, settled)
        trials = [trial for each in found for trial in each.trials if not trial.check]
        self.known_secrets.add(secrets_in([trial.test.input for trial in trials]))
        await runner.run(trials)
        return [each.health() for each in found], ended or runner.ended_by

    async def _read(self, tenant: Tenant, subjects: Sequence[Subject]) -> str:
        """Read the evidence; return why that failed, empty if it did not."""
        reads = [read for each in subjects if each.live for read in each.health.reads(each.resource, each.live)]
        try:
            await answer_reads(self.api, tenant, reads)
        except RequestFailed as error:
            return str(error)
        return ""

    def _begin(self, subject: Subject, tenant: Tenant, trouble: str) -> Under:
        live, health, resource = subject.live, subject.health, subject.resource
        if live is None:
            return Under(subject, [Check("deployed", "failed", "it does not exist")])
        unread = [read for read in health.reads(resource, live) if not tenant.answered(read) or tenant.refusal(read)]
        if unread:
            reason = trouble or str(tenant.refusal(unread[0]))
            return Under(subject, [Check("executions", "inconclusive", f"its runs cannot be read: {reason}")])
        checks = [*health.checks(resource, live, Evidence(tenant, self.api.clean))]
        tests = health.tests(resource, live, tenant)
        return Under(subject, checks, [self._trial(test, health) for test in tests])

    def _trial(self, test: FlowTest, health: HealthChecks) -> Trial:
        trial = Trial(test, health.runs, known=frozenset(run.id for run in test.earlier))
        earlier = None if self.again else test.settled_by
        if earlier:
            trial.run, trial.execution, trial.is_earlier = earlier, earlier.id, True
        if earlier and test.expect.step and not test.hindrance and self.run_flows:
            trial.to("read", self.clock.monotonic())
        elif not self.run_flows:
            self._look_back(trial)
        elif earlier:
            trial.end("passed", SETTLED)
        elif test.hindrance:
            trial.end("inconclusive", f"not run: {test.hindrance}")
        return trial

    def _look_back(self, trial: Trial) -> None:
        """Decide by the latest run since the last deploy, without running the flow again.

        Where a step's result decides, it is read: the status of the run alone proves nothing, and to look has no side
        effects.
        """
        found = trial.run or trial.test.latest
        if found is None:
            trial.end("inconclusive", "it has not run since the last deploy")
            return
        trial.is_earlier, trial.run = False, cleaned(found, self.api.clean)
        if trial.run.state in {"running", "retrying"}:
            trial.end("inconclusive", "its latest run has not ended")
        else:
            trial.judge(self.clock.monotonic())
            trial.patient = False
