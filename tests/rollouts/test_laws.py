"""Laws of the decision that hold for any rollout, found by random input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.capabilities.versions import Version
from reconciler.model.health import Check, Health
from reconciler.model.rollout import Allowance, Member, Rollout, Selection, Wave, Window
from reconciler.rollouts.decisions import decide
from reconciler.rollouts.evidence import Asked, Evidence
from reconciler.rollouts.percent import picked, share
from reconciler.rollouts.rollback import Unmoved, destination
from reconciler.rollouts.waves import assign
from reconciler.rollouts.windows import is_open, last_begin, next_begin, opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.health import Verdict
    from reconciler.rollouts.decisions import RolloutStanding

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HANDLES = st.text("abcdefghij", min_size=1, max_size=3)
MEMBERS = st.dictionaries(HANDLES, st.frozensets(st.sampled_from(["canary", "eu"])), max_size=12).map(
    lambda found: [Member(f"Instance/{handle}", handle, labels=labels) for handle, labels in found.items()]
)


def _health(verdict: Verdict, hours: int) -> Health:
    return Health("x", (Check("deployed", verdict, "because"),), NOW - timedelta(hours=hours))


HEALTH = st.builds(_health, st.sampled_from(["passed", "passed", "failed", "inconclusive"]), st.integers(0, 48))
EVIDENCE = st.builds(
    Evidence,
    st.sampled_from(["", "", "update", "create"]),
    held=st.booleans(),
    exempt=st.booleans(),
    health=st.none() | HEALTH,
    failed=st.sampled_from(["", "", "refused"]),
)
SOAKS = st.sampled_from([timedelta(), timedelta(hours=1), timedelta(hours=24)])


@st.composite
def rollouts(draw: st.DrawFn) -> Rollout:
    """Return a rollout of up to four waves, the last one of which takes the rest."""
    chosen = draw(
        st.lists(
            st.fixed_dictionaries({"labels": st.just(("canary",))})
            | st.fixed_dictionaries({"names": st.just(("a", "b"))})
            | st.fixed_dictionaries({"percent": st.integers(1, 100)}),
            max_size=3,
        )
    )
    waves: list[dict[str, Any]] = [*chosen, {}]
    return Rollout(
        "inventory",
        Selection(source="Acme"),
        tuple(
            Wave(f"w{number}", soak=draw(SOAKS), approval=draw(st.booleans()), **wave)
            for number, wave in enumerate(waves)
        ),
        Allowance(draw(st.integers(0, 3))),
        draw(st.integers(1, 5)),
        create=draw(st.sampled_from(["at-once", "in-wave"])),
    )


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Rollout, Sequence[Member], dict[str, Evidence], Asked, RolloutStanding]:
    """Return a rollout with its members, what is known of them, what is asked, and the decision."""
    rollout, members = draw(rollouts()), draw(MEMBERS)
    evidence = {member.address: draw(EVIDENCE) for member in members}
    asked = Asked(
        draw(st.frozensets(st.sampled_from(rollout.wave_names))), draw(st.none() | st.sampled_from(rollout.wave_names))
    )
    standing = decide(rollout, assign(rollout, members), evidence, NOW, asked)
    return rollout, members, evidence, asked, standing


@given(decisions())
def test_nobody_is_next_behind_a_wave_that_is_not_through(made: Any) -> None:
    """All members of the waves before are current, healthy and soaked, but for allowed failures."""
    rollout, _, evidence, _, standing = made
    for number, wave in enumerate(standing.waves):
        if not wave.next:
            continue
        for earlier in standing.waves[:number]:
            failed = 0
            for each in earlier.members:
                known = evidence[each.member.address]
                if known.failed or (known.difference and known.held):
                    failed += 1
                    continue
                assert not known.difference
                if known.exempt:
                    continue
                assert known.health is not None
                if known.health.verdict == "failed":
                    failed += 1
                    continue
                assert known.health.verdict == "passed"
                assert known.health.deployed_at + earlier.wave.soak <= NOW
            assert failed <= rollout.max_failures.of(len(earlier.members))


@given(decisions())
def test_no_more_are_in_flight_than_may_fail_and_one(made: Any) -> None:
    """Members that are changed now, those that are not proven and those that failed are at most maxFailures + 1."""
    rollout, _, _, _, standing = made
    for wave in standing.waves:
        if wave.next:
            in_flight = len(wave.next) + wave.count("current") + wave.failures
            assert in_flight <= rollout.max_failures.of(len(wave.members)) + 1
            assert len(wave.next) <= rollout.max_concurrent


@given(decisions())
def test_approvals_and_the_last_wave_are_respected(made: Any) -> None:
    """Nobody is changed in a wave that lacks its approval, or that comes after the last one that is asked for."""
    rollout, _, _, asked, standing = made
    order = rollout.wave_names
    for wave in standing.waves:
        if wave.next:
            assert not wave.wave.approval or wave.wave.name in asked.approved
            assert asked.through is None or order.index(wave.wave.name) <= order.index(asked.through)


@given(decisions(), st.randoms())
def test_the_order_of_the_members_does_not_matter(made: Any, random: Any) -> None:
    """The same members in another order stand the same."""
    rollout, members, evidence, asked, standing = made
    shuffled = list(members)
    random.shuffle(shuffled)
    assert decide(rollout, assign(rollout, shuffled), evidence, NOW, asked) == standing


@given(decisions())
def test_each_member_is_in_one_wave(made: Any) -> None:
    """The last wave takes the rest, so every member is in exactly one wave."""
    _, members, _, _, standing = made
    placed = [each.member.address for wave in standing.waves for each in wave.members]
    assert sorted(placed) == sorted(member.address for member in members)


@given(decisions())
def test_every_change_stands_somewhere_with_its_reason(made: Any) -> None:
    """Each member with a change that did not fail in this run has a standing, and one that is not open has a reason."""
    _, _, evidence, _, standing = made
    found = dict(standing.changes())
    due = {address for address, known in evidence.items() if known.difference and (known.held or not known.failed)}
    assert found.keys() == due
    assert all(each.reason for each in found.values() if each.state != "open")


@given(decisions(), st.integers(1, 30))
def test_it_never_opens_before_the_moment_that_it_announces(made: Any, hours: int) -> None:
    """A wave that announces when it opens stays closed until then, if nothing else happens."""
    rollout, members, evidence, asked, standing = made
    later = NOW + timedelta(hours=hours)
    then = decide(rollout, assign(rollout, members), evidence, later, asked)
    for before, after in zip(standing.waves, then.waves, strict=True):
        if before.opens and later < before.opens:
            assert not after.next


@given(st.integers(1, 100), MEMBERS, MEMBERS)
def test_a_share_is_stable_when_members_join(percent: int, before: Sequence[Member], joining: Sequence[Member]) -> None:
    """Those who are picked stay picked when others join, unless as many newcomers stand before them."""
    known = {member.address: member for member in before}
    everybody = {**{member.address: member for member in joining}, **known}
    first = picked("inventory", percent, len(known), known.values())
    then = picked("inventory", percent, len(everybody), everybody.values())
    assert len(then) == share(percent, len(everybody))
    displaced = [member for member in first if member not in then]
    newcomers = [member for member in then if member.address not in known]
    assert len(displaced) <= len(newcomers)
    assert [member for member in then if member.address in known] == [
        member for member in picked("inventory", 100, len(known), known.values()) if member in then
    ]


@given(
    st.integers(0, 2 * 365 * 24 * 3600),
    st.sampled_from(["30 1 * * *", "0 22 * * 1-4", "*/20 * * * *"]),
    st.integers(1, 600),
)
def test_a_window_is_open_from_its_beginning_for_its_duration(seconds: int, schedule: str, minutes: int) -> None:
    """Between the beginning of a window and the end of its duration it is open, and closed outside, in any night."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    window = Window(schedule, timedelta(minutes=minutes), "America/Chicago")
    begin, following = last_begin(window, now), next_begin(window, now)
    assert begin is not None
    assert following is not None
    assert begin <= now < following
    assert is_open(window, begin)
    assert is_open(window, now) == (now - begin < window.duration)
    found = opening([window], now)
    assert found.open or found.opens == following


def test_a_window_that_begins_before_clocks_go_back_stays_open() -> None:
    """The hour that comes twice does not close a window that began in its first pass."""
    window = Window("30 1 * * *", timedelta(hours=1), "America/Chicago")
    begin = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    openings = [is_open(window, begin + timedelta(minutes=minutes)) for minutes in (-1, 0, 29, 30, 31, 59, 60)]
    assert openings == [False, True, True, True, True, True, False]


VERSIONS = st.none() | st.integers(1, 3).map(lambda number: Version(f"v{number}", "Acme", number, "acme"))
RUNNING = st.builds(
    Evidence,
    st.sampled_from(["", "update", "create"]),
    held=st.booleans(),
    live=VERSIONS,
    desired=VERSIONS,
    deployed=st.booleans(),
    settled=st.booleans(),
    deployable=st.booleans(),
)


@given(st.dictionaries(HANDLES, RUNNING, min_size=1, max_size=6), st.randoms())
def test_a_way_back_leads_where_the_member_or_others_were(evidence: dict[str, Evidence], random: Any) -> None:
    """A member goes back to its own version or to one of members that have yet to move, and never to an archived one.

    In whatever order they are listed, it is the same one.
    """
    shuffled = list(evidence.items())
    random.shuffle(shuffled)
    for own in evidence.values():
        found = destination(own, Unmoved.of(evidence))
        assert found == destination(own, Unmoved.of(dict(shuffled)))
        assert found.reason
        if found.version is None:
            continue
        assert own.difference != "create"
        assert own.deployed
        if found.version != own.live:
            others = [each for each in evidence.values() if each.moves and each.live == found.version]
            assert any(each.deployable for each in others)
            assert not own.moves
        elif own.moves:
            assert own.deployable
