"""Saved plans: what they hold, and what becomes of one that somebody changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from support.world import ROOT, World

from reconciler import workflow
from reconciler.errors import ReconcilerError, StalePlan, UsageError
from reconciler.planning.file import LARGEST_FILE, load_plan, save_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Plan

MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets, description: New}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: ftl
  name: Types
  integration: {name: Every Data Type}
  configVariables: {A String: {valueFrom: {env: WORD}}, A Number: 7}
"""
EMPTY = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: none}
spec: {name: None}
lifecycle: {state: absent}
"""
WORD = "word-that-is-secret"
SCHEMA = json.loads((ROOT / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        world.environ |= {"WORD": WORD}
        world.seed.customer("FTL Rockets", description="Old")
        yield world


@pytest.fixture
def saved(world: World, tmp_path: Path) -> Path:
    """A saved plan of the manifests."""
    (tmp_path / "all.yaml").write_text(MANIFESTS, encoding="utf-8")
    plan = world.plan(tmp_path / "all.yaml")
    save_plan(plan, tmp_path / "saved.json", "")
    return tmp_path / "saved.json"


def check(world: World, path: Path) -> Plan:
    """Load a saved plan and check it, as apply does."""
    document = load_plan(path)
    options = workflow.options_of_saved(world.options(Path(), files=()), document)
    manifests = workflow.validate(options)
    with workflow.connect(options, manifests) as connection:
        return workflow.check_plan(options, document, manifests, connection)


def test_a_saved_plan_is_valid_and_holds_no_secret(saved: Path) -> None:
    """What is saved is what the schema says, with a seal in the place of secrets."""
    text = saved.read_text(encoding="utf-8")
    document = json.loads(text)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["secretsSeal"].startswith("scrypt:")
    assert WORD not in text


def test_the_seal_is_another_each_time_and_holds_all_the_same(world: World, saved: Path) -> None:
    """Two plans of the same secrets have seals that do not look alike, and each opens."""
    first = json.loads(saved.read_text(encoding="utf-8"))["secretsSeal"]
    check(world, saved)
    save_plan(world.plan(saved.parent / "all.yaml"), saved, "")
    assert json.loads(saved.read_text(encoding="utf-8"))["secretsSeal"] != first
    check(world, saved)


def test_a_seal_made_with_a_key_needs_the_key(world: World, saved: Path) -> None:
    """With RECONCILER_FINGERPRINT_KEY the seal cannot be tried without it."""
    save_plan(world.plan(saved.parent / "all.yaml"), saved, "the key of the case")
    with pytest.raises(StalePlan, match="a secret is not what it was"):
        check(world, saved)
    world.environ["RECONCILER_FINGERPRINT_KEY"] = "the key of the case"
    check(world, saved)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the document with another value at a path; ``...`` takes it out."""
    document = copy.deepcopy(document)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return document


HARMLESS = {"reconcilerVersion", "createdAt", "warnings", "unclaimed"}
"""What a reader is told, and nothing rests on."""
ON_INPUTS = [(value, "inputs") for value in ("x", [], {}, [5], ["x"], {"x": 5}, True, "\x00")]
UNREAD = {"kind", "name", "reason", "source"}
"""The same of one change."""


@pytest.mark.parametrize(("value", "only"), [(value, "") for value in (..., 5, "ü:ü:ü")] + ON_INPUTS, ids=repr)
def test_no_change_to_a_saved_plan_goes_unnoticed_or_ends_in_a_traceback(
    world: World, saved: Path, value: Any, only: str
) -> None:
    """Whatever is put in the place of whatever a plan rests on: it is refused in words, or means the same plan."""
    original = json.loads(saved.read_text(encoding="utf-8"))
    intact = check(world, saved)
    for path in paths(original):
        told = path in {("tenant", "organization"), ("summary", "unchanged")} or (
            path[0] == "changes" and len(path) > 2 and path[2] in UNREAD
        )
        same = value == at(original, path) or (value is ... and at(original, path) is None)
        if told or same or path[0] in HARMLESS or not path[0].startswith(only):
            continue
        saved.write_text(json.dumps(changed(original, path, value)), encoding="utf-8")
        try:
            plan = check(world, saved)
        except ReconcilerError:
            continue
        assert [change.steps for change in plan] == [change.steps for change in intact], path
        assert path[0] in {"inputs", "withoutSecrets", "formatVersion", "secretsSeal", "project"}, path


NO_PLANS = {
    "empty": ("", "this is not a plan; expected the JSON that 'reconciler plan --out' writes"),
    "text": ("plan", "this is not a plan; expected the JSON that 'reconciler plan --out' writes"),
    "deep": ("[" * 100_000, "this is not a plan; expected the JSON that 'reconciler plan --out' writes"),
    "binary": (b"\xff\xfe\x00", "this is not a plan; expected the JSON that 'reconciler plan --out' writes"),
    "list": ("[]", "this is not a plan; it has no formatVersion"),
    "without a version": ("{}", "this is not a plan; it has no formatVersion"),
    "number for a version": ('{"formatVersion": 1}', "this is not a plan; it has no formatVersion"),
    "another major version": (
        '{"formatVersion": "2.0"}',
        "its format is 2.0, this version of reconciler knows 1.0; make the plan anew",
    ),
    "half": ('{"formatVersion": "1.0"}', "this is not a whole plan; 'tenant' is missing or of the wrong type"),
}


@pytest.mark.parametrize(("content", "message"), NO_PLANS.values(), ids=NO_PLANS)
def test_what_is_no_plan_is_told(content: str | bytes, message: str, tmp_path: Path) -> None:
    """A file that is no plan, or one of another major version, is refused with what was expected."""
    path = tmp_path / "saved.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as caught:
        load_plan(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_plan_of_a_later_minor_version_is_read(world: World, saved: Path) -> None:
    """Minor versions only add: what this version does not know is passed over."""
    document = json.loads(saved.read_text(encoding="utf-8"))
    document |= {"formatVersion": "1.7", "added": True}
    document["changes"][0]["added"] = True
    saved.write_text(json.dumps(document), encoding="utf-8")
    assert check(world, saved).addresses == ["Customer/ftl", "Instance/types"]


def test_a_missing_plan_is_told(tmp_path: Path) -> None:
    """A plan that is not there, or is a folder, is told with the system's reason."""
    with pytest.raises(UsageError, match=r"none\.json: the plan cannot be read: No such file or directory"):
        load_plan(tmp_path / "none.json")
    with pytest.raises(UsageError, match="the plan cannot be read: it is not a file"):
        load_plan(tmp_path)


def test_a_file_of_any_size_is_not_read(tmp_path: Path) -> None:
    """What is far too large to be a plan is told so, unread."""
    path = tmp_path / "saved.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UsageError, match="too large to be a plan"):
        load_plan(path)


def test_a_plan_replaces_what_was_there_and_is_its_owners_alone(saved: Path) -> None:
    """A saved plan can be read by its owner only, also where a file that all could read stood before."""
    saved.chmod(0o644)
    with World() as world:
        save_plan(world.plan(EMPTY), saved, "")
    assert saved.stat().st_mode & 0o777 == 0o600
    assert json.loads(saved.read_text(encoding="utf-8"))["changes"] == []


def test_a_plan_that_cannot_be_written_is_told(world: World, tmp_path: Path) -> None:
    """A folder that does not exist is told in words."""
    plan = world.plan(EMPTY)
    with pytest.raises(UsageError, match=r"--out .*none/saved.json: cannot be written: No such file or directory"):
        save_plan(plan, tmp_path / "none" / "saved.json", "")
