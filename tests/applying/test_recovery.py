"""Lost answers: finished changes are found, unfinished ones repeated, and nothing is duplicated."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from applying.runs import Meddling, customers, planned
from prismatic.leaping_loop import LeapingLoop
from prismatic.restricted import NO, Restricted
from support.manifests import USER, customer, instance

from reconciler.applying.payload import MAYBE
from reconciler.applying.recovery import FOUND, GONE, SENT_AGAIN
from reconciler.options import ConnectionOptions
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from applying.runs import Run
    from support.world import World

    from reconciler.applying.results import Result
    from reconciler.sandbox.app import Sandbox

TEAM = """\
apiVersion: reconciler/v1
kind: User
metadata: {name: team}
spec: {email: team@example.com, role: Admin}
---
"""
EVERYTHING = (
    customer("name: FTL, externalId: ftl, labels: [gold]")
    + USER
    + TEAM
    + instance("Inventory", "name: Acme Inventory")
    + """\
  configVariables: {Batch Size: 50}
"""
)
CREATED = {
    "Customer/ftl": ("createCustomer", "customers", {"name": "FTL"}),
    "User/jo": ("createCustomerUser", "users", {"email": "jo@ftl.example"}),
    "User/team": ("createOrganizationUser", "users", {"email": "team@example.com"}),
    "Instance/inventory": ("createInstance", "instances", {"name": "Inventory"}),
}
BEFORE, AFTER = ("drop", "error"), ("drop-after", "truncate", "garbage", "partial")


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
@pytest.mark.parametrize("address", CREATED)
def test_a_creation_whose_answer_was_lost_is_there_once(world: World, address: str, fault: Any) -> None:
    """Lost before or after it was carried out: the object is there once, applied, and a note says what happened."""
    operation, table, row = CREATED[address]
    world.sandbox.faults.add(fault, field=operation)
    with planned(world, EVERYTHING) as run:
        results = run.apply()
    assert {result.status for result in results.values()} == {"applied"}
    assert len(world.rows(table, **row)) == 1
    note = f"{operation}: {FOUND if fault in AFTER else SENT_AGAIN}"
    assert results[address].notes == [note]
    assert results[address].done[0] == operation
    assert world.mutation_names().count(operation) == 1
    assert world.plan(EVERYTHING).empty


@pytest.mark.parametrize("fault", ["drop", "drop-after"])
def test_every_creation_can_be_lost_in_one_run(world: World, fault: Any) -> None:
    """However many answers are lost in one run, it ends with everything there once."""
    for operation, _, _ in CREATED.values():
        world.sandbox.faults.add(fault, field=operation)
    with planned(world, EVERYTHING) as run:
        results = run.apply()
    assert all(result.ok for result in results.values())
    assert all(len(world.rows(table, **row)) == 1 for _, table, row in CREATED.values())


@pytest.mark.parametrize("fault", ["drop", "drop-after"])
def test_a_whole_batch_that_was_lost_is_looked_up_together(world: World, fault: Any) -> None:
    """Where one lost answer is about many objects, one look-up tells of all of them."""
    world.sandbox.faults.add(fault, field="createCustomer")
    with planned(world, customers("a", "b", "c", "d")) as run:
        asked = world.sandbox.log.requests
        results = run.apply()
    assert all(result.ok for result in results.values())
    assert world.mutation_names() == ["createCustomer"] * 4
    # Checked, lost, looked up, perhaps sent again, read back.
    assert world.sandbox.log.requests - asked == (4 if fault == "drop-after" else 5)


@pytest.mark.parametrize("fault", ["drop", "drop-after"])
@pytest.mark.parametrize("operation", ["updateCustomer", "updateInstanceConfigVariables", "deployInstance"])
def test_an_idempotent_mutation_is_sent_again(world: World, operation: str, fault: Any) -> None:
    """An update or a deploy whose answer was lost is sent again as it is."""
    world.apply(EVERYTHING)
    world.forget()
    changed = EVERYTHING.replace("Batch Size: 50", "Batch Size: 60").replace("[gold]", "[silver]")
    world.sandbox.faults.add(fault, field=operation)
    with planned(world, changed) as run:
        results = run.apply()
    assert all(result.ok for result in results.values())
    assert [note for result in results.values() for note in result.notes] == [f"{operation}: {SENT_AGAIN}"]
    assert world.mutation_names().count(operation) == (2 if fault == "drop-after" else 1)
    assert world.plan(changed).empty


@pytest.mark.parametrize(("fault", "note"), [("drop", SENT_AGAIN), ("drop-after", GONE)])
def test_a_deletion_whose_answer_was_lost_ends_with_the_object_gone(world: World, fault: Any, note: str) -> None:
    """A deletion is sent again, and that there is no such object any more is just what was wanted."""
    world.apply(EVERYTHING)
    absent = EVERYTHING.replace("role: Admin}\n---", "role: Admin}\nlifecycle: {state: absent}\n---", 1)
    world.sandbox.faults.add(fault, field="deleteUser")
    with planned(world, absent) as run:
        (result,) = run.apply().values()
    assert (result.status, result.done) == ("applied", ["deleteUser"])
    assert result.notes[-1] == f"deleteUser: {note}"
    assert world.rows("users", email="jo@ftl.example") == []


def lost(world: World, manifests: str, fault: str) -> Result:
    """Apply a single change while something happens again and again; return what came of it."""
    world.sandbox.faults.add(fault, times=None)
    with planned(world, manifests) as run:
        (result,) = run.apply().values()
    return result


def test_no_mutation_is_sent_a_third_time(world: World) -> None:
    """A creation that is lost twice and is not there has failed, and it is said that nobody knows."""
    result = lost(world, customers("a"), "drop:field=createCustomer")
    assert result.status == "failed"
    assert result.messages == [
        "createCustomer: the connection to http://127.0.0.1:8765 was lost before the answer was complete",
        f"createCustomer: {MAYBE}",
    ]
    assert result.notes == [f"createCustomer: {SENT_AGAIN}"]
    assert world.rows("customers", isSystem=0) == []


def test_an_update_that_is_lost_twice_has_failed(world: World) -> None:
    """An update that is lost twice is told as such, carried out or not."""
    world.seed.customer("A")
    result = lost(world, customers("a", description="x"), "drop-after:field=updateCustomer")
    assert result.status == "failed"
    assert result.messages[-1] == f"updateCustomer: {MAYBE}"
    assert world.mutation_names() == ["updateCustomer"] * 2


class Late(InProcess):
    """The first creation is carried out only when the second one comes, and its answer is lost."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.first: httpx.Request | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if b": createCustomer(" not in await request.aread():
            return await super().handle_async_request(request)
        if self.first is None:
            self.first = request
            raise httpx.RemoteProtocolError("x")
        await super().handle_async_request(self.first)
        return await super().handle_async_request(request)


def test_a_creation_that_was_carried_out_late_is_found(world: World) -> None:
    """Where the second creation is refused because the first one came through after all, that one is taken."""
    with planned(world, customers("a"), transport=Late(world.sandbox)) as run:
        (result,) = run.apply().values()
    assert (result.status, result.messages) == ("applied", [])
    assert result.notes == [f"createCustomer: {SENT_AGAIN}", f"createCustomer: {FOUND}"]
    assert len(world.rows("customers", name="A")) == 1


def test_a_second_creation_that_is_refused_for_another_reason_has_failed(world: World) -> None:
    """What is refused and not there is told as it was refused."""
    world.sandbox.faults.add("drop", field="createCustomer")
    answers = iter([False, True])
    transport = Restricted(world.sandbox, lambda field, _: field == "createCustomer" and next(answers))
    with planned(world, customers("a"), transport=transport) as run:
        (result,) = run.apply().values()
    assert (result.status, result.messages) == ("failed", [f"createCustomer: {NO}"])
    assert world.rows("customers", isSystem=0) == []


def test_a_payload_without_its_object_leads_to_a_look_up(world: World) -> None:
    """A creation that is answered without its object is found by looking, not created again."""

    def forget(_: dict[str, Any], answer: dict[str, Any]) -> None:
        for payload in (answer.get("data") or {}).values():
            if isinstance(payload, dict) and "errors" in payload:
                payload["customer"] = None

    with planned(world, customers("a"), transport=Meddling(world.sandbox, answer=forget)) as run:
        (result,) = run.apply().values()
    assert (result.status, result.notes) == ("applied", [f"createCustomer: {FOUND}"])
    assert world.mutation_names() == ["createCustomer"]


class Unseen(Restricted):
    """A token that may create customers, and from then on may not see any."""

    def __init__(self, sandbox: Sandbox, message: str = NO) -> None:
        super().__init__(sandbox, lambda field, _: field == "customers" and self.blind, message=message)
        self.blind = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if b": createCustomer(" in await request.aread():
            self.blind = True
        return await super().handle_async_request(request)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (NO, f"looking it up failed: the API does not let this token read customers: {NO}"),
        ("It broke", "looking it up failed: customers: It broke"),
    ],
)
def test_a_creation_that_cannot_be_looked_up_is_not_repeated(world: World, message: str, reason: str) -> None:
    """Where the look-up fails, nobody knows, nothing is sent again, and the reason is told."""
    world.sandbox.faults.add("drop-after", field="createCustomer")
    with planned(world, customers("a"), transport=Unseen(world.sandbox, message)) as run:
        (result,) = run.apply().values()
    assert result.status == "failed"
    assert result.messages[-2:] == [f"createCustomer: {MAYBE}", f"createCustomer: {reason}"]
    assert world.mutation_names() == ["createCustomer"]


def test_a_look_up_that_finds_several_objects_chooses_none(world: World) -> None:
    """Where somebody else creates the like in the same moment, the failure names them all."""

    def happen(body: dict[str, Any]) -> None:
        if ": createCustomer(" in json.dumps(body):
            for name in ("B", "C"):
                world.seed.customer(name)
            world.sandbox.store.execute("UPDATE customers SET externalId = 'same' WHERE name IN ('B', 'C')")

    world.sandbox.faults.add("drop", field="createCustomer")
    with planned(world, customers("a", externalId="same"), transport=Meddling(world.sandbox, ask=happen)) as run:
        (result,) = run.apply().values()
    assert result.status == "failed"
    assert result.messages[-1].startswith("createCustomer: 2 live objects match its manifest now (")


def test_a_forbidden_mutation_is_reported_and_the_rest_goes_on(world: World) -> None:
    """What the token may not change fails by itself, with what the API says, and is not sent again."""
    transport = Restricted(world.sandbox, lambda field, _: field == "createCustomerUser")
    with planned(world, EVERYTHING, transport=transport) as run:
        results = run.apply()
    assert {address: result.status for address, result in results.items()} == {
        "Customer/ftl": "applied",
        "Instance/inventory": "applied",
        "User/jo": "failed",
        "User/team": "applied",
    }
    assert results["User/jo"].messages == [f"createCustomerUser: {NO}"]
    assert transport.refused == ["createCustomerUser"]


class Stuck(InProcess):
    """Answers nothing any more from the first request that ``holds`` on: carried out, but on its way for ever."""

    def __init__(self, sandbox: Sandbox, holds: Callable[[bytes], bool]) -> None:
        super().__init__(sandbox)
        self._holds = holds
        self.holding = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self.holding = self.holding or self._holds(await request.aread())
        if self.holding:
            await asyncio.sleep(1_000_000)
        return response


def out_of_time(world: World, manifests: str, holds: Callable[[bytes], bool], **more: Any) -> tuple[Run, Any]:
    with planned(world, manifests, transport=Stuck(world.sandbox, holds), timeout=80.0, **more) as run:
        return run, run.apply()


OVER = "out of time: the 80 s that --timeout allows are over, and nothing more is sent; "


def test_at_the_timeout_every_result_is_reported(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done is told as done and unread, what was under way as not known, and all the rest as not done."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
    run, results = out_of_time(
        world, customers(*(f"c{n:02}" for n in range(12))), lambda body: body.count(b": createCustomer(") == 7
    )
    statuses = [result.status for result in results.values()]
    assert statuses == ["not converged"] * 5 + ["failed"] * 7
    done, *_, under_way = results.values()
    assert done.messages[0].startswith(f"the API accepted it, but the read-back failed: {OVER}")
    assert under_way.messages[0].startswith(OVER)
    assert under_way.messages[1:] == [f"createCustomer: {MAYBE}"]
    assert sorted(address for address, _ in run.told) == sorted(results)


def test_at_the_timeout_changes_that_were_not_begun_are_skipped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for its turn when the time is over is told as not done, without a doubt."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
    _, results = out_of_time(world, EVERYTHING, lambda body: b": createOrganizationUser(" in body)
    assert results["Customer/ftl"].done == ["createCustomer"]
    assert results["Customer/ftl"].status == "not converged"
    (message,) = results["Instance/inventory"].messages[:1]
    assert message.startswith(OVER)
    assert {result.status for result in results.values()} == {"not converged", "failed"}


def test_the_timeout_can_pass_during_a_look_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is over before it is known what became of a creation, that is what is told."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
    world.sandbox.faults.add("partial", field="createCustomer", message="Internal server error")
    seen: list[bytes] = []

    def second_look(body: bytes) -> bool:
        seen.append(body)
        return b"query customers" in body and any(b": createCustomer(" in each for each in seen)

    _, results = out_of_time(world, customers("a"), second_look, retry=RetryPolicy(tries=1))
    (result,) = results.values()
    assert result.messages == ["createCustomer: Internal server error", f"createCustomer: {MAYBE}"]


def test_a_mutation_that_waits_for_its_repetition_at_the_end_is_unknown(world: World) -> None:
    """A step whose answer was lost, and that could not be sent again, is told as perhaps carried out."""
    world.seed.customer("A")
    with planned(world, customers("a", description="x")) as run:
        world.sandbox.faults.add("drop-after", field="updateCustomer")
        number = world.sandbox.log.requests + 3  # after the check and the update
        world.sandbox.faults.add("unauthorized", at=number, times=None)
        (result,) = run.apply().values()
    assert result.status == "failed"
    assert "token" in result.messages[0]
    assert result.messages[1:] == [f"updateCustomer: {MAYBE}"]


def test_the_default_timeout_is_an_hour(world: World) -> None:
    """Nobody has to say how long a run may take."""
    assert ConnectionOptions().timeout == 3600.0
