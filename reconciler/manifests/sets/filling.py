"""The placeholders of a template, found once and filled in for each filling.

A part of a template without placeholders is the same object in every filling. What is filled in is not looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.manifests.value_from.resolve import VALUE_FROM
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.exact_numbers import is_number
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.sets.wanted_types import WantedTypes
    from reconciler.model.place import Path

FIELDS = ("handle", "name", "externalId", "env")
ENV = "env"
_SAFE = frozenset({"handle", ENV})
"""The fields that nobody outside can choose freely."""
_BLANKS = r"[\s\u200b-\u200f\u2060\ufeff]*"
REFERENCE = re.compile(
    r"\$(?P<escaped>\$)?\{(?P<root>customer|values)\.(?P<key>[^{}]*)\}"
    rf"|(?P<odd>\$\$?\{{{_BLANKS}(?i:customer|values){_BLANKS}[.:\[}}])"
)
FORMS = "${customer.handle}, ${customer.name}, ${customer.externalId}, ${customer.env} or ${values.KEY}"


class Cell(str):
    """A text of a CSV file, which has no types: it becomes a number or a boolean where the schema wants one."""

    __slots__ = ()


@dataclass(slots=True)
class Filling:
    """What is filled in for one member, and what went wrong."""

    customer: Mapping[str, str]
    values: Mapping[str, Any]
    known_values: Mapping[str, None] | None
    """The keys that any customer of the set has a value for; ``None`` where not all of them could be read."""
    values_from: str = ""
    """What to say of where values are declared."""
    problems: list[Diagnostic] = field(default_factory=list)
    written_keys: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    incomplete: bool = False
    """Whether a value is lacking that may be among those that could not be read."""

    def get(self, reference: Reference, path: Path) -> Any:
        """Return what a reference stands for; ``None`` after reporting that there is nothing."""
        if reference.root == "values":
            if reference.key in self.values:
                return self.values[reference.key]
            if self.known_values is None:
                self.incomplete = True
            else:
                self.problems.append(
                    Diagnostic(_no_value(reference.key, self.known_values, self.values_from), path=path)
                )
            return None
        found = self.customer[reference.key]
        if not found:
            message = f"the customer has no {reference.key}; give it one, or use another placeholder"
            self.problems.append(Diagnostic(message, path=path))
        return found


@dataclass(frozen=True, slots=True)
class Reference:
    """A placeholder: a field of the customer, or a key of its values."""

    root: str
    key: str


OF_ENV = Reference("customer", ENV)


@dataclass(slots=True)
class Text:
    """A text with placeholders."""

    parts: list[str | Reference]
    path: Path
    whole: bool = False
    """Whether it is one placeholder and nothing else, which takes a value with its type."""
    wanted: frozenset[str] = frozenset()

    def fill(self, filling: Filling) -> Any:
        if self.whole and isinstance(self.parts[0], Reference):
            value = filling.get(self.parts[0], self.path)
            if isinstance(value, Cell):
                value = _typed(value, self.wanted)
            filling.characters += _size(value)
            return value
        return self.text(filling)

    def text(self, filling: Filling) -> str:
        """Return the text with its placeholders filled in; each must be text."""
        made = []
        for part in self.parts:
            value = part if isinstance(part, str) else filling.get(part, self.path)
            if isinstance(value, str):
                made.append(value)
            elif value is not None and isinstance(part, Reference):
                what = (
                    "a number"
                    if is_number(value)
                    else "true or false"
                    if isinstance(value, bool)
                    else "a map or a list"
                )
                advice = (
                    "put it in quotes where it is declared"
                    if is_number(value) or isinstance(value, bool)
                    else "use it alone"
                )
                message = f"the value {part.key!r} is {what}, but is used inside text here; {advice}"
                filling.problems.append(Diagnostic(message, path=self.path))
        text = "".join(made)
        filling.characters += len(text)
        return text


@dataclass(slots=True)
class Map:
    """A map with placeholders in some of its values or keys."""

    value: dict[str, Any]
    parts: list[tuple[str, Node]]
    keys: dict[str, Text]
    path: Path

    def fill(self, filling: Filling) -> Any:
        made = dict(self.value)
        for key, node in self.parts:
            made[key] = node.fill(filling)
        return self._with_keys(made, filling) if self.keys else made

    def _with_keys(self, made: dict[str, Any], filling: Filling) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for key, item in made.items():
            name = self.keys[key].text(filling) if key in self.keys else key
            if name in filled:
                message = f"two keys of this map are {name!r} once their placeholders are filled in; change one of them"
                filling.problems.append(Diagnostic(message, path=(*self.path, key), key=True))
            if name != key:
                filling.written_keys[name] = key
            filled[name] = item
        return filled


@dataclass(slots=True)
class List:
    """A list with placeholders in some of its items."""

    value: list[Any]
    parts: list[tuple[int, Node]]

    def fill(self, filling: Filling) -> Any:
        made = list(self.value)
        for index, node in self.parts:
            made[index] = node.fill(filling)
        return made


Node = Text | Map | List


@dataclass(slots=True)
class Compiler:
    """Finds the placeholders of a set's template and overrides, each text once.

    Merging an override over the template keeps the parts that it does not touch, and what is known of them.
    """

    wanted: WantedTypes
    tenant: bool = False
    problems: list[Diagnostic] = field(default_factory=list)
    """The problems of the placeholders themselves, since the list was last cleared."""
    uses: set[Reference] = field(default_factory=set)
    env_texts: dict[str, bool] = field(default_factory=dict)
    """The texts with ``${customer.env}``, as they are written, and whether they choose a secret."""
    _known: dict[tuple[int, Path], tuple[Any, Node | None]] = field(default_factory=dict)
    """By the identity of a part, which is kept alive, and its path."""

    def node(self, value: Any, path: Path) -> Node | None:
        """Return where a part has placeholders; ``None`` for a part without any."""
        if not isinstance(value, (str, dict, list)):
            return None
        known = self._known.get((id(value), path))
        if known is None:
            known = value, self._new(value, path)
            self._known[id(value), path] = known
        return known[1]

    def _new(self, value: Any, path: Path) -> Node | None:
        if isinstance(value, str):
            return self._text(value, path, key=False)
        if isinstance(value, list):
            parts = [(index, node) for index, item in enumerate(value) if (node := self.node(item, (*path, index)))]
            return List(value, parts) if parts else None
        inner = [(key, node) for key, item in value.items() if (node := self.node(item, (*path, key)))]
        keys = {key: text for key in value if "${" in key and (text := self._key(key, (*path, key)))}
        return Map(value, inner, keys, path) if inner or keys else None

    def _key(self, key: str, path: Path) -> Text | None:
        place = id(key), (*path, "key")
        if place not in self._known:
            self._known[place] = key, self._text(key, path, key=True)
        found = self._known[place][1]
        return found if isinstance(found, Text) else None

    def _text(self, text: str, path: Path, *, key: bool) -> Text | None:
        if "${" not in text:
            return None
        parts: list[str | Reference] = []
        end, code = 0, "`" in text
        for match in REFERENCE.finditer(text):
            literal = text[end : match.start()]
            if match["escaped"] or (match["odd"] or "").startswith("$$"):
                literal += match[0][1:]
            elif match["odd"]:
                literal += match["odd"]
                self.problems += [] if code else [Diagnostic(_misspelt(match["odd"]), path=path, key=key)]
            parts += [literal] if literal else []
            if match["root"] and not match["escaped"]:
                reference = Reference(match["root"], match["key"])
                wrong = self._wrong(reference, path)
                self.problems += (Diagnostic(each, path=path, key=key) for each in wrong)
                self.uses.add(reference)
                if reference == OF_ENV:
                    self.env_texts[text] = self.env_texts.get(text, False) or VALUE_FROM in path
                parts.append(match[0] if wrong else reference)
            end = match.end()
        parts += [text[end:]] if text[end:] else []
        if "".join(part for part in parts if isinstance(part, str)) == text:
            return None
        whole = len(parts) == 1 and isinstance(parts[0], Reference)
        return Text(parts, path, whole, self.wanted.at(path) if whole else frozenset())

    def _wrong(self, reference: Reference, path: Path) -> list[str]:
        if reference.root == "values":
            return [] if reference.key else ["a value needs a key; write ${values.KEY}"]
        if reference.key not in FIELDS:
            known = did_you_mean(reference.key, FIELDS, listed_as="fields")
            return [f"a customer has no field {reference.key!r}; {known}"]
        if self.tenant and reference.key not in _SAFE and (VALUE_FROM in path or path[-1] == "file"):
            message = (
                f"${{customer.{reference.key}}} cannot be used here with from: tenant: whoever names a customer would"
                " choose the secret or the file; use ${customer.handle}, ${customer.env} or a value"
            )
            return [message]
        return []


def _no_value(key: str, known: Mapping[str, None], declared_in: str) -> str:
    if key in known:
        return f"no value for {key!r}; add it to {declared_in}, or set spec.defaults for all"
    if not known:
        return f"unknown value {key!r}; declare values by customer under spec.values, or for all under spec.defaults"
    return f"unknown value {key!r}; {did_you_mean(key, known)}"


def _misspelt(text: str) -> str:
    shown = text if text.endswith("}") else f"{text}…"
    return f"{shown!r} is not a placeholder; write {FORMS} without blanks, or $${{… for the literal text"


def _typed(cell: Cell, wanted: frozenset[str]) -> Any:
    """Return a cell as the number or boolean that its place wants; as text where it is none, or none is wanted."""
    if "integer" in wanted and re.fullmatch(r"[0-9]{1,15}", cell) and (cell == "0" or cell[0] != "0"):
        return int(cell)
    if "boolean" in wanted and cell.lower() in {"true", "false"}:
        return cell.lower() == "true"
    return str(cell)


def _size(value: Any) -> int:
    """Return about how many characters a value has."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + _size(item) for key, item in value.items())
    return sum(map(_size, value)) if isinstance(value, list) else 8
