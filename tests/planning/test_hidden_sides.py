"""A live secret stays hidden after its manifest replaces ``valueFrom`` by plain text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.matrix import every, matrix

from reconciler.planning.plan_file import plan_document, saved_document
from reconciler.receipts.file import load_receipt, save_receipt
from reconciler.reports.registry import FORMATS, render
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.explain import explain_document, explain_text
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.receipts import record_apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.world import World

    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt

CASES = yaml.safe_load(Path(__file__).with_name("hidden_sides.yaml").read_text(encoding="utf-8"))
SECRETS = {
    "TEXT": "canary-text-of-the-case",
    "CODE": '{"user": "canary-user", "numbers": [1]}',
    "LIST": '["canary-one", "canary-two"]',
    "SHORT": '["z0x", "z0y"]',
    "MAP": '{"a": "canary-one", "b": "canary-two"}',
    "PAIRS": '[{"key": "a", "value": "canary-one"}]',
    "TWICE": '[{"key": "a", "value": "canary-one"}, {"key": "a", "value": "canary-two"}]',
    "NUMBER": "0043140815.0",
    "CRON": "17  3 29 2 *",
    "SCHEDULE": '{"schedule": {"cron": "17 3 29 2 *", "timeZone": "Europe/Oslo"}}',
    "DATE": "1931-07-02",
}
CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: ftl}\nspec: {name: FTL Rockets}\n"


def manifests(variables: Mapping[str, Any], of: str = "Every Data Type", **spec: Any) -> str:
    spec = {
        "customer": "ftl",
        "name": "Types",
        "integration": {"name": of},
        "configVariables": dict(variables),
        **spec,
    }
    instance = {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "types"}, "spec": spec}
    return f"{CUSTOMER}---\n{json.dumps(instance)}\n"


def shown(world: World, text: str | Path, **options: Any) -> str:
    """Return everything that is put out of a plan, a drift and an explanation."""
    return "\n".join(_shown(world, text, options))


def _shown(world: World, text: str | Path, given: dict[str, Any]) -> Iterator[str]:
    plan = world.plan(text, **given)
    yield json.dumps(saved_document(plan, ""), ensure_ascii=False)
    for form in FORMATS:
        yield render(Outcome("plan", plan, verbose=True), form)
        yield render(Outcome("drift", plan, verbose=True), form)
    with world.session(text, **given) as session:
        reasons, _ = explain_change(session, "Instance/types")
    yield explain_text(reasons, Style())
    yield json.dumps(explain_document(reasons), ensure_ascii=False)


def found_in(text: str, case: Mapping[str, Any]) -> list[str]:
    return [word for word in ("canary", *case.get("shown", ())) if word in text]


@pytest.mark.parametrize("name", every(2, ([name] for name in CASES)))
def test_a_live_value_that_the_environment_holds_stays_hidden(name: str, world: World) -> None:
    """A live value that is in the environment is hidden, in whatever form the API gives it back."""
    case = CASES[name]
    world.environ |= SECRETS
    assert all(result.ok for result in world.apply(manifests(case["was"])))
    text = shown(world, manifests(case["is"]))
    assert found_in(text, case) == []
    assert "(sensitive #1)" in text
    world.environ |= {name: f"9{value}" for name, value in SECRETS.items()}
    assert found_in(shown(world, manifests(case["is"])), case), "nothing of it would be shown in any case"


PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n"
KEY = "the key of the case"


class Folder:
    """A project in a folder, and a tenant; the secrets are in the environment while something is applied alone."""

    def __init__(self, world: World, path: Path) -> None:
        self.world, self.path = world, path
        self.given: dict[str, Any] = {"files": (), "cwd": path}
        world.environ["RECONCILER_FINGERPRINT_KEY"] = KEY
        (path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")

    def declare(self, variables: Mapping[str, Any], of: str = "Every Data Type", **spec: Any) -> None:
        (self.path / "all.yaml").write_text(manifests(variables, of, **spec), encoding="utf-8")

    def apply(self, variables: Mapping[str, Any], of: str = "Every Data Type", **spec: Any) -> list[str]:
        """Apply; return which mutations that took. Then there is nothing left to do."""
        self.declare(variables, of, **spec)
        self.world.forget()
        self.world.environ |= SECRETS
        results = self.world.apply(self.path, **self.given)
        assert all(result.ok for result in results), [result.messages for result in results]
        names = self.world.mutation_names()
        assert self.world.plan(self.path, **self.given).empty
        self.forget_secrets()
        return names

    def forget_secrets(self) -> None:
        for name in SECRETS:
            self.world.environ.pop(name, None)

    def shown(self, variables: Mapping[str, Any], **spec: Any) -> str:
        """Return everything that is put out of a plan; the secrets are in the environment no more."""
        self.declare(variables, **spec)
        return shown(self.world, self.path, **self.given)


@pytest.mark.parametrize("key", ["", KEY], ids=["without a key", "with a key"])
@pytest.mark.parametrize("case", [CASES["text"], CASES["a list as a whole"], CASES["deep in a form"]], ids=repr)
def test_a_live_value_that_a_receipt_records_as_secret_stays_hidden(
    case: Mapping[str, Any], key: str, world: World, tmp_path: Path
) -> None:
    """A receipt knows, with a key or without one, what was a secret when it was applied, also some time ago."""
    world.environ |= {"RECONCILER_FINGERPRINT_KEY": key, **SECRETS}
    receipt = recorded(world, manifests(case["was"]), None)
    for name in SECRETS:
        del world.environ[name]
    assert "canary" not in shown(world, manifests(case["is"]), receipt=receipt)
    # Left out of the manifest for a while, and the receipt written and read in between.
    receipt = recorded(world, manifests({}, description="x"), read_again(receipt, tmp_path))
    assert receipt == read_again(receipt, tmp_path)
    assert "canary" not in shown(world, manifests(case["is"], description="x"), receipt=receipt)
    assert "canary" in shown(world, manifests(case["is"], description="x"))
    # Applied as plain text, it is a secret no more.
    receipt = recorded(world, manifests(case["is"], description="x"), receipt)
    assert not [path for address, path in receipt.secret_places if path[1:] == tuple(case["is"])]


def recorded(world: World, text: str, before: Receipt | None) -> Receipt:
    """Apply, and return the receipt that comes of it."""
    with world.session(text, include_unchanged=True) as session:
        plan = make_plan(session)
        results = apply_plan(session, plan)
        return record_apply(session, before, plan, results)


def read_again(receipt: Receipt, folder: Path) -> Receipt:
    save_receipt(receipt, folder / "receipt.json")
    found = load_receipt(folder / "receipt.json", receipt.scope)
    assert found is not None
    return found


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Folder:
    return Folder(world, tmp_path)


@pytest.mark.parametrize("name", every(3, ([name] for name in CASES)))
def test_a_live_value_with_a_fingerprint_stays_hidden(name: str, folder: Folder) -> None:
    """With RECONCILER_FINGERPRINT_KEY an object knows which values came from outside, until they are written anew."""
    case = CASES[name]
    folder.apply(case["was"])
    text = folder.shown(case["is"])
    assert found_in(text, case) == []
    assert "(sensitive #1)" in text
    assert folder.apply(case["is"])[-2:] == ["updateInstance", "deployInstance"]
    folder.apply(case["is"], labels=["west"])
    assert "sensitive #" not in folder.shown(dict.fromkeys(case["is"]))


def test_a_mark_is_written_before_the_secret_and_removed_after_it(folder: Folder) -> None:
    """A secret is sent only once its mark is on the object, which goes only once something else was accepted."""
    outside = {"A String": {"valueFrom": {"env": "TEXT"}}}
    folder.apply({"A String": "plain"})
    assert folder.apply(outside) == ["updateInstance", "updateInstanceConfigVariables", "deployInstance"]
    assert folder.apply({"A String": "plain"}) == ["updateInstanceConfigVariables", "updateInstance", "deployInstance"]
    (row,) = folder.world.rows("instances", name="Types")
    assert json.loads(row["labels"]) == ["gitops:acme"]


def test_an_undeclared_variable_keeps_its_mark(folder: Folder) -> None:
    """A manifest that leaves a variable out changes nothing of it, nor of what is known of it."""
    outside = {"valueFrom": {"env": "TEXT"}}
    folder.apply({"A String": outside, "A JSON Code": outside, "A Number": 7})
    assert folder.apply({"A Number": 7}) == []
    assert "canary" not in folder.shown({"A String": "plain"})
    assert "updateInstance" in folder.apply({"A String": "plain", "A Number": 8})
    assert "canary" not in folder.shown({"A JSON Code": "{}"})


def test_a_secret_that_was_changed_outside_stays_hidden(folder: Folder) -> None:
    """Which value is live makes no difference: the place is one of secrets."""
    folder.apply({"A String": {"valueFrom": {"env": "TEXT"}}})
    folder.world.sandbox.store.execute(
        "UPDATE config_variables SET value = 'canary-other' WHERE value = ?", (SECRETS["TEXT"],)
    )
    assert "canary" not in folder.shown({"A String": "plain"})


def test_a_secret_applied_without_a_key_is_marked_later(folder: Folder) -> None:
    """An object that has no marks yet gets them, and the plan says why; nothing is deployed for that."""
    folder.world.environ["RECONCILER_FINGERPRINT_KEY"] = ""
    outside = {"A String": {"valueFrom": {"env": "TEXT"}}, "A Number": {"valueFrom": {"env": "NUMBER"}}}
    folder.apply(outside)
    folder.world.environ |= {"RECONCILER_FINGERPRINT_KEY": KEY, **SECRETS}
    (change,) = folder.world.plan(folder.path, **folder.given)
    assert change.reason == "2 of its values from outside have no fingerprint yet"
    assert folder.apply(outside) == ["updateInstance"]


def test_a_flows_payload_stays_hidden(folder: Folder) -> None:
    """A test payload that came from outside is one of the marked places."""
    flows = {"Show Configuration": {"testPayload": {"valueFrom": {"env": "TEXT"}}}}
    folder.apply({}, flowConfigs=flows)
    text = folder.shown({}, flowConfigs={"Show Configuration": {"testPayload": "plain"}})
    assert "canary" not in text
    assert "sensitive" in text


def test_a_mark_follows_a_renamed_variable(folder: Folder) -> None:
    """A version that calls a marked variable otherwise may keep its value, which stays hidden under the new name."""
    folder.world.seed.integration(MARKED.replace(", meta: {sensitive: true}", ""))
    folder.apply({"Word": {"valueFrom": {"env": "TEXT"}}}, "Marked")
    folder.world.seed.integration(MARKED.replace(", meta: {sensitive: true}", "").replace("key: Word", "key: Name"))
    spec = {"integration": {"name": "Marked", "version": 2}}
    folder.apply({}, **spec)
    values = folder.world.seed.values(folder.world.rows("instances", name="Types")[0]["id"])
    assert "canary" not in folder.shown({"Name": "plain"}, **spec)
    assert values == {"Name": SECRETS["TEXT"]}


def test_an_ignored_variable_keeps_its_mark(folder: Folder) -> None:
    """A variable that is ignored once it is there has got its secret at the creation, and its mark."""
    text = manifests({"A String": {"valueFrom": {"env": "TEXT"}}})
    path = folder.path / "all.yaml"
    lifecycle = {"ignoreChanges": ["configVariables.A String"]}
    document = json.loads(text.rpartition("---\n")[2])
    path.write_text(f"{CUSTOMER}---\n{json.dumps({**document, 'lifecycle': lifecycle})}\n", encoding="utf-8")
    folder.world.environ |= SECRETS
    folder.world.apply(folder.path, **folder.given)
    assert folder.world.plan(folder.path, **folder.given).empty
    folder.forget_secrets()
    assert "canary" not in folder.shown({"A String": "plain"})


NAMED = """
definitionVersion: 7
name: Named
requiredConfigVars:
  - {key: API Token, stableKey: a, dataType: string, defaultValue: ""}
  - {key: webhookSecrets, stableKey: b, dataType: string, collectionType: valuelist, defaultValue: "[]"}
  - {key: Signing Keys, stableKey: c, dataType: string, collectionType: keyvaluelist, defaultValue: "[]"}
  - {key: Private Key, stableKey: d, dataType: code, codeLanguage: json, defaultValue: "{}"}
  - {key: Settings, stableKey: e, dataType: jsonForm, defaultValue: "{}", dataSource: {key: f, component: {key: c}}}
  - {key: Options, stableKey: f, dataType: string, collectionType: keyvaluelist, defaultValue: "[]"}
flows: []
"""
WAS = {
    "API Token": "canary-a",
    "webhookSecrets": ["canary-b"],
    "Signing Keys": {"a": "canary-c"},
    "Private Key": '{"a": "canary-d"}',
    "Settings": {"host": "h", "login": {"password": "canary-e"}, "list": [{"apiKey": ["canary-f"]}]},
    "Options": {"size": "1", "client_secret": "canary-g"},
}
IS = {
    "API Token": "other",
    "webhookSecrets": [],
    "Signing Keys": {},
    "Private Key": "{}",
    "Settings": {"host": "g", "login": {"password": "other"}, "list": [{"apiKey": []}]},
    "Options": {"size": "2", "client_secret": "other"},
}

EMPTIED = {key: {"clear": True} for key in WAS} | {"Settings": None, "Options": None}


@pytest.mark.parametrize(("key", "back"), matrix([*WAS, None], [False, True]))
def test_a_variable_with_a_secret_name_stays_hidden(key: str | None, back: bool, world: World) -> None:
    """A variable that is called as secrets are shows neither of its values, and nor does such a part of a form."""
    world.seed.integration(NAMED)
    keys = [key] if key else list(WAS)
    assert all(result.ok for result in world.apply(manifests({each: WAS[each] for each in keys}, "Named")))
    text = shown(world, manifests({each: EMPTIED[each] if back else IS[each] for each in keys}, "Named"))
    assert "canary" not in text
    assert "sensitive" in text
    text = shown(world, manifests({each: WAS[each] for each in keys}, "Named", description="New"))
    assert "canary" not in text


def test_a_secret_part_of_a_form_hides_no_other_part(world: World) -> None:
    """Of a form just the secret parts are hidden; equal ones are no difference, and have no number."""
    world.seed.integration(NAMED)
    world.apply(manifests({"Settings": WAS["Settings"]}, "Named"))
    ((before, after),) = fields(world.plan(manifests({"Settings": {**WAS["Settings"], "host": "g"}}, "Named")))
    assert before == {"host": "h", "login": {"password": "(sensitive)"}, "list": [{"apiKey": "(sensitive)"}]}
    assert after == {**before, "host": "g"}


def fields(plan: Plan) -> list[tuple[Any, Any]]:
    return [(each["before"], each["after"]) for change in plan_document(plan)["changes"] for each in change["fields"]]


MARKED = """
definitionVersion: 7
name: Marked
requiredConfigVars:
  - {key: Word, stableKey: a, dataType: string, defaultValue: "", meta: {sensitive: true}}
flows: []
"""


def test_a_variable_that_the_live_version_marks_stays_hidden(world: World) -> None:
    """A move to a version that marks a variable no more does not show what the one before marked."""
    world.seed.integration(MARKED)
    world.apply(manifests({"Word": "canary-word"}, "Marked"))
    world.seed.integration(MARKED.replace(", meta: {sensitive: true}", ""))
    text = shown(world, manifests({"Word": "other"}, "Marked").replace('"Marked"', '"Marked", "version": 2'))
    assert "canary" not in text
    assert "integration" in text


def test_a_secret_of_this_run_stays_hidden_anywhere(world: World) -> None:
    """A token, or the value of a variable that is called as secrets are, is hidden wherever it is live."""
    world.environ |= {"ACME_PASSWORD": "canary-password", "PLACE": "canary-place"}
    world.seed.customer("FTL Rockets", description=world.environ["PRISM_ACCESS_TOKEN"], labels=["canary-password"])
    text = CUSTOMER.replace("{name: FTL Rockets}", "{name: FTL Rockets, description: x, labels: []}")
    plan = world.plan(text)
    assert fields(plan) == [("(sensitive #1)", "x"), ("(sensitive #2)", [])]
    world.sandbox.store.execute("UPDATE customers SET description = 'canary-place'")
    assert fields(world.plan(text))[0] == ("canary-place", "x")


def test_a_plain_manifest_value_is_not_hidden_for_equalling_a_secret(world: World) -> None:
    """Else whoever writes guesses into manifests would see by what is hidden which one is right."""
    world.environ |= {"ACME_PASSWORD": "the-password"}
    guesses = [f"the-{word}" for word in ("pass", "password", "passwords")]
    plan = world.plan(manifests({"A String": guesses[1], "A String List": guesses}, description=guesses[1]))
    text = json.dumps(plan_document(plan))
    assert all(f'"{guess}"' in text for guess in guesses)


def test_a_saved_plan_may_hide_more_or_less_than_its_application_would(world: World, tmp_path: Path) -> None:
    """The environment of a job that applies is another one: what either hides makes no plan stale."""
    from reconciler.planning.plan_file import save_plan

    path = tmp_path / "all.yaml"
    path.write_text(manifests({"A String": "canary-text"}), encoding="utf-8")
    world.apply(path)
    path.write_text(manifests({"A String": "other"}), encoding="utf-8")
    for planned, applied in (("canary-text", ""), ("", "canary-text")):
        world.environ["TEXT"] = planned
        save_plan(world.plan(path), tmp_path / "saved.json", "")
        assert ("canary" in (tmp_path / "saved.json").read_text(encoding="utf-8")) is not bool(planned)
        world.environ["TEXT"] = applied
        plan, results = world.apply_saved(tmp_path / "saved.json")
        assert all(result.ok for result in results)
        assert [before for before, _ in fields(plan)] == ["(sensitive #1)"]
        path.write_text(manifests({"A String": "canary-text"}), encoding="utf-8")
        world.apply(path)
        path.write_text(manifests({"A String": "other"}), encoding="utf-8")


def with_another_handle(text: str) -> str:
    return text.replace('"name": "types"', '"name": "another"')


@pytest.mark.parametrize("project", [PROJECT, PROJECT.replace("acme", "other"), f"{PROJECT[:-3]}{{ownership: none}}\n"])
def test_renaming_a_handle_or_project_shows_no_live_secret(project: str, folder: Folder, world: World) -> None:
    """With a key, whoever renames a manifest or its project in a pull request still sees no secret that is live."""
    case = CASES["text"]
    folder.apply(case["was"])
    (folder.path / "reconciler.yaml").write_text(project, encoding="utf-8")
    text = with_another_handle(manifests(case["is"]))
    (folder.path / "all.yaml").write_text(text, encoding="utf-8")
    plan = world.plan(folder.path, **folder.given, take_over=True)
    assert "canary" not in json.dumps(saved_document(plan, ""), ensure_ascii=False)
    assert [each.path for change in plan for each in change.fields if each.sensitive]


def test_renaming_a_handle_shows_no_secret_of_a_receipt(world: World) -> None:
    """A receipt knows an object by its ID as well, so another handle of it shows no secret."""
    case = CASES["text"]
    world.environ |= {"RECONCILER_FINGERPRINT_KEY": "", **SECRETS}
    receipt = recorded(world, manifests(case["was"]), None)
    for name in SECRETS:
        del world.environ[name]
    text = with_another_handle(manifests(case["is"]))
    plan = world.plan(text, receipt=receipt)
    assert "canary" not in json.dumps(saved_document(plan, ""), ensure_ascii=False)
    assert "canary" in json.dumps(saved_document(world.plan(text), ""), ensure_ascii=False)
