"""The source of a world: its data, the place of each value, and the checks of its shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from reconciler.sandbox.world.yaml_places import Place, UnreadableError, documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jsonschema import ValidationError

    from reconciler.sandbox.world.yaml_places import Where

_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}


@dataclass(slots=True)
class Source:
    """The data of a world file, and the problems found so far.

    ``start`` is the place of problems that belong to no value.
    """

    start: Place
    exported: bool = False
    """Whether the data comes from manifests, which hold only a part of a tenant."""
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Where, Place] = field(default_factory=dict)
    problems: list[tuple[Place, str]] = field(default_factory=list)
    broken: set[Where] = field(default_factory=set)
    """The paths of values with a wrong shape."""

    def place(self, where: Where) -> Place:
        """Return the place of a value, or of the nearest value above it."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, self.start)

    def report(self, where: Where, message: str) -> None:
        self.problems.append((self.place(where), message))

    def report_text(self) -> str:
        """Return all problems, one a line, in the order of the file."""
        return "\n".join(f"{place}: {message}" for place, message in sorted(set(self.problems)))

    def section(self, name: str) -> list[Any]:
        """Return the list with this name; empty if it is missing or no list."""
        listed = self.data.get(name)
        return listed if isinstance(listed, list) else []

    def whole(self, where: Where) -> bool:
        """Return whether every value below ``where`` has the right shape."""
        return not any(place[: len(where)] == where for place in self.broken)

    def check(self, value: Any, part: str, where: Where) -> bool:
        """Check a value against a part of the schema, report its errors, and return whether it has none."""
        errors = list(_part(part).iter_errors(value))
        for error in errors:
            self._report_shape(error, (*where, *error.absolute_path))
        return not errors

    def _report_shape(self, error: ValidationError, where: Where) -> None:
        self.broken.add(where)
        if error.validator == "additionalProperties":
            given: Any = error.instance
            schema: Any = error.schema
            for key in given:
                if key not in schema["properties"]:
                    self.report(
                        (*where, str(key)), f"unknown key {key!r}{did_you_mean(str(key), schema['properties'])}"
                    )
            return
        name = where[-1] if where else "a world"
        self.report(where, _shape(error, name if isinstance(name, str) else "this"))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known one, or all of them."""
    known = list(known)
    close = get_close_matches(name, known, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; there is {', '.join(known)}" if known else ""


def read_source(path: Path) -> Source:
    """Read and check a world file; the ``problems`` hold its errors."""
    source = Source(Place(path))
    try:
        found = documents(path)
    except UnreadableError as error:
        source.problems.append((error.place, str(error)))
        return source
    if len(found) > 1:
        source.problems.append((found[1].start, "a world is one document; take away the line with ---"))
    for document in found[:1]:
        source.problems += [(place, f"the key {key!r} is there twice") for place, key in document.repeated]
        source.places = document.places
        if source.check(document.data, "", ()) or isinstance(document.data, dict):
            source.data = document.data
    return source


@cache
def _schema() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("world.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _part(name: str) -> Draft202012Validator:
    """Return the validator of a whole world (``""``) or of one definition of the schema."""
    return Draft202012Validator({**_schema()["$defs"][name], "$defs": _schema()["$defs"]} if name else _schema())


def _shape(error: ValidationError, name: str) -> str:
    """Return one line about a wrong shape; ``name`` is the key of the value."""
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else list(wanted)
            return f"{name} must be {' or '.join(_WORDS[kind] for kind in kinds)}"
        case "required":
            return error.message.replace(" is a required property", " is missing")
        case "enum":
            return f"{name} must be one of {', '.join(wanted)}"
        case "minLength":
            return f"{name} must not be empty"
    return f"{name} must be at least {wanted}"
