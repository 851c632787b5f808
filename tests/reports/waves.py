"""Rollouts in every situation that their reports have to show, decided by the product from evidence made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reports.fleets import PLANETS, At, customer, three_hundred, upgrade
from reports.plans import change, plan
from reports.scenes import told

from reconciler.applying.results import Result
from reconciler.model.capabilities.versions import Version
from reconciler.model.health import Check, Health
from reconciler.model.resource import Resource
from reconciler.model.rollout import Allowance, Member, Rollout, Selection, Wave, Window
from reconciler.reports.shared.rollouts import RolloutStatus
from reconciler.rollouts.decisions import decide
from reconciler.rollouts.evidence import Asked, Evidence
from reconciler.rollouts.rollback import MemberRollback
from reconciler.rollouts.waves import assign
from reconciler.workflow.rollouts import with_standings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.reports.shared.outcome import Outcome
    from reconciler.rollouts.decisions import RolloutStanding

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
OLD, NEW = (Version(f"v{number}", "Acme Inventory", number, "sequence") for number in (12, 13))
CANARY = PLANETS[:3]
WAVES = (
    Wave("canary", names=CANARY, soak=timedelta(hours=24)),
    Wave("early", percent=10, soak=timedelta(hours=2), approval=True),
    Wave("rest"),
)
NIGHTS = (Window("0 22 * * 1-4", timedelta(hours=4), "America/Chicago"),)
PENDING = Evidence("update", live=OLD, desired=NEW)
NO_STEP = "flow 'Sync orders' failed: HTTP 500"


def done(hours: float = 100, *, verdict: Any = "passed", why: str = "") -> Evidence:
    """Return the evidence of a member that was deployed so many hours ago."""
    health = Health("it", (Check("flow Sync", verdict, why),), NOW - timedelta(hours=hours))
    return Evidence(health=health, live=NEW, desired=NEW)


CANARIES = dict.fromkeys(CANARY, done())


def stand(
    known: Mapping[str, Evidence],
    size: int = 300,
    waves: tuple[Wave, ...] = WAVES,
    name: str = "inventory",
    **more: Any,
) -> RolloutStanding:
    """Return how a rollout stands whose members have a change, unless something else is known by their customer."""
    allowed, asked = more.pop("allowed", 0), more.pop("asked", Asked())
    rollout = Rollout(name, Selection(source="Acme Inventory"), waves, Allowance(allowed), **more)
    customers = [customer(number) for number in range(size)]
    members = [Member(f"Instance/{name}.{each.handle}", each.handle, each.name) for each in customers]
    evidence = {each.address: known.get(each.customer, PENDING) for each in members}
    return decide(rollout, assign(rollout, members), evidence, NOW, asked)


def set_back() -> RolloutStanding:
    """Return a rollout that stopped since its canary failed in this run, and was set back to its version."""
    known = CANARIES | {"cirrus": Evidence("update", held=True, failed=NO_STEP, live=OLD, desired=NEW)}
    standing = stand(known, 40)
    members = [each.member for each in standing.waves[1].members]
    ways = [MemberRollback(each, OLD, "the version before the change") for each in members]
    return replace(standing, rollbacks=(*ways[:-1], MemberRollback(members[-1], None, "its version is not known")))


def half_way() -> RolloutStanding:
    """Return a rollout of which the last wave is under way: some complete, failed, held, unproven, others next."""
    plain = stand({})
    early = [each.member.customer for each in plain.waves[1].members]
    rest = [each.member.customer for each in plain.waves[2].members]
    known = {**CANARIES, **dict.fromkeys([*early, *rest[:60]], done())}
    known[rest[3]] = done(verdict="failed", why="flow 'Sync orders' failed: HTTP 401 from https://crm.example/orders")
    known |= dict.fromkeys(rest[9:11], Evidence("update", held=True, live=OLD, desired=NEW))
    known |= {each: done(verdict="inconclusive", why="a retry is due at 10:05 UTC") for each in rest[60:63]}
    known[rest[70]] = Evidence("create", desired=NEW)
    return stand(known, allowed=8, asked=Asked(frozenset({"early"})))


def broken() -> RolloutStanding:
    """Return a rollout that stopped, since many members failed: some alike, some each in its own way."""
    waves = (Wave("first", percent=20), Wave("rest"))
    first = [each.member.customer for each in stand({}, 200, waves).waves[0].members]
    known = dict.fromkeys(first[:15], done(verdict="failed", why=NO_STEP))
    known |= {
        each: done(verdict="failed", why=f"connection {number} is in error") for number, each in enumerate(first[15:30])
    }
    return stand(known, 200, waves, allowed=29)


def only_held() -> RolloutStanding:
    """Return a rollout of which all is complete but two members, which are held."""
    handles = [customer(number).handle for number in range(12)]
    known = dict.fromkeys(handles, done())
    known |= dict.fromkeys(handles[5:7], Evidence("update", held=True, live=OLD, desired=NEW))
    return stand(known, 12, allowed=2)


def hostile(name: str) -> RolloutStatus:
    """Return a status in which every text from outside is the same."""
    rollout = Rollout(name, Selection(), (Wave(name, names=(name,)), Wave("rest")))
    members = [Member(f"Instance/{each}", each) for each in (name, "other")]
    version = Version("v", name, 0, "s", definition=name)
    evidence = {f"Instance/{name}": Evidence(failed=name, live=version, desired=NEW), "Instance/other": PENDING}
    standing = decide(rollout, assign(rollout, members), evidence, NOW)
    return RolloutStatus([standing], NOW, name, name, name, name)


def status(*standings: RolloutStanding) -> RolloutStatus:
    """Return the status of rollouts, read at ``NOW``."""
    return RolloutStatus(standings, NOW, "Rocket Vendor", "https://app.example.com", "acme", "production")


STATUSES: dict[str, Callable[[], RolloutStatus]] = {
    "begins": lambda: status(stand({})),
    "soaking": lambda: status(stand(CANARIES | {"cirrus": done(3), "acme": done(4)})),
    "approval": lambda: status(stand(CANARIES)),
    "window": lambda: status(stand(CANARIES, asked=Asked(frozenset({"early"})), windows=NIGHTS)),
    "soaking-and-window": lambda: status(
        stand(CANARIES | {"cirrus": done(3)}, waves=(WAVES[0], Wave("rest")), windows=NIGHTS)
    ),
    "stopped": lambda: status(stand(CANARIES | {"cirrus": done(verdict="failed", why=NO_STEP)})),
    "broken": lambda: status(broken()),
    "set-back": lambda: status(set_back()),
    "half-way": lambda: status(half_way()),
    "held": lambda: status(only_held()),
    "complete": lambda: status(stand(dict.fromkeys([customer(number).handle for number in range(300)], done()))),
    "several": lambda: status(
        half_way(), stand({}, 5, (Wave("canary", labels=("nobody",)), Wave("rest")), name="billing")
    ),
    "none": status,
}
"""How rollouts stand, most of them with 300 customers."""


def ran(command: str) -> Outcome:
    """Return the outcome of a plan or an apply of 300 members of a set whose canary is to be changed."""
    rollout = stand({})
    found = three_hundred()
    changes = with_standings(found.changes, [rollout])
    outcome = told(command, replace(found, changes=changes, rollouts=(rollout,)))
    if command != "apply":
        return outcome
    results = [Result(each, "waiting" if each.waits else "applied") for each in changes]
    for result in results:
        if result.change.rollout and result.change.waits:
            result.notes.append(result.change.rollout.reason)
    return replace(outcome, results=results)


def waits() -> Outcome:
    """Return a drift in which all but the canary wait in a rollout, and nothing else differs."""
    planned = ran("plan").plan
    assert planned is not None
    later = tuple(each for each in planned if each.rollout and each.waits and not each.deletes)
    return told("drift", plan(later=later, project="acme", rollouts=planned.rollouts))


def verified() -> Outcome:
    """Return a plan after which a flow is run for 20 members of a set, and for an instance in none."""
    spec = {"verify": {"flows": {"Sync": {"payload": {"ping": 1}}}}}
    members = [upgrade(number) for number in range(20)]
    alone = change("alone", "deploy", resource=Resource("Instance", "alone", spec, At()))
    changes = [replace(each, resource=replace(each.resource, spec=spec)) for each in members if each.resource]
    return told("plan", plan(*changes, alone))
