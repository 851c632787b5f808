"""Folders that an export finds: new projects, other files, Windows line endings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from exporting.exported import documents, export
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused, UsageError
from reconciler.workflow.validating import existing_manifests

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\nspec: {%s}\n"
CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: acme}\nspec: {name: Acme, description: %s}\n"
INSTANCE = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec:
  customer: acme
  name: I
  integration: {name: Acme Inventory}
  configVariables:
    Acme Inventory User/Pass: {inputs: {password: {valueFrom: %s}}}
"""


@pytest.fixture
def world(world: World) -> World:
    """A tenant with one customer, and an instance with a password."""
    world.environ["PASSWORD"] = "canary-of-folders"
    assert all(result.ok for result in world.apply(CUSTOMER % "Live" + INSTANCE % "{env: PASSWORD}"))
    del world.environ["PASSWORD"]
    return world


@pytest.mark.parametrize(
    ("spec", "files"),
    [
        ("", {"customers/acme/customer.yaml", "customers/acme/i.yaml", "team.yaml"}),
        ("manifests: [m]", {"m/customers/acme/customer.yaml", "m/customers/acme/i.yaml", "m/team.yaml"}),
        (
            "manifests: [./customers/, more]",
            {"customers/acme/customer.yaml", "customers/acme/i.yaml", "customers/team.yaml"},
        ),
    ],
)
def test_a_project_without_manifests_gets_its_first_where_it_lists_them(
    spec: str, files: set[str], world: World, tmp_path: Path
) -> None:
    """New manifests come where the project looks for them, so that the next export finds nothing to do."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT % spec, encoding="utf-8")
    export(world, tmp_path)
    assert {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.yaml")} == {"reconciler.yaml", *files}
    again = export(world, tmp_path)
    assert (again.unchanged, again.files) == (3, [])


def test_a_project_that_lists_only_files_is_reported(world: World, tmp_path: Path) -> None:
    """Where nothing new could be read from, nothing is written."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT % "manifests: [a.yaml]", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(CUSTOMER % "Live", encoding="utf-8")
    with pytest.raises(UsageError, match=r"new manifests have no place, since .* lists only files; list a"):
        export(world, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_files_outside_of_the_manifests_are_ignored(world: World, tmp_path: Path) -> None:
    """YAML in a folder with a dot is not taken for manifests."""
    hidden = tmp_path / ".github" / "ci.yml"
    hidden.parent.mkdir()
    hidden.write_text("on: push\n", encoding="utf-8")
    assert len(export(world, tmp_path).new) == 3


@pytest.mark.parametrize(("folder", "error"), [(".", ManifestErrors), ("new", UsageError)])
def test_an_undeclared_environment_is_refused(
    folder: str, error: type[Exception], world: World, tmp_path: Path
) -> None:
    """``-e`` is never ignored: without a project the tenant might be another than the one that was meant."""
    with pytest.raises(error, match="--environment production: no Project declares it"):
        existing_manifests(world.options("", environment="production"), tmp_path / folder)


@pytest.mark.parametrize(
    ("environment", "changed"),
    [("production", {"live/acme.yaml", "base/i.yaml"}), ("staging", {"base/acme.yaml", "base/i.yaml"})],
)
def test_objects_of_one_environment_are_written_to_its_overlay(
    environment: str, changed: set[str], world: World, tmp_path: Path
) -> None:
    """Where an object has an overlay, the manifest that every environment shares does not change."""
    environments = "{production: {overlays: [live]}, staging: {}}"
    spec = f"manifests: [base], environments: {environments}"
    (tmp_path / "reconciler.yaml").write_text(PROJECT % spec, encoding="utf-8")
    for name in ("base", "live"):
        (tmp_path / name).mkdir()
    (tmp_path / "base" / "acme.yaml").write_text((CUSTOMER % "Live").replace(", description: Live", ""), "utf-8")
    (tmp_path / "base" / "i.yaml").write_text(INSTANCE.partition("  configVariables")[0], encoding="utf-8")
    (tmp_path / "live" / "acme.yaml").write_text((CUSTOMER % "Live").replace(", description: Live", ""), "utf-8")
    assert set(export(world, tmp_path, environment=environment, secrets="reference").changed) == changed
    again = export(world, tmp_path, environment=environment, secrets="reference")
    assert (again.files, again.kept) == ([], [])


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_line_endings_are_kept(ends: str, world: World, tmp_path: Path) -> None:
    """Every character but those of the value that changed is what it was, the ends of lines too."""
    before = ends.join(["# mine", *(CUSTOMER % "Declared").splitlines(), "# end", ""])
    (tmp_path / "c.yaml").write_bytes(before.encode())
    export(world, tmp_path)
    assert (tmp_path / "c.yaml").read_bytes() == before.replace("Declared", "Live").encode()


def test_files_are_replaced_atomically(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full costs nothing of what a person wrote, and what is replaced keeps its mode and its link."""
    kept = tmp_path / "kept" / "c.txt"
    kept.parent.mkdir()
    kept.write_text(CUSTOMER % "Declared", encoding="utf-8")
    kept.chmod(0o640)
    link = tmp_path / "c.yaml"
    link.symlink_to(kept)

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UsageError, match=r"cannot be written: No space left on device"):
            export(world, tmp_path, targets=["Customer/acme"])
    assert kept.read_text(encoding="utf-8") == CUSTOMER % "Declared"
    export(world, tmp_path, targets=["Customer/acme"])
    assert (link.is_symlink(), kept.stat().st_mode & 0o777) == (True, 0o640)
    assert kept.read_text(encoding="utf-8") == CUSTOMER % "Live"
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["c.txt", "c.yaml", "kept"]


def _not_utf8(path: Path) -> None:
    path.write_bytes(b"NAME=\xff\n")


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "message"),
    [(_not_utf8, r"\.env\.example is not UTF-8 text; save"), (_folder, r"\.env\.example cannot be read: Is")],
)
def test_an_unreadable_example_file_is_reported(make: Any, message: str, world: World, tmp_path: Path) -> None:
    """What is in the way is named in one line, before anything is written."""
    make(tmp_path / ".env.example")
    with pytest.raises(UsageError, match=message):
        export(world, tmp_path, secrets="reference")
    assert [each.name for each in tmp_path.iterdir()] == [".env.example"]


@pytest.mark.parametrize("source", ["{exec: [op, read, acme]}", "{env: EMPTY}", "{env: MISSING}"])
def test_a_missing_secret_stops_no_export(source: str, world: World, tmp_path: Path) -> None:
    """No command is run and no variable needed: the manifest stays as it is, and the live secret too."""
    world.environ["EMPTY"] = ""
    text = CUSTOMER % "Live" + INSTANCE % source
    (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
    exported = export(world, tmp_path)
    assert exported.unchanged == 2
    assert (tmp_path / "all.yaml").read_text(encoding="utf-8") == text
    assert "User/admin" in documents(tmp_path)
    plan = world.plan(tmp_path, keep_secrets=True)
    assert [change.address for change in plan] == []
    assert any("the live secret stays" in warning.message for warning in plan.warnings)


@pytest.mark.parametrize(
    "more",
    [
        "  configVariables: {Acme Inventory User/Pass: {inputs: {password: {valueFrom: {env: MISSING}}}}}\n",
        "  configVariables: {My String: {valueFrom: {env: MISSING}}}\n",
        "  flowConfigs: {Sync Inventory: {apiKeys: [{valueFrom: {env: MISSING}}]}}\n",
        "  flowConfigs: {Sync Inventory: {testHeaders: {X: {valueFrom: {env: MISSING}}}}}\n",
    ],
)
def test_an_unset_secret_cannot_be_kept(more: str) -> None:
    """Where nothing is live either, ``--keep-secrets`` says so instead of deploying a connection without its secret."""
    text = CUSTOMER % "Live" + INSTANCE.partition("  configVariables")[0]
    with World() as world:
        assert all(result.ok for result in world.apply(text))
        with pytest.raises(PlanRefused, match="MISSING is not set, and no live secret exists to keep; set it"):
            world.plan(text + more, keep_secrets=True)
