"""Any course of a rollout: runs, faults, failing versions, changes by others, and time that passes."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rollouts.fleet import CANARY, REST, Fleet
from support.world import World

from reconciler.errors import ReconcilerError
from reconciler.prismatic.http.retry import RetryPolicy

SIZE, CANARIES = 6, 2
FAULTS = st.sampled_from(["drop", "drop-after", "error"])
SOAK = timedelta(hours=24)
HASTY = RetryPolicy(tries=2, first_pause=0.0, longest_pause=0.0)


class Course(RuleBasedStateMachine):
    """A fleet of two waves, on which anything may happen; each run is checked against the gates."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.fleet = Fleet(self.world, SIZE, CANARIES, [{**CANARY, "soak": "24h"}, REST])
        self.broken = False

    def teardown(self) -> None:
        self.world.sandbox.close()

    @initialize(failures=st.integers(0, 1), concurrent=st.integers(1, 3))
    def choose(self, failures: int, concurrent: int) -> None:
        self.failures = failures
        self.fleet.policy |= {"maxFailures": failures, "maxConcurrent": concurrent}

    @rule()
    def run(self) -> None:
        """Apply, and check what the run changed."""
        before, rows = self.fleet.versions(), self._rows()
        now = self.world.sandbox.tenant.clock.now()
        try:
            results = self.fleet.apply(retry=HASTY)
        except ReconcilerError:
            assert self.fleet.versions() == before  # the tenant could not even be read
            return
        after = self.fleet.versions()
        moved = [at for at, (was, now_) in enumerate(zip(before, after, strict=True)) if was != now_]
        if any(at >= CANARIES for at in moved):
            self._check_gate(results, rows, now)
        failed = [at for at in moved if not results[f"i{at + 1}"].ok]
        for wave in (range(CANARIES), range(CANARIES, SIZE)):
            assert len([at for at in failed if at in wave]) <= self.failures + 1

    def _check_gate(self, results: Any, rows: Any, now: Any) -> None:
        """The rest was changed: the canary is current and has soaked, but for failures that are allowed."""
        unsure = 0
        for number in range(1, CANARIES + 1):
            result, row = results.get(f"i{number}"), rows[number - 1]
            if result is not None:
                unsure += 1
                assert result.status == "failed", "a canary was changed in the same run, so it cannot have soaked"
                continue
            soaked = row["lastDeployedAt"] and self._moment(row["lastDeployedAt"]) + SOAK <= now + timedelta(seconds=2)
            assert soaked
        assert unsure <= self.failures

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.fleet.advance(timedelta(hours=hours))

    @rule(
        kind=st.sampled_from(["drop", "drop-after", "error"]),
        field=st.sampled_from(["updateInstance", "deployInstance"]),
    )
    def disturb(self, kind: str, field: str) -> None:
        """Let the next requests of a kind fail on the network."""
        self.world.sandbox.faults.add(kind, field=field, times=9)

    @rule()
    def quieten(self) -> None:
        self.world.sandbox.faults.clear()

    @precondition(lambda self: not self.broken)
    @rule(number=st.integers(1, SIZE))
    def breaks(self, number: int) -> None:
        """From now on a customer's deploys are refused."""
        self.broken = True
        self.world.sandbox.outcomes.add(customer=f"Customer {number}", deploy="refused")

    @rule()
    def mend(self) -> None:
        self.broken = False
        self.world.sandbox.outcomes.clear()

    @rule()
    def release(self) -> None:
        """Declare the other version."""
        self.fleet.version = 3 - self.fleet.version

    @rule(number=st.integers(1, SIZE))
    def meddle(self, number: int) -> None:
        """Somebody changes an instance by hand."""
        row = self._rows()[number - 1]
        self.world.sandbox.store.update("instances", row["id"], description="changed by hand", needsDeploy=1)

    @rule()
    def finish(self) -> None:
        """When nothing is in the way, a few runs and days later everybody is as declared."""
        self.world.sandbox.faults.clear()
        self.mend()
        for _ in range(SIZE + 3):
            self.fleet.apply()
            self.fleet.advance(SOAK + timedelta(hours=1))
        assert self.fleet.versions() == [self.fleet.version] * SIZE
        assert self.fleet.plan().empty

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """Each customer has its one instance."""
        assert len(self.world.rows("instances", isSystem=0)) == SIZE

    def _rows(self) -> list[Any]:
        rows = self.world.rows("instances", isSystem=0)
        owners = {row["id"]: int(row["name"].rpartition(" ")[2]) for row in self.world.rows("customers", isSystem=0)}
        return sorted(rows, key=lambda row: owners[row["customer"]])

    @staticmethod
    def _moment(text: str) -> datetime:
        return datetime.fromisoformat(text)


TestAnyCourse = Course.TestCase
TestAnyCourse.settings = settings(
    max_examples=200 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 6, stateful_step_count=12, deadline=None
)
