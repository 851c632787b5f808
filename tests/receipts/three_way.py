"""A tenant, the receipt that applies leave, and what a drift says by it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.receipts.file import receipt_document
from reconciler.reports.shared.origins import words
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.receipts import explain_drift, record_apply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

    from reconciler.planning.plan import Plan
    from reconciler.receipts.compare import Explanation
    from reconciler.receipts.receipt import Receipt
    from reconciler.reports.shared.origins import Words

HEAD = "---\napiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {handle}}}\n"
PROJECT = HEAD.format(kind="Project", handle="acme") + "spec: {}\n"
TYPES = "customer: ftl, name: Types, integration: {name: Every Data Type}"
SECRET = "{valueFrom: {env: WORD}}"
CONNECTION = f"{{A Connection: {{inputs: {{apiKey: {SECRET}, host: live.example.com}}}}}}"
WORD = "word-that-is-secret"
KEY = "a key that is long enough"


def manifests(text: str) -> str:
    """Return manifests from their short forms, such as ``{customer description=New}``."""
    return re.sub(r"\{(\w+)((?: \w+=[\w.-]+)*)\}(?!\})", _manifest, text)


def _manifest(found: re.Match[str]) -> str:
    name = found[1]
    given = dict(part.split("=") for part in found[2].split())
    if name in {"customer", "other"}:
        handle, title = ("ftl", "FTL Rockets") if name == "customer" else ("other", "Other")
        handle, title = given.get("handle", handle), given.get("title", title)
        spec = f"{{name: {title}, description: {given.get('description', 'Declared')}}}"
        return HEAD.format(kind="Customer", handle=handle) + f"spec: {spec}\n"
    variables = {
        "instance": f"{{A Number: {given['number']}}}" if "number" in given else "{}",
        "string": f"{{A String: {given.get('text')}}}",
        "secret": f"{{A String: {SECRET}}}",
        "connection": CONNECTION,
    }
    description = f", description: {given['description']}" if "description" in given else ""
    description += f", deploy: {given['deploy']}" if "deploy" in given else ""
    spec = f"{{{TYPES}{description}, configVariables: {variables[name]}}}"
    return HEAD.format(kind="Instance", handle="types") + f"spec: {spec}\n"


@dataclass(slots=True)
class Keeper:
    """Applies with a receipt, which is kept as text, and looks for drift by it."""

    world: World
    key: str = ""
    word: str = WORD
    receipt: Receipt | None = None

    def environ(self) -> dict[str, str]:
        keyed = {"RECONCILER_FINGERPRINT_KEY": self.key} if self.key else {}
        return {**self.world.environ, "WORD": self.word, **keyed}

    def apply(self, text: str, **more: Any) -> list[Any]:
        """Apply, and take in the receipt of it; return the results."""
        with self.world.session(
            text, include_unchanged=True, environ=self.environ(), allow_delete=("Customer",), **more
        ) as session:
            plan = make_plan(session)
            results = apply_plan(session, plan)
            self.receipt = record_apply(session, self.receipt, plan, results)
        return results

    def drift(self, text: str, **more: Any) -> tuple[Plan, Explanation, Words]:
        """Compare, and explain what differs."""
        with self.world.session(
            text, include_unchanged=True, enforce_guardrails=False, environ=self.environ(), **more
        ) as session:
            plan = make_plan(session)
            assert self.receipt
            explanation = explain_drift(session, self.receipt, plan)
        return plan, explanation, words(plan, explanation)

    def make_old(self) -> None:
        """Let the receipt be one that a version of the product wrote that did not know format 1.1."""
        assert self.receipt
        entries = {
            address: replace(entry, identity=None, manifest=None, unknown=())
            for address, entry in self.receipt.entries.items()
        }
        self.receipt = replace(self.receipt, entries=entries)

    @property
    def text(self) -> str:
        """The receipt as it is written."""
        assert self.receipt
        return json.dumps(receipt_document(self.receipt))


def meddle(world: World, outside: Mapping[str, Any]) -> None:
    """Change the tenant behind the product's back."""
    store = world.sandbox.store
    for name in outside.get("deleted", ()):
        store.execute("DELETE FROM instances WHERE name = ?", (name,))
        store.execute("DELETE FROM customers WHERE name = ?", (name,))
    for name in outside.get("created", ()):
        world.seed.customer(name)
    for table in ("customers", "instances"):
        for name, columns in outside.get(table, {}).items():
            (row,) = world.rows(table, name=name)
            store.update(table, row["id"], **columns)
    for key, value in outside.get("values", {}).items():
        (row,) = world.rows("instances", name="Types")
        assert key in world.seed.values(row["id"])
        store.execute(
            "UPDATE config_variables SET value = ? WHERE instance = ? AND requiredConfigVariable IN "
            "(SELECT id FROM required_config_variables WHERE key = ?)",
            (value, row["id"], key),
        )
