"""``doctor --write`` names the reading of each assumption that holds, and leaves the tenant as it was."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from doctor.tenant import WISH, examined, input_fields, readings, tables, tenant
from graphql import type_from_ast
from safety.dying import Dying
from support.matrix import every, is_due
from support.world import ROOT

from reconciler.doctor.asked import known_schema
from reconciler.doctor.catalog import catalog
from reconciler.doctor.probed.sent import SENT_BY_PROBES
from reconciler.doctor.writing import customers, limits, values
from reconciler.doctor.writing.acting import PROBES
from reconciler.doctor.writing.lab import NoReading, Unheard
from reconciler.doctor.writing.probe import Probe
from reconciler.doctor.writing.readings import QUESTIONS, READINGS
from reconciler.errors import Interrupted, Rejected, Unreachable, UsageError
from reconciler.prismatic.http.stop import Stop
from reconciler.sandbox.data.variants import Variants
from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.doctor.writing.lab import Lab

UNNAMED = {
    ("too_many_runs", "status"): "no run is started for that",
    ("too_many_runs", "plain"): "no run is started for that",
    ("too_many_runs", "graphql"): "no run is started for that",
    ("user_emails", "tenant"): "who would get an invitation",
}
"""Readings that no examination can name, each with what it says instead."""
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "retry_after": {"throttled": 12},
    "request_time": {"faults": ("delay:seconds=1.01,field=users,times=always",)},
}
"""What shows only in a run that the API throttles or answers slowly, and what a sandbox needs for that."""
SILENT = """name: Silent
requiredConfigVars:
  - {key: Depot, dataType: connection, connection: {key: mute, component: {key: mute, version: 1, isPublic: false}}}
"""
ROWS = max(len(known) for known in Variants.choices().values())
EVERY = [(name, value) for name, known in Variants.choices().items() for value in known]


def check(chosen: Mapping[str, str]) -> None:
    """Examine a tenant with these readings: each is named, and the tenant is as it was."""
    wanted = {name: known[0] for name, known in Variants.choices().items()} | chosen
    with tenant(*(f"{name}={value}" for name, value in chosen.items())) as world:
        before = tables(world)
        findings = {each.name: each for each in examined(world)}
        assert tables(world) == before
    for name, value in wanted.items():
        found = findings[name]
        if (name, value) in UNNAMED:
            assert (found.state, found.reading) == ("unknown", ""), found
            assert UNNAMED[name, value] in found.text
        elif name not in SETTINGS:
            assert (found.state, found.reading) == ("ok", value), found


def test_each_assumption_has_a_probe_and_a_sentence() -> None:
    """Every variant of the sandbox is decided by exactly one probe, and each of its values has a sentence."""
    names = list(chain.from_iterable(probe.names for probe in PROBES))
    assert sorted(names) == sorted(Variants.choices())
    assert {name: tuple(each) for name, each in READINGS.items()} == Variants.choices()
    assert QUESTIONS.keys() == READINGS.keys()


def test_the_page_has_each_assumption() -> None:
    """The documentation lists every assumption with what shows it."""
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    assert [name for name in READINGS if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("row", range(ROWS))
def test_readings_together(row: int) -> None:
    """Under any reading of each assumption, all at once, all of them are named, and nothing is left."""
    chosen = {name: known[row % len(known)] for name, known in Variants.choices().items()}
    check({name: value for name, value in chosen.items() if name not in SETTINGS})


@pytest.mark.parametrize(("name", "value"), [each for each in EVERY if each[0] in SETTINGS])
def test_readings_that_show_by_chance(name: str, value: str) -> None:
    """How the API throttles and gives up is named where it shows."""
    with tenant(f"{name}={value}", **SETTINGS[name]) as world:
        before = tables(world)
        assert readings(examined(world, probes=(*values.PROBES, *limits.PROBES)))[name] == value
        assert tables(world) == before


@pytest.mark.parametrize(("name", "value"), every(40, [each for each in EVERY if each[0] not in SETTINGS], share=2))
def test_each_reading_alone(name: str, value: str) -> None:
    """Each reading of each assumption is named, beside the likely readings of the others."""
    check({name: value})


@pytest.mark.parametrize("number", every(30, [(number,) for number in range(60)], share=4))
def test_readings_in_pairs(number: int) -> None:
    """Two readings that are not the likely ones are both named."""
    draw = random.Random(number)  # noqa: S311 - a sample, no secret
    (one, first), (other, second) = draw.sample([each for each in EVERY if each[0] not in SETTINGS], 2)
    check({one: first, other: second})


def _killed(at: int) -> None:
    """Kill an examination after one request, and let the next one remove what it left."""
    with tenant() as world:
        before = tables(world)
        transport = Dying(world.sandbox, at, "after")
        with pytest.raises(asyncio.CancelledError):
            examined(world, transport=transport)
        findings = examined(world, probes=())
        assert tables(world) == before
        assert not findings


@pytest.fixture(scope="module")
def mutations() -> Sequence[int]:
    """The numbers of the requests that change something: what another one leaves, the one before it left."""
    with tenant() as world:
        transport = Dying(world.sandbox)
        examined(world, transport=transport)
        return [
            number
            for number, names in enumerate(transport.asked, 1)
            if any(name.startswith(("create", "update", "delete", "deploy", "test")) for name in names)
        ]


def test_killed(mutations: Sequence[int]) -> None:
    """A run that dies after a request leaves what the next run finds and removes."""
    draw = random.Random(1)  # noqa: S311 - a sample, no secret
    for at in draw.sample(list(mutations), 5):
        _killed(at)


@pytest.mark.full
def test_killed_at_every_request(mutations: Sequence[int]) -> None:
    """The same, after every request that changes something; a long run has one of four, or all."""
    for number, at in enumerate(mutations):
        if is_due(number, 4):
            _killed(at)


def test_the_cost_and_what_is_asked_for() -> None:
    """An examination has a fixed number of requests, invites nobody, and changes no object of the tenant's own.

    The fields of inputs that it sends are those that ``doctor`` holds the live schema against.
    """
    with tenant() as world:
        own = {row["id"] for rows in tables(world).values() for row in rows if "id" in row}
        examined(world)
        assert world.sandbox.log.requests == 225
        asked = [(entry.field, entry.arguments["input"]) for entry in world.mutations]
        assert not [field for field, _ in asked if "User" in field]
        assert not [field for field, data in asked if data.get("id") in own]
        assert not [data for field, data in asked if field == "updateInstance" and "configVariables" in data]
    found: dict[str, set[str]] = {name: set() for name in SENT_BY_PROBES}
    for field, data in asked:
        (mutation,) = (
            each.operation for each in catalog() if each.operation.name in found and each.operation.field == field
        )
        (variable,) = mutation.node.variable_definitions or ()
        found[mutation.name].update(input_fields(type_from_ast(known_schema(), variable.type), data))
    found["probeConfigureInstance"].add("InputInstanceConfigVariable.scheduleType")  # sent for a schedule
    assert found == SENT_BY_PROBES


def test_without_deploys() -> None:
    """Without --deploy nothing is deployed and no flow is run; what only that shows is unknown, with the way to it."""
    with tenant() as world:
        before = tables(world)
        findings = examined(world, replace(WISH, deploys=False, flow=None))
        assert tables(world) == before
        assert {"deployInstance", "testInstanceFlowConfig"}.isdisjoint(world.mutation_names())
    unknown = {each.name: each.text for each in findings if each.state == "unknown"}
    assert "use --deploy" in unknown["enabled_after_deploy"]
    assert "--deploy --flow NAME" in unknown["test_runs"]


def test_a_flow_needs_a_deploy() -> None:
    """--flow without --deploy is an error, and so is a flow that the version lacks, for the readings that need it."""
    with tenant() as world:
        with pytest.raises(UsageError, match="add --deploy"):
            examined(world, replace(WISH, deploys=False))
        findings = {each.name: each for each in examined(world, replace(WISH, flow="Pong"))}
        assert "has no flow of this name" in findings["test_runs"].text


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (replace(WISH, customer="other"), "does not carry the label 'reconciler-doctor'"),
        (replace(WISH, integration="Doc"), "no integration named 'Doc' has an available version"),
        (replace(WISH, version=9), "no available version 9; available: 3, 2, 1"),
    ],
)
def test_what_cannot_begin(wish: Any, message: str) -> None:
    """A customer that exists, and an unknown integration or version, are errors before anything is written."""
    with tenant("text_filters=caseless") as world:
        with pytest.raises(UsageError, match=message):
            examined(world, wish)
        assert world.mutations == []


def test_another_version() -> None:
    """A chosen version is the one to probe with; what it cannot show, the newest others do."""
    with tenant() as world:
        found = readings(examined(world, replace(WISH, version=2, deploys=False, flow=None)))
        assert found["booleans"] == "sent"
        assert found["instances_by_integration"] == "every-version"


@pytest.mark.parametrize(
    ("integration", "lacks"),
    [
        ("CRM Contacts", {"booleans": "declares a boolean", "instances_by_integration": "only one available version"}),
        ("Every Data Type", {"flow_configs": "has two flows", "pending_connection": "waits for an authorization"}),
        ("Bare", {"connection_inputs": "declares no connection", "shared_stable_keys": "declares no connection"}),
        ("Silent", {"connection_inputs": "shows no inputs", "shared_input_meta": "shows no inputs"}),
    ],
)
def test_an_integration_that_shows_little(integration: str, lacks: Mapping[str, str]) -> None:
    """What an integration cannot show is unknown, with what it lacks, and nothing else fails."""
    with tenant(integrations=(ROOT / "examples" / "doctor", ROOT / "examples" / "integrations")) as world:
        world.seed.integration("name: Bare\nflows: []\n")
        world.seed.integration(SILENT)
        findings = examined(world, replace(WISH, integration=integration, flow="Copy Contacts"))
    unknown = {each.name: each.text for each in findings if each.state == "unknown"}
    assert [name for name, text in lacks.items() if text not in unknown[name]] == []
    assert not [each for each in findings if each.state == "problem"]


def test_a_plan_that_lacks_a_feature() -> None:
    """What the organization's plan does not allow is unknown, with the API's reason; the rest is named."""
    with tenant() as world:
        world.seed.deny("Organization.allowAddAlertGroup", "Organization.allowAddScopedConfigVariable")
        before = tables(world)
        findings = {each.name: each for each in examined(world)}
        assert tables(world) == before
    assert findings["alert_lists"].state == findings["shared_stable_keys"].state == "unknown"
    assert "the API did not do" in findings["alert_lists"].text
    assert findings["alert_names"].reading == "unique"


def test_no_data_of_the_tenant() -> None:
    """No finding shows a name, an address or a value of the tenant's own objects."""
    with tenant() as world:
        canary = world.seed.customer("Canary Corporation")["id"]
        for number in range(2):
            world.seed.user(f"canary{number}@example.com", customer=canary)
        texts = " ".join(each.text for each in examined(world)).lower()
    assert not [word for word in ("canary", "historic", "retried", "example.com", "depots") if word in texts]


def test_a_reading_that_nobody_knows() -> None:
    """Behaviour that is none of the known ones is a problem to report; other probes go on."""

    async def odd(_: Lab) -> str:
        raise Unheard("it shows as 'maybe', not as 'yes' or 'no'")

    async def silent(_: Lab) -> str:
        raise NoReading("nothing shows it")

    async def broken(_: Lab) -> str:
        return str(json.loads("{"))

    probes = [Probe.of(name, act) for name, act in (("booleans", odd), ("numbers", silent), ("json", broken))]
    with tenant() as world:
        found = {each.name: each for each in examined(world, probes=probes)}
    assert [found[name].state for name in ("booleans", "numbers", "json")] == ["problem", "unknown", "problem"]
    assert "please report it" in found["booleans"].text
    assert "an answer has another form (JSONDecodeError)" in found["json"].text


class Failing(InProcess):
    """Loses the network after so many requests, or asks for the end of the run."""

    def __init__(self, sandbox: Any, after: int, stop: Stop | None = None, back: bool = False) -> None:
        super().__init__(sandbox)
        self._left, self._stop, self._back = after, stop, back

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._stop and self._left == 0:
            self._stop.ask("interrupted", 130)
        elif not self._stop and self._left < 0 and not (self._back and self._left < -1):
            raise httpx.ConnectError("no network", request=request)
        return await super().handle_async_request(request)


class Slow(InProcess):
    """Stands behind a gateway that gives up on large and deep requests before the API has answered."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        large = any(part in request.content for part in (b": 101", b":101", b"x" * 99, b"op10", b"probedDepth"))
        return httpx.Response(504, request=request) if large else await super().handle_async_request(request)


def test_a_request_that_takes_too_long_shows_no_limit() -> None:
    """Where a gateway gave up, it is not known how many operations, levels, bytes and rows a request may have."""
    names = {"operations", "query_depth", "request_size", "page_over_cap"}
    probes = [each for each in (*limits.PROBES, *customers.PROBES) if names.issuperset(each.names)]
    with tenant() as world:
        found = {each.name: each.state for each in examined(world, transport=Slow(world.sandbox), probes=probes)}
    assert found == dict.fromkeys(names, "unknown")


class Endless(InProcess):
    """Says of the customers with the examination's label that there is always another page."""

    def __init__(self, sandbox: Any, cursor: str) -> None:
        super().__init__(sandbox)
        self._cursor = cursor

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on; announce a page after each page of those customers."""
        asked = json.loads(await request.aread())["query"]
        response = await super().handle_async_request(request)
        if "labels_Contains" not in asked:
            return response
        answer = json.loads(await response.aread())
        for listed in (answer.get("data") or {}).values():
            listed["pageInfo"] = {"hasNextPage": True, "endCursor": self._cursor}
        return httpx.Response(response.status_code, json=answer, request=request)


@pytest.mark.parametrize("cursor", ["", "YXJyYXljb25uZWN0aW9uOjA="])
def test_a_list_without_an_end(cursor: str) -> None:
    """A list that announces a next page, and has no row or does not say where it begins, ends the examination."""
    with tenant() as world, pytest.raises(Rejected, match="announces a next page without a cursor"):
        examined(world, probes=(), transport=Endless(world.sandbox, cursor))


def test_a_dead_network() -> None:
    """When the network is lost, the error says what may be left, and the next run removes it."""
    with tenant() as world:
        before = tables(world)
        with pytest.raises(Unreachable, match=r"may be left .* the same command removes them first"):
            examined(world, transport=Failing(world.sandbox, 60))
        assert tables(world) != before
        examined(world, probes=())
        assert tables(world) == before


@pytest.mark.parametrize("after", [30, 90])
def test_a_signal(after: int) -> None:
    """After a signal, what was created is deleted over another connection, and the run ends with the signal's code."""
    stop = Stop()
    with tenant() as world:
        before = tables(world)
        with pytest.raises(Interrupted, match="everything that was created is deleted again") as caught:
            examined(world, transport=Failing(world.sandbox, after, stop), stop=stop)
        assert caught.value.exit_code == 130
        assert tables(world) == before


@pytest.mark.parametrize(
    "fault", ["drop-after:field=deleteCustomer,times=always", "error-after:field=createInstance,at=40"]
)
def test_lost_answers(fault: str) -> None:
    """A creation or a deletion whose answer is lost leaves nothing."""
    with tenant() as world:
        before = tables(world)
        world.sandbox.faults.add(fault)
        examined(world)
        assert tables(world) == before
