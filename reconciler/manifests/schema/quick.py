"""A fast yes for valid documents, by ``jsonschema-rs``.

``jsonschema`` explains failures well, and takes milliseconds a document: too long for ten thousand of them. A yes from
here is a yes of ``jsonschema``; tests hold the two together. A no only means that ``jsonschema`` has to look: the
document is invalid, or holds a value that the library cannot read, such as an ``Exact`` number or a lone surrogate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WHOLE = "wholeNumber"
"""Our keyword for whole numbers that must be written as such."""
_DATA = frozenset({"const", "enum", "default", "examples"})
"""Keywords that hold values, not schemas."""


def quick_test(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Return a function that says yes to documents that are certainly valid."""
    try:
        is_valid = Draft202012Validator(
            _with_whole_numbers(schema), keywords={"pattern": _Pattern, WHOLE: _WholeNumber}, offline=True
        ).is_valid
    except ValueError:
        return lambda _: False

    def test(document: Any) -> bool:
        try:
            return is_valid(document)
        except ValueError:
            return False

    return test


def anchored(pattern: str) -> re.Pattern[str]:
    """Return a pattern as JSON Schema (ECMA 262) means it: ``$`` is the end of the text, not a last line break."""
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


class _Pattern:
    """``pattern`` with Python's regular expressions: Rust's and ours differ in which characters are blanks."""

    def __init__(self, parent: Any, pattern: str, path: Any) -> None:
        del parent, path
        self._search = anchored(pattern).search

    def validate(self, value: Any) -> None:
        if isinstance(value, str) and not self._search(value):
            raise ValueError


class _WholeNumber:
    """Refuses ``12.0`` where a whole number belongs, which JSON Schema takes for ``12``."""

    def __init__(self, parent: Any, wanted: bool, path: Any) -> None:
        del parent, wanted, path

    def validate(self, value: Any) -> None:
        if isinstance(value, float):
            raise ValueError  # noqa: TRY004 - what the library expects


def _with_whole_numbers(schema: Any) -> Any:
    """Return a schema that asks for whole numbers by our own keyword as well."""
    if isinstance(schema, list):
        return [_with_whole_numbers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: part if key in _DATA else _with_whole_numbers(part) for key, part in schema.items()}
    types = schema.get("type")
    if types == "integer" or (isinstance(types, list) and "integer" in types and "number" not in types):
        made[WHOLE] = True
    return made
