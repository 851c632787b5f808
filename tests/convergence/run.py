"""One case, carried out: what there was, what was planned and sent, and what there is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convergence.snapshot import snapshot
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from convergence.snapshot import Snapshot
    from support.case import Case

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.sandbox.data.audit import Entry
    from reconciler.sandbox.data.variants import Variants

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: test-project}
spec: {}
"""
FLAGS = ("Customer",)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document, and which object it meant at the start (``None``: it was not there)."""

    address: str
    kind: str
    spec: dict[str, Any]
    absent: bool
    protected: bool
    id: str | None
    ignored: frozenset[str]

    @property
    def declared(self) -> dict[str, Any]:
        """The spec without what is ignored, which counts once the object is there."""
        if self.id is None:
            return self.spec
        spec = {key: value for key, value in self.spec.items() if key not in self.ignored}
        variables = spec.get("configVariables")
        if variables:
            kept = {key: value for key, value in variables.items() if f"configVariables.{key}" not in self.ignored}
            spec["configVariables"] = kept
        if "integration.version" in self.ignored and "integration" in spec:
            spec["integration"] = {"name": spec["integration"]["name"]}
        return spec


@dataclass(frozen=True, slots=True)
class Outcome:
    """``log`` is what the apply sent, ``left`` what a plan made after it would still do."""

    case: Case
    variants: Variants
    manifests: Sequence[Manifest]
    before: Snapshot
    after: Snapshot
    plan: Plan
    results: Sequence[Result]
    log: Sequence[Entry]
    left: Plan

    def manifest_of(self, identifier: str) -> Manifest | None:
        """Return the manifest of an object that was there at the start."""
        return next((each for each in self.manifests if each.id == identifier), None)


def more(case: Case, world: World, folder: Path) -> dict[str, Any]:
    """Return the options that a case is planned and applied with."""
    options: dict[str, Any] = {
        "environ": {**world.environ, **case.environ},
        "allow_delete": FLAGS,
        "allow_deletes": 1000,
    }
    if case.project:
        file = folder / "reconciler.yaml"
        if not file.exists():
            file.write_text(PROJECT, encoding="utf-8")
        options["files"] = (str(file), "-")
    return options


def carry_out(case: Case, folder: Path, variants: Variants | None = None) -> Outcome:
    """Furnish a tenant, apply the manifests to it and plan once more."""
    return next(acts([case], folder, variants))


def acts(cases: Sequence[Case], folder: Path, variants: Variants | None = None) -> Iterator[Outcome]:
    """Furnish a tenant as the first case has it, and apply the manifests of each to it, one after the other."""
    with World(variants) as world:
        ids = cases[0].furnish(world)
        for case in cases:
            outcome = _act(case, ids, world, more(case, world, folder))
            yield outcome
            ids = dict(outcome.left.live_ids)


def _act(case: Case, ids: Mapping[str, str], world: World, options: dict[str, Any]) -> Outcome:
    before = snapshot(world)
    world.forget()
    plan, results = world.apply_with_plan(case.text, **options)
    log = list(world.mutations)
    world.forget()
    left = world.plan(case.text, **options)
    assert not world.mutations, "a plan sends no mutation"
    used, after = world.sandbox.settings.variants, snapshot(world)
    return Outcome(case, used, manifests_of(case, ids), before, after, plan, results, log, left)


def manifests_of(case: Case, ids: Mapping[str, str]) -> list[Manifest]:
    found = []
    for document in case.documents:
        lifecycle = document.get("lifecycle", {})
        address = f"{document['kind']}/{document['metadata']['name']}"
        found.append(
            Manifest(
                address,
                document["kind"],
                document["spec"],
                lifecycle.get("state") == "absent",
                lifecycle.get("preventDestroy", False),
                ids.get(address),
                frozenset(lifecycle.get("ignoreChanges", ())),
            )
        )
    return found
