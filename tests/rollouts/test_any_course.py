"""Any course of a rollout: runs, kills, faults, failing versions, changes by others, and time that passes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rollouts.fleet import CANARY, REST, Fleet
from safety.dying import Dying
from support.world import World

from reconciler.errors import ReconcilerError
from reconciler.model.reserved_labels import UNFINISHED
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.workflow.retrying import find_holds, take_off

SIZE, CANARIES = 6, 2
FAULTS = st.sampled_from(["drop", "drop-after", "error"])
SOAK = timedelta(hours=24)
NUMBERS = st.sampled_from([0, 1, 2, *range(1, SIZE + 1)])
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

    @initialize(
        failures=st.integers(0, 1),
        concurrent=st.integers(1, 3),
        on_failure=st.sampled_from(["rollback", "stop"]),
        number=NUMBERS,
        sick=st.booleans(),
    )
    def choose(self, failures: int, concurrent: int, on_failure: str, number: int, sick: bool) -> None:
        """Choose the policy, and who fails at first: nobody cares about a course in which nothing goes wrong."""
        self.failures = failures
        self.fleet.policy |= {"maxFailures": failures, "maxConcurrent": concurrent, "onFailure": on_failure}
        self.breaks(number, 2, sick)

    @rule()
    def run(self) -> None:
        """Apply, and check what the run changed."""
        before, rows = self.fleet.versions(), self._rows()
        now = self.world.sandbox.tenant.clock.now()
        self.world.forget()
        try:
            results = self.fleet.apply(retry=HASTY)
        except ReconcilerError:
            assert self.fleet.versions() == before  # the tenant could not even be read
            return
        after = self.fleet.versions()
        moved = [at for at, (was, now_) in enumerate(zip(before, after, strict=True)) if was != now_]
        forward = [at for at in moved if not results[f"i{at + 1}"].change.goes_back]
        if any(at >= CANARIES for at in forward):
            self._check_gate(results, rows, now)
        failed = [at for at in range(SIZE) if self._failed(results.get(f"i{at + 1}"), moved=at in forward)]
        for wave in (range(CANARIES), range(CANARIES, SIZE)):
            assert len([at for at in failed if at in wave]) <= self.failures + 1
        self._check_holds(results, rows)

    @staticmethod
    def _failed(result: Any, *, moved: bool) -> bool:
        """Return whether a member failed in this run, whether it stayed as it was then or went back."""
        return result is not None and not result.ok and (moved or (result.set_back and not result.change.goes_back))

    def _check_holds(self, results: Any, rows: Any) -> None:
        """Who is held was not touched, and whoever failed was tried once, at each of two versions."""
        refused = Counter(
            entry.arguments["input"]["id"]
            for entry in self.world.mutations
            if entry.field == "deployInstance" and not entry.ok and not entry.faults
        )
        for number, (before, after) in enumerate(zip(rows, self._rows(), strict=True), start=1):
            result = results.get(f"i{number}")
            assert refused[before["id"]] <= 2
            if result is not None and result.status == "held":
                assert before == after
            if result is not None and result.set_back and not result.set_back.failure:
                assert "gitops:held:" in after["labels"]
                assert UNFINISHED not in after["labels"]
                assert not (result.set_back.back and after["needsDeploy"])

    @rule(at=st.integers(1, 24), moment=st.sampled_from(["before", "after"]))
    def kill(self, at: int, moment: Any) -> None:
        """A run dies at one of its requests."""
        transport = Dying(self.world.sandbox, at, moment)
        with suppress(asyncio.CancelledError, ReconcilerError):
            self.fleet.apply(retry=HASTY, transport=transport)

    def _check_gate(self, results: Any, rows: Any, now: Any) -> None:
        """The rest was changed: the canary is current and has soaked, but for failures that are allowed."""
        unsure = 0
        for number in range(1, CANARIES + 1):
            result, row = results.get(f"i{number}"), rows[number - 1]
            if result is not None:
                unsure += 1
                assert result.status in {"failed", "held"} or result.change.goes_back, "it cannot have soaked"
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
    @rule(number=NUMBERS, version=st.sampled_from([None, 1, 2]), sick=st.booleans())
    def breaks(self, number: int, version: int | None, sick: bool) -> None:
        """From now on a customer's deploys (0: everybody's) are refused, or it is suspended, at a version or at any."""
        self.broken = True
        rule: dict[str, Any] = {"suspended": True} if sick else {"deploy": "refused"}
        rule |= {"version": version} if version else {}
        self.world.sandbox.outcomes.add(**rule, **({"customer": f"Customer {number}"} if number else {}))

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
        for number in range(SIZE + 3):
            if number < 2:  # the first run may finish what one that was killed began
                with self.world.session(self.fleet.text) as session:
                    take_off(session, find_holds(session, "inventory").held)
            self.fleet.apply()
            self.fleet.advance(SOAK + timedelta(hours=1))
        assert self.fleet.versions() == [self.fleet.version] * SIZE
        assert self.fleet.plan().empty
        assert not any(UNFINISHED in (row["labels"] or "") for row in self._rows())

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
    max_examples=200 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 3, stateful_step_count=12, deadline=None
)
