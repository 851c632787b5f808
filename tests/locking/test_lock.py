"""The lock file: ``latest`` stays at the locked version until an upgrade, which reports what changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.manifests import customer, instance
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused, UsageError
from reconciler.kinds.integration.version_changes import VersionChanges
from reconciler.locking.lock import Affected, Locked, Move, locked_document, locked_text
from reconciler.model.place import Place
from reconciler.reports.shared.style import Style
from reconciler.workflow import locking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """
definitionVersion: 7
name: Stock
flows: []
requiredConfigVars:
"""
FIRST = f"""{HEAD}
  - {{key: Stays, stableKey: stays, dataType: string, defaultValue: ""}}
  - {{key: Warehouse, stableKey: place, dataType: string, defaultValue: ""}}
  - {{key: Legacy, stableKey: legacy, dataType: string, defaultValue: ""}}
  - {{key: Size, stableKey: size, dataType: string, defaultValue: "1"}}
"""
SECOND = f"""{HEAD}
  - {{key: Stays, stableKey: stays, dataType: string, defaultValue: ""}}
  - {{key: Region, stableKey: place, dataType: string, defaultValue: ""}}
  - {{key: Size, stableKey: size, dataType: number, defaultValue: "1"}}
  - {{key: Threshold, stableKey: threshold, dataType: number, defaultValue: "10"}}
  - {{key: Needed, stableKey: needed, dataType: string}}
"""
MANIFESTS = (
    customer()
    + instance("Stock", "name: Stock, version: latest")
    + """\
  configVariables:
    Stays: here
    Warehouse: west
    Legacy: "yes"
"""
)
TOLD = """\
Stock  1 → 2
  + Threshold (NUMBER, default 10)
  + Needed (STRING, no default)
  ~ Warehouse is called Region
  ~ Size: STRING → NUMBER
  - Legacy
  ! all.yaml:14:5: Instance/stock: 'Needed' is new, has no default, and is not declared
  ! all.yaml:15:5: Instance/stock: 'Warehouse' is called 'Region'
  ! all.yaml:16:5: Instance/stock: 'Legacy' is gone
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A tenant with the first version, and manifests in a folder that take the latest one."""
    (tmp_path / "all.yaml").write_text(MANIFESTS.lstrip(), encoding="utf-8")
    with World(integrations=()) as made:
        made.seed.integration(FIRST)
        yield made


def here(folder: Path, **more: Any) -> dict[str, Any]:
    return {"cwd": folder, "files": ("all.yaml",), **more}


def lock(world: World, folder: Path, *names: str, upgrade: bool = False, **more: Any) -> Locked:
    with world.session("", **here(folder, without_secrets=True, follow_lock=False, **more)) as session:
        return locking.lock(session, names if upgrade else None)[0]


def planned_version(world: World, folder: Path, **more: Any) -> int:
    fields = [field for change in world.plan("", **here(folder, **more)) for field in change.fields]
    return next(int(field.after) for field in fields if field.path == ("integration", "version"))


def test_latest_is_the_locked_version(world: World, tmp_path: Path) -> None:
    """A version that is published after the lock was written is not taken until the lock is moved."""
    assert [(move.name, move.before, move.after) for move in lock(world, tmp_path).moves] == [("Stock", None, 1)]
    world.seed.integration(SECOND)
    assert planned_version(world, tmp_path) == 1
    assert not lock(world, tmp_path).moves
    assert [(move.before, move.after) for move in lock(world, tmp_path, upgrade=True).moves] == [(1, 2)]
    text = (tmp_path / "all.yaml").read_text(encoding="utf-8")
    (tmp_path / "all.yaml").write_text(text.replace("Warehouse", "Region").replace('Legacy: "yes"', "Needed: here"))
    assert planned_version(world, tmp_path) == 2


def test_the_file_is_yaml_that_git_can_keep(world: World, tmp_path: Path) -> None:
    """The lock holds a version number for each name, and says where it is from."""
    lock(world, tmp_path)
    text = (tmp_path / "reconciler.lock").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert yaml.safe_load(text) == {"lockVersion": 1, "integrations": {"Stock": 1}}


def test_an_upgrade_reports_changes_by_manifest(world: World, tmp_path: Path) -> None:
    """What is added, renamed, retyped and gone is told, and which manifests name it or lack it, at their lines."""
    lock(world, tmp_path)
    world.seed.integration(SECOND)
    locked = lock(world, tmp_path, "Stock", upgrade=True)
    assert locked_text(locked, Style()) == TOLD
    (move,) = json.loads(json.dumps(locked_document(locked)))["moves"]
    assert move["changes"]["renamed"] == [{"before": "Warehouse", "after": "Region"}]
    assert [each["place"] for each in move["affected"]] == ["all.yaml:14:5", "all.yaml:15:5", "all.yaml:16:5"]


def test_a_version_that_is_withdrawn_cannot_be_compared(world: World, tmp_path: Path) -> None:
    """Where the version before is not available any more the upgrade says so, and goes on."""
    lock(world, tmp_path)
    version = world.seed.version("Stock", 1)["id"]
    world.seed.integration(SECOND)
    world.sandbox.store.update("integrations", version, versionIsAvailable=0)
    assert "its changes are unknown" in locked_text(lock(world, tmp_path, upgrade=True), Style())


def test_locked_refuses_a_latest_that_is_not_in_the_lock(world: World, tmp_path: Path) -> None:
    """With ``--locked`` a version that the lock does not have is an error at its line."""
    with pytest.raises(ManifestErrors, match=r"all.yaml:12:39: 'Stock' is not in reconciler.lock, which --locked asks"):
        world.plan("", **here(tmp_path, locked=True))
    lock(world, tmp_path)
    assert planned_version(world, tmp_path, locked=True) == 1


def test_unused_entries_are_removed_from_the_lock(world: World, tmp_path: Path) -> None:
    """An integration that no manifest leaves open any more leaves the lock."""
    lock(world, tmp_path)
    text = (tmp_path / "all.yaml").read_text(encoding="utf-8")
    (tmp_path / "all.yaml").write_text(text.replace("version: latest", "version: 1"), encoding="utf-8")
    locked = lock(world, tmp_path)
    assert locked.dropped == ["Stock"]
    assert locked_text(locked, Style()) == "Stock: taken out, since no manifest leaves its version open\n"
    assert locked_text(lock(world, tmp_path), Style()) == "Nothing to lock: every manifest names its version.\n"


def without_version(folder: Path) -> None:
    """Let the manifest name no version, and only what both versions have."""
    text = (folder / "all.yaml").read_text(encoding="utf-8").replace(", version: latest", "")
    text = text.replace('    Warehouse: west\n    Legacy: "yes"\n', "")
    (folder / "all.yaml").write_text(text, encoding="utf-8")


def test_a_new_instance_without_a_version_starts_with_the_locked_one(world: World, tmp_path: Path) -> None:
    """The lock holds what a new instance starts with; without an entry it is the newest, as without a lock."""
    without_version(tmp_path)
    assert [(move.name, move.after) for move in lock(world, tmp_path).moves] == [("Stock", 1)]
    world.seed.integration(SECOND)
    assert planned_version(world, tmp_path) == 1
    assert planned_version(world, tmp_path, locked=True) == 1
    (tmp_path / "reconciler.lock").unlink()
    with (tmp_path / "all.yaml").open("a", encoding="utf-8") as file:
        file.write("    Needed: here\n")
    assert planned_version(world, tmp_path) == 2


def test_a_new_instance_without_a_version_must_be_in_the_lock_when_asked_for(world: World, tmp_path: Path) -> None:
    """With ``--locked`` a new instance that the lock says nothing of is an error at its line."""
    without_version(tmp_path)
    told = r"all.yaml:12:23: Instance/stock: 'Stock' is not in reconciler.lock, which --locked asks for"
    with pytest.raises(PlanRefused, match=told):
        world.plan("", **here(tmp_path, locked=True))
    assert not world.mutations


def test_an_instance_without_a_version_keeps_its_version(world: World, tmp_path: Path) -> None:
    """A live instance keeps its version, locked or not, and what a newer one changes is no concern of it."""
    without_version(tmp_path)
    world.apply("", **here(tmp_path))
    world.seed.integration(SECOND)
    assert [move.after for move in lock(world, tmp_path).moves] == [2]
    assert world.plan("", **here(tmp_path, locked=True)).empty
    (tmp_path / "reconciler.lock").write_text("lockVersion: 1\nintegrations: {Stock: 1}\n", encoding="utf-8")
    (move,) = lock(world, tmp_path, upgrade=True).moves
    assert (move.before, move.after, move.affected) == (1, 2, ())
    (tmp_path / "reconciler.lock").unlink()
    assert world.plan("", **here(tmp_path, locked=True)).empty


def test_an_unchanged_instance_may_keep_an_unavailable_version(world: World, tmp_path: Path) -> None:
    """An integration that was withdrawn, and that nothing new takes, keeps its entry and asks for none."""
    without_version(tmp_path)
    world.apply("", **here(tmp_path))
    world.sandbox.store.update("integrations", world.seed.version("Stock", 1)["id"], versionIsAvailable=0)
    assert lock(world, tmp_path).moves == []
    assert not (tmp_path / "reconciler.lock").exists()
    text = "lockVersion: 1\nintegrations: {Stock: 1}\n"
    (tmp_path / "reconciler.lock").write_text(text, encoding="utf-8")
    assert lock(world, tmp_path, upgrade=True).dropped == []
    assert (tmp_path / "reconciler.lock").read_text(encoding="utf-8") == text


def test_a_nonexistent_locked_version_is_reported(world: World, tmp_path: Path) -> None:
    """A locked version that is not available is an error at the manifest of what is to start with it."""
    without_version(tmp_path)
    (tmp_path / "reconciler.lock").write_text("lockVersion: 1\nintegrations: {Stock: 9}\n", encoding="utf-8")
    with pytest.raises(PlanRefused, match=r"all.yaml:12:16: Instance/stock: .* has no available version 9"):
        world.plan("", **here(tmp_path))


def test_only_locked_integrations_can_be_upgraded(world: World, tmp_path: Path) -> None:
    """A name that no manifest takes as latest is told, with the one that may be meant."""
    with pytest.raises(UsageError, match=r"'Stok': nothing to upgrade: no manifest uses .*; did you mean 'Stock'"):
        lock(world, tmp_path, "Stok", upgrade=True)


def test_a_nonexistent_integration_is_reported_at_its_line(world: World, tmp_path: Path) -> None:
    """What cannot be resolved is an error at the manifest that names it, and nothing is written."""
    text = (tmp_path / "all.yaml").read_text(encoding="utf-8")
    (tmp_path / "all.yaml").write_text(text.replace("{name: Stock,", "{name: Stok,"), encoding="utf-8")
    with pytest.raises(PlanRefused, match=r"all.yaml:12:23: no integration is named 'Stok'; did you mean 'Stock'"):
        lock(world, tmp_path)
    assert not (tmp_path / "reconciler.lock").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "reconciler.lock:2:1: not valid YAML"),
        ("[]", "reconciler.lock:1:1: this is no lock of version 1 or 2"),
        ("lockVersion: 3\nintegrations: {}\n", "reconciler.lock:1:1: this is no lock of version 1 or 2"),
        ("lockVersion: 2\nintegrations: {}\n", "reconciler.lock:1:1: 'environments' must map names of environment"),
        ("lockVersion: 2\nenvironments: {a: 1}\n", "reconciler.lock:2:19: 'integrations' must map names to version"),
        ("lockVersion: 2\nenvironments: {a: {integrations: {S: 0}}}\n", "reconciler.lock:2:38: the version of"),
        ("lockVersion: 1\nintegrations: [a]\n", "reconciler.lock:1:1: 'integrations' must map names to version numb"),
        ("lockVersion: 1\nintegrations: {Stock: latest}\n", "reconciler.lock:2:23: the version of 'Stock' must be a"),
        ("lockVersion: 1\nintegrations:\n  Stock: true\n", "reconciler.lock:3:10: the version of 'Stock' must be a w"),
        ("lockVersion: 1\nintegrations: {Stock: 0}\n", "reconciler.lock:2:23: the version of 'Stock' must be a whole"),
    ],
)  # fmt: skip
def test_a_broken_lock_is_reported_at_its_place(world: World, tmp_path: Path, text: str, message: str) -> None:
    """Whatever is wrong with the lock is one message with its place, and no plan is made."""
    (tmp_path / "reconciler.lock").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestErrors) as refusal:
        world.plan("", **here(tmp_path))
    assert str(refusal.value.problems[0]).startswith(message)


def test_file_names_are_escaped() -> None:
    """What a manifest's file is called is written out, not carried out, where an upgrade names its lines."""
    affected = Affected("Instance/a", (("'Size' is gone", Place("\x1b[2Ja.yaml", 1, 1)),))
    locked = Locked([Move("Stock", 1, 2, VersionChanges(), (affected,))])
    assert "\x1b" not in locked_text(locked, Style())


ENVIRONMENTS = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec: {environments: {production: {}, staging: {}}}
"""


def test_each_environment_has_versions_of_its_own(world: World, tmp_path: Path) -> None:
    """Version numbers differ between tenants: locking one environment leaves the others as they are."""
    lock(world, tmp_path)
    (tmp_path / "reconciler.yaml").write_text(ENVIRONMENTS, encoding="utf-8")
    world.seed.integration(SECOND)
    lock(world, tmp_path, upgrade=True, environment="production", files=())
    text = (tmp_path / "reconciler.lock").read_text(encoding="utf-8")
    production = {"production": {"integrations": {"Stock": 2}}}
    assert yaml.safe_load(text) == {"lockVersion": 2, "integrations": {"Stock": 1}, "environments": production}
    manifests = (tmp_path / "all.yaml").read_text(encoding="utf-8")
    (tmp_path / "all.yaml").write_text(
        manifests.replace("Warehouse", "Region").replace('Legacy: "yes"', "Needed: here")
    )
    assert planned_version(world, tmp_path, environment="production", files=()) == 2
    lock(world, tmp_path, environment="staging", files=())
    both = {"production": {"integrations": {"Stock": 2}}, "staging": {"integrations": {"Stock": 1}}}
    text = (tmp_path / "reconciler.lock").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == {"lockVersion": 2, "environments": both}


FIXED = """\
  configVariables:
    Stays: here
    # The hall that feeds this shop.
    Region: west  # kept
    Legacy: "yes"
"""


def fix(world: World, folder: Path, **more: Any) -> list[tuple[str, str, str, bool]]:
    """Upgrade with ``--fix``; return each place with its names, and whether it was renamed."""
    with world.session("", **here(folder, without_secrets=True, follow_lock=False, **more)) as session:
        _, found = locking.lock(session, (), fix=True)
    return [(str(each.place), each.before, each.after, not each.reason) for each in found]


def test_a_fix_puts_new_names_into_manifests(world: World, tmp_path: Path) -> None:
    """Renamed variables get their new names, comments stay, and what was removed is left for a person."""
    file = tmp_path / "all.yaml"
    text = file.read_text(encoding="utf-8")
    commented = text.replace(
        "    Warehouse: west\n", "    # The hall that feeds this shop.\n    Warehouse: west  # kept\n"
    )
    file.write_text(commented, encoding="utf-8")
    lock(world, tmp_path)
    world.seed.integration(SECOND)
    assert fix(world, tmp_path) == [("all.yaml:16:5", "Warehouse", "Region", True)]
    assert file.read_text(encoding="utf-8").endswith(FIXED)
    assert fix(world, tmp_path) == []


SET = """\
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: stock}
spec:
  customers: {from: manifests}
  template:
    name: Stock
    integration: {name: Stock, version: latest}
    configVariables: {"Warehouse": west, Stays: "${customer.handle}"}
  overrides:
    b: {configVariables: {Warehouse: east}}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: a}
spec: {name: A}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: b}
spec: {name: B}
"""


def test_a_fix_renames_once_for_all_members_of_a_set(world: World, tmp_path: Path) -> None:
    """The template and the override each have the name once, and keep their own style."""
    (tmp_path / "all.yaml").write_text(SET, encoding="utf-8")
    lock(world, tmp_path)
    world.seed.integration(SECOND)
    assert [each[1:] for each in fix(world, tmp_path)] == [("Warehouse", "Region", True)] * 2
    fixed = (tmp_path / "all.yaml").read_text(encoding="utf-8")
    assert fixed == SET.replace('"Warehouse"', '"Region"').replace("{Warehouse:", "{Region:")


def test_a_fix_reaches_overlays(world: World, tmp_path: Path) -> None:
    """Each layer of a manifest that has the old name gets the new one, so that they still meet."""
    (tmp_path / "reconciler.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\n"
        "spec: {manifests: [all.yaml], environments: {production: {overlays: [over.yaml]}}}\n",
        encoding="utf-8",
    )
    overlay = (
        "apiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: stock}\nspec: {configVariables: {Warehouse: x}}\n"
    )
    (tmp_path / "over.yaml").write_text(overlay, encoding="utf-8")
    chosen: dict[str, Any] = {"files": (), "environment": "production"}
    lock(world, tmp_path, **chosen)
    world.seed.integration(SECOND)
    places = [place for place, _, _, done in fix(world, tmp_path, **chosen) if done]
    assert places == ["all.yaml:15:5", "over.yaml:4:26"]
    assert "Warehouse" not in (tmp_path / "over.yaml").read_text(encoding="utf-8")


def test_what_cannot_be_renamed_safely_is_reported(world: World, tmp_path: Path) -> None:
    """Where the manifest has the new name already, a person has to choose, and is told."""
    text = MANIFESTS.replace("    Warehouse: west\n", "    Warehouse: west\n    Region: east\n").lstrip()
    (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
    lock(world, tmp_path)
    world.seed.integration(SECOND)
    assert [each[3] for each in fix(world, tmp_path)] == [False]
    assert (tmp_path / "all.yaml").read_text(encoding="utf-8") == text
