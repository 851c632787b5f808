"""What can move between a plan and its apply: a scene, and each way of moving something in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.planning.seals import FIELD, document_seal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.world import World

LATER = "2030-01-01T00:00:00.000000+00:00"
SECRETS = {"PASSWORD": "canary-password-of-the-case", "PAYLOAD": "canary-payload-of-the-case"}
OURS = ["gitops:acme"]
FILES = {
    "reconciler.yaml": """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec:
  manifests: [manifests]
  guardrails: {allowDeleteCustomers: true}
  variables: {region: west}
  environments:
    production: {overlays: [overlays], variables: {size: 100}}
""",
    "overlays/ftl.yaml": """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {description: Declared}
""",
    "manifests/secret.txt": "canary-file-of-the-case\n",
    "manifests/all.yaml": """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets, externalId: ftl, labels: ["${var.region}"]}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: calm}
spec: {name: Calm}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: new}
spec: {name: New}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: gone}
spec: {name: Gone}
lifecycle: {state: absent}
---
apiVersion: reconciler/v1
kind: User
metadata: {name: lisa}
spec: {customer: ftl, email: lisa@ftl.example, role: Member, name: Lisa}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: ftl
  name: Types
  integration: {name: Every Data Type, version: latest}
  enabled: true
  configVariables:
    A String: {valueFrom: {file: secret.txt}}
    A Number: "${var.size}"
    A Connection: {inputs: {apiKey: {valueFrom: {env: PASSWORD}}, host: declared.example.com}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: due}
spec: {customer: ftl, name: Due, integration: {name: Acme Inventory, version: 2}}
""",
}


def furnish(world: World) -> None:
    """Put a tenant in that differs from the files in every kind."""
    ftl = world.seed.customer("FTL Rockets", externalId="ftl", description="Live", labels=[*OURS, "east"])
    world.seed.customer("Calm", labels=OURS)
    world.seed.customer("Gone", labels=OURS)
    world.seed.user("lisa@ftl.example", customer=ftl["id"], role="Admin", name="L")
    types = world.seed.version("Every Data Type")["id"]
    inputs = [
        {"name": name, "type": "value", "value": text}
        for name, text in {"apiKey": "former", "host": "live.example.com"}.items()
    ]
    variables = [
        {"key": "A Connection", "values": json.dumps(inputs)},
        {"key": "A Number", "value": "5"},
        {"key": "A String", "value": "former"},
    ]
    arguments: dict[str, Any] = {"customer": ftl["id"], "labels": OURS}
    row = world.seed.instance("Types", **arguments, integration=types, configVariables=variables)
    world.sandbox.store.update("instances", row["id"], needsDeploy=0, lastDeployedAt=LATER)
    world.seed.instance("Due", **arguments, integration=world.seed.version("Acme Inventory", 2)["id"])


@dataclass(slots=True)
class Scene:
    """A tenant, a folder with a project, and the plan that was saved in it."""

    world: World
    folder: Path
    key: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def saved(self) -> Path:
        return self.folder / "saved.json"

    def set_key(self, key: str) -> None:
        self.key = key
        self.world.environ["RECONCILER_FINGERPRINT_KEY"] = key

    def row(self, table: str, **where: Any) -> dict[str, Any]:
        (found,) = self.world.rows(table, **where)
        return found

    def edit(self, name: str, before: str, after: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


def live(table: str, name: str, /, *, timed: bool = True, **columns: Any) -> Callable[[Scene], None]:
    """Change a live object, with the time of the change or without it."""

    def happens(scene: Scene) -> None:
        moment = {"updatedAt": LATER} if timed else {}
        where = {"email": name} if table == "users" else {"name": name}
        scene.world.sandbox.store.update(table, scene.row(table, **where)["id"], **columns, **moment)

    return happens


def variable(key: str, **columns: Any) -> Callable[[Scene], None]:
    """Change a live config variable of the instance, and nothing that shows on it."""

    def happens(scene: Scene) -> None:
        instance = scene.row("instances", name="Types")["id"]
        query = (
            "SELECT c.id FROM config_variables c JOIN required_config_variables r ON r.id = c.requiredConfigVariable"
            " WHERE c.instance = ? AND r.key = ?"
        )
        (row,) = scene.world.sandbox.store.rows(query, (instance, key))
        scene.world.sandbox.store.update("config_variables", row["id"], **columns)

    return happens


def connection_input(name: str, text: str) -> Callable[[Scene], None]:
    """Change one input of the instance's live connection."""

    def happens(scene: Scene) -> None:
        rows = scene.world.sandbox.store.rows("SELECT id, inputs FROM config_variables WHERE inputs LIKE '%former%'")
        for row in rows:
            inputs = [{**each, "value": text} if each["name"] == name else each for each in json.loads(row["inputs"])]
            scene.world.sandbox.store.update("config_variables", row["id"], inputs=json.dumps(inputs))

    return happens


def edit(name: str, before: str, after: str) -> Callable[[Scene], None]:
    return lambda scene: scene.edit(name, before, after)


def environ(**variables: str) -> Callable[[Scene], None]:
    return lambda scene: scene.world.environ.update(variables)


def document(*path: str, value: Any) -> Callable[[Scene], None]:
    """Change one value of the saved plan, and seal it again as anybody can without a key."""

    def happens(scene: Scene) -> None:
        data = json.loads(scene.saved.read_text(encoding="utf-8"))
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = value
        scene.saved.write_text(json.dumps({**data, FIELD: document_seal(data, "")}), encoding="utf-8")

    return happens


def delete(table: str, name: str) -> Callable[[Scene], None]:
    def happens(scene: Scene) -> None:
        where = {"email": name} if table == "users" else {"name": name}
        scene.world.sandbox.store.execute(f"DELETE FROM {table} WHERE id = ?", (scene.row(table, **where)["id"],))  # noqa: S608 - names of our own

    return happens


def replaced(scene: Scene) -> None:
    """Let another instance of the same name, alike in everything, stand in the place of the one that was seen."""
    row = scene.row("instances", name="Due")
    delete("instances", "Due")(scene)
    scene.world.seed.instance("Due", customer=row["customer"], integration=row["integration"], labels=OURS)


def customer_deleted(scene: Scene) -> None:
    owner = scene.row("customers", name="FTL Rockets")["id"]
    for table in ("instances", "users"):
        scene.world.sandbox.store.execute(f"DELETE FROM {table} WHERE customer = ?", (owner,))  # noqa: S608 - names of our own
    delete("customers", "FTL Rockets")(scene)


def published(scene: Scene) -> None:
    from support.world import INTEGRATIONS

    text = next(
        path.read_text() for path in INTEGRATIONS.rglob("*.y*ml") if "name: Every Data Type" in path.read_text()
    )
    scene.world.seed.integration(text)


def withdrawn(name: str) -> Callable[[Scene], None]:
    return lambda scene: scene.world.sandbox.store.update(
        "integrations", scene.world.seed.version(name)["id"], versionIsAvailable=0
    )


def contents_came(scene: Scene) -> None:
    owner = scene.row("customers", name="Gone")["id"]
    scene.world.seed.user("late@gone.example", customer=owner)


def key_set(scene: Scene) -> None:
    scene.set_key("another key of the case")


def renamed_integration(scene: Scene) -> None:
    scene.world.sandbox.store.execute("UPDATE integrations SET name = 'X' WHERE name = 'Acme Inventory'")


def another_role(scene: Scene) -> None:
    role = scene.world.seed.role("Member")
    live("users", "lisa@ftl.example", timed=False, role=role)(scene)


def manifest_more(scene: Scene) -> None:
    text = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: more}\nspec: {name: More}\n"
    (scene.folder / "manifests" / "more.yaml").write_text(text)


MOVES: dict[str, Callable[[Scene], object]] = {
    "a field of a customer": live("customers", "FTL Rockets", description="Moved"),
    "a field without a time": live("customers", "FTL Rockets", timed=False, description="Moved"),
    "a time alone": live("customers", "FTL Rockets"),
    "a label": live("customers", "FTL Rockets", timed=False, labels='["gitops:acme", "east", "west"]'),
    "our label taken off": live("customers", "FTL Rockets", timed=False, labels='["east"]'),
    "another project's label": live("customers", "FTL Rockets", labels='["gitops:acme", "gitops:other"]'),
    "a protection": live("customers", "Gone", timed=False, labels='["gitops:acme", "gitops:protected"]'),
    "a user's name": live("users", "lisa@ftl.example", timed=False, name="Moved"),
    "a user's role": another_role,
    "enabled": live("instances", "Types", timed=False, enabled=0),
    "needsDeploy": live("instances", "Types", timed=False, needsDeploy=1),
    "it was deployed": live("instances", "Due", timed=False, needsDeploy=0, lastDeployedAt=LATER),
    "a variable": variable("A Number", value="6"),
    "a variable that became as declared": variable("A Number", value="100"),
    "a variable with a secret": variable("A String", value="moved"),
    "a variable that is not declared": variable("A Boolean", value="false"),
    "a connection's input": connection_input("host", "moved.example.com"),
    "an object is gone": delete("instances", "Types"),
    "an object to delete is gone": delete("customers", "Gone"),
    "an object came": lambda scene: scene.world.seed.customer("New"),
    "an object is another of the same name": replaced,
    "a customer is gone with all it had": customer_deleted,
    "a customer to delete got a user": contents_came,
    "a version was published for latest": published,
    "a version was withdrawn": withdrawn("Every Data Type"),
    "an integration was renamed": renamed_integration,
    "the manifests": edit("manifests/all.yaml", "name: Lisa", "name: Elizabeth"),
    "a manifest that the plan does not touch": edit("manifests/all.yaml", "{name: Calm}", "{name: Calm, labels: []}"),
    "a manifest more": manifest_more,
    "an overlay": edit("overlays/ftl.yaml", "Declared", "Otherwise"),
    "a variable of the environment": edit("reconciler.yaml", "size: 100", "size: 101"),
    "a variable of the project": edit("reconciler.yaml", "region: west", "region: north"),
    "a secret in the environment": environ(PASSWORD="another"),
    "a secret that is no longer there": lambda scene: scene.world.environ.pop("PASSWORD"),
    "a secret in a file": edit("manifests/secret.txt", "canary", "another"),
    "the stack": environ(PRISMATIC_URL="http://127.0.0.1:9999"),
    "the organization": document("tenant", "organizationId", value="T3RoZXI="),
    "the project": edit("reconciler.yaml", "name: acme", "name: other"),
    "prune": edit("reconciler.yaml", "manifests: [manifests]", "prune: true\n  manifests: [manifests]"),
    "the environment": lambda scene: scene.options.update(environment="staging"),
    "the format's major version": document("formatVersion", value="2.0"),
    "the fingerprint key": lambda scene: scene.set_key("another key of the case"),
    "made without secrets": document("withoutSecrets", value=True),
}
"""What moves, by name; what has to be said of it is in ``stale.yaml``."""
KEYED = ("a variable with a secret", "a secret in the environment", "a secret in a file", "a connection's input")
"""Those of which a plan that was saved with a key tells more."""
