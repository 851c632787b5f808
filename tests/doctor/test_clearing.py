"""What ``doctor --write`` deletes in the end: all that it created, and nothing else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from doctor.tenant import WISH, examined, tables, tenant

from reconciler.doctor.findings import Examination
from reconciler.doctor.rendering import render
from reconciler.doctor.writing import clearing, values
from reconciler.doctor.writing.acting import prepare
from reconciler.doctor.writing.lab import NoReading
from reconciler.doctor.writing.marks import LABEL
from reconciler.doctor.writing.probe import Probe
from reconciler.errors import Interrupted
from reconciler.prismatic.http.stop import Stop
from reconciler.reports.shared.style import Style
from reconciler.sandbox.in_process import InProcess
from reconciler.workflow.doctor import discreet
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from reconciler.doctor.writing.lab import Lab


def test_leftovers_that_cannot_be_removed() -> None:
    """What cannot be deleted is reported, and asked for again by the next run."""
    with tenant() as world:
        world.seed.deny()
        before = tables(world)
        world.seed.deny("Customer.allowRemove")
        last = examined(world, probes=values.PROBES)[-1]
        assert (last.name, last.state) == ("removed", "problem")
        assert "something that was created is left" in last.text
        world.seed.deny()
        examined(world, probes=())
        assert tables(world) == before


def test_deletions_that_do_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the API says that it deleted and lists again is reported as left."""

    async def nothing(*_: Any) -> str:
        return "deleted"

    monkeypatch.setattr(clearing, "_delete", nothing)
    with tenant() as world:
        (finding,) = examined(world, probes=())
    assert (finding.name, finding.state) == ("removed", "problem")
    assert "what was deleted is listed again" in finding.text


def test_only_what_has_the_mark_is_removed() -> None:
    """Objects of other examinations, and customers with a similar name or label, stay."""
    with tenant() as world:
        world.seed.customer("reconciler-doctor Trial 2: customer 1", labels=[LABEL])
        world.seed.customer("reconciler-doctor Trial: customer 9")
        world.seed.add("alertWebhooks", name="reconciler-doctor Trial 2: alert webhook 1", url="https://x.example")
        before = tables(world)
        examined(world, probes=())
        assert tables(world) == before


def test_a_customer_that_is_renamed_meanwhile() -> None:
    """The customer that this run created is deleted by its ID, whatever its name is in the end."""

    async def renamed(_: Lab) -> str:
        world.sandbox.store.execute("UPDATE customers SET name = 'Renamed' WHERE name = 'Trial'")
        raise NoReading("renamed")

    with tenant() as world:
        before = tables(world)
        (finding,) = examined(world, probes=[Probe.of("booleans", renamed)])
        assert finding.state == "unknown"
        assert tables(world) == before


def test_a_customer_that_is_renamed_before_a_signal() -> None:
    """The same, where the run is interrupted after that."""
    stop = Stop()

    async def renamed(lab: Lab) -> str:
        async with lab.instance():
            world.sandbox.store.execute("UPDATE customers SET name = 'Renamed' WHERE name = 'Trial'")
            stop.ask("interrupted", 130)
        raise NoReading("renamed")

    with tenant() as world:
        before = tables(world)
        with pytest.raises(Interrupted, match="everything that was created is deleted again"):
            examined(world, probes=[Probe.of("booleans", renamed)], stop=stop)
        assert tables(world) == before


def test_an_api_that_trims_names() -> None:
    """What an earlier run left is found also where the API trimmed the customer's name, and is counted in words."""
    with tenant() as world:
        before = tables(world)
        world.seed.customer("Trial", labels=[LABEL])
        with connect(discreet(world.options(""))) as session:
            ready = prepare(session.connection, replace(WISH, customer="Trial "))
        assert ready.steps[0].startswith("remove what an earlier run left: 1 customer, ")
        examined(world, replace(WISH, customer="Trial "), probes=())
        assert tables(world) == before


def test_a_customer_that_somebody_else_deletes() -> None:
    """A second examination with the same customer deletes it; the first one reports that as a problem, once."""

    async def second(_: Lab) -> str:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(examined, world, probes=()).result()
        raise NoReading("gone")

    with tenant() as world:
        before = tables(world)
        found = examined(world, probes=[Probe.of("booleans", second)])
        assert tables(world) == before
    assert [each.name for each in found if each.state == "problem"] == ["customer"]
    assert "never two at a time" in found[0].text
    shown = render(Examination(found, {}, 1, wrote=True), "text", Style())
    assert "not all of it is known to be removed" in shown


class Filterless(InProcess):
    """Ignores every filter by a customer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread())
        if body["query"].startswith("query"):
            kept = {name: value for name, value in body["variables"].items() if not name.endswith("customer")}
            body = json.dumps({**body, "variables": kept}).encode()
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            request = httpx.Request(request.method, request.url, headers=headers, content=body)
        return await super().handle_async_request(request)


def test_a_filter_that_is_ignored() -> None:
    """Where the API returns the objects of every customer, only those of the throw-away one are deleted."""
    with tenant() as world:
        world.seed.customer("Trial", labels=[LABEL])
        before = tables(world)
        before["customers"] = [row for row in before["customers"] if row["name"] != "Trial"]
        examined(world, transport=Filterless(world.sandbox), probes=values.PROBES)
        assert tables(world) == before
