"""``doctor``: the examination of a tenant, its report, and what it costs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import signed_in
from jsonschema import Draft202012Validator
from support.crowd import Crowd
from support.world import ROOT, World

from reconciler.doctor.clock import clock_finding
from reconciler.doctor.findings import Examination, Finding
from reconciler.doctor.latency import AT_ONCE, MOST, ONE_BY_ONE
from reconciler.doctor.overview import plan_requests
from reconciler.doctor.rendering import FORMATS, render
from reconciler.prismatic.http.server_clock import ServerClock
from reconciler.reports.shared.style import Style
from reconciler.sandbox.data.permissions import deny
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.shell import Shell

CANARY = "zanzibar-4711-canary"
USUAL = 4
"""Who we are, the schema, all permissions and totals, and, of a list that is longer, one page."""


@pytest.fixture(name="shell")
def _shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with signed_in(tmp_path, monkeypatch, capsys) as shell:
        yield shell


def found(world: World, **more: Any) -> Examination:
    return examine(world.options("", **more))


def named(examination: Examination, name: str) -> Finding:
    (finding,) = [each for each in examination.findings if each.name == name]
    return finding


def test_an_examination_takes_three_requests_or_four(world: World) -> None:
    """It costs exactly these requests, whatever the size of the tenant, and no mutation."""
    assert found(world).requests == world.sandbox.log.requests == USUAL - 1
    world.forget()
    Crowd(230, 310, 450).settle(world)
    assert found(world).requests == world.sandbox.log.requests == USUAL
    assert world.mutations == []


@pytest.mark.parametrize(
    "settings",
    [
        {"introspection": False},
        {"variants": Variants(operations="10")},
        {"variants": Variants(operations="10"), "introspection": False},
        {"variants": Variants(query_depth="10")},
        {"variants": Variants(request_size="32kB"), "introspection": False},
        {"without": ("Organization.name",)},
        {"without": ("Organization.name", "Customer.labels"), "introspection": False},
        {"without": ("CustomerConnection.totalCount", "Organization.allowAddUser"), "introspection": False},
    ],
    ids=str,
)
def test_an_examination_never_takes_more_than_ten_requests(settings: dict[str, Any]) -> None:
    """Also where the API refuses introspection, large requests or parts of the schema, ten are enough."""
    with World(**settings) as world:
        Crowd(130, 101, 10).settle(world)
        assert found(world).requests <= 10
        assert world.mutations == []


@pytest.mark.parametrize(
    "sizes",
    [(1, 1, 1), (3, 0, 0), (30, 30, 30), (40, 1, 0), (101, 1, 400), (130, 101, 270), (230, 310, 450)],
    ids=str,
)
def test_the_forecast_of_a_plan_is_what_it_sends(sizes: tuple[int, int, int], world: World) -> None:
    """The requests that are forecast for planning the whole tenant are those of that plan, exactly."""
    crowd = Crowd(*sizes)
    crowd.settle(world)
    forecast = named(found(world), "whole plan")
    world.forget()
    assert world.plan(_with_admin(world, crowd)).empty
    assert forecast.reading == str(world.sandbox.log.requests)


def _with_admin(world: World, crowd: Crowd) -> str:
    """Return the manifests of the crowd, and of the user that every sandbox has."""
    settings = world.sandbox.settings
    spec = {"email": settings.user_email, "name": settings.user_name, "role": "Owner"}
    user = {"apiVersion": "reconciler/v1", "kind": "User", "metadata": {"name": "admin"}, "spec": spec}
    return "\n---\n".join([crowd.manifests(), json.dumps(user)])


def test_a_forecast_needs_all_three_counts() -> None:
    """Without one of the totals there is no forecast."""
    assert plan_requests({"Customer": 1, "User": 1}, 100, 25) is None


def test_a_plan_that_cannot_be_forecast_is_unknown() -> None:
    """A list that the API does not count leaves the cost unknown."""
    with World(without=("UserConnection.totalCount",)) as world:
        assert named(found(world), "whole plan").state == "unknown"


def test_small_pages_are_a_warning() -> None:
    """The size of a page is measured at the longest list."""
    with World(page_cap=50) as world:
        Crowd(130).settle(world)
        examined = found(world)
    assert (named(examined, "largest page").state, named(examined, "largest page").reading) == ("warning", "50")


def test_what_the_token_may_not_do_is_named(world: World) -> None:
    """A field that denies a creation is a warning that names the feature."""
    deny(world.sandbox.store, ["Organization.allowAddAlertGroup", "Organization.allowAddUser"])
    examined = found(world)
    denied = {each.name: each for each in examined.findings if each.topic == "permissions" and each.state == "warning"}
    assert denied.keys() == {"creating an AlertGroup", "creating a User"}
    assert all("apply cannot" in each.text for each in denied.values())


def test_a_list_that_the_token_may_not_read_is_named(world: World) -> None:
    """A refused list is a warning with the feature that it disables."""
    world.sandbox.faults.add("partial:field=alertGroups,message=You do not have permission to perform this action")
    finding = named(found(world), "reading AlertGroup")
    assert finding.state == "warning"
    assert "plan, apply, drift and export of AlertGroup" in finding.text


def test_latency_and_throttling_are_measured_only_if_asked_for() -> None:
    """The measurement is bounded, and its requests are in the count."""
    with World(rate=25) as world:  # a busy machine comes to it, too
        examined = examine(world.options(""), measure=True)
        assert named(examined, "throttling").state == "ok"
        assert named(examined, "median").reading.endswith(" ms")
        assert examined.requests <= USUAL - 1 + ONE_BY_ONE + MOST
        # What was under way when the API throttled is given up, and may arrive or not.
        assert abs(examined.requests - world.sandbox.log.requests) < AT_ONCE
    with World() as world:
        examined = examine(world.options(""), measure=True)
        assert named(examined, "throttling").state == "unknown"
        assert examined.requests == world.sandbox.log.requests == USUAL - 1 + ONE_BY_ONE + MOST
        assert world.mutations == []


def test_an_api_that_fails_is_no_rate(world: World) -> None:
    """A failure while the throttling is measured leaves it unknown."""
    world.sandbox.faults.add("error:at=40,status=400")
    assert named(examine(world.options(""), measure=True), "throttling").state == "unknown"


@pytest.mark.parametrize(
    ("seconds", "state", "words"), [(0, "ok", "agree"), (300, "warning", "ahead of"), (-300, "warning", "behind")]
)
def test_a_clock_that_is_wrong_is_a_warning(seconds: int, state: str, words: str) -> None:
    """A skew of more than a minute is reported with its direction."""
    clock = ServerClock()
    now = datetime.now(UTC)
    clock.note(now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    finding = clock_finding(clock, now + timedelta(seconds=seconds))
    assert (finding.state, words in finding.text) == (state, True)


def test_an_api_without_dates_has_an_unknown_clock() -> None:
    """Nothing is claimed without the header."""
    assert clock_finding(ServerClock()).state == "unknown"


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_has_nothing_of_a_customer(form: str) -> None:
    """No name, address, label, value or token of the tenant is in a report, also where the API fails."""
    for more in ({}, {"introspection": False}, {"without": ("Customer.labels", "Organization.name")}):
        with World(organization=CANARY, user_email=f"{CANARY}@example.com", **more) as world:
            _fill(world)
            world.environ["PRISM_ACCESS_TOKEN"] = world.sandbox.settings.token
            assert CANARY not in render(examine(world.options("")), form, Style())
            for field in ("customers", "organization", "instances"):
                world.sandbox.faults.add(f"partial:field={field},message=no {CANARY} here")
            assert CANARY not in render(examine(world.options("")), form, Style())


def _fill(world: World) -> None:
    customer = world.seed.customer(CANARY, externalId=CANARY, labels=[CANARY])["id"]
    world.seed.user(f"{CANARY}@ftl.example", customer=customer, name=CANARY)
    version = world.seed.version("Every Data Type")
    world.seed.instance(CANARY, customer=customer, integration=version["id"], labels=[CANARY])
    world.seed.add("webhookEndpoints", name=CANARY, url=f"https://{CANARY}.example", events=["instance.deployed"])


def test_a_tenant_that_cannot_be_reached_is_a_problem(world: World) -> None:
    """A wrong token is the one finding, in the words of every command."""
    world.environ["PRISM_ACCESS_TOKEN"] = "wrong"
    examined = found(world)
    assert [each.name for each in examined.problems] == ["stack"]
    assert world.sandbox.log.requests == 1


def test_the_token_of_a_customers_user_is_a_problem(world: World) -> None:
    """Who may not be identified is told so, as by every command."""
    world.sandbox.faults.add("partial:field=organization,message=You do not have permission")
    assert named(found(world), "token").state == "problem"


def test_every_format_has_every_finding() -> None:
    """Text, JSON and Markdown have the findings and the versions; the JSON keeps to its schema."""
    examined = Examination(
        [
            Finding("schema", "Customer.labels", state, "x | y", "a *sentence*")
            for state in ("ok", "warning", "problem", "unknown")
        ],
        {"reconciler": "1", "Python": "3"},
        7,
    )
    for form in FORMATS:
        text = render(examined, form, Style())
        assert text.count("Customer.labels") == len(examined.findings)
        assert "Python" in text
    schema = json.loads((ROOT / "schemas" / "doctor.schema.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(json.loads(render(examined, "json", Style())))) == []
    assert "written and removed" in render(replace(examined, wrote=True), "text", Style(colour=True))


def test_the_command_prints_and_writes_its_reports(shell: Shell) -> None:
    """Exit code 0 without a problem; every report file is written."""
    ran = shell.tenant("doctor", "--report", "json=a.json", "--report", "markdown=a.md")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads((shell.folder / "a.json").read_text(encoding="utf-8"))["command"] == "doctor"
    assert (shell.folder / "a.md").read_text(encoding="utf-8").startswith("### reconciler doctor")


def test_the_command_ends_with_two_for_a_problem(shell: Shell) -> None:
    """A problem has an exit code of its own, and other report formats are refused."""
    shell.monkeypatch.setenv("PRISM_ACCESS_TOKEN", "wrong")
    assert shell.tenant("doctor").code == 2
    assert shell.tenant("doctor", "--report", "html=a.html").code == 1
