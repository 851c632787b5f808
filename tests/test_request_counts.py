"""Requests of a run, as exact figures."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.crowd import FLOW, INTEGRATION, Crowd, customer, documents, instance, of_another, pages
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import FrameType

OURS, SANDBOX = str(ROOT / "reconciler"), str(ROOT / "reconciler" / "sandbox")
PROJECT = {"apiVersion": "reconciler/v1", "kind": "Project", "metadata": {"name": "crowd"}}
LABEL = "gitops:crowd"
IDENTITY, COUNTS = 1, 2
"""Who we are; the totals of customers, then of users and instances, each with all small things to be read then."""


def requests(world: World, manifests: str | Path, **more: Any) -> int:
    """Return how many requests it takes to plan what changes nothing."""
    world.forget()
    assert world.plan(manifests, **more).empty
    return world.sandbox.log.requests


def of_project(folder: Path, manifests: str, **spec: Any) -> Path:
    """Return a folder that holds the manifests and the Project they belong to."""
    (folder / "all.yaml").write_text(manifests, encoding="utf-8")
    (folder / "reconciler.yaml").write_text(
        json.dumps({**PROJECT, "spec": {"manifests": ["all.yaml"], **spec}}), encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(
    "crowd",
    [Crowd(130, 101, 270), Crowd(101, 0, 400), Crowd(30, 30, 30), Crowd(50, 50, 50), Crowd(1, 1, 1)],
    ids=lambda crowd: f"{crowd.customers}-{crowd.users}-{crowd.instances}",
)
@pytest.mark.parametrize("owned", [False, True], ids=["no project", "project"])
def test_planning_a_whole_tenant_costs_its_pages(crowd: Crowd, owned: bool, world: World, tmp_path: Path) -> None:
    """Every list is read once, page by page, and all else takes no more than five requests."""
    crowd = Crowd(crowd.customers, crowd.users, crowd.instances, label=LABEL if owned else "")
    crowd.settle(world)
    manifests = of_project(tmp_path, crowd.manifests(), prune=True) if owned else crowd.manifests()
    assert requests(world, manifests) <= pages(crowd.customers, crowd.users, crowd.instances) + 5


def test_the_requests_of_a_whole_plan_are_known_one_by_one(world: World) -> None:
    """Who we are, two counts, and the pages, of which the first ones of users and of instances share a request."""
    crowd = Crowd(230, 310, 450)
    crowd.settle(world)
    assert requests(world, crowd.manifests()) == IDENTITY + COUNTS + pages(230, 310, 450) - 1
    asked = [entry for entry in world.sandbox.log.queries if entry.field == "instances"]
    total, *rest = [(entry.arguments["first"], entry.arguments.get("offset")) for entry in asked]
    assert total == (1, None)
    assert rest[0] == (100, None)
    rows_before = [(1, 99), (1, 199), (1, 299), (1, 399)]
    assert rest[1:] == [*_paired([(100, 100), (100, 200), (100, 300), (50, 400)], rows_before)]


def _paired(pages: list[Any], rows: list[Any]) -> Iterator[Any]:
    for page, row in zip(pages, rows, strict=True):
        yield from (page, row)


@pytest.mark.parametrize("owned", [False, True], ids=["no project", "project"])
def test_one_of_fifty_thousand_takes_four_requests(owned: bool, world: World, tmp_path: Path) -> None:
    """Planning one instance of a large tenant looks it up; how large the tenant is does not matter."""
    Crowd(5_000, 0, 50_000).settle(world)
    store = world.sandbox.store
    store.execute("UPDATE instances SET labels = ? WHERE id = 'instance-4711'", (json.dumps([LABEL] if owned else []),))
    text = documents([of_another(4711, 5_000)])
    assert requests(world, of_project(tmp_path, text) if owned else text) == 3


def test_a_target_is_as_cheap_as_manifests_of_one(world: World) -> None:
    """With --target the manifests may name everything: only what is aimed at, and its customer, is looked up."""
    crowd = Crowd(60, 40, 300)
    crowd.settle(world)
    assert requests(world, crowd.manifests(), targets=("Instance/i123",)) == 3


@pytest.mark.parametrize("by_handle", [False, True], ids=["customers elsewhere", "customers here"])
def test_a_hundred_of_a_hundred_customers_take_twelve_requests(by_handle: bool, world: World) -> None:
    """A hundred instances of a hundred customers are looked up, several a request, where the lists are long."""
    Crowd(1_000, 0, 2_000).settle(world)
    numbers = range(500, 600)
    if by_handle:
        manifests = [*map(customer, numbers), *(instance(number, 1_000) for number in numbers)]
    else:
        manifests = [of_another(number, 1_000) for number in numbers]
    looked_up = -(-100 // 25)
    assert requests(world, documents(manifests)) == IDENTITY + COUNTS + 2 * looked_up
    assert IDENTITY + COUNTS + 2 * looked_up <= 12


def test_the_cheaper_way_of_reading_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """With -v the run says which way it took, and what the other would have cost."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.fetch.answer_reads")
    Crowd(60, 0, 1_500).settle(world)
    world.plan(documents([*map(customer, range(60)), *(instance(number, 60) for number in range(90))]))
    assert caplog.messages == [
        "customers: 60 look-ups take 3 requests, listing all 60 takes 1; listing",
        "instances: 90 look-ups take 4 requests, listing all 1500 takes 15; looking up",
    ]


def created(world: World, count: int) -> int:
    """Return how many requests it takes to create so many instances with their configuration, and to deploy them."""
    Crowd(100).settle(world)
    manifests = documents([*map(customer, range(100)), *(instance(number, 100, "new") for number in range(count))])
    world.forget()
    assert all(result.ok for result in world.apply(manifests))
    assert world.mutation_names() == ["createInstance"] * count + ["deployInstance"] * count
    return world.sandbox.log.requests


def test_creating_takes_few_requests(world: World) -> None:
    """Batches start with five and grow to twenty; the read-back lists what was made."""
    plan = IDENTITY + COUNTS + pages(100, 1)
    check = 1  # of all mutations, before the first one
    batches = [5, 10, *[20] * 9, 5], [20] * 10
    read_back = COUNTS + pages(100, 200)
    assert created(world, 200) == plan + check + sum(map(len, batches)) + read_back


@pytest.mark.full
def test_creating_a_thousand_takes_a_hundred_and_twenty_five_requests(world: World) -> None:
    """A thousand instances, configured and deployed, planned and read back, by at most 125 requests."""
    assert created(world, 1_000) == 121


def test_a_creation_is_checked_for_look_alikes_by_one_request_more(world: World) -> None:
    """Names near to those of what is to be created are looked up together, at most a hundred of each, and once."""
    Crowd(5_000, 0, 10_000).settle(world)
    new = {**customer(1), "spec": {"name": "New One", "externalId": "new"}}
    wanted = [new, *(of_another(number, 5_000) for number in range(20_000, 20_010))]
    world.forget()
    assert not world.plan(documents(wanted)).empty
    named = [entry for entry in world.sandbox.log.queries if entry.arguments.get("name_Icontains")]
    assert [entry.arguments["first"] for entry in named] == [100, 100]
    assert world.sandbox.log.requests == IDENTITY + 2 + 1


def test_existing_objects_are_not_checked_for_look_alikes(world: World) -> None:
    """A plan that creates nothing asks for no similar names."""
    Crowd(60, 0, 100).settle(world)
    requests(world, documents([*map(customer, range(3)), *(instance(number, 60) for number in range(3))]))
    assert not [entry for entry in world.sandbox.log.queries if entry.arguments.get("name_Icontains")]


def test_links_are_looked_up_with_what_else_is_asked_and_only_where_they_are_new(world: World) -> None:
    """A reusable connection costs one request when it is linked, and none once it is."""
    world.seed.integration(LINKED)
    owner = world.seed.customer("FTL")["id"]
    reusable = world.seed.customer_variable(world.seed.scoped_variable("shared")["id"], customer=owner)["id"]
    link = {"configVariables": {"Shared": {"customerConfigVariableId": reusable}}, "integration": {"name": "Linked"}}
    text = documents([instance(0, 1, "i", customer={"name": "FTL"}, **link)])
    world.forget()
    assert not world.plan(text).empty
    first = world.sandbox.log.requests
    assert all(result.ok for result in world.apply(text))
    assert requests(world, text) == first - 1


ROLLOUT: dict[str, Any] = {
    "apiVersion": "reconciler/v1",
    "kind": "Rollout",
    "metadata": {"name": "all"},
    "spec": {"instances": {"integration": INTEGRATION}, "waves": [{"name": "early", "percent": 10}, {"name": "rest"}]},
}
IN_ONE = 25
"""Look-ups that travel in one request."""


def fleet(crowd: Crowd, verify: Mapping[str, Any] | None = None, verified: int = 0) -> str:
    """Return a rollout with one member for each customer, of which the first are verified in more ways."""
    owners = map(customer, range(crowd.customers))
    plain = (instance(number, crowd.customers) for number in range(verified, crowd.instances))
    more = (instance(number, crowd.customers, verify=verify) for number in range(verified))
    return documents([*owners, *more, *plain, ROLLOUT])


@pytest.mark.parametrize("members", [400, 1_000, pytest.param(10_000, marks=pytest.mark.full)])
def test_the_gates_of_a_rollout_cost_no_request(members: int, world: World) -> None:
    """The health of each member is on the pages that a plan reads anyway."""
    crowd = Crowd(members, 0, members)
    crowd.settle(world)
    assert requests(world, fleet(crowd)) == IDENTITY + COUNTS + pages(members, members)
    assert IDENTITY + COUNTS <= 5


@pytest.mark.parametrize(
    ("failing", "verify", "look_ups"),
    [
        (60, {}, [60]),
        (0, {"flows": {FLOW: {}}}, [70]),
        (90, {"flows": {FLOW: {}}}, [90]),
        (0, {"executions": {"failures": 1}}, [70]),
        (0, {"executions": {"failures": 1, "atLeast": 1}}, [70, 70]),
        (90, {"executions": {"failures": 1}}, [70, 20]),
    ],
)
def test_members_whose_runs_matter_are_looked_up(
    failing: int, verify: dict[str, Any], look_ups: list[int], world: World
) -> None:
    """A flow that failed or is to be run costs one look-up, and so does each count of runs; 25 share a request."""
    crowd = Crowd(300, 0, 300, failing=failing)
    crowd.settle(world)
    evidence = sum(-(-count // IN_ONE) for count in look_ups)
    text = fleet(crowd, verify, verified=70)
    assert requests(world, text) == IDENTITY + COUNTS + pages(300, 300) + evidence


WIDE = "name: Wide\nrequiredConfigVars:\n" + "".join(
    f"  - {{key: Variable {number}, dataType: string, defaultValue: as it was}}\n" for number in range(230)
)


def test_long_lists_inside_of_objects_cost_their_further_pages_alone(world: World) -> None:
    """230 config variables, declared and live, are two further pages each, which travel together."""
    version = world.seed.integration(WIDE)["id"]
    owner = world.seed.customer("Customer 0", externalId="c0")["id"]
    world.seed.instance("Instance 0", customer=owner, integration=version, deployed=True)
    last = {"configVariables": {"Variable 229": "as it was"}, "integration": {"name": "Wide"}}
    assert requests(world, documents([instance(0, 1, customer={"externalId": "c0"}, **last)])) == 3 + 2


LINKED = """
definitionVersion: 7
name: Linked
flows: []
requiredConfigVars: [{key: Shared, dataType: connection, useScopedConfigVar: shared}]
"""


def work(world: World, manifests: str) -> int:
    """Return how many of the product's own functions are called to read the manifests and to plan them."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        file = frame.f_code.co_filename
        calls += event == "call" and file.startswith(OURS) and not file.startswith(SANDBOX)

    sys.setprofile(count)
    try:
        assert world.plan(manifests).empty
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_grows_as_the_tenant_does() -> None:
    """Twice the tenant is twice the function calls: nothing is gone through for each of the others."""
    for_each = []
    for size in (80, 160, 320):
        crowd = Crowd(size // 10, size // 10, size)
        with World() as world:
            crowd.settle(world)
            for_each.append(work(world, crowd.manifests()) / size)
    assert for_each == sorted(for_each, reverse=True)
