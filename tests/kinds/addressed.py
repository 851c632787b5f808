"""What holds for every kind with an address: a URL, headers and a template."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from support.serving import run, served
from support.world import World

from reconciler.reports.registry import FORMATS
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reconciler.planning.plan import Plan

URL, TOKEN = "https://canary-url-7Gk2pQ.example/x", "Bearer canary-header-7Gk2pQ"
ROUTING = "canary-routing-Zq81kLmN0pQrStUvWx92"


@dataclass(frozen=True, slots=True)
class Addressed:
    """One kind: its names in manifests, in world files, in the sandbox and in the API."""

    kind: str
    section: str
    table: str
    api: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What its spec has besides."""

    @property
    def live(self) -> dict[str, Any]:
        """A live object, as a world file and a manifest describe it."""
        address = {"url": URL, "headers": {"Authorization": TOKEN}, "payloadTemplate": "a template"}
        return {"name": "It", **address, **self.fields}

    def manifest(self, *, lifecycle: Mapping[str, Any] | None = None, handle: str = "it", **spec: Any) -> str:
        """Return a manifest with a name and these fields."""
        data = {"apiVersion": "reconciler/v1", "kind": self.kind, "metadata": {"name": handle}}
        data["spec"] = {"name": "It", **spec}  # type: ignore[assignment] # a value of another type than the others
        return yaml.safe_dump({**data, **({"lifecycle": lifecycle} if lifecycle else {})})

    def rows(self, world: World) -> list[dict[str, Any]]:
        return world.rows(self.table, name="It")


ALERT_WEBHOOK = Addressed("AlertWebhook", "alertWebhooks", "alert_webhooks", "AlertWebhook")
LOG_STREAM = Addressed("LogStream", "logStreams", "external_log_streams", "ExternalLogStream", {"severities": ["warn"]})


def paths(plan: Plan) -> list[str]:
    return [".".join(map(str, each.path)) for change in plan for each in change.fields]


def said_by(world: World, of: Addressed, folder: Path) -> str:
    """Return all that commands say, write and log about a live object whose update the API refuses."""
    template = json.dumps({"routing_key": ROUTING})
    world.seed.add(of.section, **{**of.live, "payloadTemplate": template})
    text = of.manifest(url="https://other.example", headers={"X": "other"}, payloadTemplate="new")
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    reports = [f"--report={name}={folder / name}.txt" for name in FORMATS if name != "gitlab"]
    with served(world.sandbox) as address:
        environ = {**world.environ, "PRISMATIC_URL": address}
        said = ""
        for command in (
            ("plan", "-vv", "-f", "all.yaml", "--out", "saved.json", *reports),
            ("plan", "-f", "all.yaml", "--format", "json"),
            ("drift", "-f", "all.yaml"),
            ("export", "-vv", "--out", "exported"),
            ("apply", "-vv", "-f", "all.yaml", "--auto-approve", *reports),
        ):
            if command[0] == "apply":
                quoted = f"bad values {URL} {TOKEN} {ROUTING}"
                world.sandbox.faults.add("partial", field=f"update{of.api}", message=quoted, times="always")
            ran = run(*command, environ=environ, cwd=folder)
            assert "Traceback" not in ran.err
            said += ran.out + ran.err
    assert "bad values" in said
    written = [path for path in folder.rglob("*") if path.is_file() and path.name != "all.yaml"]
    return said + "".join(path.read_text(encoding="utf-8") for path in written)


def walk(of: Addressed, updates: str, changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Create an object and change it step by step, each with an empty second plan; return its row."""
    with World(Variants(alert_updates=updates)) as world:
        for changed in ({}, *changes):
            text = of.manifest(**{**of.live, **changed})
            results = world.apply(text)
            assert [(result.status, result.messages) for result in results] == [("applied", [])]
            assert world.plan(text).empty
        (row,) = of.rows(world)
        return row
