"""Editor hints: what a tenant adds to the schema of a kind, for completion and checks in editors.

Names come from the API and may hold anything. Editors render descriptions as Markdown, which the language server
escapes. Where it does not (a description beside ``anyOf``, a value with two backticks), no text from the API may
appear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read, Tenant
    from reconciler.model.view import View

Schema = dict[str, Any]
VARIABLE = r"\$\{var\."
"""The pattern of a text with a variable of the project, which may become any value."""
OUTSIDE: Schema = {
    "properties": {"valueFrom": {"$ref": "#/$defs/Instance/$defs/valueFrom"}},
    "additionalProperties": False,
    "minProperties": 1,
}
"""The schema of ``valueFrom``, for values that may come from outside."""
LONGEST_TEXT = 600
_SYNTAX = re.compile(r"[\^$\\.*+?()\[\]{}|/]")
_SPECIAL = frozenset({
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
    "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
})  # fmt: skip
"""Names that every JavaScript object has. As keys one of them makes the language server refuse a whole schema,
and others make it complete nothing."""


@dataclass(frozen=True, slots=True)
class HintContext:
    """The input of a kind's editor hints.

    ``resources`` are all that the manifests declare, overlays merged and ``latest`` filled in from the lock;
    ``layered`` are the addresses of those that an overlay changes.
    """

    resources: Sequence[Resource]
    view: View
    layered: frozenset[str] = frozenset()

    def of(self, kind: str) -> list[Resource]:
        """Return the resources of a kind."""
        return [resource for resource in self.resources if resource.kind == kind]


@dataclass(slots=True)
class EditorHints:
    """The hints of one kind; references lead to the whole schema's ``#/$defs``, where ``definitions`` are.

    ``offers`` replace the examples of a field, by its path in the kind's schema, and restrict nothing.
    ``rules`` apply to whole documents, ``overlay_rules`` to overlays. ``notes`` list what could not be read.
    ``directives`` are hints for the schemas of documents that are no resource, such as sets of this kind's objects.
    """

    offers: dict[Path, Schema] = field(default_factory=dict)
    rules: list[Schema] = field(default_factory=list)
    overlay_rules: list[Schema] = field(default_factory=list)
    definitions: dict[str, Schema] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    directives: dict[str, EditorHints] = field(default_factory=dict)


def not_offered(tenant: Tenant, lists: Mapping[str, Read]) -> list[str]:
    """Return which lists cannot be offered, and why: those that the token may not read; ``lists`` are by their name."""
    return [f"{what} are not offered: {refusal}" for what, read in lists.items() if (refusal := tenant.refusal(read))]


@dataclass(frozen=True, slots=True)
class Editor:
    """Completion and checks by live names. ``editor_schemas/`` asks, and again after each answer."""

    reads: Callable[[HintContext], Iterable[Read]]
    """Yield the reads that the answers so far determine."""
    hints: Callable[[HintContext], EditorHints]
    """Return the hints for the kind's schema: names only, no secret and no value of an object."""


def exactly(text: str) -> str:
    """Return the pattern of just this text, for Python as for JavaScript.

    A language server that completes takes the beginning of a ``const`` for the whole of it, but not of a pattern.
    """
    return f"^{_SYNTAX.sub(lambda found: chr(92) + found[0], text)}$"


def readable(text: str) -> str:
    """Return a text from the API on its lines, without what acts or cannot be seen, and not too long."""
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    shown = "\n".join(line for line in lines if line)
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"


def on_one_line(text: str) -> str:
    return " ".join(readable(text).split())


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else each for each in text)


def paragraphs(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def listable(text: str) -> bool:
    """Return whether a language server can list a name without rendering parts of it as Markdown."""
    return "``" not in text and on_one_line(text) == text and text not in _SPECIAL


def choice(names: Mapping[str, str]) -> Schema:
    """Return the schema of one of the listable names, each with its description."""
    listed = {name: on_one_line(said) for name, said in names.items() if listable(name)}
    made: Schema = {"type": "string", "enum": list(listed)}
    return {**made, "enumDescriptions": list(listed.values())} if any(listed.values()) else made


def offered(names: Mapping[str, str]) -> Schema:
    """Return a schema that offers the names and takes anything else as well."""
    return {"anyOf": [choice(names), {}]} if any(map(listable, names)) else {}


def forced(names: Mapping[str, str]) -> Schema:
    """Return a schema that takes one of the names, or a text with a variable."""
    unlisted = [exactly(name) for name in names if not listable(name)]
    others: Schema = {"type": "string", "pattern": "|".join([VARIABLE, *unlisted])}
    return {"anyOf": [choice(names), others]} if any(map(listable, names)) else others


def keyed(entries: Mapping[str, Any]) -> Schema:
    """Return ``properties`` for the entries, and ``patternProperties`` for those whose name can be no key."""
    made: Schema = {"properties": {name: entry for name, entry in entries.items() if name not in _SPECIAL}}
    special = {exactly(name): entry for name, entry in entries.items() if name in _SPECIAL}
    return {**made, "patternProperties": special} if special else made


def below(path: Iterable[str], schema: Any) -> Schema:
    """Return the schema of a document in which the schema holds at the path, if there is something."""
    for name in reversed(list(path)):
        schema = {"properties": {name: schema}}
    made: Schema = schema
    return made


def given(path: Iterable[str], schema: Any) -> Schema:
    """Return the schema of a document in which there is something at the path, and the schema holds for it."""
    for name in reversed(list(path)):
        schema = {"properties": {name: schema}, "required": [name]}
    made: Schema = schema
    return made


def unless(exceptions: Sequence[Schema], rule: Schema) -> Schema:
    """Return the rule for all documents but those that meet one of the exceptions."""
    return {"if": {"anyOf": list(exceptions)}, "then": {}, "else": rule} if exceptions else rule


def absent() -> Schema:
    """Return the schema of documents that delete or release an object: their spec is not compared."""
    return given(("lifecycle", "state"), {"enum": ["absent", "unmanaged"]})


def ignoring(*paths: str) -> Schema:
    """Return the schema of documents that leave one of the paths of their spec to others."""
    return given(("lifecycle", "ignoreChanges"), {"contains": {"enum": list(paths)}})


def named(handles: Sequence[str]) -> Schema:
    """Return the schema of the documents with these handles."""
    return given(("metadata", "name"), {"enum": list(handles)})
