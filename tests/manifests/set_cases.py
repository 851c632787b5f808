"""The table of sets: the documents, the customers of the tenant, and the members or exactly what is said instead.

A case has ``set``, the spec of the set ``inventory`` in ``set.yaml`` (its first line is the file's fifth), an
InstanceSet or of another ``kind``, with ``lifecycle`` beside it, other ``files``, and ``live``, the customers of the
tenant (without it the tenant is not read). ``members`` are the specs by handle, ``lifecycles`` their lifecycles,
``others`` the specs of what is no member and no customer. ``customers.yaml`` is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.errors import ManifestErrors
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.sets.customers import handle_of
from reconciler.model.resource import SetCustomer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = Path(__file__).parent / "sets"
CUSTOMERS = """apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets, externalId: abc-1, labels: [Inventory, eu]}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: nordlys}
spec: {name: Nordlys, externalId: nord-2, labels: [inventory]}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: blue-harbor}
spec: {name: Blue Harbor}
"""
EXPECTED = ("members", "others", "lifecycles", "warnings", "leftOut", "errors")
SET = "apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: inventory}}\nspec:\n"


@dataclass(frozen=True, slots=True)
class SetCase:
    """One run with sets."""

    name: str
    files: Mapping[str, str]
    live: Sequence[Mapping[str, Any]] | None = None
    environment: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)

    def options(self, folder: Path) -> ManifestOptions:
        """Write the files into ``folder`` and return how they are read."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        live = None if self.live is None else tuple(map(live_customer, self.live))
        return ManifestOptions(
            files=(".",),
            environment=self.environment,
            environ=self.environ,
            cwd=folder,
            live_customers=None if live is None else lambda *_: live,
        )

    def outcome(self, folder: Path) -> dict[str, Any]:
        """Return what comes of the case, in the form of its expectation."""
        try:
            found = read_manifests(self.options(folder), default_registry())
        except ManifestErrors as error:
            return {"errors": [str(each) for each in error.problems]}
        members = [each for each in found.resources if each.membership]
        made: dict[str, Any] = {
            "members": {each.handle: yaml.safe_load(yaml.safe_dump(shown(each.spec))) for each in members}
        }
        others = [each for each in found.resources if not each.membership and each.kind != "Customer"]
        if "others" in self.expected:
            made["others"] = {each.handle: yaml.safe_load(yaml.safe_dump(shown(each.spec))) for each in others}
        for each in members:
            if "lifecycles" in self.expected:
                lifecycle = each.lifecycle
                made.setdefault("lifecycles", {})[each.handle] = [lifecycle.absent, *lifecycle.renamed_from]
        if found.warnings:
            made["warnings"] = [str(each) for each in found.warnings]
        left_out = {each.customer.handle: each.reason for one in found.sets for each in one.left_out}
        return made | ({"leftOut": left_out} if "leftOut" in self.expected else {})


def shown(value: Any) -> Any:
    """Return a spec as plain data: numbers as they are written, secrets as a word."""
    if isinstance(value, dict):
        return {str(key): shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if value is None or type(value) in {bool, int, float, str}:
        return value
    return str(getattr(value, "written", "(secret)"))


def live_customer(data: Mapping[str, Any]) -> SetCustomer:
    """Return a customer of the tenant as the workflow reads it."""
    name, external_id = data["name"], data.get("externalId", "")
    return SetCustomer(handle_of(external_id or name), name, external_id, tuple(data.get("labels", ())))


def set_cases() -> Iterator[SetCase]:
    """Return every case of the table."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for data in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield case_of(path.stem, data)


def case_of(theme: str, data: Mapping[str, Any]) -> SetCase:
    """Return the case of one entry of the table."""
    files = {"customers.yaml": CUSTOMERS, **data.get("files", {})}
    if "set" in data:
        lifecycle = f"lifecycle: {data['lifecycle']}\n" if "lifecycle" in data else ""
        files["set.yaml"] = SET.format(kind=data.get("kind", "InstanceSet")) + indent(data["set"], "  ") + lifecycle
    return SetCase(
        f"{theme}: {data['case']}",
        files,
        data.get("live"),
        data.get("environment"),
        data.get("environ", {}),
        {key: data[key] for key in EXPECTED if key in data},
    )
