"""Hostile names are escaped in every output."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reports.plans import Orphan, change, field, plan
from support.hostile import ACTS, HOSTILE, SENDABLE, acting

from reconciler.applying.results import Result
from reconciler.manifests.result import ManifestOptions
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.options import Options
from reconciler.planning.plan_file import load_plan, plan_document, save_plan
from reconciler.planning.seals import FIELD, document_seal
from reconciler.receipts.file import load_receipt, receipt_document, save_receipt
from reconciler.receipts.receipt import Notified, Receipt, Remembered, ResourceRecord, Scope
from reconciler.reports.shared.json_documents import drift_document, result_document
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import drift_text, plan_text
from reconciler.reports.text.results import authorize_text, result_line, results_text
from reconciler.text.escape import json_text, safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.planning.plan import Plan

PLAIN = Style()


def plan_of(name: str) -> Plan:
    """Return a plan in which everything that comes from outside is the name."""
    fields = [
        field("description", name, f"{name}\n{name}\nx"),
        field("description", f"{name}\nsame\n{name}", f"{name}\nsame\n"),
        field("labels", [name], []),
        field("configVariables/Form", {name: name}, {name: [name], "other": {name: None}}),
    ]
    within = [field(f"configVariables/{name.replace('/', '')}/inputs/x", None, name)]
    return plan(
        change(name, name=name, group=name, source=Place(name, 1, 1), reason=name, fields=fields),
        change("two", "deploy", "adopt", name=name, group=name, source=None, reason=name, fields=within),
        change("three", "create", name=name, group=name, fields=[field("name", None, name)]),
        change("four", "delete", kind="Customer", name=name, group=name, reason=name),
        project=name,
        warnings=(Diagnostic(name, Place(name, 1, 1), name), Diagnostic(name), *[Diagnostic(name, topic=name)] * 2),
        orphans=(Orphan("Customer", name, name),),
        inputs=Options(ManifestOptions(environment=name, targets=(name,))).inputs,
    )  # fmt: skip


def results_of(name: str) -> list[Result]:
    outcome = {"id": name, "webhookUrls": {name: name}}
    return [
        Result(each, "failed", done=["updateInstance"], messages=[name], notes=[name], outcome=outcome)
        for each in plan_of(name)
    ]


TEXTS: dict[str, Callable[[str], str]] = {
    "plan": lambda name: plan_text(plan_of(name), PLAIN),
    "plan -v": lambda name: plan_text(plan_of(name), PLAIN, verbose=True),
    "drift": lambda name: drift_text(Outcome("drift"), plan_of(name), PLAIN),
    "results": lambda name: results_text(results_of(name), PLAIN),
    "results as they come": lambda name: "\n".join(result_line(result, PLAIN) for result in results_of(name)),
    "addresses for authorizing": lambda name: authorize_text({name: {name: name}}),
    "plan as JSON": lambda name: json_text(plan_document(plan_of(name))),
    "results as JSON": lambda name: json_text(result_document(plan_of(name), results_of(name), {name: {name: name}})),
    "drift as JSON": lambda name: json_text(drift_document(plan_of(name))),
}


@pytest.mark.parametrize("key", HOSTILE)
def test_names_are_escaped_in_every_output(key: str) -> None:
    """No text that is put out holds a control, an unseen character, or a line that a CI takes for a command."""
    name = HOSTILE[key]
    found = {output: acting(text(name)) for output, text in TEXTS.items()}
    assert {output: acts for output, acts in found.items() if acts} == {}


@pytest.mark.parametrize("key", HOSTILE)
def test_json_holds_the_exact_name(key: str, tmp_path: Path) -> None:
    """What is escaped in JSON reads back to the letter, from a report and from a saved plan."""
    name = HOSTILE[key]
    found = plan_of(name)
    found = replace(found, changes=[replace(each, live=None) for each in found])
    document = plan_document(found)
    assert json.loads(json_text(document).encode()) == document
    save_plan(found, tmp_path / "saved.json", "")
    saved = dict(load_plan(tmp_path / "saved.json"))
    assert saved.pop(FIELD) == document_seal(saved, "")
    assert saved == {**document, "secretsSeal": None, "secretTags": None}


@pytest.mark.parametrize("key", HOSTILE)
def test_names_are_escaped_in_a_receipt(key: str, tmp_path: Path) -> None:
    """A receipt holds names and values to the letter, escaped as in a saved plan; one written before is read, too."""
    name, path = HOSTILE[key], tmp_path / "receipt.json"
    scope = Scope(name, name, name, name, name)
    fields = {("configVariables", name): Remembered(name, [name], sensitive=False)}
    entries = {
        name: ResourceRecord("present", name, name, name, complete=True, fields=fields, unknown=(name,), identity=name)
    }
    receipt = Receipt(scope, name, name, name, entries, Notified(name, name, 1))
    save_receipt(receipt, path)
    assert acting(path.read_text(encoding="utf-8")) == []
    assert load_receipt(path, scope) == receipt
    if name in SENDABLE.values():  # UTF-8 has no half pairs: such a receipt could not be written before.
        path.write_text(json.dumps(receipt_document(receipt), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        assert load_receipt(path, scope) == receipt


def test_an_ordinary_name_is_not_changed() -> None:
    """Other scripts, emoji, double colons within and number signs are shown as they are."""
    for name in ("FTL Rockets", "株式会社ロケット", "שלום", "Crème brûlée ✅", "A::B", "C## 5", "#1 [x]", "a: :b"):
        assert safe(name) == name
        assert json.loads(json_text([name])) == [name]
        assert name in json_text([name])


def test_the_search_for_active_text_finds_it() -> None:
    """Each thing that must not be in an output is found in some hostile name."""
    found = {what for name in HOSTILE.values() for what in acting(name)}
    assert found == set(ACTS)
