"""What runs came to, made by hand: one of everything that a report may have to tell."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reports.plans import Orphan, change, field, plan
from support.hostile import HOSTILE

from reconciler.applying.results import Result
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.prismatic.http.stats import Stats
from reconciler.reports.shared.outcome import Failure, Outcome, RunContext
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.planning.plan import Change, Plan
from reconciler.planning.orphans import PRUNING_OFF


def one_of_each() -> tuple[Change, ...]:
    fields = [field("name", None, "FTL Rockets"), field("labels", None, ["west"])]
    return (
        change("ftl", "create", kind="Customer", name="FTL Rockets", fields=fields, reason="nothing there"),
        change(
            "lisa",
            kind="User",
            name="Lisa",
            fields=[field("role", "Member", "Admin")],
            reason="1 declared field differs",
        ),
        change(
            "inventory",
            "update",
            "deploy",
            name="Inventory",
            fields=[
                field("integration/version", 1, 2),
                field("enabled", True, False),
                field("configVariables/Batch Size", "50", "100"),
                field("configVariables/Endpoint", "", "https://acme.example"),
                field("configVariables/User/Pass/inputs/password", None, Secret("one"), sensitive=True),
                field("configVariables/Token", Secret("one"), Secret("two"), sensitive=True),
            ],
            reason="6 declared fields differ; its configuration takes effect with a deploy",
        ),
        change("adopted", "adopt", name="Adopted", reason="it exists and becomes part of this project"),
        change("due", "deploy", name="Due", group="Other Customer", reason="it was never deployed"),
        change("gone", "delete", kind="Customer", name="Gone", group="pruned", source=None, reason="in no manifest"),
    )


def everything() -> Plan:
    warnings = (
        Diagnostic("deleting it deletes its 2 users for good", address="Customer/gone"),
        Diagnostic(
            "A: apiKey is write-only", Place("manifests/all.yaml", 12, 5), "Instance/inventory", topic="write-only"
        ),
        Diagnostic(
            "B: apiKey is write-only", Place("manifests/all.yaml", 15, 5), "Instance/inventory", topic="write-only"
        ),
        Diagnostic(
            "C: apiKey is write-only", Place("manifests/all.yaml", 18, 5), "Instance/inventory", topic="write-only"
        ),
    )
    orphans = (
        Orphan("Customer", "Q3Vz", "Stray", kept=PRUNING_OFF),
        Orphan("Instance", "SW5z", "Kept", protected=True, kept=PRUNING_OFF),
    )
    return plan(
        *one_of_each(), project="acme", warnings=warnings, orphans=orphans, inputs={"environment": "production"}
    )


def results() -> list[Result]:
    created, user, instance, adopted, due, gone = one_of_each()
    webhooks = {"Sync": "https://hooks.example/1", "Report": "https://hooks.example/2"}
    return [
        Result(created, done=["createCustomer"], outcome={"id": "Q3VzdG9tZXI="}),
        Result(user, "skipped", messages=["not tried: it depends on Customer/ftl, which was not applied"]),
        Result(
            instance,
            "not converged",
            done=["updateInstance", "deployInstance"],
            messages=["enabled: declared False, but the API holds True"],
            outcome={"id": "SW5z", "webhookUrls": webhooks},
        ),
        Result(adopted, done=["updateInstance"], outcome={"id": "SW5z", "webhookUrls": webhooks}),
        Result(due, notes=["not deployed yet: somebody must authorize 'CRM' first"]),
        Result(gone, "failed", messages=["deleteCustomer: no", "deleteCustomer: it may have been carried out"]),
    ]


def many() -> tuple[Change, ...]:
    """A thousand alike changes, and one that stands apart."""
    alike = [
        change(
            f"i{number:04}",
            "update",
            "deploy",
            group=f"Customer {number % 50:02}",
            fields=[field("integration/version", 11, 12)],
            source=Place("all.yaml", number + 1, 1),
        )
        for number in range(1000)
    ]
    return (*alike, change("apart", fields=[field("description", "a", "b")], group="Customer 07"))


STATS = Stats(requests=4, operations=12, bytes_received=34_567, seconds=1.26)
LIVE = {"Customer/acme": "Q3VzA", "Instance/due": "SW5zA", "User/ok": "VXNA"}
FORM = {
    "objects": [{"key": "orders", "fields": ["id", "total"]}, {"key": "items", "fields": ["sku"]}],
    "retries": 3,
    "strict": True,
}
SCRIPT = "\n".join(f"step {number}" for number in range(1, 30))


@cache
def several_customers() -> Plan:
    """Return a plan as people have them: five customers, configuration of every shape, one thing deleted."""
    number = 0

    def at(line: int) -> Place:
        return Place(f"manifests/customers/{number}.yaml", line, 1)

    changes: list[Change] = []
    for number, name in enumerate(("FTL Rockets", "Blue Harbor", "Nordlys Energi", "Smith & Sons")):
        handle = name.lower().replace(" ", "-").replace("&", "and")
        if number == 3:
            changes.append(
                change(
                    handle,
                    "create",
                    kind="Customer",
                    name=name,
                    group=name,
                    source=at(2),
                    reason="no customer has this name",
                    fields=[field("name", None, name), field("labels", None, ["production", "gitops:acme"])],
                )
            )
        instance = change(
            f"{handle}-inventory",
            *(("create", "deploy") if number == 3 else ("update", "deploy")),
            name="Acme Inventory",
            group=name,
            source=at(11),
            depends_on=(f"Customer/{handle}",) if number == 3 else (),
            reason="its configuration takes effect with a deploy",
            fields=[
                field("integration/version", None if number == 3 else 11, 12),
                field("configVariables/Batch Size", None if number == 3 else "50", "100"),
                *([field("configVariables/Order Form", FORM, {**FORM, "retries": 5, "strict": False})] * (number == 0)),
                *([field("configVariables/Steps", SCRIPT, SCRIPT.replace("step 7\n", "pause\n"))] * (number == 1)),
                field("configVariables/Login/inputs/password", Secret(f"old {number}"), Secret("new"), sensitive=True),
            ],
        )
        changes.append(instance)
    changes.append(
        change(
            "lisa",
            "create",
            kind="User",
            name="lisa.nguyen@smith.example",
            group="Smith & Sons",
            source=at(30),
            depends_on=("Customer/smith-and-sons",),
            reason="no user has this address",
            fields=[field("email", None, "lisa.nguyen@smith.example"), field("role", None, "Admin")],
        )
    )
    changes.append(
        change(
            "old-crm",
            "delete",
            name="Old CRM",
            group="Blue Harbor",
            source=None,
            reason="in no manifest, and prune is on",
        )
    )
    warnings = (Diagnostic("deleting it deletes its 3 users for good", address="Instance/old-crm"),)
    return plan(
        *changes, unchanged=41, project="acme", warnings=warnings, inputs={"environment": "production"}, live_ids=LIVE
    )


@cache
def five_thousand() -> Plan:
    """Return a plan for a thousand customers with five resources each."""
    changes: list[Change] = []
    for customer in range(1000):
        handle, name = f"c{customer:04}", f"Customer {customer:04}"
        fields = [field("name", None, name), field("externalId", None, handle)]
        changes.append(change(handle, "create", kind="Customer", name=name, group=name, fields=fields))
        changes.extend(
            change(
                f"{handle}-{number}",
                *(("create", "deploy"), ("update", "deploy"), ("update",), ("deploy",))[number],
                name=f"Integration {number}",
                group=name,
                source=Place(f"customers/{handle}.yaml", 10 * number + 1, 1),
                depends_on=(f"Customer/{handle}",),
                fields=[field("configVariables/Batch Size", "50", str(customer)), field("description", "a", name)]
                if number < 3
                else [],
                reason="it was never deployed",
            )
            for number in range(4)
        )
    return plan(*changes, unchanged=12, project="acme", inputs={"environment": "production"})


@cache
def hostile_plan() -> Plan:
    """Return a plan in which every name, path, value, reason and place wants to act."""
    changes = [
        change(
            f"{number}-{name}",
            "update" if number % 2 else "delete",
            name=name,
            group=name,
            reason=name,
            source=Place(name, number + 1, 1),
            fields=[
                field("configVariables/" + name.replace("/", "|"), name, None),
                field("configVariables/Form", {name: name}, {name: [name]}),
            ],
        )
        for number, name in enumerate(HOSTILE.values())
    ]
    warnings = tuple(Diagnostic(name, Place(name, 1, 1), f"Instance/{name}", topic=name) for name in HOSTILE.values())
    orphans = tuple(Orphan("Customer", name, name, kept=PRUNING_OFF) for name in HOSTILE.values())
    evil = HOSTILE["markup: comment"]
    return plan(*changes, project=evil, warnings=warnings, orphans=orphans, inputs={"environment": evil})


def told(command: str, found: Plan, **more: object) -> Outcome:
    """Return the outcome of a command that got as far as a plan."""
    return Outcome(
        command,  # type: ignore[arg-type]
        found,
        project=found.project,
        environment=found.inputs.get("environment"),
        stats=STATS,
        **more,  # type: ignore[arg-type]
    )


def failure(command: str = "plan") -> Outcome:
    problems = (
        Diagnostic("unknown key 'descripton'; did you mean 'description'?", Place("manifests/all.yaml", 5, 27)),
        Diagnostic("Instance/a refers to Customer/ftx, which is not there", Place("manifests/b.yaml", 11, 3)),
        Diagnostic("https://app.example.com answered HTTP 502: bad gateway"),
    )
    return Outcome(command, failure=Failure(problems, "Nothing was changed."), project="acme")  # type: ignore[arg-type]


def applied(*, failed: bool) -> Outcome:
    found = several_customers()
    if failed:
        return told("apply", everything(), results=results())
    return told("apply", found, results=[Result(each, done=["x"], outcome={"id": "SW5z"}) for each in found])


def three_way() -> Outcome:
    """Return a drift of which it is known how it came about."""
    found = several_customers()
    ways = ("changed outside", "not applied yet", "changed outside, and not applied yet")
    return told(
        "drift",
        found,
        origins={each.address: ways[number % 3] for number, each in enumerate(found)},
        remarks={found.changes[0].address: ["changed on 2026-01-02 03:04 UTC"]},
        notes=["Compared with what was applied on 2026-01-01 00:00 UTC"],
    )


def hostile_outcome(command: str) -> Outcome:
    """Return an outcome in which all that is said is hostile too."""
    found = hostile_plan()
    names = [*HOSTILE.values()]
    outcome = told(command, found, notes=names, origins={each.address: each.name for each in found})
    if command == "apply":
        mixed: list[Result] = []
        for number, each in enumerate(found):
            status = ("failed", "skipped", "not converged", "applied")[number % 4]
            mixed.append(
                Result(each, status, [each.name], [each.name], [each.name], {each.name: {each.name: each.name}})
            )  # type: ignore[arg-type]
        outcome = replace(outcome, results=mixed)
    return outcome


def hostile_failure() -> Outcome:
    problems = tuple(Diagnostic(name, Place(name or "x", 1, 1)) for name in HOSTILE.values())
    evil = HOSTILE["markup: comment"]
    return Outcome("plan", failure=Failure(problems, evil), project=evil, environment=evil)


SCENES: dict[str, Callable[[], Outcome]] = {
    "empty": lambda: told("plan", plan(live_ids=LIVE)),
    "one-of-each": lambda: told("plan", everything()),
    "several-customers": lambda: told("plan", several_customers()),
    "without-secrets": lambda: told("plan", replace(several_customers(), without_secrets=True)),
    "no-plan": failure,
    "declined": lambda: told("apply", everything(), failure=Failure.saying("not approved: nothing was changed")),
    "interrupted": lambda: told("apply", everything(), results=results()[:3], failure=Failure.saying("interrupted")),
    "applied": lambda: applied(failed=False),
    "nothing-applied": lambda: told("apply", plan()),
    "failed-apply": lambda: applied(failed=True),
    "drift": lambda: told("drift", replace(everything(), live_ids=LIVE)),
    "three-way-drift": three_way,
    "no-drift": lambda: told("drift", plan(live_ids=LIVE)),
    "no-drift-report": lambda: failure("drift"),
    "valid": lambda: Outcome(
        "validate", valid={"User": 2, "Customer": 1}, cautions=everything().warnings, project="acme", environment="eu"
    ),
    "not-valid": lambda: failure("validate"),
}
"""Outcomes whose every report is kept as it was read and found good."""
LARGE: dict[str, Callable[[], Outcome]] = {
    "five-thousand": lambda: told("plan", five_thousand()),
    "a-thousand-alike": lambda: told("plan", plan(*many())),
    "five-thousand-elsewhere": lambda: told(
        "drift", five_thousand(), surroundings=RunContext("deploy", "https://forge.example/runs/1")
    ),
}
"""Outcomes too large to be read; what is kept of their reports is a digest, and how they are built."""
UNFRIENDLY: dict[str, Callable[[], Outcome]] = {
    "hostile-plan": lambda: hostile_outcome("plan"),
    "hostile-apply": lambda: hostile_outcome("apply"),
    "hostile-drift": lambda: hostile_outcome("drift"),
    "hostile-failure": hostile_failure,
    "hostile-validation": lambda: Outcome("validate", valid={"User": 2}, cautions=hostile_plan().warnings),
}
