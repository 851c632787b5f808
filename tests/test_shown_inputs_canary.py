"""Inputs that ``spec.showInputs`` chooses are shown; every other input, and every secret in a chosen one, is hidden."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.matrix import matrix
from support.serving import run_here, served
from support.world import World

from reconciler.reports.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

DEFINITION = """
definitionVersion: 7
name: Ships
requiredConfigVars:
  - key: Depot
    dataType: connection
    connection: {key: basic, component: {key: depots, version: LATEST, isPublic: false}}
    inputs: &inputs
      host: {type: value, value: ""}
      region: {type: value, value: ""}
      user: {type: value, value: ""}
      slot: {type: value, value: "", meta: {writeOnly: true}}
  - key: Harbour
    dataType: connection
    connection: {key: basic, component: {key: depots, version: LATEST, isPublic: false}}
    inputs: *inputs
  - {key: Shared, dataType: connection, useScopedConfigVar: depot}
  - {key: Theirs, dataType: connection, useScopedConfigVar: berth}
flows:
  - name: Load
    stableKey: load
    steps: [{name: Trigger, isTrigger: true, action: {key: webhook, component: {key: webhook-triggers}}}]
"""
SHOWN = {
    name: f"shown-{name}.example"
    for name in ("depot-host", "shared-host", "berth-host", "region", "harbour-region", "berth-region", "live-host")
}
CANARIES = {
    name: f"canary-{name}-7Gk2pQ"
    for name in (
        "token", "depot-user", "depot-slot", "harbour-host", "harbour-user", "harbour-slot", "shared-user",
        "shared-region", "berth-user", "live-user", "live-harbour-host", "password", "unlisted",
    )
}  # fmt: skip
COMPONENT = {"key": "depots", "connection": "basic", "public": False}
CHOSEN = ["Depot.host", "depot.host", "berth.host", "Depot.region", "Harbour.region", "berth.region", "slot"]


def _documents(inputs: Mapping[str, Mapping[str, Any]]) -> str:
    def document(kind: str, handle: str, /, **spec: Any) -> dict[str, Any]:
        return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}

    shared = {"component": COMPONENT, "type": "organization"}
    per_customer = {name: {"perCustomer": True} for name in inputs["berth"]}
    own = {"Depot": {"inputs": inputs["Depot"]}, "Harbour": {"inputs": inputs["Harbour"]}}
    documents = [
        document("Customer", "ftl", name="FTL", externalId="ftl"),
        document("Connection", "a-depot", stableKey="depot", name="Depot", inputs=inputs["depot"], **shared),
        document(
            "Connection",
            "a-berth",
            stableKey="berth",
            name="Berth",
            inputs=per_customer,
            **{**shared, "type": "organization-customer"},
        ),
        document("CustomerConnection", "a-berth-ftl", connection="a-berth", customer="ftl", inputs=inputs["berth"]),
        document("Instance", "ships", customer="ftl", name="Ships", integration={"name": "Ships"}, configVariables=own),
    ]
    return yaml.safe_dump_all(documents, sort_keys=False)


PLAIN: Mapping[str, Mapping[str, Any]] = {
    "Depot": {
        "host": SHOWN["depot-host"],
        "region": SHOWN["region"],
        "user": CANARIES["depot-user"],
        "slot": CANARIES["depot-slot"],
    },
    "Harbour": {
        "host": CANARIES["harbour-host"],
        "region": SHOWN["harbour-region"],
        "user": CANARIES["harbour-user"],
        "slot": CANARIES["harbour-slot"],
    },
    "depot": {"host": SHOWN["shared-host"], "region": CANARIES["shared-region"], "user": CANARIES["shared-user"]},
    "berth": {"host": SHOWN["berth-host"], "region": SHOWN["berth-region"], "user": CANARIES["berth-user"]},
}
"""The inputs by connection: a variable of the instance, or the stable key of a shared connection."""


class Tree:
    """A project in a folder, and a tenant behind a socket."""

    def __init__(self, folder: Path, world: World, url: str) -> None:
        self.folder, self.world = folder, world
        self.environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": CANARIES["token"]}
        self.ran: list[Any] = []
        self.declare(PLAIN)
        self.choose(CHOSEN)

    def choose(self, names: Sequence[str]) -> None:
        spec = {"manifests": ["all.yaml"], **({"showInputs": list(names)} if names else {})}
        data = {"apiVersion": "reconciler/v1", "kind": "Project", "metadata": {"name": "ships"}, "spec": spec}
        (self.folder / "reconciler.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")

    def declare(self, inputs: Mapping[str, Mapping[str, Any]]) -> None:
        (self.folder / "all.yaml").write_text(_documents(inputs), encoding="utf-8")

    def run(self, *line: str, code: int = 0, **environ: str) -> str:
        """Run a command; return both streams and every file that it wrote."""
        before = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}
        ran = run_here(*line, environ={**self.environ, **environ}, cwd=self.folder)
        assert ran.code == code, ran.err
        written = [
            path.read_text(encoding="utf-8")
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.stat().st_mtime_ns != before.get(path)
        ]
        text = "\n".join([*written, ran.out, ran.err])
        assert "Traceback" not in text
        return text

    def change(self, table: str, values: Mapping[str, str], **where: Any) -> None:
        """Change inputs of one stored connection behind the back of everybody."""
        ((row,),) = [self.world.rows(table, **where)]
        inputs = [{**item, "value": values.get(item["name"], item["value"])} for item in json.loads(row["inputs"])]
        self.world.sandbox.store.update(table, row["id"], inputs=inputs)

    def variable(self, key: str) -> str:
        (row,) = self.world.sandbox.store.rows(
            "SELECT v.id FROM config_variables v JOIN required_config_variables r ON r.id = v.requiredConfigVariable"
            " WHERE r.key = ? AND NOT (SELECT isSystem FROM instances WHERE id = v.instance)",
            (key,),
        )
        return str(row["id"])


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with World(token=CANARIES["token"]) as world, served(world.sandbox) as url:
        world.seed.integration(DEFINITION)
        yield Tree(tmp_path, world, url)


def reports(name: str) -> tuple[str, ...]:
    return tuple(part for form in FORMATS for part in ("--report", f"{form}={name}.{form}"))


def leaks(text: str) -> list[str]:
    return [name for name, secret in CANARIES.items() if secret in text]


def shown(text: str) -> set[str]:
    return {name for name, value in SHOWN.items() if value in text}


WHOLE = ("text", "markdown", "html", "json", "junit")
"""The formats in which each field of a plan stands."""
APPLIED = set(SHOWN) - {"live-host"}
"""What a plan of everything shows."""


def test_only_chosen_inputs_are_shown_by_any_command(tree: Tree) -> None:
    """Plan, apply, drift, explain, export and get hide every input but the chosen ones, in every format and file."""
    plan = tree.run("plan", "-vv", "--out", "saved.json", *reports("plan"))
    assert (leaks(plan), shown(plan)) == ([], APPLIED)
    for form in WHOLE:
        assert shown((tree.folder / f"plan.{form}").read_text(encoding="utf-8")) == APPLIED, form
    applied = tree.run("apply", "saved.json", "--auto-approve", "-vv", "--receipt", "receipt", *reports("applied"))
    assert (leaks(applied), shown(applied)) == ([], APPLIED)
    assert shown((tree.folder / "receipt").read_text(encoding="utf-8")) == set()
    explained = tree.run("plan", "--explain", "Instance/ships", "--format", "json")
    assert (leaks(explained), shown(explained)) == ([], {"depot-host", "region", "harbour-region"})
    tree.change(
        "config_variables", {"host": SHOWN["live-host"], "user": CANARIES["live-user"]}, id=tree.variable("Depot")
    )
    tree.change("config_variables", {"host": CANARIES["live-harbour-host"]}, id=tree.variable("Harbour"))
    drift = tree.run("drift", "-vv", "--receipt", "receipt", *reports("drift"), code=2)
    assert (leaks(drift), shown(drift)) == ([], {"depot-host", "live-host"})
    exported = tree.run("export", "--out", "exported", "--secrets", "reference")
    assert leaks(exported) == []
    assert leaks(tree.run("get", "instances", "--format", "json")) == []
    tree.choose([])
    hidden = tree.run("drift", "-vv", "--receipt", "receipt", *reports("hidden"), code=2)
    assert (leaks(hidden), shown(hidden)) == ([], set())


@pytest.mark.parametrize(
    ("secret", "form"),
    matrix(
        ("password", "harbour-user", "shared-region", "token", "unlisted"),
        ("{}", "https://u:{}@depot.example", "x{}y", "{}/y?z=1"),
    ),
)
def test_a_chosen_input_that_holds_a_secret_stays_hidden(tree: Tree, secret: str, form: str) -> None:
    """A live value that is or contains a secret that the run knows is hidden, although its input is chosen."""
    given = {"PASSWORD": CANARIES["password"], "SOME_TOKEN": CANARIES["unlisted"]}
    inputs = {**PLAIN, "Depot": {**PLAIN["Depot"], "user": {"valueFrom": {"env": "PASSWORD"}}}}
    tree.declare(inputs)
    tree.run("apply", "--auto-approve", **given)
    tree.change("config_variables", {"host": form.format(CANARIES[secret])}, id=tree.variable("Depot"))
    drift = tree.run("drift", "-vv", *reports("drift"), code=2, **given)
    assert (leaks(drift), shown(drift)) == ([], {"depot-host"})
    assert "(sensitive" in drift


@pytest.mark.parametrize("blank", ["+", "\n", "\u00a0", "%20"])
def test_a_chosen_input_that_holds_a_phrase_stays_hidden(tree: Tree, blank: str) -> None:
    """A live value with a secret of several words is hidden with any blank between them, in each format and file."""
    given = {"FTL_PASS": "canary correct horse battery staple"}
    tree.declare({**PLAIN, "Depot": {**PLAIN["Depot"], "user": {"valueFrom": {"env": "FTL_PASS"}}}})
    tree.run("apply", "--auto-approve", **given)
    live = f"https://h.example/in?q={blank.join(given['FTL_PASS'].split())}"
    tree.change("config_variables", {"host": live}, id=tree.variable("Depot"))
    plan = tree.run("plan", "-vv", "--out", "saved.json", *reports("plan"), **given)
    assert [word for word in ("canary", "battery", "staple") if word in plan] == []
    assert shown(plan) == {"depot-host"}


def test_a_value_from_outside_is_never_shown(tree: Tree) -> None:
    """Neither side of a chosen input is shown whose manifest takes its value from outside."""
    tree.declare({**PLAIN, "Depot": {"host": {"valueFrom": {"env": "PASSWORD"}}}})
    given = {"PASSWORD": CANARIES["password"]}
    text = tree.run("apply", "--auto-approve", "-vv", *reports("applied"), **given)
    assert leaks(text) == []
    tree.change("config_variables", {"host": CANARIES["unlisted"]}, id=tree.variable("Depot"))
    assert leaks(tree.run("drift", "-vv", *reports("drift"), code=2, **given)) == []
    tree.declare({**PLAIN, "Depot": {"host": SHOWN["depot-host"]}})
    tree.change("config_variables", {"host": CANARIES["password"]}, id=tree.variable("Depot"))
    plan = tree.run("plan", "-vv", *reports("plan"), **given)
    assert (leaks(plan), "depot-host" in shown(plan)) == ([], True)
