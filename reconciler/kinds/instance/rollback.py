"""Setting an instance back to the version and the config variables that it had before a change of it failed.

A value goes back as the text that the API returned before. Secrets and connections keep their new value: the API does
not return all of them, and a former secret may be revoked. Everything else of the instance stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.deployment import deploy_step
from reconciler.kinds.instance.operations import UPDATE_INSTANCE
from reconciler.kinds.instance.steps import configure_step
from reconciler.kinds.instance.values_at_risk import lacking_values
from reconciler.kinds.integration.version_changes import type_of
from reconciler.kinds.integration.versions import contents_of, version_of
from reconciler.kinds.shared.labels import all_labels
from reconciler.kinds.variables.codec import CONNECTION, SCHEDULE
from reconciler.kinds.variables.configuration import ROOT
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.kinds.variables.schedules import Schedule
from reconciler.model.capabilities.differ import FieldChange
from reconciler.model.capabilities.rollback import Rollback
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import dotted
from reconciler.model.step import Phase, Step
from reconciler.secrets.secret import LIVE, Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable
    from reconciler.model.capabilities.rollback import Reversal
    from reconciler.model.capabilities.versions import Version
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live

KEPT = "if the change fails, {!r} keeps its new value: secrets and connections are not set back"
SEVERAL_KEPT = "secrets and connections keep their new value if their instances are set back"
DECLARED = "if the change fails, {} stays as declared: only the version and config variables are set back"
SEVERAL_DECLARED = "fields other than the version and config variables stay as declared if their instances are set back"
UNKNOWN = "its config variables stay as they are: what they were before is not known"
LACKING = "{} needs a value of {}, which {} does not have"
TOUCHED = frozenset({"customer", "name", "deploy"})


def _deployed(live: Live[InstanceFields]) -> bool:
    return bool(live.node.last_deployed_at)


def _settled(live: Live[InstanceFields]) -> bool:
    return _deployed(live) and not live.node.needs_deploy


def _moved(live: Live[InstanceFields], version: Version) -> FieldChange:
    return FieldChange(("integration", "version"), live.node.integration.version_number, version.number)


def _hindrance(reversal: Reversal, live: Live[InstanceFields]) -> str:
    """Return which values the former version needs that nobody knows; an object that ran there had all of them."""
    if reversal.before or reversal.version is None:
        return ""
    current = version_of(live.node.integration)
    known = contents_of(current, reversal.view).variables
    lacking = lacking_values({}, contents_of(reversal.version, reversal.view).variables, live.node)
    names = [repr(each.key) for each in lacking if each.key not in known]
    return LACKING.format(reversal.version, ", ".join(names), current) if names else ""


def _stays(reversal: Reversal) -> Iterator[Diagnostic]:
    if reversal.before is None:
        yield Diagnostic(UNKNOWN, path=())
        return
    former = _declarations(reversal)
    for path in dict.fromkeys(each.path[:2] if each.path[0] == ROOT else each.path[:1] for each in reversal.fields):
        if path[0] == ROOT and len(path) > 1:
            if path[1] in former and path[1] not in _former_values(reversal):
                yield Diagnostic(KEPT.format(path[1]), path=path, topic=SEVERAL_KEPT)
        elif path[0] not in {"integration", "lifecycle"}:
            yield Diagnostic(DECLARED.format(dotted(path)), path=path, topic=SEVERAL_DECLARED)


def _declarations(reversal: Reversal) -> Mapping[str, Declaration]:
    """Return the config variables of the version that the instance had before the change."""
    node = reversal.before.node if reversal.before else None
    return contents_of(version_of(node.integration), reversal.view).variables if node else {}


def _former_values(reversal: Reversal) -> Mapping[str, LiveVariable]:
    """Return the values to set back: those that the change wrote, and those that the failed version cannot hold.

    Values that somebody else changed meanwhile stay.
    """
    if reversal.before is None:
        return {}
    former = _declarations(reversal)
    since = contents_of(reversal.failed, reversal.view).variables if reversal.version and reversal.failed else former
    written = {each.path[1]: each for each in reversal.fields if each.path[0] == ROOT and len(each.path) > 1}
    found = {}
    for key, variable in live_variables(reversal.before.node).items():
        if key not in former or _is_others(former[key]):
            continue
        lost = key not in since or type_of(since[key]) != type_of(former[key])
        if lost or (key in written and not written[key].sensitive and not former[key].concealed):
            found[key] = variable
    return found


def _is_others(declaration: Declaration) -> bool:
    """Return whether a variable has no plain value of the instance's own."""
    return declaration.data_type == CONNECTION or declaration.scoped or declaration.user_level


def _hold(
    live: Live[InstanceFields], wanted: Collection[str], unwanted: Collection[str], version: Version | None
) -> Step:
    # One write: the instance never has the former version without the labels, which a later run would move on again.
    values: dict[str, Any] = {"id": live.id, "labels": all_labels(None, live.node.labels, wanted, unwanted)}
    # Labels take effect without a deploy; an API that thinks otherwise is asked not to note one as needed.
    values |= {"integration": version.id} if version else {"preserveDeployState": True}
    return Step("update", Phase.WRITE, UPDATE_INSTANCE, values)


def _restore(reversal: Reversal, live: Live[InstanceFields]) -> Sequence[Step]:
    node, former = live.node, _declarations(reversal)
    current = live_variables(node)
    wires = [
        wire
        for key, variable in _former_values(reversal).items()
        if not _same(wire := _wire(former[key], variable), current.get(key))
    ]
    steps = [configure_step(live.id, wires)] if wires else []
    is_away = reversal.version is not None and reversal.version.id != node.integration.id
    if _deployed(live) and (wires or node.needs_deploy or is_away) and reversal.resource.spec.get("deploy") != "never":
        steps.append(deploy_step(live.id))
    return steps


def _wire(declaration: Declaration, former: LiveVariable) -> dict[str, Any]:
    """Return a former value as a write takes it; a variable without one goes back to its default."""
    text = former.value
    if text is None:
        text = declaration.default or ("[]" if declaration.collection_type else "")
    schedule = declaration.data_type == SCHEDULE and declaration.collection_type is None
    return {
        "key": declaration.key,
        "value": Secret(text, LIVE) if declaration.concealed else text,
        **(Schedule.of(former).wire() if schedule else {}),
    }


def _same(wire: Mapping[str, Any], current: LiveVariable | None) -> bool:
    if current is None:
        return False
    value = wire["value"].reveal() if isinstance(wire["value"], Secret) else wire["value"]
    schedule = Schedule.of(current).wire() if "scheduleType" in wire else {}
    return value == (current.value or "") and all(wire[key] == each for key, each in schedule.items())


def _bare(resource: Resource) -> Resource:
    spec = {key: value for key, value in resource.spec.items() if key in TOUCHED}
    return replace(resource, spec={**spec, "integration": {"name": resource.spec["integration"]["name"]}})


ROLLBACK = Rollback(
    deployed=_deployed,
    settled=_settled,
    moved=_moved,
    hindrance=_hindrance,
    stays=lambda reversal: list(_stays(reversal)),
    hold=_hold,
    restore=_restore,
    bare=_bare,
)
