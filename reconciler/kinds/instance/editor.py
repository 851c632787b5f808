"""What an editor knows of instances: customers, integrations with their versions, variables and flows.

The name of an integration is forced, and so are the variables and flows of a version, which never change. Versions
are offered alone: a newer one may be published any day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.editor import READ, customer_notes, customer_offers
from reconciler.kinds.instance.set_editor import SECTIONS, SetHints, only, version_offers
from reconciler.kinds.instance.spec import NAME, SET
from reconciler.kinds.integration.known_versions import DESCRIPTIONS, INSTANCE_VERSIONS, description_of, known_versions
from reconciler.kinds.integration.variable_schema import shared_definitions, variable_schema
from reconciler.kinds.integration.versions import VERSIONS
from reconciler.model.capabilities.editor import (
    Editor,
    EditorHints,
    absent,
    below,
    exactly,
    forced,
    given,
    ignoring,
    named,
    readable,
    unless,
)
from reconciler.model.pins import LATEST
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.integration.known_versions import Known
    from reconciler.model.capabilities.editor import HintContext, Schema
    from reconciler.model.capabilities.versions import Version

INTEGRATION, VERSION = ("spec", "integration", "name"), ("spec", "integration", "version")


def _reads(known: HintContext) -> Iterator[Read]:
    """Yield the reads that the answers so far determine."""
    first: tuple[Read, ...] = (READ, Read(VERSIONS), Read(INSTANCE_VERSIONS))
    yield from first
    if all(map(known.view.tenant.answered, first)):
        for each in known_versions(known, known.of(NAME)).values():
            yield from map(_description, each.described)


def _description(version: Version) -> Read:
    return Read(DESCRIPTIONS, version.id, (("id", version.id),))


class _Maker:
    def __init__(self, known: HintContext, integrations: Mapping[str, Known]) -> None:
        self._known, self._integrations = known, integrations
        self._made = EditorHints(dict(customer_offers(known)))
        self._sections: dict[str, dict[str, dict[str, Schema]]] = {}
        """By the key of a version, the schemas of its variables and flows by name."""

    def made(self) -> EditorHints:
        made = self._made
        made.notes += self._refusals()
        complete = self._known.view.tenant.refusal(Read(VERSIONS)) is None
        sets = SetHints(self._known, complete=complete)
        made.directives[SET] = sets.made
        if not self._integrations:
            return made
        made.definitions |= shared_definitions()
        # A description of any variable would stand before that of the one that is meant.
        made.offers |= {INTEGRATION: {}, VERSION: {}, ("spec", SECTIONS[0]): {"additionalProperties": True}}
        names = dict.fromkeys(self._integrations, "")
        leaving = [absent(), ignoring("integration")]
        rule = below(INTEGRATION, forced(names)) if complete else {}
        made.rules.append(unless(leaving, rule))
        made.overlay_rules.append(unless(leaving, rule))
        chosen = {}
        for number, (name, each) in enumerate(sorted(self._integrations.items())):
            chosen[name] = self._describe(f"integration{number}", each)
            sets.add(name, each, {at: self._sections[key] for at, key in chosen[name].items()})
        sets.finish(names)
        leaving = [absent(), ignoring("integration", "integration.version", *SECTIONS)]
        layered = [each.rpartition("/")[2] for each in sorted(self._known.layered)]
        exceptions = [*leaving, *([named(layered)] if layered else [])]
        made.rules.append(unless(exceptions, {"allOf": list(self._chosen(chosen))}))
        made.overlay_rules.append(unless(leaving, {"allOf": list(self._chosen_in_overlays(chosen))}))
        return made

    def _refusals(self) -> Iterator[str]:
        tenant = self._known.view.tenant
        yield from customer_notes(self._known)
        lists: Mapping[str, Read] = {"integrations": Read(VERSIONS), "live instances": Read(INSTANCE_VERSIONS)}
        for what, read in lists.items():
            if refusal := tenant.refusal(read):
                yield f"{what} are not known: {refusal}"
        for name, each in sorted(self._integrations.items()):
            if len(each.sequences) > 1:
                yield f"{len(each.sequences)} integrations are named {name!r}: editors get hints for none of them"
            for version in each.described:
                if refusal := tenant.refusal(_description(version)):
                    yield f"the variables of {name!r} version {version.number} are not known: {refusal}"

    def _describe(self, key: str, each: Known) -> dict[int, str]:
        """Add the definitions of an integration's versions; return them by number."""
        described = {}
        for version in each.described:
            for node in self._known.view.tenant.find(DESCRIPTIONS, version.id):
                described[version.number] = f"{key}.version{version.number}"
                description = description_of(node)
                variables = {name: variable_schema(one) for name, one in description.variables.items()}
                flows = {name: _flow(said) for name, said in description.flows.items()}
                sections = dict(zip(SECTIONS, (variables, flows), strict=True))
                self._sections[described[version.number]] = sections
                for section, entries in sections.items():
                    self._made.definitions[f"{described[version.number]}.{section}"] = only(entries)
        self._made.definitions[key] = below(VERSION, {"examples": version_offers(each)})
        return described

    def _chosen(self, described: Mapping[str, Mapping[int, str]]) -> Iterator[Schema]:
        """Yield the rules by which a manifest's sections are those of its version."""
        for number, (name, each) in enumerate(sorted(self._integrations.items())):
            inner = [{"$ref": f"#/$defs/integration{number}"}, *_by_version(each, described[name], each.open_)]
            yield {"if": given(INTEGRATION, {"pattern": exactly(name)}), "then": {"allOf": inner}}

    def _chosen_in_overlays(self, described: Mapping[str, Mapping[int, str]]) -> Iterator[Schema]:
        """Yield the rules for overlays, which may leave it to the manifest which integration it is."""
        for number, (name, each) in enumerate(sorted(self._integrations.items())):
            inner = [{"$ref": f"#/$defs/integration{number}"}, *_by_version(each, described[name], each.handles)]
            by_name = given(INTEGRATION, {"pattern": exactly(name)})
            by_handle = {"allOf": [named(sorted(each.handles)), {"not": given(INTEGRATION, {})}]}
            yield {"if": {"anyOf": [by_name, by_handle]} if each.handles else by_name, "then": {"allOf": inner}}


def _by_version(each: Known, described: Mapping[int, str], handles: Mapping[str, int]) -> Iterator[Schema]:
    """Yield what holds for each version that a document states, or that the instance with its handle has."""
    unstated = below(VERSION, {"type": "null"})
    for number, definition in described.items():
        stated: list[Any] = [number, *([LATEST] if number == each.latest else [])]
        conditions = [given(VERSION, {"enum": stated})]
        here = sorted(handle for handle, at in handles.items() if at == number)
        if here:
            conditions.append({"allOf": [named(here), unstated]})
        if number == each.latest:
            elsewhere = sorted(handle for handle, at in handles.items() if at != number)
            conditions.append({"allOf": [unstated, *([{"not": named(elsewhere)}] if elsewhere else [])]})
        sections = {section: {"$ref": f"#/$defs/{definition}.{section}"} for section in SECTIONS}
        yield {"if": {"anyOf": conditions}, "then": {"properties": {"spec": {"properties": sections}}}}


def _flow(said: str) -> Schema:
    form: Schema = {"$ref": "#/$defs/Instance/$defs/flowConfig"}
    return {"description": readable(said), "type": "object", "allOf": [form]} if readable(said) else form


EDITOR = Editor(_reads, lambda known: _Maker(known, known_versions(known, known.of(NAME))).made())
