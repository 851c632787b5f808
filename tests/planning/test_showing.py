"""Which inputs of connections ``spec.showInputs`` shows in a plan, and what it says about names without effect."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reconciler.errors import ManifestErrors
from reconciler.model.capabilities.differ import FieldChange
from reconciler.model.capabilities.inputs import ConnectionInputs
from reconciler.planning.plan_file import plan_document, save_plan
from reconciler.planning.showing import Showing
from reconciler.receipts.file import receipt_document
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import LIVE, WRITTEN, Secret
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.receipts import record_apply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from support.world import World

    from reconciler.receipts.receipt import Receipt

DEFINITION = """
definitionVersion: 7
name: Ships
requiredConfigVars:
  - key: Depot
    dataType: connection
    connection: {key: basic, component: {key: depots, version: LATEST, isPublic: false}}
    inputs: &inputs
      host: {type: value, value: ""}
      user: {type: value, value: ""}
      slot: {type: value, value: "", meta: {writeOnly: true}}
      seat: {type: value, value: "", meta: {visibleToOrgDeployer: false}}
  - key: Harbour
    dataType: connection
    connection: {key: basic, component: {key: depots, version: LATEST, isPublic: false}}
    inputs: *inputs
flows: []
"""
TOKEN = "Zq81kLmN0pQrStUvWx92"
"""It looks random, so nobody can guess it."""


class Ships:
    """A project with one instance, whose connections a test declares, and its tenant."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.given: dict[str, Any] = {"files": (), "cwd": folder}

    def declare(self, chosen: Sequence[str], **connections: Mapping[str, Any]) -> None:
        spec = {"manifests": ["all.yaml"], "showInputs": list(chosen)}
        project = {"apiVersion": "reconciler/v1", "kind": "Project", "metadata": {"name": "ships"}, "spec": spec}
        (self.folder / "reconciler.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
        customer = {
            "apiVersion": "reconciler/v1",
            "kind": "Customer",
            "metadata": {"name": "ftl"},
            "spec": {"name": "FTL"},
        }
        variables = {key: {"inputs": dict(inputs)} for key, inputs in connections.items()}
        spec = {"customer": "ftl", "name": "S", "integration": {"name": "Ships"}, "configVariables": variables}
        instance = {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "s"}, "spec": spec}
        (self.folder / "all.yaml").write_text(yaml.safe_dump_all([customer, instance]), encoding="utf-8")

    def apply(self, **connections: Mapping[str, Any]) -> None:
        """Apply inputs without showing any."""
        self.declare([], **connections)
        assert all(result.ok for result in self.world.apply(self.folder, **self.given))

    def record(self, before: Receipt | None) -> Receipt:
        """Apply, and return the receipt of it."""
        with self.world.session(self.folder, before, include_unchanged=True, **self.given) as session:
            plan = make_plan(session)
            return record_apply(session, before, plan, apply_plan(session, plan))

    def sides(self, **more: Any) -> dict[str, tuple[Any, Any]]:
        """Return the sides of each input in a plan, as its document has them, by dotted path."""
        document = plan_document(self.world.plan(self.folder, **{**self.given, **more}))
        return {
            f"{each['path'][1]}.{each['path'][3]}": (each["before"], each["after"])
            for change in document["changes"]
            for each in change["fields"]
            if each["path"][0] == "configVariables"
        }

    def warnings(self, **more: Any) -> list[str]:
        return [
            str(each) for each in self.world.plan(self.folder, **{**self.given, **more}).warnings if "show" in str(each)
        ]


@pytest.fixture
def ships(world: World, tmp_path: Path) -> Ships:
    world.seed.integration(DEFINITION)
    return Ships(world, tmp_path)


def test_a_shown_input_takes_no_number_from_hidden_ones(ships: Ships) -> None:
    """Both sides of a chosen input are text, and hidden inputs are numbered as if it was not there."""
    ships.apply(Depot={"host": "a.example", "user": "first"})
    ships.declare(["Depot.host"], Depot={"host": "b.example", "user": "other"})
    assert ships.sides() == {
        "Depot.host": ("a.example", "b.example"),
        "Depot.user": ("(sensitive #1)", "(sensitive #2)"),
    }
    (change,) = ships.world.plan(ships.folder, **ships.given)
    assert [(str(each.after), each.sensitive) for each in change.fields] == [
        ("(sensitive)", False),
        ("(sensitive)", True),
    ]


def test_an_input_of_another_connection_stays_hidden(ships: Ships) -> None:
    """A name with a connection before the dot means an input of that connection alone."""
    ships.declare(["Depot.host"], Depot={"host": "a.example"}, Harbour={"host": "b.example"})
    assert ships.sides() == {"Depot.host": (None, "a.example"), "Harbour.host": (None, "(sensitive #1)")}
    ships.declare(["host"], Depot={"host": "a.example"}, Harbour={"host": "b.example"})
    assert ships.sides() == {"Depot.host": (None, "a.example"), "Harbour.host": (None, "b.example")}


@pytest.mark.parametrize(
    "live", ["xxhidden-onexx", "HIDDEN-ONE", "https://a.example/?q=hidden%2Done", "aGlkZGVuLW9uZQ=="]
)
def test_a_live_text_with_another_hidden_input_stays_hidden(live: str, ships: Ships) -> None:
    """A live text is compared with each hidden one, in any case and encoding that a message is searched in."""
    ships.apply(Depot={"host": live}, Harbour={"user": "hidden-one"})
    ships.declare(["host"], Depot={"host": "a.example"})
    assert ships.sides() == {"Depot.host": ("(sensitive #1)", "a.example")}


PHRASE = "Größe of a battery\nstaple"
SPELLINGS = {
    "form data": "https://h.example/in?q=Gr%C3%B6%C3%9Fe+of+a+battery+staple",
    "one line": "Größe of a battery staple",
    "no-break spaces": "Größe\u00a0of\u00a0a\u00a0battery\u00a0staple",
    "decomposed": unicodedata.normalize("NFD", PHRASE),
    "full width": "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in PHRASE),
    "invisible characters": PHRASE.replace("t", "t\u200b"),
    "no accents": "GROSSE OF A BATTERY STAPLE",
}


@pytest.mark.parametrize("live", SPELLINGS.values(), ids=SPELLINGS)
def test_a_live_text_with_a_secret_in_another_spelling_stays_hidden(live: str, ships: Ships) -> None:
    """A live text is compared with a value from outside in each spelling that a message is searched in."""
    ships.world.environ["FTL_PASS"] = PHRASE
    ships.apply(Depot={"host": live})
    ships.declare(["host"], Depot={"host": "a.example"}, Harbour={"user": {"valueFrom": {"env": "FTL_PASS"}}})
    assert ships.sides()["Depot.host"] == ("(sensitive #1)", "a.example")


@pytest.mark.parametrize(("live", "hidden"), [("https://h.example/q7z/in", True), ("https://h.example/aq7z", False)])
def test_a_live_text_with_a_short_secret_as_a_word_stays_hidden(live: str, hidden: bool, ships: Ships) -> None:
    """A secret of three characters from outside hides a text in which it is a word, as in a message."""
    ships.world.environ["FTL_PIN"] = "q7z"
    ships.apply(Depot={"host": live})
    ships.declare(["host"], Depot={"host": "a.example"}, Harbour={"user": {"valueFrom": {"env": "FTL_PIN"}}})
    assert ships.sides()["Depot.host"][0] == ("(sensitive #1)" if hidden else live)


def test_a_part_of_a_token_from_outside_is_not_confirmed(ships: Ships) -> None:
    """The password of a URL from outside is not compared with a manifest's text, though the URL looks like a secret."""
    ships.world.environ["DATABASE"] = "postgres://acme:hunter2-of-acme@db.example/acme"
    for guess in ("hunter2-of-acme", "hunter3-of-acme"):
        ships.declare(["host"], Depot={"host": guess}, Harbour={"user": {"valueFrom": {"env": "DATABASE"}}})
        assert ships.sides()["Depot.host"] == (None, guess)


def test_a_guess_in_a_manifest_is_not_confirmed(ships: Ships) -> None:
    """A manifest's text is shown whether or not it is a secret that somebody could guess: hiding would confirm it."""
    ships.world.environ["PASSWORD"] = "hunter2-of-acme"
    for guess in ("hunter2-of-acme", "hunter3-of-acme"):
        ships.declare(["host"], Depot={"host": guess}, Harbour={"user": {"valueFrom": {"env": "PASSWORD"}}})
        assert ships.sides()["Depot.host"] == (None, guess)


@pytest.mark.parametrize(
    ("host", "others"),
    [
        (f"https://a.example/{TOKEN}", {"user": {"valueFrom": {"env": "PASSWORD"}}}),
        ("https://admin@a.example", {"user": "admin"}),
        ("https://a.example/in?q=plain+text+pass+phrase", {"user": "plain text pass phrase"}),
        ("https://admin:hunter2@a.example", {}),
        ({"valueFrom": {"env": "PASSWORD"}}, {}),
    ],
    ids=[
        "a token",
        "a hidden input of a manifest",
        "another spelling of one",
        "a password in a URL",
        "a value from outside",
    ],
)
def test_a_declared_text_that_is_no_news_to_its_author_stays_hidden(
    host: Any, others: Mapping[str, Any], ships: Ships
) -> None:
    """A manifest's text with a token, with a hidden input that a manifest declares, or with credentials is hidden."""
    ships.world.environ["PASSWORD"] = TOKEN
    ships.declare(["host"], Depot={"host": host}, Harbour=others)
    assert str(ships.sides()["Depot.host"][1]).startswith("(sensitive")


def test_a_text_that_is_hidden_on_one_side_is_not_shown_on_the_other(ships: Ships) -> None:
    """Of an input that is as declared, a hidden live text hides the declared one too, which is the same."""
    ships.world.environ["LEGACY_PW"] = "hunter2-of-acme"
    ships.apply(Depot={"host": "hunter2-of-acme"})
    ships.declare(["host"], Depot={"host": "hunter2-of-acme"})
    plan = ships.world.plan(ships.folder, include_unchanged=True, **ships.given)
    same = {each.path[-1]: each for each in plan.compared["Instance/s"].same}
    assert [side.shown for side in (same["host"].before, same["host"].after)] == [False, False]


def test_a_former_value_from_outside_stays_hidden_while_the_environment_has_it(ships: Ships) -> None:
    """A manifest that stops taking an input from outside does not show the live value."""
    ships.world.environ["HOST"] = "inner.example"
    ships.apply(Depot={"host": {"valueFrom": {"env": "HOST"}}})
    ships.declare(["host"], Depot={"host": "b.example"})
    assert ships.sides() == {"Depot.host": ("(sensitive #1)", "b.example")}
    del ships.world.environ["HOST"]
    assert ships.sides() == {"Depot.host": ("inner.example", "b.example")}


def test_an_input_that_a_receipt_remembers_as_a_secret_stays_hidden(ships: Ships) -> None:
    """A receipt from before an input was chosen hides its live value until the next apply records it as shown."""
    ships.declare([], Depot={"host": "a.example"})
    receipt = ships.record(None)
    ships.declare(["host"], Depot={"host": "b.example"})
    assert ships.sides(receipt=receipt) == {"Depot.host": ("(sensitive #1)", "b.example")}
    receipt = ships.record(receipt)
    assert "b.example" not in json.dumps(receipt_document(receipt))
    ships.declare(["host"], Depot={"host": "c.example"})
    assert ships.sides(receipt=receipt) == {"Depot.host": ("b.example", "c.example")}


def test_a_saved_plan_is_applied_where_more_secrets_are_known(ships: Ships) -> None:
    """The run that applies a plan may know more secrets: it hides more, and the plan is still the same."""
    ships.apply(Depot={"host": "a.example", "user": "first"})
    ships.declare(["host"], Depot={"host": "b.example", "user": "other"})
    saved = ships.folder / "saved.json"
    save_plan(ships.world.plan(ships.folder, **ships.given), saved, "")
    assert "a.example" in saved.read_text(encoding="utf-8")
    ships.world.environ["SOME_TOKEN"] = "a.example"
    plan, results = ships.world.apply_saved(saved, cwd=ships.folder)
    assert [result.status for result in results] == ["applied"]
    assert "a.example" not in json.dumps(plan_document(plan))
    assert "b.example" in json.dumps(plan_document(plan))


def test_names_without_effect_are_warned_of_at_their_place(ships: Ships) -> None:
    """An unknown name gets a suggestion; a name that can show nothing gets the reason."""
    ships.world.environ["USER_NAME"] = "x"
    chosen = ["hots", "Depott.host", "Depot.slot", "seat", "user", "host"]
    depot = {"host": "a.example", "slot": "1", "seat": "2", "user": {"valueFrom": {"env": "USER_NAME"}}}
    ships.declare(chosen, Depot=depot, Harbour={"user": "y"})
    known = ["Depot.host", "Depot.seat", "Depot.slot", "Depot.user", "Harbour.seat", "Harbour.slot", "Harbour.user"]
    advice = "name the connections that it is meant for, as CONNECTION.INPUT"
    warnings = ships.warnings()
    assert [each.partition(": ")[0] for each in warnings] == [f"reconciler.yaml:{line}:5" for line in range(9, 14)]
    assert [each.partition("showInputs: ")[2] for each in warnings] == [
        "no connection has an input 'hots'; did you mean 'host'? known: 'host', 'seat', 'slot', 'user'",
        f"no connection has an input 'Depott.host'; did you mean 'Depot.host'? known: {', '.join(map(repr, known))}",
        "'Depot.slot' has no effect in Instance/s: it is write-only; take it out",
        "'seat' has no effect in Instance/s: Prismatic does not show it either; take it out",
        f"'user' stays hidden in Instance/s: its value comes from outside (valueFrom); {advice}",
    ]
    assert set(ships.sides()) == {f"{each}.{name}" for each, name in _named(depot)}
    assert [name for name, (_, after) in ships.sides().items() if not str(after).startswith("(")] == [
        "Depot.host",
        "Harbour.user",
    ]
    narrow = ships.warnings(targets=("Customer/ftl",))
    assert narrow == [], "a plan of a part does not know all inputs"


def _named(depot: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [*(("Depot", name) for name in depot), ("Harbour", "user")]


def test_an_operator_narrows_what_a_project_shows(ships: Ships) -> None:
    """RECONCILER_SHOW_INPUTS lists the names that count, so a pull request cannot have a plan show more."""
    ships.declare(["host", "user"], Depot={"host": "a.example", "user": "first"})
    ships.world.environ["RECONCILER_SHOW_INPUTS"] = "host, region"
    assert ships.sides() == {"Depot.host": (None, "a.example"), "Depot.user": (None, "(sensitive #1)")}
    assert ships.warnings() == [
        "reconciler.yaml:10:5: showInputs: 'user' stays hidden, because RECONCILER_SHOW_INPUTS does not list it"
    ]
    ships.world.environ["RECONCILER_SHOW_INPUTS"] = ""
    assert ships.sides()["Depot.host"] == (None, "(sensitive #1)")


def test_an_input_with_the_name_of_a_secret_cannot_be_chosen(ships: Ships) -> None:
    """It is an error at its place, also offline and with a connection before the dot."""
    ships.declare(["host", "Depot.password"], Depot={"host": "a.example"})
    with pytest.raises(ManifestErrors) as caught:
        ships.world.plan(ships.folder, **ships.given)
    assert [str(each) for each in caught.value.problems] == [
        (
            "reconciler.yaml:10:5: an input with the name of a secret is never shown; take 'Depot.password' out of "
            "showInputs"
        )
    ]


def test_a_plan_without_shown_inputs_reads_nothing_more(ships: Ships) -> None:
    """Whether an input is a secret is asked only where the project shows some, in one request for each version."""
    ships.declare([], Depot={"host": "a.example"})
    ships.world.plan(ships.folder, **ships.given)
    assert _version_reads(ships) == 1
    ships.world.forget()
    ships.declare(["host"], Depot={"host": "a.example"})
    ships.world.plan(ships.folder, **ships.given)
    assert _version_reads(ships) == 2


def _version_reads(ships: Ships) -> int:
    return len([entry for entry in ships.world.sandbox.log.entries if entry.field == "integration"])


@pytest.mark.parametrize("shown", [False, True])
def test_a_saved_plan_shows_no_side_that_it_does_not_list(shown: bool) -> None:
    """The sides of a saved plan decide, and one that it does not have was reviewed by nobody."""
    path = ("inputs", "host")
    field = FieldChange(path, Secret("a.example", LIVE), Secret("b.example", WRITTEN), sensitive=True)
    connection = ConnectionInputs(path[:-1], "depot", {"host": "b.example"}, {"host": Secret("a.example", LIVE)})
    saved = {("Connection/depot", path): (True, True)} if shown else {}
    showing = Showing({"host": None}, {"Connection/depot": [connection]}, KnownSecrets(), as_saved=saved)
    (found,) = showing.fields("Connection/depot", "id", [field])
    assert (found.before.shown, found.after.shown, found.sensitive) == (shown, shown, not shown)
