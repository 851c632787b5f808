"""A watch goes on when something fails: it says what, is not ready meanwhile, and changes nothing by half knowledge."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from watch.watching import HEAL, PROJECT, customer, states

from reconciler.errors import UsageError
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.workflow import watching as module

if TYPE_CHECKING:
    from pathlib import Path

    from watch.watching import Watching

NOW = RetryPolicy(tries=2, first_pause=0.0)


def test_broken_manifests_are_reported_until_they_are_mended(watching: Watching) -> None:
    """A round with invalid manifests names the problem with its place and asks the tenant nothing."""
    good = customer("a", more=HEAL)
    watching.write("a.yaml", good)
    requests: list[int] = []

    def spoil() -> None:
        watching.write("a.yaml", good.replace("description", "descripton"))
        requests.append(watching.world.sandbox.log.requests)

    def mend() -> None:
        requests.append(watching.world.sandbox.log.requests)
        watching.write("a.yaml", good)

    first, second, third = watching.run(spoil, mend, heal=True)
    assert [found.ready for found in (first, second, third)] == [True, False, True]
    assert "a.yaml:5:" in second.failures[0]
    assert "descripton" in second.failures[0]
    assert requests[0] == requests[1]
    assert second.outcome.plan is None


def test_manifests_that_are_gone_are_no_reason_to_delete(watching: Watching) -> None:
    """An empty folder, as in the middle of a check-out, deletes nothing although pruning and deletions are allowed."""
    rules = "prune: true, drift: heal, guardrails: {allowDelete: [Customer], maxDeletePercent: 100}"
    watching.write("reconciler.yaml", PROJECT % rules)
    watching.write("a.yaml", customer("a"))
    watching.more = {"allow_deletes": 100}

    def remove() -> None:
        (watching.folder / "a.yaml").unlink()

    def remove_all() -> None:
        shutil.rmtree(watching.folder)

    first, second, third = watching.run(remove, remove_all, heal=True)
    assert states(first) == {"a": "healed"}
    assert not second.ready
    assert not third.ready
    assert "deleteCustomer" not in watching.world.mutation_names()


@pytest.mark.parametrize("swap", ["folder", "files"])
def test_a_tree_that_changes_while_it_is_read_is_read_again(
    swap: str, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link of git-sync or of a ConfigMap turns in the middle of a reading: no round has half of each tree."""
    trees = [watching.folder / name for name in ("one", "two")]
    for number, tree in enumerate(trees):
        tree.mkdir()
        for handle in "ab":
            (tree / f"{handle}.yaml").write_text(customer(handle, f"Tree {number}", HEAL), encoding="utf-8")
    turn = _links(watching, trees, swap)
    turn(0)
    read = module.validate_for_tenant
    readings: list[Any] = []

    def turning(options: Any) -> Any:
        found = read(options)
        readings.append(sorted(str(each.spec["description"]) for each in found.resources))
        if len(readings) == 1:
            turn(1)
        return found

    monkeypatch.setattr(module, "validate_for_tenant", turning)
    (found,) = watching.run(heal=True)
    assert readings == [["Tree 0", "Tree 0"], ["Tree 1", "Tree 1"]]
    assert states(found) == {"a": "healed", "b": "healed"}
    written = [watching.world.rows("customers", name=name)[0]["description"] for name in ("A", "B")]
    assert written == ["Tree 1", "Tree 1"]


def _links(watching: Watching, trees: list[Path], swap: str) -> Any:
    """Return what turns the manifests to one of the trees: as a linked folder, or as files behind a linked folder."""
    watched = watching.folder / "watched"

    def turn(number: int) -> None:
        link = watched if swap == "folder" else watched / "..data"
        new = link.with_name("new")
        new.symlink_to(trees[number] if swap == "folder" else f"..{number}")
        os.replace(new, link)  # noqa: PTH105 - replaces the link itself

    if swap == "files":
        watched.mkdir()
        for number, tree in enumerate(trees):
            tree.rename(watched / f"..{number}")
        for handle in "ab":
            (watched / f"{handle}.yaml").symlink_to(f"..data/{handle}.yaml")
    watching.folder = watched
    return turn


def test_a_tree_that_never_rests_is_never_applied(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manifests that are written in each reading are given up for this round, and nothing is asked of the tenant."""
    watching.write("a.yaml", customer("a", more=HEAL))
    read, count = module.validate_for_tenant, [0]

    def moving(options: Any) -> Any:
        found = read(options)
        count[0] += 1
        watching.write("b.yaml", customer("b", f"Version {count[0]}"))
        return found

    monkeypatch.setattr(module, "validate_for_tenant", moving)
    (found,) = watching.run(heal=True)
    assert found.failures == (module.MOVED,)
    assert count == [module.TRIES]
    assert watching.world.sandbox.log.requests == 0


def test_a_tree_that_changes_before_the_first_write_is_not_applied(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was merged while the plan was made is carried out by the next round, not the plan of the old manifests."""
    watching.write("a.yaml", customer("a", "Old", HEAL))
    plan, turns = module.plan_with_guard, [0]

    def slow(session: Any) -> Any:
        found = plan(session)
        turns[0] += 1
        if turns[0] == 1:
            watching.write("a.yaml", customer("a", "Newer", HEAL))
        return found

    monkeypatch.setattr(module, "plan_with_guard", slow)
    first, second = watching.run(None, heal=True)
    assert states(first) == {"a": "reported"}
    assert first.ready
    assert states(second) == {"a": "healed"}
    assert [row["description"] for row in watching.world.rows("customers", name="A")] == ["Newer"]


def test_a_change_of_the_tenant_meanwhile_is_looked_at_anew(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that somebody has made untrue is not carried out; the next round heals what differs then."""
    watching.write("a.yaml", customer("a", more=HEAL))
    watching.world.seed.customer("A", externalId="a", description="Live")
    (row,) = watching.world.rows("customers", name="A")
    plan, turns = module.plan_with_guard, [0]

    def slow(session: Any) -> Any:
        found = plan(session)
        turns[0] += 1
        if turns[0] == 1:
            watching.world.sandbox.store.update("customers", row["id"], description="Moved")
        return found

    monkeypatch.setattr(module, "plan_with_guard", slow)
    first, second = watching.run(None, heal=True)
    assert states(first) == {"a": "reported"}
    assert states(second) == {"a": "healed"}


@pytest.mark.parametrize("kind", ["drop", "error", "throttle", "garbage", "timeout"])
def test_a_tenant_that_does_not_answer_is_no_end(kind: str, watching: Watching) -> None:
    """Each fault of the API makes rounds that are not ready, and the first answer makes one that is."""
    watching.write("a.yaml", customer("a", more=HEAL))
    watching.more = {"retry": NOW}
    faults = watching.world.sandbox.faults
    first, second, third = watching.run(lambda: faults.add(kind, times=None), faults.clear, heal=True)
    assert [found.ready for found in (first, second, third)] == [True, False, True]
    assert second.failures
    assert second.outcome.plan is None


def test_a_network_that_is_gone_is_no_end(watching: Watching) -> None:
    """Where no connection can be made, the round says so, and the next one tries again."""

    class Gone(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Network is unreachable", request=request)

    watching.write("a.yaml", customer("a", more=HEAL))
    first, second, third = watching.run(
        lambda: watching.more.update(transport=Gone(), retry=NOW), watching.more.clear, heal=True
    )
    assert [found.ready for found in (first, second, third)] == [True, False, True]


def test_a_token_that_expires_is_used_again_once_it_is_renewed(watching: Watching) -> None:
    """A refused token makes rounds that are not ready; each round reads the token anew."""
    watching.write("a.yaml", customer("a", more=HEAL))
    token = watching.world.environ["PRISM_ACCESS_TOKEN"]
    first, second, third = watching.run(
        lambda: watching.world.environ.update(PRISM_ACCESS_TOKEN="expired-token"),
        lambda: watching.world.environ.update(PRISM_ACCESS_TOKEN=token),
        heal=True,
    )
    assert [found.ready for found in (first, second, third)] == [True, False, True]
    assert "expired-token" not in second.failures[0]


def test_a_command_line_that_never_worked_ends_at_once(watching: Watching) -> None:
    """A mistake in the options is no condition to wait for, unless it was none before."""
    watching.write("a.yaml", customer("a"))
    watching.more = {"targets": ("Customer/b",)}
    with pytest.raises(UsageError, match="Customer/b"):
        watching.run()
    watching.more = {"targets": ("Customer/a",)}
    first, second = watching.run(lambda: watching.more.update(targets=("Customer/b",)))
    assert [first.ready, second.ready] == [True, False]


def test_a_failure_of_the_system_is_no_end(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the machine, such as too many open files, is the outcome of a round."""
    watching.write("a.yaml", customer("a"))

    def refuse(options: Any) -> Any:
        raise OSError(24, "Too many open files", "a.yaml")

    monkeypatch.setattr(module, "validate_for_tenant", refuse)
    (found,) = watching.run()
    assert found.failures == ("a.yaml: Too many open files",)


def test_a_fault_in_the_middle_of_a_heal_is_put_right_by_the_next_round(watching: Watching) -> None:
    """A change whose answer is lost is reported as failed, starts no back-off, and is finished in the next round."""
    watching.write("all.yaml", customer("a", more=HEAL) + customer("b", more=HEAL))
    watching.more = {"retry": NOW, "batch_size": 1}
    watching.world.sandbox.faults.add("unauthorized", field="createCustomer", times=None)
    first, second = watching.run(watching.world.sandbox.faults.clear, heal=True)
    assert set(states(first).values()) <= {"failed", "skipped"}
    assert set(states(second).values()) == {"healed"}
    assert [len(watching.world.rows("customers", name=name)) for name in ("A", "B")] == [1, 1]
