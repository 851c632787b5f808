"""Fingerprints and marks of an instance: which secrets it was sent, which labels it keeps, and which it gets and when.

``model/fingerprints.py`` explains both. A mark notes that a place may hold a secret from outside git: the live value
stays hidden after its manifest no longer takes it from outside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import SHOWN
from reconciler.kinds.instance.shared_links import linked
from reconciler.kinds.integration.versions import contents_of, version_of
from reconciler.kinds.variables.codec import CONNECTION, successor
from reconciler.kinds.variables.configuration import ROOT, compare_configuration, declared_tags
from reconciler.kinds.variables.live_variables import live_variables, stable_key_of
from reconciler.model.fingerprints import Evidence, Record, as_labels, fingerprint_labels, tags_on
from reconciler.secrets.secret import Secret, Unresolved, contains

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.kinds.instance.reads import InstanceContext
    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.configuration import Configuration
    from reconciler.kinds.variables.live_variables import Configured
    from reconciler.model.fingerprints import Fingerprinter, Tags
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of places whose values the API returns.

    ``wanted``: places that the manifest takes from outside; ``written``: places that it declares in plain text;
    ``open``: places that it does not declare, so an earlier secret may still be there.
    """

    wanted: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


def marks_of(
    spec: Mapping[str, Any],
    contents: Contents,
    node: Configured | None,
    maker: Fingerprinter,
    carried: Collection[str],
) -> Marks:
    """Return the marks of the places that a spec declares, and of those that it could declare in this version.

    ``carried`` are the live object's tags and marks that no declared input explains. A renamed variable keeps its mark
    under the new name.
    """
    declared = dict(_places(spec))
    readable = {
        *((ROOT, key) for key, each in contents.variables.items() if each.data_type != CONNECTION),
        *(("flowConfigs", name, field) for name in contents.flows for field in SHOWN),
    }
    outside = {path for path in readable & declared.keys() if _is_outside(declared[path])}
    wanted = frozenset(maker.mark(path) for path in outside)
    if wanted.issuperset(carried):
        return Marks(wanted)
    renamed = frozenset(
        maker.mark((ROOT, new))
        for old, new in _renamed(node, contents)
        if new not in (spec.get(ROOT) or {}) and maker.mark((ROOT, old)) in carried
    )
    written = frozenset(maker.mark(path) for path in (readable & declared.keys()) - outside)
    return Marks(wanted | renamed, written, frozenset(maker.mark(path) for path in readable - declared.keys()))


def _places(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key, value in (spec.get(ROOT) or {}).items():
        yield (ROOT, key), value
    for name, config in (spec.get("flowConfigs") or {}).items():
        yield from ((("flowConfigs", name, field), config[field]) for field in SHOWN if field in config)


def _is_outside(value: Any) -> bool:
    return contains(value, Secret, Unresolved)


def _renamed(node: Configured | None, contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of each live variable that the version renames."""
    for key, variable in live_variables(node).items():
        if key not in contents.variables:
            new = successor(key, stable_key_of(variable), contents.variables)
            if new:
                yield key, new


UNDECLARED = "its labels hold fingerprints of undeclared secrets, which are removed"


def evidence_of(context: InstanceContext) -> Evidence:
    """Return the evidence in the live object's labels of the secrets that it was sent."""
    maker, marker = context.fingerprinter, context.marker
    if maker is None and marker is None:
        return Evidence(missing=context.no_fingerprints)
    carried = tags_on(_labels(context))
    return Evidence(
        (lambda *parts: maker.tag(*parts) in carried) if maker else None,
        context.no_fingerprints,
        lambda path: marker is not None and bool(carried) and marker.mark(path) in carried,
    )


def compare_by_record(
    declared: Mapping[str, Any],
    declarations: Mapping[str, Declaration],
    node: Configured | None,
    context: InstanceContext,
) -> Configuration:
    """Compare the declared variables with those of a node, write-only ones by their fingerprints."""
    declarations = as_marked_before(declarations, context)
    evidence = evidence_of(context)
    return compare_configuration(
        linked(declared, node, context.view),
        declarations,
        node,
        evidence,
        resend_secrets=context.resend_secrets,
        include_unchanged=context.include_unchanged,
    )


def as_marked_before(declarations: Mapping[str, Declaration], context: InstanceContext) -> Mapping[str, Declaration]:
    """Return the declarations; a variable that the live version marks as a secret stays one: its live value is."""
    if context.live is None:
        return declarations
    before = contents_of(version_of(context.live.node.integration), context.view).variables
    marked = {key for key, each in before.items() if each.hidden} if before is not declarations else ()
    if not marked:
        return declarations
    return {key: replace(each, sensitive=True) if key in marked else each for key, each in declarations.items()}


def record_of(
    declared: Mapping[str, Any],
    places: Mapping[str, Any],
    contents: Contents,
    context: InstanceContext,
    configuration: Configuration,
    *,
    moves: bool,
) -> Record:
    """Return the fingerprint labels of an object before and after its configuration is written.

    ``declared`` is the spec without the parts that are ignored on a live object; ``places`` is the spec that is sent
    now. For an object that ``moves`` to another version it cannot be foreseen which inputs are sent, nor which of them
    the API returns afterwards.
    """
    labels = _labels(context)
    carried = tags_on(labels)
    maker, live = context.fingerprinter, context.live
    marks = Marks()
    if maker is None:
        before = after = frozenset() if configuration.sends_inputs or moves else carried
    else:
        tags = declared_tags(declared.get(ROOT) or {}, contents.variables, live.node if live else None, maker)
        marks = marks_of(places, contents, live.node if live else None, maker, carried - tags.every)
        before, after = _next(carried, tags, marks, moves=moves)
    if (before, after) == (carried, carried):
        return Record(labels, labels)
    # A field that differs explains by itself why the fingerprint of its old value goes.
    explained = maker is not None and configuration.sends_inputs and not configuration.unknown
    reason = "" if explained else _reason(carried, carried & before, configuration.unknown, keyed=maker is not None)
    if not reason and not configuration.wire:
        reason = _mark_reason(len(marks.wanted - carried))
    return Record(as_labels(before), as_labels(after), labels, reason)


def _next(
    carried: frozenset[str], declared: Tags, marks: Marks, *, moves: bool
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the tags and marks to keep while secrets are sent, and those to have in the end.

    A tag claims that the object holds one secret. So it is removed before another secret is sent, and the new one is
    added after the API accepted it. A mark warns that a place may hold a secret, so it is added before and removed
    after. True tags that are not needed stay: a creation adds one for each input, because it is not known yet which of
    them the API will return.
    """
    tags = frozenset(declared.every if moves else declared.hidden)
    wanted = tags | marks.wanted
    kept = carried & marks.open
    if not declared.complete or wanted <= carried <= declared.every | marks.wanted | kept:
        return carried, carried
    return (carried & (tags | marks.written)) | marks.wanted | kept, wanted | kept


def _mark_reason(lacking: int) -> str:
    if not lacking:
        return UNDECLARED
    return f"{lacking} of its values from outside {'has' if lacking == 1 else 'have'} no fingerprint yet"


def _reason(carried: frozenset[str], kept: frozenset[str], unknown: int, *, keyed: bool) -> str:
    if unknown and not carried:
        return f"{unknown} of its write-only secrets {'has' if unknown == 1 else 'have'} no fingerprint yet"
    if unknown:
        return (
            "the fingerprint of 1 of its write-only secrets changed"
            if unknown == 1
            else f"the fingerprints of {unknown} of its write-only secrets changed"
        )
    if kept == carried:
        return ""
    if not keyed:
        return "its fingerprints are removed, because none can be kept without RECONCILER_FINGERPRINT_KEY"
    return UNDECLARED


def _labels(context: InstanceContext) -> frozenset[str]:
    return fingerprint_labels(context.live.labels) if context.live else frozenset()
