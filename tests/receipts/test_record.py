"""Receipts: what an apply records of equal, changed and failed resources."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from applying.runs import Meddling
from receipts.three_way import KEY, PROJECT, WORD, Keeper, manifests, meddle
from support.world import World

from reconciler.planning.shards import Shard
from reconciler.receipts.file import load_receipt
from reconciler.reports.shared.origins import words
from reconciler.workflow.planning import make_plan
from reconciler.workflow.receipts import record_apply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.receipts.receipt import Remembered

BOTH = manifests("{customer}{other}")


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    with World() as world:
        yield Keeper(world)


def known(keeper: Keeper, address: str) -> dict[str, Any]:
    """Return what is remembered of a resource, by field."""
    assert keeper.receipt
    fields = keeper.receipt.entries[address].fields
    return {".".join(map(str, path)): _value(each) for path, each in fields.items()}


def _value(remembered: Remembered) -> Any:
    return "(digest)" if remembered.sensitive and remembered.declared else remembered.declared


def test_an_apply_records_everything_that_is_declared(keeper: Keeper) -> None:
    """Each declared field is there, those of unchanged resources included; secrets as digests."""
    keeper.key = KEY
    keeper.apply(manifests("{customer}"))
    keeper.apply(manifests("{customer}{connection}"))
    assert known(keeper, "Customer/ftl") == {"description": "Declared", "name": "FTL Rockets"}
    assert known(keeper, "Instance/types") == {
        "configVariables.A Connection.inputs.apiKey": "(digest)",
        "configVariables.A Connection.inputs.host": "(digest)",
        "name": "Types",
    }
    assert WORD not in keeper.text
    assert "live.example.com" not in keeper.text


def test_without_a_key_secrets_are_not_recorded(keeper: Keeper) -> None:
    """A digest without a key could be found by trying, so there is none."""
    keeper.apply(manifests("{customer}{connection}"))
    assert known(keeper, "Instance/types")["configVariables.A Connection.inputs.host"] is None


def test_an_apply_of_targets_keeps_the_other_entries(keeper: Keeper) -> None:
    """What was not among the targets stays as it was remembered."""
    keeper.apply(BOTH)
    before = keeper.receipt
    keeper.apply(BOTH.replace("Declared", "New"), targets=("Customer/other",))
    assert known(keeper, "Customer/other")["description"] == "New"
    assert known(keeper, "Customer/ftl")["description"] == "Declared"
    assert before
    assert keeper.receipt
    assert keeper.receipt.entries["Customer/ftl"] == before.entries["Customer/ftl"]


def test_a_failed_resource_keeps_its_old_entry(keeper: Keeper) -> None:
    """After an apply of which a part failed, only what was applied is new."""
    keeper.apply(BOTH)
    keeper.world.sandbox.faults.add("error", field="updateCustomer", status=404)
    results = keeper.apply(BOTH.replace("Declared", "New"), batch_size=1)
    assert [result.status for result in results] == ["failed", "applied"]
    assert known(keeper, "Customer/ftl")["description"] == "Declared"
    assert known(keeper, "Customer/other")["description"] == "New"
    _, explanation, told = keeper.drift(BOTH.replace("Declared", "New"))
    assert told.origins == {"Customer/ftl": "not applied yet"}
    assert explanation.receipt.entries["Customer/ftl"].complete is False


def test_applied_fields_of_a_failed_resource_are_recorded(keeper: Keeper) -> None:
    """Of a resource that was changed in part each field is remembered as it is."""
    keeper.apply(manifests("{customer}{instance number=1}"))
    keeper.world.sandbox.faults.add("error", field="updateInstanceConfigVariables", status=404)
    after = manifests("{customer}{instance number=2 description=New}")
    keeper.apply(after)
    assert known(keeper, "Instance/types") == {"configVariables.A Number": "1", "description": "New", "name": "Types"}
    _, _, told = keeper.drift(after)
    assert told.origins == {"Instance/types": "not applied yet"}


def test_a_deploy_that_failed_is_not_applied_yet(keeper: Keeper) -> None:
    """A deploy that the last apply did not get to is no change from outside."""
    keeper.world.sandbox.faults.add("error", field="deployInstance", status=404)
    text = manifests("{customer}{instance}")
    keeper.apply(text)
    _, _, told = keeper.drift(text)
    assert told.origins == {"Instance/types": "not applied yet"}
    assert "the last apply did not get so far" in told.remarks["Instance/types"]


def test_undeclared_resources_leave_the_receipt(keeper: Keeper, tmp_path: Path) -> None:
    """Once its manifest is gone a resource is forgotten, unless it is there and carries the project's label."""
    keeper.apply(BOTH)
    keeper.apply(manifests("{customer}"))
    assert keeper.receipt
    assert list(keeper.receipt.entries) == ["Customer/ftl"]
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(BOTH, encoding="utf-8")
    keeper.apply(tmp_path)
    (tmp_path / "all.yaml").write_text(manifests("{customer}"), encoding="utf-8")
    keeper.apply(tmp_path)
    assert list(keeper.receipt.entries) == ["Customer/ftl", "Customer/other"]


def test_another_key_drops_the_digests(keeper: Keeper) -> None:
    """What was recorded with another key can be compared with nothing, and is not kept as if it could."""
    keeper.key = KEY
    text = manifests("{customer}{secret}")
    keeper.apply(text)
    keeper.key = "another key that is long enough"
    meddle(keeper.world, {"values": {"A String": "meddled"}})
    keeper.world.sandbox.faults.add("error", field="updateInstanceConfigVariables", status=404)
    keeper.apply(text)
    assert known(keeper, "Instance/types")["configVariables.A String"] is None


def test_an_apply_without_changes_records_equal_fields(keeper: Keeper) -> None:
    """A first receipt can be had of a tenant that is as declared already."""
    keeper.world.apply(BOTH)
    assert keeper.apply(BOTH) == []
    assert keeper.receipt
    assert list(keeper.receipt.entries) == ["Customer/ftl", "Customer/other"]


def test_without_a_receipt_the_cause_is_reported_as_unknown(keeper: Keeper) -> None:
    """A drift that nothing explains says so, and one without differences says nothing."""
    plan = keeper.world.plan(BOTH, enforce_guardrails=False)
    assert words(plan, None).origins == {}
    assert words(plan, None).notes[0].startswith("Without a receipt reconciler cannot distinguish")
    keeper.apply(BOTH)
    assert words(keeper.world.plan(BOTH, enforce_guardrails=False), None).notes == []


def test_an_unresolved_secret_keeps_its_old_entry(keeper: Keeper) -> None:
    """With --keep-secrets a live secret stays, and so does what the receipt holds of it."""
    keeper.key = KEY
    text = manifests("{customer}{secret}")
    keeper.apply(text)
    before = keeper.receipt
    keeper.world.environ.pop("WORD", None)
    environ = {key: value for key, value in keeper.environ().items() if key != "WORD"}
    with keeper.world.session(text, include_unchanged=True, environ=environ, keep_secrets=True) as session:
        plan = make_plan(session)
        after = record_apply(session, before, plan, [])
    assert before
    assert after.entries["Instance/types"].fields == before.entries["Instance/types"].fields


def test_a_kind_that_reports_no_equal_fields_is_not_guessed_about(keeper: Keeper) -> None:
    """Where nothing was recorded of a resource that was right, nobody can say who changed it."""
    keeper.apply(BOTH)
    assert keeper.receipt
    entries = {address: replace(entry, fields={}) for address, entry in keeper.receipt.entries.items()}
    keeper.receipt = replace(keeper.receipt, entries=entries)
    meddle(keeper.world, {"customers": {"Other": {"description": "Meddled"}}})
    _, _, told = keeper.drift(BOTH)
    assert told.origins == {"Customer/other": "unknown to this receipt"}


def test_applies_of_parts_and_shards_keep_the_other_entries(keeper: Keeper, tmp_path: Path) -> None:
    """What was not looked at, because only some files or one shard were asked for, stays as it was remembered."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    for name in ("customer", "other"):
        (tmp_path / f"{name}.yaml").write_text(manifests(f"{{{name}}}"), encoding="utf-8")
    keeper.apply(tmp_path)
    everything = ["Customer/ftl", "Customer/other"]
    keeper.apply(tmp_path, files=("reconciler.yaml", "other.yaml"), cwd=tmp_path)
    assert keeper.receipt
    assert list(keeper.receipt.entries) == everything
    for index in (1, 2):
        keeper.apply(tmp_path, shard=Shard.parse(f"{index}/2"))
        assert list(keeper.receipt.entries) == everything


class Unreadable(Meddling):
    """Lets nothing about a name be read back once something was written; ``lost``: writes lose their answers too."""

    def __init__(self, world: World, word: str, *, lost: str = "") -> None:
        def answer(body: dict[str, Any], data: dict[str, Any]) -> None:
            if not world.mutations or "mutation" in body["query"].split("{")[0]:
                return
            for value in (data.get("data") or {}).values():
                rows = value.get("nodes") if isinstance(value, dict) else None
                for index, row in enumerate(rows or ()):
                    if row.get("name") == word:
                        value["nodes"][index] = None

        super().__init__(world.sandbox, answer=answer)
        if lost:
            world.sandbox.faults.add("drop-after", field=lost, times=None)


@pytest.mark.parametrize("lost", ["", "updateCustomer"], ids=["not read back", "answer lost"])
def test_a_field_that_was_perhaps_written_is_unknown(lost: str, keeper: Keeper) -> None:
    """Of fields that were written and not read back the receipt says nothing, and no drift is explained by them."""
    keeper.apply(BOTH)
    after = BOTH.replace("Declared", "New")
    (row,) = keeper.world.rows("customers", name="FTL Rockets")
    keeper.world.forget()
    results = keeper.apply(after, transport=Unreadable(keeper.world, "FTL Rockets", lost=lost))
    assert results[0].status in {"not converged", "failed"}
    assert keeper.receipt
    entry = keeper.receipt.entries["Customer/ftl"]
    assert (entry.id, entry.complete, entry.unknown) == (row["id"], False, ("description",))
    assert known(keeper, "Customer/ftl") == {"name": "FTL Rockets"}
    meddle(keeper.world, {"customers": {"FTL Rockets": {"description": "Meddled"}}})
    keeper.world.sandbox.faults.clear()
    _, _, told = keeper.drift(after, targets=("Customer/ftl",))
    assert told.origins == {"Customer/ftl": "unknown to this receipt"}


def test_an_object_that_was_perhaps_created_is_unknown(keeper: Keeper) -> None:
    """A creation that was not read back is neither there nor missing for the receipt."""
    keeper.apply(BOTH, transport=Unreadable(keeper.world, "FTL Rockets"))
    assert keeper.receipt
    assert list(keeper.receipt.entries) == ["Customer/other"]
    meddle(keeper.world, {"customers": {"FTL Rockets": {"description": "Meddled"}}})
    assert keeper.drift(BOTH)[2].origins == {"Customer/ftl": "unknown to this receipt"}


def test_the_receipt_of_a_shard_covers_only_that_shard(keeper: Keeper) -> None:
    """Of what another shard applied, this shard's receipt says that it does not know."""
    keeper.apply(BOTH, shard=Shard.parse("2/2"))
    keeper.receipt = None
    keeper.apply(BOTH, shard=Shard.parse("1/2"))
    assert keeper.receipt
    (seen,) = keeper.receipt.entries
    meddle(keeper.world, {"customers": {name: {"description": "Meddled"} for name in ("FTL Rockets", "Other")}})
    origins = keeper.drift(BOTH)[2].origins
    assert origins.pop(seen) == "changed outside"
    assert list(origins.values()) == ["unknown to this receipt"]


def test_an_older_receipt_is_read_and_brought_forward(keeper: Keeper, tmp_path: Path) -> None:
    """A file of format 1.0 is read, and the next apply writes what it lacked."""
    keeper.apply(BOTH)
    document = json.loads(keeper.text)
    document["formatVersion"] = "1.0"
    for each in document["resources"]:
        del each["identity"], each["manifest"]
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    keeper.receipt = load_receipt(path, None)
    assert keeper.receipt
    assert {entry.identity for entry in keeper.receipt.entries.values()} == {None}
    keeper.apply(BOTH)
    assert json.loads(keeper.text)["formatVersion"] == "1.1"
    assert None not in {entry.manifest for entry in keeper.receipt.entries.values()}
