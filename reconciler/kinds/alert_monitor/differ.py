"""How a monitor's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_monitor.finder import TRIGGERS
from reconciler.kinds.alert_monitor.flows import flows_of
from reconciler.kinds.alert_monitor.operations import CREATE_ALERT_MONITOR, DELETE_ALERT_MONITOR, UPDATE_ALERT_MONITOR
from reconciler.kinds.alert_monitor.recipients import RECIPIENTS, live_recipients
from reconciler.kinds.alert_monitor.spec import UNITS, notified, seconds_of, written
from reconciler.kinds.instance.lookup import instance_problems, live_reference
from reconciler.kinds.instance.spec import NAME as INSTANCE
from reconciler.kinds.severities.catalogue import SEVERITIES, severity_named, unknown_severity
from reconciler.kinds.shared.attributes import compare_attributes
from reconciler.kinds.shared.writing import plain_deletion
from reconciler.model.capabilities.differ import Diff, Differ, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf, Phase, Step
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.kinds.alert_monitor.operations import MonitorFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View

NUMBERS = {"duration": "durationSecondsCondition", "overdue": "executionOverdueMinutesCondition"}
"""The times of a manifest, and the API's numbers."""
CONDITIONS = {
    "Execution Duration Matched or Exceeded": "duration",
    "Execution Overdue": "overdue",
    "Log Level Matched or Exceeded": "logLevel",
}
"""The field that each of these triggers needs."""
FIELDS = {**NUMBERS, "logLevel": "logSeverityLevelCondition"}
ANEW = (
    "if the API keeps {} after the update, the monitor is deleted and created anew, and its events are gone with the "
    "former one"
)


def _diff(resource: Resource, context: DiffContext[MonitorFields]) -> Diff:
    if resource.open:
        return Diff(problems=list(instance_problems(resource.spec, context.view)))
    node = context.live.node if context.live else None
    wanted = Wanted(resource, context.view, node)
    fields = Fields(context.include_unchanged)
    compare_attributes(("name",), resource.spec, node, fields)
    wanted.compare(fields)
    steps = wanted.steps(context.live) if fields.changed or node is None else []
    warnings = [*wanted.warnings(), *(wanted.replacing() if node and steps else ())]
    drops = wanted.drops(node) if node and steps else frozenset()
    return Diff(fields.changed, steps, warnings=warnings, problems=wanted.problems, same=fields.same, drops=drops)


class Wanted:
    """What a manifest wants of one monitor, with the names of its spec as the API's IDs and numbers."""

    def __init__(self, resource: Resource, view: View, node: MonitorFields | None) -> None:
        self._resource, self._view, self._node = resource, view, node
        self.spec: Mapping[str, Any] = resource.spec
        self.problems = list(instance_problems(self.spec, view))
        self.instance = live_reference(self.spec.get("instance"), view)
        self._flows = flows_of(resource, view)
        self._check_flow()
        self.triggers = self._triggers()
        self.recipients = {
            field: RECIPIENTS[field].compare(listed, ("notify", field), view) for field, listed in notified(self.spec)
        }
        self.problems += (problem for each in self.recipients.values() for problem in each.problems)
        self.numbers = self._numbers()
        self._check_new()
        self.problems += self._missing_conditions()

    @property
    def flow_config(self) -> str | None:
        """The ID of the flow's config; ``None`` without a flow, and for one that is known after the next deploy."""
        return (self._flows or {}).get(self.spec.get("flow", ""))

    @property
    def is_bound_anew(self) -> bool:
        """Whether the live monitor is bound to a flow config that its instance no longer has."""
        bound = self._node.flow_config if self._node else None
        return bound is not None and self.flow_config is not None and bound.id != self.flow_config

    def _check_flow(self) -> None:
        flow = self.spec.get("flow")
        if flow is not None and self._flows is not None and flow not in self._flows:
            near = did_you_mean(flow, self._flows, listed_as="flows of the version")
            self.problems.append(Diagnostic(f"no flow is named {flow!r}; {near}", path=("flow",)))

    def _triggers(self) -> dict[str, str]:
        """Return the IDs of the declared triggers, by name."""
        found = {}
        known = [node.name for node in self._view.tenant.all(TRIGGERS)]
        for number, name in enumerate(self.spec.get("triggers") or ()):
            nodes = self._view.tenant.find(TRIGGERS, name)
            if nodes:
                found[name] = nodes[0].id
            elif known:
                near = did_you_mean(name, known, listed_as="triggers")
                self.problems.append(Diagnostic(f"no trigger is named {name!r}; {near}", path=("triggers", number)))
        return found

    def _numbers(self) -> dict[str, int | None]:
        """Return the declared numbers by the name of the manifest's field; null unsets one."""
        found: dict[str, int | None] = {}
        for field in NUMBERS:
            if field in self.spec:
                seconds = seconds_of(self.spec[field] or "")
                found[field] = None if seconds is None else seconds // UNITS[field]
        if "logLevel" in self.spec:
            found["logLevel"] = self._level(self.spec["logLevel"])
        return found

    def _level(self, name: str | None) -> int | None:
        if name is None:
            return None
        found = severity_named(name, self._view)
        if found is None:
            self.problems.append(unknown_severity(name, ("logLevel",), self._view))
        return found.number if found else None

    def _check_new(self) -> None:
        if self._node is None and not self.spec.get("triggers"):
            self.problems.append(Diagnostic("a new alert monitor needs triggers; add them", path=()))

    def _number(self, field: str) -> int | None:
        """Return a number as it is to be: as declared, else as it is live."""
        if field in self.numbers:
            return self.numbers[field]
        return number_of(field, self._node) if self._node else None

    def _missing_conditions(self) -> Iterator[Diagnostic]:
        """Yield the triggers that need a field which neither the manifest nor the live monitor has."""
        for number, name in enumerate(self.spec.get("triggers") or ()):
            field = CONDITIONS.get(name)
            if field and self._number(field) is None and not any(each.path == (field,) for each in self.problems):
                message = f"the trigger {name!r} needs {field}; add it"
                yield Diagnostic(message, path=("triggers", number))

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield the declared numbers that no trigger uses."""
        names = [*self.triggers] if "triggers" in self.spec else live_triggers(self._node)
        used = {CONDITIONS[name] for name in names if name in CONDITIONS}
        for trigger, field in CONDITIONS.items():
            if self.spec.get(field) is not None and field not in used:
                message = f"{field} has no effect without the trigger {trigger!r}; add it to triggers, or take this out"
                yield Diagnostic(message, path=(field,), key=True)

    def compare(self, fields: Fields) -> None:
        """Compare the declared fields with those of the live monitor."""
        node = self._node
        if "flow" in self.spec and (node is None or self.is_bound_anew):
            former = f"{self.spec['flow']} (of an earlier version)" if node else None
            fields.add(("flow",), former, self.spec["flow"], same=False)
        if "triggers" in self.spec:
            before = sorted(live_triggers(node)) if node else None
            after = sorted(self.triggers)
            fields.add(("triggers",), before, after, same=before == after)
        for field in self.numbers:
            live = number_of(field, node) if node else None
            same = (node is not None or self.numbers[field] is None) and live == self.numbers[field]
            fields.add((field,), self._shown(field, live), self._shown(field, self.numbers[field]), same=same)
        for field, recipients in self.recipients.items():
            recipients.note(("notify", field), live_recipients(field, node) if node else None, fields)

    def _shown(self, field: str, number: int | None) -> str | None:
        if number is None:
            return None
        if field == "logLevel":
            return level_name(number, self._view)
        return written(number * UNITS[field])

    def replacing(self) -> Iterator[Diagnostic]:
        """Yield that an update may not be enough: null may not unset a number, nor an update bind to another flow."""
        for field, number in self.numbers.items():
            if number is None and self._node and number_of(field, self._node) is not None:
                yield Diagnostic(ANEW.format(field), path=(field,))
        if self.is_bound_anew:
            yield Diagnostic(ANEW.format("the former flow"), path=("flow",))

    def drops(self, node: MonitorFields) -> frozenset[str]:
        """Return the IDs of the recipients that the monitor no longer notifies."""
        return frozenset(
            identifier
            for field, recipients in self.recipients.items()
            for identifier in live_recipients(field, node)
            if identifier not in recipients.titles
        )

    def values(self) -> dict[str, Any]:
        """Return the whole input: an API may reset what an update does not list."""
        node = self._node
        values: dict[str, Any] = {"name": self.spec.get("name", node.name if node else "")}
        if "triggers" in self.spec or node is None:
            values["triggers"] = list(self.triggers.values())
        else:
            values["triggers"] = [each.id for each in node.triggers.nodes]
        for field in RECIPIENTS:
            live = list(live_recipients(field, node)) if node else []
            values[field] = self.recipients[field].inputs if field in self.recipients else live
        for field, name in FIELDS.items():
            number = self._number(field)
            if number is not None or (node and number_of(field, node) is not None):
                values[name] = number
        return values

    def binding(self) -> dict[str, Any]:
        """Return the input for what a monitor is bound to."""
        if self.instance is None:
            target: dict[str, Any] = {"instance": IdOf(f"{INSTANCE}/{self.spec['instance']}")}
        else:
            target = {"instance": self.instance.id}
        if "flow" in self.spec:
            # Known once the instance is created or moved: the second look has it.
            target["flowConfig"] = self.flow_config or IdOf(f"{self._resource.address}: {self.spec['flow']}")
        return target

    def steps(self, live: Live | None) -> list[Step]:
        """Return the mutations that make the monitor what the manifest wants."""
        if live is None:
            return [self.creation()]
        bound = {"flowConfig": self.flow_config} if self.is_bound_anew else {}
        values = {"id": live.id, **self.values(), **bound}
        unset = {FIELDS[field]: number_of(field, live.node) for field in FIELDS if values.get(FIELDS[field], 0) is None}
        updates = [values]
        if unset and self._loses_triggers():
            # An API that only adds to lists refuses to unset a number that a trigger still needs.
            updates = [{**values, **unset}, values]
        return [Step("update", Phase.WRITE, UPDATE_ALERT_MONITOR, each) for each in updates]

    def _loses_triggers(self) -> bool:
        return "triggers" in self.spec and not self.triggers.keys() >= {*live_triggers(self._node)}

    def creation(self) -> Step:
        """Return the mutation that creates the monitor."""
        numbers = {name: value for name, value in self.values().items() if value is not None}
        return Step("create", Phase.WRITE, CREATE_ALERT_MONITOR, {**numbers, **self.binding()})

    def lacks(self, after: MonitorFields, *, final: bool) -> bool:
        """Return whether an update left something as it was: a number, the flow, or what a list had before.

        Only the ``final`` update unsets numbers.
        """
        due = {field: number for field, number in self.numbers.items() if final or number is not None}
        numbers = any(number_of(field, after) != number for field, number in due.items())
        bound = after.flow_config and self.flow_config and after.flow_config.id != self.flow_config
        lists = any(
            self._lacks_recipients(field, recipients.titles.keys(), after)
            for field, recipients in self.recipients.items()
            if not any(isinstance(each, IdOf) and each.address in recipients.titles for each in recipients.inputs)
        )
        triggers = "triggers" in self.spec and {*live_triggers(after)} != self.triggers.keys()
        return bool(numbers or bound or lists or triggers)

    def _lacks_recipients(self, field: str, wanted: AbstractSet[str], after: MonitorFields) -> bool:
        """Return whether the answer to an update shows other recipients than these, or may hide some.

        It has the first page of them alone. Where that shows none too many, the others are as wanted, unless the
        update was to remove some: they may be on a page that it does not show.
        """
        shown = live_recipients(field, after).keys()
        before = live_recipients(field, self._node).keys() if self._node else frozenset[str]()
        pages = {"groups": after.groups.page_info, "users": after.users.page_info, "webhooks": after.webhooks.page_info}
        return shown != wanted and not (pages[field].has_next_page and shown < wanted and before <= wanted)


def number_of(field: str, node: MonitorFields) -> int | None:
    """Return the number of a live monitor for a field of the manifest."""
    return {
        "duration": node.duration_seconds_condition,
        "overdue": node.execution_overdue_minutes_condition,
        "logLevel": node.log_severity_level_condition,
    }[field]


def level_name(number: int, view: View) -> str:
    """Return the name of a log level, in lower case; of an unknown one its number."""
    names = (node.id.lower() for node in view.tenant.all(SEVERITIES) if node.number == number)
    return next(names, str(number))


def live_triggers(node: MonitorFields | None) -> Sequence[str]:
    """Return the names of a live monitor's triggers."""
    return [each.name for each in node.triggers.nodes] if node else ()


def _observed(live: Live[MonitorFields]) -> Mapping[str, Any]:
    node = live.node
    return {
        "name": node.name,
        "triggers": sorted(live_triggers(node)),
        **{field: number_of(field, node) for field in FIELDS},
        **{field: sorted(live_recipients(field, node)) for field in RECIPIENTS},
        "flowConfig": node.flow_config.id if node.flow_config else None,
    }


DIFFER = Differ(_diff, _observed)
DELETION = plain_deletion(DELETE_ALERT_MONITOR)
