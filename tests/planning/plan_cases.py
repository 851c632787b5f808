"""The planner's cases: manifests, a live tenant, and exactly what is planned, said and sent.

A case is one file of ``cases/``:

- ``rule``: the rule of the design that it shows, in one sentence.
- ``manifests``: their text, read as ``manifests.yaml``; ``project``: that of ``reconciler.yaml``, if there is one.
- ``live``: what the tenant holds, see ``live_tenant.py``; ``variants``: how the API behaves; ``environ``: variables.
- ``options``: fields of ``workflow.Options``; ``then``: those of the second plan, where they differ.
- ``again``: the warnings of the second plan, where a case is about them; ``remains``: what it would still do, where
  the API refused something (counts that are not 0).
- What is expected. ``summary`` (counts that are not 0), ``actions`` by address, ``fields`` by address (path, before
  and after as the plan's document shows them), ``operations`` (each mutation with its exact input, in the order in
  which an apply sends them), ``warnings``, ``notes`` and ``unclaimed``; ``refused``, why the plan is not
  applied. Or ``problems`` alone: nothing is planned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.live_tenant import furnish, learn, readable
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused, UsageError
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import build
from reconciler.options import FINGERPRINT_KEY
from reconciler.planning.plan_file import plan_document, save_plan
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.plan import Plan
    from reconciler.sandbox.data.audit import Entry

FOLDER = Path(__file__).parent / "cases"
EXPECTATIONS = (
    *(
        "summary",
        "actions",
        "fields",
        "operations",
        "warnings",
        "notes",
        "unclaimed",
        "refused",
        "problems",
        "again",
        "remains",
    ),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the folder."""

    name: str
    rule: str
    manifests: str
    project: str = ""
    live: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What came of a case; ``documents`` are the plans' documents: before, and after applying."""

    told: dict[str, Any]
    documents: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


def case_of(path: Path) -> Case:
    """Return the case that a file holds, read as a manifest is: a key that is written twice is an error."""
    problems: list[Diagnostic] = []
    (root,) = compose(path.read_text(encoding="utf-8"), path.name, problems)
    data = build(root, path.name, problems)
    assert not problems, problems
    expected = {key: data.pop(key) for key in EXPECTATIONS if key in data}
    return Case(path.stem, expected=expected, **data)


def plan_cases() -> list[Case]:
    """Return every case of the folder."""
    return [case_of(path) for path in sorted(FOLDER.glob("*.yaml"))]


def play(case: Case, folder: Path, *, saved: bool = False) -> Outcome:
    """Plan and apply the case, and plan again; ``saved``: the plan that is applied is saved and read in between."""
    names: dict[str, str] = {}
    with World(Variants(**dict(case.variants))) as world:
        world.environ |= case.environ
        furnish(world, case.live)
        learn(world, names)
        source = _write(case, folder)
        options = {"cwd": folder, **_parsed(case.options)}
        world.forget()
        try:
            plan = world.plan(source, **options)
        except (ManifestErrors, PlanRefused) as refused:
            return Outcome({"problems": [readable(str(each), names) for each in refused.problems]})
        outcome = Outcome(dict(_planned(plan, names)), [plan_document(plan)])
        try:
            results = _apply_saved(world, plan, folder, options) if saved else world.apply(source, **options)
        except UsageError as error:
            outcome.told["refused"] = str(error)
            return outcome
        learn(world, names)
        outcome.told |= dict(_applied(world.mutations, results, names))
        after = world.plan(source, **{**options, **_parsed(case.then)})
        outcome.documents.append(plan_document(after))
        if "again" in case.expected:
            outcome.told["again"] = [readable(each.message, names) for each in after.warnings]
        if "remains" in case.expected:
            remains = plan_document(after)["summary"].items()
            outcome.told["remains"] = {action: count for action, count in remains if count and action != "unchanged"}
        outcome.secrets = {*case.environ.values(), *_sent_secrets(outcome.told.get("operations", ()))}
        return outcome


def _apply_saved(world: World, plan: Plan, folder: Path, options: Mapping[str, Any]) -> Sequence[Result]:
    """Save the plan and apply it; what it was asked with is in it."""
    if plan.without_secrets:
        raise UsageError("a plan made with --without-secrets cannot be applied")
    path = folder / "saved.json"
    save_plan(plan, path, world.environ.get(FINGERPRINT_KEY, ""))
    remembered = {"targets", "resend_secrets", "take_over", "allow_delete", "allow_deletes"}
    return world.apply_saved(path, **{key: value for key, value in options.items() if key not in remembered})[1]


def _write(case: Case, folder: Path) -> Path:
    """Write the case's files; return what to read."""
    (folder / "manifests.yaml").write_text(case.manifests, encoding="utf-8")
    if not case.project:
        return Path("manifests.yaml")
    (folder / "reconciler.yaml").write_text(case.project, encoding="utf-8")
    return Path()


def _parsed(options: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {"targets": tuple, "allow_delete": tuple}
    return {key: kinds[key](value) if key in kinds else value for key, value in options.items()}


def _planned(plan: Plan, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield what a plan says, by the names of the expectations."""
    document = readable(plan_document(plan), names)
    yield "summary", {action: count for action, count in document["summary"].items() if count}
    yield "actions", {change["address"]: change["actions"] for change in document["changes"]}
    fields = {
        change["address"]: [[".".join(each["path"]), each["before"], each["after"]] for each in change["fields"]]
        for change in document["changes"]
        if change["fields"]
    }
    warnings = [readable(f"{each.place or each.address}: {each.message}", names) for each in plan.warnings]
    orphans = [f"{each['kind']} {each['name']}{' (protected)' * each['protected']}" for each in document["unclaimed"]]
    for key, value in (("fields", fields), ("warnings", warnings), ("unclaimed", orphans)):
        if value:
            yield key, value


def _applied(
    mutations: Iterable[Entry], results: Iterable[Result], names: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """Yield what an apply did and said."""
    operations = [{entry.field: readable(entry.arguments["input"], names)} for entry in mutations]
    notes = [
        readable(f"{result.change.address}: {note}", names)
        for result in results
        for note in [*result.messages, *result.notes]
    ]
    for key, value in (("operations", operations), ("notes", notes)):
        if value:
            yield key, value


def _sent_secrets(operations: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield what was sent as connections' inputs and as API keys: the words long enough to be recognised."""
    for operation in operations:
        (data,) = operation.values()
        for variable in data.get("configVariables", ()):
            yield from (entry["value"] for entry in variable.get("values", ()) if len(entry["value"]) > 5)
        for flow in data.get("flowConfigs", ()):
            yield from flow.get("apiKeys", ())
