"""Saved plan files: their contents, their seals, and tampering."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.manifests import customer, instance
from support.matrix import every
from support.quick import SEAL_COST
from support.world import ROOT, World

from reconciler.errors import PlanRefused, ReconcilerError, StalePlan, UsageError
from reconciler.planning.plan_file import LARGEST_FILE, load_plan, save_plan
from reconciler.planning.seals import FIELD, broken_seal, document_seal
from reconciler.text.escape import json_text
from reconciler.workflow.saved_plans import check_plan, options_of_saved
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Plan

MANIFESTS = (
    customer("name: FTL Rockets, description: New")
    + instance("Types", "name: Every Data Type")
    + """\
  configVariables: {A String: {valueFrom: {env: WORD}}, A Number: 7}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: gone}
spec: {name: Gone}
lifecycle: {state: absent}
"""
)
CHANGED = ["Customer/ftl", "Customer/gone", "Instance/types"]
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
def world(world: World) -> World:
    world.environ |= {"WORD": WORD}
    world.seed.customer("FTL Rockets", description="Old")
    gone = world.seed.customer("Gone")
    world.seed.user("late@gone.example", customer=gone["id"])
    return world


@pytest.fixture
def saved(world: World, tmp_path: Path) -> Path:
    """A saved plan of the manifests."""
    (tmp_path / "all.yaml").write_text(MANIFESTS, encoding="utf-8")
    save_plan(planned(world, tmp_path), tmp_path / "saved.json", "")
    return tmp_path / "saved.json"


def planned(world: World, folder: Path) -> Plan:
    return world.plan(folder / "all.yaml", allow_delete=("Customer",))


def check(world: World, path: Path) -> Plan:
    """Load a saved plan and check it, as apply does."""
    document = load_plan(path)
    options = options_of_saved(world.options(Path(), files=()), document)
    manifests = validate(options)
    with connect(options, manifests) as session:
        return check_plan(session, document)


def test_a_saved_plan_is_valid_and_holds_no_secret(saved: Path) -> None:
    """What is saved is what the schema says, with a seal in the place of secrets."""
    text = saved.read_text(encoding="utf-8")
    document = json.loads(text)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["secretsSeal"].startswith("scrypt:")
    assert WORD not in text


def test_seals_of_one_plan_differ_and_both_hold(world: World, saved: Path) -> None:
    """Two plans of the same secrets have seals that do not look alike, and each opens."""
    first = json.loads(saved.read_text(encoding="utf-8"))["secretsSeal"]
    check(world, saved)
    save_plan(planned(world, saved.parent), saved, "")
    assert json.loads(saved.read_text(encoding="utf-8"))["secretsSeal"] != first
    check(world, saved)


@pytest.mark.parametrize("flag", ["--allow-delete Customer", "--allow-delete-customers"])
def test_a_saved_plan_allows_what_its_command_line_allowed(world: World, saved: Path, flag: str) -> None:
    """A plan that an earlier version saved, with --allow-delete-customers, still deletes its customers."""
    document = load_plan(saved)
    assert document["inputs"]["allowedFlags"] == ["--allow-delete Customer"]
    older = {**document, "inputs": {**document["inputs"], "allowedFlags": [flag]}}
    saved.write_text(json_text({**older, FIELD: document_seal(older, "")}), encoding="utf-8")
    plan, results = world.apply_saved(saved)
    assert plan.summary["delete"] == 1
    assert all(result.ok for result in results)


def test_a_seal_is_expensive_to_guess_by() -> None:
    """One guess at a seal's secrets takes 32 MiB of memory, and so a tenth of a second."""
    assert 128 * SEAL_COST["n"] * SEAL_COST["r"] >= 32 * 1024 * 1024


def test_a_seal_made_with_a_key_needs_the_key(world: World, saved: Path) -> None:
    """With RECONCILER_FINGERPRINT_KEY the seal cannot be tried without it."""
    save_plan(planned(world, saved.parent), saved, "the key of the case")
    saved.write_text(json.dumps(forged(load_plan(saved))), encoding="utf-8")
    with pytest.raises(StalePlan, match="a secret changed since the plan was made"):
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


def forged(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document under a seal that anybody can make who has no key."""
    return {**document, FIELD: document_seal(document, "")}


def others(value: Any) -> Iterator[Any]:
    """Yield what a hand, or a tool, may put in the place of a value; ``...`` for nothing at all."""
    yield from (..., None, 5, "ü:ü:ü", [], {})
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, float(value), str(value))
    elif isinstance(value, str):
        yield from (f"{value} ", value.swapcase(), value[:-1])
    elif isinstance(value, list):
        yield from (value[::-1], [*value, *value], [*value, "more"], value[1:])
    elif isinstance(value, dict):
        yield from ({**value, "added": True}, dict(reversed(value.items())), {**value, "": None})


def differs(one: Any, other: Any) -> bool:
    """Say whether two documents are not the same to the letter: ``True`` is not ``1``, and the order counts."""
    return json.dumps(one) != json.dumps(other)


@pytest.mark.parametrize(
    ("key", "every"), [("", 1), ("the key of the case", 17)], ids=["without a key", "some with a key"]
)
def test_every_change_of_a_saved_plan_is_noticed(world: World, saved: Path, key: str, every: int) -> None:
    """Whatever is put in the place of whatever, dropped, added or put in another order: the plan is refused in words.

    None of it is used before: neither which files are read nor for which environment.
    """
    world.environ["RECONCILER_FINGERPRINT_KEY"] = key
    save_plan(planned(world, saved.parent), saved, key)
    original = json.loads(saved.read_text(encoding="utf-8"))
    assert all(original[name] for name in ("warnings", "changes", "inputs", "tenant"))
    documents = [changed(original, path, value) for path in paths(original) for value in others(at(original, path))]
    documents = [document for document in documents if differs(document, original)]
    assert len(documents) > 500
    for document in [*documents[::every], {**original, "added": True}, dict(reversed(original.items()))]:
        saved.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises((UsageError, PlanRefused)):
            options_of_saved(world.options(Path(), files=()), load_plan(saved))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(st.text(max_size=8), JSON, max_size=5)


@given(DOCUMENTS, DOCUMENTS, st.sampled_from(["", "the key of the case"]))
def test_a_seal_holds_for_one_document_alone(one: dict[str, Any], other: dict[str, Any], key: str) -> None:
    """Any document keeps its seal when it is written and read again, and no other one has it."""
    sealed = {**one, FIELD: document_seal(one, key)}
    assert broken_seal(json.loads(json_text(sealed)), key) is None
    other = {name: value for name, value in other.items() if name != FIELD}
    if differs(other, {name: value for name, value in one.items() if name != FIELD}):
        assert broken_seal({**other, FIELD: sealed[FIELD]}, key)


@pytest.mark.parametrize(
    ("made_with", "applied_with", "message"),
    [
        ("", "the key of the case", "RECONCILER_FINGERPRINT_KEY is set, but the plan was saved without it"),
        ("the key of the case", "", "sealed with RECONCILER_FINGERPRINT_KEY; set the same key to apply it"),
        ("the key of the case", "another key of the case", "or RECONCILER_FINGERPRINT_KEY is not the one"),
    ],
)
def test_a_seal_needs_its_key(world: World, saved: Path, made_with: str, applied_with: str, message: str) -> None:
    """A plan is applied with the key that it was made with, and with none where it was made with none."""
    save_plan(planned(world, saved.parent), saved, made_with)
    world.environ["RECONCILER_FINGERPRINT_KEY"] = applied_with
    with pytest.raises(StalePlan, match=message):
        check(world, saved)
    world.environ["RECONCILER_FINGERPRINT_KEY"] = made_with
    check(world, saved)


def test_a_plan_without_a_seal_is_refused(world: World, saved: Path) -> None:
    """Nobody gets around the seal by taking it off, also not with an older version of the format."""
    for version in ("1.0", "1.9"):
        document = json.loads(saved.read_text(encoding="utf-8")) | {"formatVersion": version}
        document.pop(FIELD, None)
        saved.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(StalePlan, match="the saved plan has no seal"):
            check(world, saved)


def test_a_duplicate_key_is_refused(saved: Path) -> None:
    """JSON in which a key stands twice means different things to different readers: it is no plan."""
    text = saved.read_text(encoding="utf-8")
    saved.write_text(text.replace('"address":', '"address": "Customer/made-up", "address":', 1), encoding="utf-8")
    with pytest.raises(UsageError, match="the key 'address' occurs twice in one place"):
        load_plan(saved)


def test_another_layout_of_a_saved_plan_is_the_same_plan(world: World, saved: Path) -> None:
    """White space between keys and values is nobody's change."""
    saved.write_text(json.dumps(json.loads(saved.read_text(encoding="utf-8"))), encoding="utf-8")
    assert check(world, saved).addresses == CHANGED


NOT_DERIVED = {"reconcilerVersion", "createdAt", "unclaimed"}
"""What a fresh plan of the changes alone does not have, and nothing rests on."""
ON_INPUTS = [(value, "inputs") for value in ("x", [], {}, [5], ["x"], {"x": 5}, True, "\x00")]


@pytest.mark.parametrize(
    ("value", "only"), every(3, [(value, "") for value in (..., 5, "ü:ü:ü")]) + every(4, ON_INPUTS), ids=repr
)
def test_a_forged_plan_does_only_what_it_shows(world: World, saved: Path, value: Any, only: str) -> None:
    """Without a key anybody can seal a changed plan: then all that a fresh plan has as well must be the same."""
    original = json.loads(saved.read_text(encoding="utf-8"))
    intact = check(world, saved)
    for path in paths(original):
        free = path[0] in NOT_DERIVED or path == ("summary", "unchanged") or "source" in path
        same = value == at(original, path) or (value is ... and at(original, path) in (None, 0))
        if free or same or path == (FIELD,) or not path[0].startswith(only):
            continue
        saved.write_text(json.dumps(forged(changed(original, path, value))), encoding="utf-8")
        try:
            plan = check(world, saved)
        except ReconcilerError:
            continue
        assert [change.steps for change in plan] == [change.steps for change in intact], path
        assert path[0] in {"inputs", "withoutSecrets", "formatVersion", "secretsSeal", "secretTags", "project"}, path


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
        "its format is 2.0, but this reconciler reads 1.0; make the plan again",
    ),
    "half": ('{"formatVersion": "1.0"}', "this is not a whole plan; 'tenant' is missing or of the wrong type"),
}


@pytest.mark.parametrize(("content", "message"), NO_PLANS.values(), ids=NO_PLANS)
def test_a_file_that_is_no_plan_is_reported(content: str | bytes, message: str, tmp_path: Path) -> None:
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
    saved.write_text(json.dumps(forged(document)), encoding="utf-8")
    assert check(world, saved).addresses == CHANGED


def test_a_missing_plan_is_reported(tmp_path: Path) -> None:
    """A plan that is not there, or is a folder, is told with the system's reason."""
    with pytest.raises(UsageError, match=r"none\.json: the plan cannot be read: No such file or directory"):
        load_plan(tmp_path / "none.json")
    with pytest.raises(UsageError, match="the plan cannot be read: it is not a file"):
        load_plan(tmp_path)


def test_an_oversized_plan_is_not_read(tmp_path: Path) -> None:
    """What is far too large to be a plan is told so, unread."""
    path = tmp_path / "saved.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UsageError, match="too large to be a plan"):
        load_plan(path)


def test_a_plan_replaces_the_old_file_and_is_private(saved: Path) -> None:
    """A saved plan can be read by its owner only, also where a file that all could read stood before."""
    saved.chmod(0o644)
    with World() as world:
        save_plan(world.plan(EMPTY), saved, "")
    assert saved.stat().st_mode & 0o777 == 0o600
    assert json.loads(saved.read_text(encoding="utf-8"))["changes"] == []


def test_an_unwritable_plan_is_reported(world: World, tmp_path: Path) -> None:
    """A folder that does not exist is told in words."""
    plan = world.plan(EMPTY)
    with pytest.raises(UsageError, match=r"--out .*none/saved.json: cannot be written: No such file or directory"):
        save_plan(plan, tmp_path / "none" / "saved.json", "")
