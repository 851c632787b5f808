"""Stopping a run: running requests finish, waiting ones are dropped, everything is reported."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from applying.runs import Meddling, customers, planned

from reconciler.cli.process import signals
from reconciler.errors import Interrupted
from reconciler.prismatic.http.stop import Stop
from reconciler.sandbox.in_process import InProcess
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    import httpx
    from support.world import World

REASON = "interrupted by a test"
SOON = 0.05


def asked_later(stop: Stop) -> None:
    """Ask from within the loop, when it comes to it."""
    asyncio.get_running_loop().call_later(SOON, stop.ask, REASON, 143)


def test_a_running_mutation_finishes_and_the_rest_is_skipped(world: World) -> None:
    """What was out is applied and unread, and all else says that it was not tried, and why."""
    stop = Stop()

    def happen(body: dict[str, Any]) -> None:
        if body["query"].startswith("mutation createCustomer"):
            stop.ask(REASON, 143)
            stop.ask("another reason", 1)

    handles = [f"c{number:02}" for number in range(12)]
    with planned(world, customers(*handles), transport=Meddling(world.sandbox, ask=happen), stop=stop) as run:
        with stop.holding():
            results = run.apply()
        assert sorted(address for address, _ in run.told) == sorted(results)
    done = [result for result in results.values() if result.done]
    assert [result.status for result in done] == ["not converged"] * 5
    assert {result.messages[-1] for result in done} == {f"the API accepted it, but the read-back failed: {REASON}"}
    rest = [result for result in results.values() if not result.done]
    assert {(result.status, *result.messages) for result in rest} == {("skipped", f"not tried: {REASON}")}
    assert stop.exit_code == 143
    assert len(world.mutations) == 5


INSTANCE = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec: {customer: {name: FTL}, name: Inventory, integration: {name: Acme Inventory}}
"""


def test_a_partly_applied_resource_reports_its_done_steps(world: World) -> None:
    """Of a change that was half done it is told what was done, and with what it would have gone on."""
    world.seed.customer("FTL")
    stop = Stop()

    def happen(body: dict[str, Any]) -> None:
        if body["query"].startswith("mutation createInstance"):
            stop.ask(REASON, 143)

    transport = Meddling(world.sandbox, ask=happen)
    with planned(world, INSTANCE, transport=transport, stop=stop) as run, stop.holding():
        (result,) = run.apply().values()
    assert (result.status, result.done) == ("failed", ["createInstance"])
    assert result.messages == [
        f"createInstance done; deployInstance not tried: {REASON}",
        "the next apply does the rest",
    ]
    assert (result.word, result.not_tried) == ("changed in part", ["deployInstance"])


@pytest.mark.parametrize("field", ["customers", "createCustomer"])
def test_a_stop_does_not_wait_for_a_long_pause(world: World, field: str) -> None:
    """Between two tries of a request, and while the API wants to be left alone, the end comes at once."""
    stop = Stop()
    world.sandbox.faults.add("throttle", field=field, retry_after="100")
    transport = Meddling(world.sandbox, ask=lambda body: field in body["query"] and asked_later(stop))
    with world.session(customers("a"), transport=transport, stop=stop) as session:
        if field == "customers":
            with pytest.raises(Interrupted, match=rf"^{REASON}: nothing was changed$"):
                make_plan(session)
            return
        plan = make_plan(session)
        with stop.holding():
            (result,) = apply_plan(session, plan)
    assert (result.status, result.messages) == ("skipped", [f"not tried: {REASON}"])
    assert world.mutations == []


class Silent(InProcess):
    """Never answers."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        del request
        await asyncio.sleep(1_000_000)
        raise AssertionError("it was waited for")


def test_a_running_query_is_abandoned(world: World) -> None:
    """Nobody waits for the answer to a question that nobody needs any more."""
    stop = Stop()
    threading.Timer(SOON, stop.ask, (REASON, 143)).start()
    options = world.options(customers("a"), transport=Silent(world.sandbox), stop=stop)
    desired = validate(options)
    with pytest.raises(Interrupted) as caught, connect(options, desired):
        pass
    assert caught.value.exit_code == 143
    assert not caught.value.ambiguous


def test_a_run_stopped_before_its_start_does_not_begin(world: World) -> None:
    """Asked to stop before the first request, a run sends none."""
    stop = Stop()
    stop.ask(REASON, 130)
    options = world.options(customers("a"), stop=stop)
    desired = validate(options)
    with pytest.raises(Interrupted), connect(options, desired):
        pass
    assert world.sandbox.log.requests == 0


@pytest.mark.parametrize("number", signals.SIGNALS)
def test_a_signal_raises_where_nothing_is_running(number: signal.Signals) -> None:
    """Outside of everything a signal ends what goes on, with the shell's exit code; handlers are put back."""
    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as caught, signals.heeded():
        signal.raise_signal(number)
    assert str(caught.value) == f"interrupted by {number.name}: nothing was changed"
    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) is before


def test_a_signal_asks_to_stop_where_requests_are_running() -> None:
    """While something is written, and while requests are under way, a signal raises nothing."""

    async def under_way() -> None:
        signal.raise_signal(signal.SIGTERM)

    with signals.heeded() as stop:
        asyncio.run(under_way())
        assert stop.asked
    with signals.heeded() as stop, stop.holding():
        signal.raise_signal(signal.SIGINT)
        assert (stop.reason, stop.exit_code) == ("interrupted by SIGINT", 130)
        assert str(stop.error()) == "interrupted by SIGINT"


def test_an_ignored_signal_stays_ignored() -> None:
    """Whoever started the run with SIGHUP ignored, as nohup does, wants it to go on without a terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.heeded() as stop:
            signal.raise_signal(signal.SIGHUP)
            assert not stop.asked
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_child_process_can_be_ended_from_its_start() -> None:
    """Who asks while something is started is heeded once it can be ended; who asks later, at once."""
    ended: list[str] = []

    def begin() -> str:
        signal.raise_signal(signal.SIGTERM)
        return "begun"

    with pytest.raises(Interrupted), signals.heeded() as stop, stop.ending(begin, ended.append):
        raise AssertionError("it went on")
    assert ended == ["begun"]
    with pytest.raises(Interrupted), signals.heeded() as stop, stop.ending(lambda: "again", ended.append):
        signal.raise_signal(signal.SIGTERM)
    assert ended == ["begun", "again"]


def test_a_start_that_fails_leaves_nothing_to_end() -> None:
    """What could not be started is not ended, and signals are heeded as before."""
    stop = Stop()
    with pytest.raises(ZeroDivisionError), stop.ending(lambda: 1 // 0, print):
        pass
    assert not stop.beginning
    stop.ask(REASON, 143)


class Odd:
    """Is freed at a moment when Python can raise nothing."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_that_cannot_be_raised_shows_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    """Where Python swallows what is raised, it says nothing, and the run knows that it is to end."""
    with signals.heeded() as stop:
        Odd()
        assert stop.asked
    assert capfd.readouterr().err == ""


def test_a_second_signal_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second signal ends the process there and then."""
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    with signals.heeded() as stop, stop.holding():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert codes == [143]


def test_without_the_main_thread_there_are_no_signals() -> None:
    """Handlers can be set by the main thread alone; elsewhere a run goes on without."""
    before = signal.getsignal(signal.SIGINT)
    seen: list[bool] = []

    def run() -> None:
        with signals.heeded() as stop:
            seen.append(stop.asked or signal.getsignal(signal.SIGINT) is not before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [False]
