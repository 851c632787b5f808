"""What an editor knows of sets of instances: customers, and the integration of the template with its variables.

The rules are those of an instance, one level deeper. A text with a placeholder is accepted for any value, since only
members have the value. Overrides get the names of the template's version, unless they state an integration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.editor import set_offers
from reconciler.kinds.instance.spec import SET
from reconciler.model.capabilities.editor import (
    EditorHints,
    absent,
    below,
    exactly,
    forced,
    given,
    ignoring,
    keyed,
    unless,
)
from reconciler.model.pins import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.kinds.integration.known_versions import Known
    from reconciler.model.capabilities.editor import HintContext, Schema

SECTIONS = ("configVariables", "flowConfigs")
LONGEST_LIST = 30
"""How many version numbers are offered, the newest."""
INTEGRATION = ("spec", "template", "integration", "name")
VERSION = ("spec", "template", "integration", "version")
PLACEHOLDER: Schema = {"type": "string", "pattern": r"\$\{(customer|values)\."}
"""A text with a placeholder of a set, which may become any value."""


def only(entries: Mapping[str, Schema]) -> Schema:
    """Return the schema of a map that has just these entries."""
    return {**keyed(entries), "additionalProperties": False}


def version_offers(known: Known) -> list[Any]:
    """Return the versions of an integration that an editor offers: the newest, those in use, and ``latest``."""
    numbers = sorted(known.available, reverse=True)[:LONGEST_LIST]
    return [*numbers, *sorted(known.used - {*numbers}, reverse=True), LATEST]


class SetHints:
    """Makes the hints for sets, integration by integration; ``complete``: the tenant has no other integrations."""

    def __init__(self, known: HintContext, *, complete: bool) -> None:
        self.made = EditorHints(dict(set_offers(known, SET)))
        self._complete = complete
        self._chosen: list[Schema] = []

    def add(self, name: str, known: Known, versions: Mapping[int, Mapping[str, Mapping[str, Schema]]]) -> None:
        """Add an integration; ``versions`` has the schemas of variables and flows of each version by section."""
        inner: list[Schema] = [below(VERSION, {"examples": version_offers(known)})]
        for number, sections in versions.items():
            stated: list[Any] = [number, *([LATEST] if number == known.latest else [])]
            inner.append({"if": given(VERSION, {"enum": stated}), "then": self._sections(number, sections)})
        self._chosen.append({"if": given(INTEGRATION, {"pattern": exactly(name)}), "then": {"allOf": inner}})

    def finish(self, names: Iterable[str]) -> None:
        """Add the rules, after all integrations."""
        leaving = [absent(), ignoring("integration")]
        if self._complete:
            rule = below(INTEGRATION, {"anyOf": [forced(dict.fromkeys(names, "")), PLACEHOLDER]})
            self.made.rules.append(unless(leaving, rule))
            self.made.overlay_rules.append(unless(leaving, rule))
        leaving = [absent(), ignoring("integration", "integration.version", *SECTIONS)]
        self.made.rules.append(unless(leaving, {"allOf": self._chosen}))

    def _sections(self, number: int, sections: Mapping[str, Mapping[str, Schema]]) -> Schema:
        template, overrides = {}, {}
        for section, entries in sections.items():
            key = f"set{len(self._chosen)}.version{number}.{section}"
            self.made.definitions[key] = only({each: _filled_later(schema) for each, schema in entries.items()})
            template[section] = {"$ref": f"#/$defs/{key}"}
            self.made.definitions[f"{key}.override"] = only({each: {} for each in entries})
            overrides[section] = {"$ref": f"#/$defs/{key}.override"}
        other = given(("integration",), {})
        override = {"if": other, "then": {}, "else": {"properties": overrides}}
        parts = {"template": {"properties": template}, "overrides": {"additionalProperties": override}}
        return {"properties": {"spec": {"properties": parts}}}


def _filled_later(schema: Schema) -> Schema:
    """Return the schema of a value that may also be a text with a placeholder."""
    return {"if": PLACEHOLDER, "then": {}, "else": schema}
