"""How a log stream's fields compare, and the mutation that a difference becomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.kinds.log_stream.operations import (
    CREATE_EXTERNAL_LOG_STREAM,
    DELETE_EXTERNAL_LOG_STREAM,
    UPDATE_EXTERNAL_LOG_STREAM,
)
from reconciler.kinds.severities.catalogue import severity_named, unknown_severity
from reconciler.kinds.shared.addressed import NEEDED, compare_address, observed_address
from reconciler.kinds.shared.templates import unknown_words
from reconciler.kinds.shared.whole_secrets import ignored_whole, missing_fields
from reconciler.kinds.shared.writing import plain_deletion, write_step
from reconciler.model.capabilities.differ import Diff, Differ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.log_stream.operations import LogStreamFields
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import DiffContext, View

WORDS = (
    "timestamp", "timestamp_s", "timestamp_ns", "timestamp_iso", "message", "severity", "severityNumber", "instanceId",
    "instanceName", "flowConfigId", "integrationId", "integrationName", "customerId", "customerName",
    "customerExternalId", "flowId", "flowName", "stepName", "executionId",
)  # fmt: skip
"""Words that are known to be replaced in a template. There are others, so only one that is nearly these is wrong."""
_WORD = re.compile(r"\{\{\s*([A-Za-z_]+)\s*\}\}")


def _diff(resource: Resource, context: DiffContext[LogStreamFields]) -> Diff:
    spec, live, view = resource.spec, context.live, context.view
    node = live.node if live else None
    found = compare_address(spec, node, context)
    if "severities" in spec:
        before, after = severities_of(node) if node else None, sorted({name.lower() for name in spec["severities"]})
        found.fields.add(("severities",), before, after, same=before == after)
    values = {**found.values, "severityLevels": _levels(spec, node, view)}
    step = write_step(live, CREATE_EXTERNAL_LOG_STREAM, UPDATE_EXTERNAL_LOG_STREAM, values)
    changed = found.fields.changed
    return Diff(
        changed,
        [step] if changed else [],
        warnings=[*found.warnings, *unknown_words(spec, _WORD, WORDS, only_near=True)],
        problems=list(_problems(spec, view, new=live is None)),
        same=found.fields.same,
    )


def severities_of(node: LogStreamFields) -> list[str]:
    """Return the names of the severities that a live stream sends, in lower case and in order."""
    return sorted(level.name.lower() for level in node.severity_levels if level)


def _levels(spec: Mapping[str, Any], node: LogStreamFields | None, view: View) -> list[dict[str, Any]]:
    """Return all severities as the API takes them: the declared ones, or those that the stream has."""
    if "severities" not in spec:
        levels = filter(None, node.severity_levels) if node else ()
        return [{"id": level.id, "name": level.name} for level in levels]
    found = {severity.id: severity for name in spec["severities"] if (severity := severity_named(name, view))}
    return [{"id": each.number, "name": each.id} for each in sorted(found.values(), key=lambda each: each.number or 0)]


def _problems(spec: Mapping[str, Any], view: View, *, new: bool) -> Iterator[Diagnostic]:
    """Yield the severities that do not exist, and what a new stream lacks."""
    for number, name in enumerate(spec.get("severities") or ()):
        if severity_named(name, view) is None:
            yield unknown_severity(name, ("severities", number), view)
    if new:
        yield from missing_fields((*NEEDED, "severities"), spec, "a new log stream")


def _observed(live: Live[LogStreamFields]) -> Mapping[str, Any]:
    return {**observed_address(live.node), "severities": severities_of(live.node)}


DIFFER = Differ(_diff, _observed, ignored_whole)


DELETION = plain_deletion(DELETE_EXTERNAL_LOG_STREAM)
