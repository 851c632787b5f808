"""Reading back when the API answers badly about one object: only that object's result is unknown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from applying.runs import Meddling, customers, planned

from reconciler.prismatic.http.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.world import World

    from reconciler.applying.results import Result

HASTY = RetryPolicy(tries=2, first_pause=0.0, longest_pause=0.0)
MANIFESTS = """
apiVersion: reconciler/v1
kind: User
metadata: {{name: u-{handle}}}
spec: {{customer: {handle}, email: jo@{handle}.example, role: Admin}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: i-{handle}}}
spec:
  customer: {handle}
  name: I {handle}
  integration: {{name: Every Data Type}}
  configVariables: {{A Number: 7}}
"""
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec: {prune: true, guardrails: {allowDeleteCustomers: true}}
"""
Row = dict[str, Any]
HANDLES = ("alpha", "beta", "gamma")
TREE = customers(*HANDLES) + "".join("---" + MANIFESTS.format(handle=handle) for handle in HANDLES)


def lacks(key: str) -> Callable[[Row], Any]:
    return lambda row: {name: value for name, value in row.items() if name != key}


def says(**fields: Any) -> Callable[[Row], Any]:
    return lambda row: {**row, **fields}


BROKEN_ROWS: dict[str, Callable[[Row], Any]] = {
    "null": lambda _: None,
    "text": lambda _: "beta",
    "a number": lambda _: 7,
    "a list": lambda row: [row],
    "empty": lambda _: {},
    "without an id": lacks("id"),
    "an id that is null": says(id=None),
    "an id that is a number": says(id=7),
    "without a name": lacks("name"),
    "a name that is a list": says(name=["beta"]),
    "labels that are text": says(labels="beta"),
}
BROKEN_INSTANCES: dict[str, Callable[[Row], Any]] = {
    "no customer": says(customer=None),
    "no integration": says(integration=None),
    "an integration that is text": says(integration="Every Data Type"),
    "no config variables": says(configVariables=None),
    "a config variable that is null": says(configVariables={"nodes": [None], "pageInfo": {"hasNextPage": False}}),
    "enabled as text": says(enabled="yes"),
    "no flow configs": says(flowConfigs=None),
    "a flow config without a flow": lambda row: {
        **row,
        "flowConfigs": {
            **row["flowConfigs"],
            "nodes": [{**each, "flow": None} for each in row["flowConfigs"]["nodes"]],
        },
    },
    "a config variable without its declaration": lambda row: {
        **row,
        "configVariables": {
            **row["configVariables"],
            "nodes": [{**each, "requiredConfigVariable": None} for each in row["configVariables"]["nodes"]],
        },
    },
}
BROKEN_USERS: dict[str, Callable[[Row], Any]] = {
    "no role": says(role=None),
    "no email": says(email=None),
    "a role without a name": lambda row: {**row, "role": {"id": row["role"]["id"]}},
}


def reads(body: dict[str, Any]) -> bool:
    return "mutation" not in body["query"].split("{")[0]


def breaking(world: World, is_meant: Callable[[Row], bool], change: Callable[[Row], Any]) -> Meddling:
    """Return an API that, once something was written, gives back the rows that are meant changed."""

    def answer(body: dict[str, Any], data: dict[str, Any]) -> None:
        if not reads(body) or not world.mutations:
            return
        for value in (data.get("data") or {}).values():
            if isinstance(value, dict) and isinstance(value.get("nodes"), list):
                value["nodes"] = [change(row) if is_meant(row) else row for row in value["nodes"]]

    return Meddling(world.sandbox, answer=answer)


def statuses(results: dict[str, Result]) -> dict[str, str]:
    return {address: result.status for address, result in results.items() if result.status != "applied"}


def check_unknown(results: dict[str, Result], *addresses: str) -> None:
    """Check that just these are told as not read back, and say why."""
    assert statuses(results) == dict.fromkeys(addresses, "not converged")
    for address in addresses:
        (message,) = results[address].messages
        assert message.startswith("the API accepted it, but the read-back failed: "), message
        assert len(message) > len("the API accepted it, but the read-back failed: ")


@pytest.mark.parametrize("name", BROKEN_ROWS)
def test_one_broken_customer_leaves_the_other_customers_converged(name: str, world: World) -> None:
    """The customer whose row is broken is unknown, and what refers to it; all else is as declared."""
    transport = breaking(world, lambda row: row.get("name") == "Beta" and "externalId" in row, BROKEN_ROWS[name])
    with planned(world, TREE, transport=transport, retry=HASTY) as run:
        check_unknown(run.apply(), "Customer/beta", "Instance/i-beta", "User/u-beta")


@pytest.mark.parametrize("name", [*BROKEN_ROWS, *BROKEN_INSTANCES])
def test_one_broken_instance_leaves_the_others_converged(name: str, world: World) -> None:
    """The instance whose row is broken is unknown, and nothing else."""
    change = (BROKEN_ROWS | BROKEN_INSTANCES)[name]
    transport = breaking(world, lambda row: row.get("name") == "I beta" and "flowConfigs" in row, change)
    with planned(world, TREE, transport=transport, retry=HASTY) as run:
        check_unknown(run.apply(), "Instance/i-beta")


@pytest.mark.parametrize(
    "name", [*(each for each in BROKEN_ROWS if "name" not in each and "labels" not in each), *BROKEN_USERS]
)
def test_one_broken_user_leaves_the_others_converged(name: str, world: World) -> None:
    """The user whose row is broken is unknown, and nothing else."""
    change = (BROKEN_ROWS | BROKEN_USERS)[name]
    transport = breaking(world, lambda row: row.get("email") == "jo@beta.example", change)
    with planned(world, TREE, transport=transport, retry=HASTY) as run:
        check_unknown(run.apply(), "User/u-beta")


@pytest.mark.parametrize("name", BROKEN_ROWS)
def test_a_broken_row_does_not_hide_the_other_rows_of_its_page(name: str, world: World) -> None:
    """Where a whole collection is listed, one broken row in it does not hide the rest."""
    handles = [f"c{number:02}" for number in range(40)]
    transport = breaking(world, lambda row: row.get("name") == "C17", BROKEN_ROWS[name])
    with planned(world, customers(*handles), transport=transport, retry=HASTY) as run:
        check_unknown(run.apply(), "Customer/c17")


@pytest.mark.parametrize("message", ["Something is wrong with this object", "You do not have permission to see it"])
def test_an_error_at_one_row_of_a_page_leaves_the_other_rows(message: str, world: World) -> None:
    """Where a collection is listed, an error about one row, a refusal too, concerns that row."""

    def answer(body: dict[str, Any], answered: dict[str, Any]) -> None:
        for alias, value in (answered.get("data") or {}).items() if reads(body) and world.mutations else ():
            rows = value.get("nodes") if isinstance(value, dict) else None
            for index, row in enumerate(rows or ()):
                if row.get("name") == "C17":
                    path = [alias, "nodes", index, "labels"]
                    answered.setdefault("errors", []).append({"message": message, "path": path})
                    row["labels"] = None

    handles = [f"c{number:02}" for number in range(40)]
    transport = Meddling(world.sandbox, answer=answer)
    with planned(world, customers(*handles), transport=transport, retry=HASTY) as run:
        check_unknown(run.apply(), "Customer/c17")


def test_a_broken_role_leaves_users_of_other_roles_converged(world: World) -> None:
    """A broken row in a plain list, such as that of the roles, concerns only who needs that row."""

    def answer(body: dict[str, Any], data: dict[str, Any]) -> None:
        for value in (data.get("data") or {}).values() if reads(body) and world.mutations else ():
            if isinstance(value, list):
                value[:] = [None if row["name"] == "Member" else row for row in value]

    tree = TREE.replace("role: Admin", "role: Member", 1)
    with planned(world, tree, transport=Meddling(world.sandbox, answer=answer), retry=HASTY) as run:
        results = run.apply()
    assert statuses(results) == {"User/u-alpha": "not converged"}


def test_a_broken_row_of_an_undeclared_object_hides_nothing(world: World) -> None:
    """A row that is broken and not looked for leaves what was looked for, and is there, converged."""
    owner = world.seed.customer("Alpha")
    world.seed.user("xjo@alpha.example", customer=owner["id"])
    transport = breaking(world, lambda row: row.get("email") == "xjo@alpha.example", lambda _: None)
    with planned(world, TREE, transport=transport, retry=HASTY) as run:
        assert statuses(run.apply()) == {}


ERRORS = {
    "a failure": "Internal server error",
    "a refusal": "You do not have permission to perform this action",
    "another error": "Something is wrong with this object",
}


@pytest.mark.parametrize("message", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("data", ["null", "partial", "all there"])
def test_an_error_at_one_alias_leaves_the_others_converged(message: str, data: str, world: World) -> None:
    """An error at the look-up of one object concerns that object, whatever of its data comes with it."""

    def answer(body: dict[str, Any], answered: dict[str, Any]) -> None:
        if not reads(body) or not world.mutations:
            return
        for alias, value in (answered.get("data") or {}).items():
            rows = value.get("nodes") if isinstance(value, dict) else None
            for index, row in enumerate(rows or ()):
                if row.get("name") == "I beta":
                    path: list[Any] = [alias] if data == "null" else [alias, "nodes", index, "configVariables"]
                    answered.setdefault("errors", []).append({"message": message, "path": path})
                    if data == "null":
                        answered["data"][alias] = None
                        break
                    if data == "partial":
                        row["configVariables"] = None

    with planned(world, TREE, transport=Meddling(world.sandbox, answer=answer), retry=HASTY) as run:
        check_unknown(run.apply(), "Instance/i-beta")


class Poisoned(Meddling):
    """Answers every read that mentions a word with a server's failure, as one that stumbles over an object does."""

    def __init__(self, world: World, word: str) -> None:
        super().__init__(world.sandbox)
        self._world, self._word = world, word

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread())
        if reads(body) and self._world.mutations and self._word in json.dumps(body.get("variables")):
            return httpx.Response(500, text="stumbled")
        return await super().handle_async_request(request)


def test_a_request_that_fails_over_one_object_is_asked_again_without_it(world: World) -> None:
    """A server that fails the whole request because of one object in it hides only that one."""
    with planned(world, TREE, transport=Poisoned(world, "I beta"), retry=HASTY) as run:
        check_unknown(run.apply(), "Instance/i-beta")


def test_a_problem_with_one_object_is_reported_at_that_object(world: World) -> None:
    """What a comparison refuses of one object, such as two that its manifest may mean, is not told of the others."""

    def answer(body: dict[str, Any], data: dict[str, Any]) -> None:
        for value in (data.get("data") or {}).values() if reads(body) and world.mutations else ():
            rows = value.get("nodes") if isinstance(value, dict) else None
            if rows and rows[0].get("name") == "Beta" and "externalId" in rows[0]:
                value["nodes"] = [*rows, {**rows[0], "id": "another"}]
                value["totalCount"] = len(value["nodes"])

    seeded = world.seed.customer("Beta", description="Old")
    assert seeded
    with planned(
        world, customers(*HANDLES, description="New"), transport=Meddling(world.sandbox, answer=answer)
    ) as run:
        results = run.apply()
    assert statuses(results) == {"Customer/beta": "not converged"}
    assert "2 live objects match this manifest" in results["Customer/beta"].messages[0]


@pytest.mark.parametrize("name", BROKEN_ROWS)
def test_a_broken_row_among_what_is_owned_does_not_hide_what_was_pruned(
    name: str, world: World, tmp_path: Path
) -> None:
    """What was pruned and is gone is told as done, although another row with the project's label is broken."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(customers(*HANDLES), encoding="utf-8")
    for title in ("Stray", "Beta"):
        world.seed.customer(title, labels=["gitops:acme"])
    change = BROKEN_ROWS[name]
    transport = breaking(world, lambda row: row.get("name") == "Beta", change)
    with planned(world, tmp_path, cwd=tmp_path, transport=transport, retry=HASTY) as run:
        results = run.apply()
    (pruned,) = [result for result in results.values() if result.change.deletes]
    known = isinstance(change({"id": "x", "name": "Beta"}), dict) and isinstance(change({"id": "x"}).get("id"), str)
    assert pruned.status == ("applied" if known else "not converged"), pruned.messages
    assert statuses({a: r for a, r in results.items() if r is not pruned}) == {}
