"""Plans of sets of instances, made by hand: three hundred members that are nearly alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reports.plans import change, field, plan
from reports.scenes import told

from reconciler.applying.results import Result
from reconciler.manifests.sets.summary import LeftOut
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.model.resource import Membership, Resource, SetCustomer
from reconciler.planning.members import PlannedSet
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path
    from reconciler.model.step import Action
    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.outcome import Outcome

SET = "InstanceSet/inventory"
PLACE = Place("fleet/inventory.yaml", 3, 1)
PLANETS = ("acme", "blue-harbor", "cirrus", "delta-v", "ember", "ftl-rockets", "globex", "hooli", "initech", "juno")


@dataclass(frozen=True, slots=True)
class At:
    """An origin with one place."""

    start: Place = PLACE

    def place(self, _path: Path, *, key: bool = False) -> Place:
        return Place(self.start.file, self.start.line, 2 if key else 1)

    def spelling(self, _path: Path) -> str | None:
        return None


def customer(number: int) -> SetCustomer:
    """Return a customer; the first ten have names that a reader can tell apart."""
    handle = PLANETS[number] if number < len(PLANETS) else f"customer-{number:03}"
    return SetCustomer(handle, handle.replace("-", " ").title(), f"ext-{number}", ("inventory",))


def member(
    of: SetCustomer, *actions: Action, fields: Iterable[FieldChange] = (), address: str = SET, **more: Any
) -> Change:
    """Return the change of a member of the set."""
    handle = f"{address.partition('/')[2]}.{of.handle}"
    resource = Resource("Instance", handle, {}, At(), membership=Membership(address, of))
    reason = "its configuration takes effect with a deploy"
    given: dict[str, Any] = {"reason": reason, "group": of.name, "source": PLACE, **more}
    return change(handle, *actions, name="Acme Inventory", fields=fields, resource=resource, **given)


def upgrade(number: int, *more: FieldChange) -> Change:
    """Return the change that nearly all members have: a new version, and an address of each customer's own."""
    handle = customer(number).handle
    return member(
        customer(number),
        "update",
        "deploy",
        fields=[
            field("integration/version", 12, 13),
            field(
                "configVariables/Acme Inventory Endpoint",
                f"https://old.example/{handle}",
                f"https://{handle}.acme.example",
            ),
            *more,
        ],
    )


def created(number: int) -> Change:
    return member(
        customer(number), "create", "deploy", reason="no instance has this name",
        fields=[
            field("name", None, "Acme Inventory"),
            field("integration/version", None, 13),
            field("configVariables/Acme Inventory Endpoint", None, f"https://{customer(number).handle}.acme.example"),
            field("configVariables/Login/inputs/password", None, Secret(f"canary-{number}"), sensitive=True),
        ],
    )  # fmt: skip


def the_set(changes: Sequence[Change], numbers: Iterable[int], address: str = SET, **more: Any) -> PlannedSet:
    members = {change.address: change.resource.membership.customer for change in changes}  # type: ignore[union-attr]
    members |= {f"Instance/inventory.{customer(number).handle}": customer(number) for number in numbers}
    return PlannedSet(address, members, more.pop("size", len(members)), place=PLACE, **more)


LEFT_OUT = (
    LeftOut(SetCustomer("smith-rockets", "Smith Rockets"), "excluded"),
    LeftOut(SetCustomer("tyrell", "Tyrell"), "excluded"),
    LeftOut(SetCustomer("umbrella", "Umbrella"), "no label 'inventory'"),
    LeftOut(SetCustomer("wonka", "Wonka"), "no label 'inventory'"),
)


@cache
def three_hundred() -> Plan:
    """Return a plan of 300 members: nearly all alike, some with more, some new, some gone, some unchanged."""
    changes = [
        *(upgrade(number) for number in range(285)),
        *(upgrade(number, field("configVariables/Batch Size", "100", "200")) for number in range(285, 292)),
        *(created(number) for number in (292, 293)),
        member(customer(294), "deploy", reason="it was never deployed"),
        *(member(customer(number), "delete", reason="declared absent") for number in (295, 296)),
    ]
    missing = "config variable 'Region' is required, and has no value"
    warnings = [
        *(Diagnostic(missing, PLACE, each.address) for each in changes[:40]),
        Diagnostic("deleting it deletes its 2 users for good", address="Customer/gone"),
    ]
    return plan(
        change("alone", fields=[field("description", "a", "b")]),
        *changes,
        unchanged=44,
        sets=(the_set(changes, (297, 298, 299), left_out=LEFT_OUT),),
        warnings=tuple(warnings),
        project="acme",
        inputs={"environment": "production"},
    )


def drifted() -> Outcome:
    """Return the drift of 300 members: 12 differ, for several causes, and two are missing."""
    ways = ("changed outside", "changed outside", "not applied yet")
    changes = [
        *(member(customer(number), fields=[field("configVariables/Batch Size", "50", "100")]) for number in range(12)),
        *(created(number) for number in (12, 13)),
    ]
    found = plan(*changes, unchanged=286, project="acme", sets=(the_set(changes, range(14, 300), left_out=LEFT_OUT),))
    return told(
        "drift",
        found,
        origins={each.address: ways[number % 3] for number, each in enumerate(changes[:12])},
        remarks={
            each.address: [f"the live object was last changed 2026-01-02 03:{number:02}:05 UTC"]
            for number, each in enumerate(changes)
        },
    )


def applied() -> Outcome:
    """Return the results for 300 members: most applied, some failed for one cause, some skipped, some not deployed."""
    found = three_hundred()
    results = []
    for number, each in enumerate(found):
        result = Result(each, done=["updateInstance", "deployInstance"], outcome={"id": f"SW5z{number}"})
        handle = each.address.partition(".")[2]
        if number in range(100, 112):
            result.fail(f"deployInstance: Instance/inventory.{handle} has no version 13")
        elif number in (150, 151):
            result.fail("updateInstance: HTTP 502: bad gateway")
        elif number == 160:
            result.skip(f"not tried: it depends on Customer/{handle}, which was not applied")
        elif number in range(200, 205):
            result.notes.append("not deployed yet: somebody must authorize 'CRM' first")
        results.append(result)
    return told("apply", found, results=results)


FLEETS: dict[str, Callable[[], Outcome]] = {
    "plan": lambda: told("plan", three_hundred()),
    "drift": drifted,
    "apply": applied,
    "settled": lambda: told("plan", plan(unchanged=300, sets=(the_set((), range(300), left_out=LEFT_OUT),))),
}
"""Outcomes of a set of 300 members."""
