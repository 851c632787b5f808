"""What a sandbox starts with, and what it keeps."""

from __future__ import annotations

import gc
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.clock import Clock, stamp
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.store import Store
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

_EVERYTHING = """{ organization { id name } authenticatedUser { id email } customers { nodes { id name createdAt } }
  instances { nodes { id name } } integrations(allVersions: true) { nodes { id versionNumber } } }"""


def test_a_state_file_survives_a_restart(start: Callable[..., Api], tmp_path: Path) -> None:
    """Everything is there again, definitions are not published twice, and time goes on where it was."""
    state = tmp_path / "state.sqlite"
    first = start(state=state)
    made = first.sandbox.seed.customer("FTL")
    before = first(_EVERYTHING)
    first.sandbox.close()
    again = start(state=state)
    assert again(_EVERYTHING) == before
    assert again.sandbox.seed.customer("Next")["createdAt"] > made["createdAt"]


def test_a_new_definition_becomes_a_version_at_the_next_start(start: Callable[..., Api], tmp_path: Path) -> None:
    """A restart publishes the definitions that are not published yet."""
    definition = tmp_path / "a.yaml"
    definition.write_text("name: A\ndescription: one\n", encoding="utf-8")
    settings: dict[str, Any] = {"state": tmp_path / "state.sqlite", "integrations": (definition,)}
    start(**settings).sandbox.close()
    definition.write_text("name: A\ndescription: two\n", encoding="utf-8")
    api = start(**settings)
    query = "{ integrations(allVersions: true, versionIsAvailable: true) { nodes { versionNumber description } } }"
    assert api(query)["integrations"]["nodes"] == [
        {"versionNumber": 1, "description": "one"},
        {"versionNumber": 2, "description": "two"},
    ]


def test_a_reset_empties_a_state_file(start: Callable[..., Api], tmp_path: Path) -> None:
    """After a reset, the file holds what a new sandbox starts with."""
    state = tmp_path / "state.sqlite"
    api = start(state=state)
    api.sandbox.seed.customer("FTL")
    api.sandbox.reset()
    api.sandbox.close()
    assert start(state=state)("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"] == 0


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id)")
    connection.close()


@pytest.mark.parametrize("content", ["text", "foreign", "missing directory"])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, content: str) -> None:
    """Something else's file is never touched; the message names it."""
    path = tmp_path / ("gone/state.sqlite" if content == "missing directory" else "state.sqlite")
    if content == "text":
        path.write_text("This is no database, and long enough to be seen as something else." * 20, encoding="utf-8")
    elif content == "foreign":
        _foreign(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(SetupError, match=r"state\.sqlite: ") as caught:
        Sandbox(Settings(state=path))
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("content", [b"name: [", b"\xff\xfe", None])
def test_a_definition_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """The error of a definition begins with its file."""
    path = tmp_path / "a.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        Sandbox(Settings(integrations=(path,)))
    assert str(caught.value).startswith(f"{path}: ")


def test_a_seed_makes_the_same_ids_again(start: Callable[..., Api]) -> None:
    """With a seed, IDs repeat from run to run, and no two of one run are the same."""
    made = []
    for _ in range(2):
        api = start(seed=7)
        api.sandbox.seed.customer("A")
        found = api("{ customers { nodes { id } } integrations { nodes { id } } }")
        made.append([node["id"] for part in found.values() for node in part["nodes"]])
    assert made[0] == made[1]
    assert len(set(made[0])) == len(made[0])
    other = start()
    assert other.sandbox.seed.customer("A")["id"] not in made[0]


def test_another_clock_can_be_used(start: Callable[..., Api]) -> None:
    """Times come from the given clock, and go on even where it stands still."""
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    api = start(now=lambda: moment)
    times = [api.sandbox.seed.customer(name)["createdAt"] for name in ("A", "B")]
    assert times[0].startswith("2024-05-01T00:00:00.")
    assert times[0] < times[1]


def test_organizations_differ_by_name(start: Callable[..., Api]) -> None:
    """Each organization has an ID of its own, the same whenever the name is."""
    query = "{ organization { id name } authenticatedUser { id name email } }"
    first, again, other = start()(query), start()(query), start(organization="Other", user_name="Kim")(query)
    assert first == again
    assert first["organization"]["id"] != other["organization"]["id"]
    assert (other["organization"]["name"], other["authenticatedUser"]["name"]) == ("Other", "Kim")


def test_clocks_take_a_moment_without_a_time_zone_as_utc() -> None:
    """There is one form for moments: UTC with microseconds."""
    assert stamp(datetime(2024, 5, 1)) == "2024-05-01T00:00:00.000000+00:00"  # noqa: DTZ001 - that is the point
    clock = Clock(lambda: datetime(2024, 5, 1, tzinfo=UTC), "2025-01-01T00:00:00+00:00")
    assert clock.tick() > "2025-01-01T00:00:00"


def test_a_transaction_keeps_all_or_nothing() -> None:
    """What fails inside undoes what came before it; an inner failure leaves the outer's work alone."""
    store = Store()
    store.create_tables()
    row = {"createdAt": "x", "updatedAt": "x"}

    def fail() -> None:
        with store.transaction():
            store.insert("customers", id="b", name="B", **row)
            raise LookupError

    with store.transaction():
        store.insert("customers", id="a", name="A", **row)
        with pytest.raises(LookupError):
            fail()
    assert [found["name"] for found in store.rows("SELECT name FROM customers")] == ["A"]
    store.close()


def test_a_sandbox_closes_itself() -> None:
    """As a context manager, a sandbox closes its store at the end."""
    with Sandbox() as sandbox:
        assert sandbox.store.empty is False
    with pytest.raises(sqlite3.ProgrammingError):
        sandbox.store.rows("SELECT 1")


def test_a_sandbox_nobody_closed_is_freed() -> None:
    """Dropping a sandbox closes its store, so that thousands can be made."""
    sandbox = Sandbox()
    connection = sandbox.store._connection
    del sandbox
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_seeds_make_what_mutations_cannot(start: Callable[..., Api]) -> None:
    """System objects, customers' own instances, workflows and unavailable versions can be there."""
    api = start()
    seed = api.sandbox.seed
    customer = seed.customer("System", system=True)["id"]
    hidden = seed.integration("name: Hidden", available=False)
    assert hidden["versionIsAvailable"] == 0
    seed.instance("S", customer=customer, integration=hidden["id"], system=True)
    colleague = seed.user("colleague@example.com", role="Guest")
    assert colleague["customer"] is None
    listed = api("{ customers(isSystem: true) { nodes { name } } instances(isSystem: true) { nodes { name } } }")
    assert "System" in [node["name"] for node in listed["customers"]["nodes"]]
    assert "S" in [node["name"] for node in listed["instances"]["nodes"]]
    made = seed.instance("V", customer=customer, integration=seed.version("Acme Inventory")["id"])
    assert seed.values(made["id"])["Batch Size"] == "50"
