"""A quick yes for valid documents: a schema compiled to plain functions.

``jsonschema`` is right about everything and takes half a millisecond a document; ten thousand documents must
not take that long. A yes from here is a yes of ``jsonschema`` (a test holds the two together); a no only
means that ``jsonschema`` has to look. Schemas with keywords that are not known here are left to it altogether.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Sized

    Test = Callable[[Any], bool]

_SILENT = frozenset(
    {"$schema", "$defs", "$comment", "title", "description", "examples", "default"}
    | {"errorMessage", "patternErrorMessage", "deprecated"}
)
_NUMBER = (int, float, Decimal)


class _Unknown(Exception):
    """A schema that cannot be compiled here."""


def quick_test(schema: Mapping[str, Any]) -> Test:
    """Return a function that says yes to documents that are certainly valid."""
    compiler = _Compiler(schema)
    try:
        test = compiler.schema(schema)
        while compiler.waiting:
            reference = compiler.waiting.pop()
            compiler.references[reference] = compiler.schema(compiler.target(reference))
    except _Unknown:
        return lambda _: False
    return test


def anchored(pattern: str) -> re.Pattern[str]:
    """Return a pattern as JSON Schema (ECMA 262) means it: ``$`` is the end of the text, not a last line break."""
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


@dataclass(slots=True)
class _Compiler:
    root: Mapping[str, Any]
    references: dict[str, Test | None] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def schema(self, schema: Any) -> Test:
        if not isinstance(schema, dict):
            raise _Unknown
        return _all([self.keyword(keyword, schema) for keyword in schema if keyword not in _SILENT])

    def keyword(self, keyword: str, schema: Mapping[str, Any]) -> Test:
        wanted = schema[keyword]
        if keyword in _SIMPLE:
            return _SIMPLE[keyword](wanted)
        if keyword == "additionalProperties" and "patternProperties" not in schema:
            return self.others(wanted, frozenset(schema.get("properties", ())))
        builders: Mapping[str, Callable[[Any], Test]] = {
            "$ref": self.reference,
            "allOf": lambda parts: _all([self.schema(part) for part in parts]),
            "items": lambda item: _items(self.schema(item)),
            "propertyNames": lambda name: _keys(self.schema(name)),
            "properties": lambda parts: _members({key: self.schema(part) for key, part in parts.items()}),
            "dependentSchemas": lambda parts: _dependent({key: self.schema(part) for key, part in parts.items()}),
            "not": _never,
        }
        if keyword not in builders:
            raise _Unknown
        return builders[keyword](wanted)

    def reference(self, reference: Any) -> Test:
        if reference not in self.references:
            self.references[reference] = None
            self.waiting.append(reference)
        return lambda value: (test := self.references[reference]) is not None and test(value)

    def target(self, reference: str) -> Any:
        name = reference.removeprefix("#/$defs/")
        if name not in self.root.get("$defs", {}):
            raise _Unknown
        return self.root["$defs"][name]

    def others(self, wanted: Any, known: frozenset[str]) -> Test:
        """Test the members that the schema does not name."""
        if wanted is False:
            return lambda value: not isinstance(value, dict) or value.keys() <= known
        test = self.schema(wanted)

        def test_others(value: Any) -> bool:
            if isinstance(value, dict):
                for key, item in value.items():
                    if key not in known and not test(item):
                        return False
            return True

        return test_others


def _never(wanted: Any) -> Test:
    """Test that a text does not match, or is another one; any other ``not`` is left to ``jsonschema``."""
    if not isinstance(wanted, dict) or len(wanted) != 1:
        raise _Unknown
    ((keyword, given),) = wanted.items()
    if not isinstance(given, str) or keyword not in {"pattern", "const"}:
        raise _Unknown
    if keyword == "const":
        return lambda value: isinstance(value, str) and value != given
    search = anchored(given).search
    return lambda value: isinstance(value, str) and not search(value)


def _keys(test: Test) -> Test:
    return lambda value: not isinstance(value, dict) or all(map(test, value))


def _all(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test_all(value: Any) -> bool:
        for test in tests:  # noqa: SIM110 - twice as fast as all() with a generator, and this runs for every value
            if not test(value):
                return False
        return True

    return test_all


def _items(test: Test) -> Test:
    return lambda value: not isinstance(value, list) or all(map(test, value))


def _members(tests: Mapping[str, Test]) -> Test:
    def test_members(value: Any) -> bool:
        if isinstance(value, dict):
            for key, item in value.items():
                if key in tests and not tests[key](item):
                    return False
        return True

    return test_members


def _dependent(tests: Mapping[str, Test]) -> Test:
    return lambda value: not isinstance(value, dict) or all(test(value) for key, test in tests.items() if key in value)


def _type(wanted: str | list[str]) -> Test:
    names = frozenset([wanted] if isinstance(wanted, str) else wanted)
    types = tuple(_PYTHON_TYPES[name] for name in names if name in _PYTHON_TYPES)
    boolean = "boolean" in names
    if "integer" in names:
        types += (int,)
    if "number" in names:
        types += _NUMBER
    return lambda value: boolean if value is True or value is False else isinstance(value, types)


_PYTHON_TYPES: Mapping[str, type] = {"string": str, "array": list, "object": dict, "null": type(None)}


def _texts(options: Sequence[Any]) -> Test:
    if not all(isinstance(option, str) for option in options):
        raise _Unknown
    known = frozenset(options)
    return lambda value: isinstance(value, str) and value in known


def _true(value: Any) -> bool:
    return value is True


def _pattern(pattern: str) -> Test:
    search = anchored(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _unique(wanted: bool) -> Test:
    def test_unique(value: Any) -> bool:
        if not wanted or not isinstance(value, list) or len(value) < 2:
            return True
        return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)

    return test_unique


def _size(kind: type[Sized], fits: Callable[[int, int], bool]) -> Callable[[int], Test]:
    return lambda bound: lambda value: not isinstance(value, kind) or fits(len(value), bound)


_SIMPLE: Mapping[str, Callable[[Any], Test]] = {
    "type": _type,
    "const": lambda wanted: _true if wanted is True else _texts([wanted]),
    "enum": _texts,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "required": lambda keys: lambda value: not isinstance(value, dict) or all(key in value for key in keys),
    "minimum": lambda bound: lambda value: not isinstance(value, _NUMBER) or value >= bound,
    "maximum": lambda bound: lambda value: not isinstance(value, _NUMBER) or value <= bound,
    "minLength": _size(str, lambda size, bound: size >= bound),
    "maxLength": _size(str, lambda size, bound: size <= bound),
    "minItems": _size(list, lambda size, bound: size >= bound),
    "maxItems": _size(list, lambda size, bound: size <= bound),
    "minProperties": _size(dict, lambda size, bound: size >= bound),
    "maxProperties": _size(dict, lambda size, bound: size <= bound),
}
