"""The words for what a schema's keyword expects, and for the value found instead."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reconciler.manifests.yaml.limits import LONGEST_QUOTE
from reconciler.text.exact_numbers import dump_json, is_number, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.manifests.schema.failure import KeywordFailure

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}
HARM = {"absent": "deletes it", "unmanaged": "gives it up"}
"""The effect of a suggested word, where a later correction cannot undo it."""
_SAY_IT_ALL = re.compile(r"uniqueItems|(min|max)(Items|Properties|Length)|false")
"""Keywords whose message is clear without the value found."""


def quoted(value: Any) -> str:
    """Return a value as a message quotes it: printable, on one line and not too long."""
    text = written(value) if is_number(value) else dump_json(value)
    text = "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def described(value: Any, *, hidden: bool, spelling: str | None = None) -> str:
    """Return a value in words; ``hidden`` names its type alone, ``spelling`` is the value as the file spells it."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return f"nothing ({spelling or 'null'})"
    if isinstance(value, bool):
        return "true or false" if hidden else spelling or quoted(value)
    name = "text" if isinstance(value, str) else "number"
    if hidden:
        return "text" if name == "text" else "a number"
    return f"the {name} {quoted(value)}" if value != "" else "empty text"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name in ``known`` that is nearest to ``name``; ``None`` if none is near enough."""
    from rapidfuzz import fuzz, process, utils

    plain = utils.default_process
    found = process.extract(name, list(known), processor=plain, score_cutoff=70, limit=None)
    # Of several, the one that is nearest as a whole: "Custom" is Customer rather than a part of CustomerConnection.
    return max(found, key=lambda each: (fuzz.ratio(name, each[0], processor=plain), each[1]))[0] if found else None


def wish(failure: KeywordFailure) -> str:
    """Return what the schema expects, in its own words if it has any; most begin with ``must``."""
    if failure.keyword == "pattern" and "patternErrorMessage" in failure.schema:
        return str(failure.schema["patternErrorMessage"])
    if "errorMessage" in failure.schema:
        return str(failure.schema["errorMessage"])
    known = _WISHES.get(failure.keyword)
    return known(failure) if known else f"must satisfy the schema's {failure.keyword!r}: {quoted(failure.wanted)}"


def instead(failure: KeywordFailure) -> str:
    """Return the value found instead, and what to do about it, where that helps."""
    if _SAY_IT_ALL.fullmatch(failure.keyword) or (failure.sensitive and failure.keyword != "type" and failure.value):
        return ""
    return f", not {described(failure.value, hidden=failure.sensitive, spelling=failure.spelling)}{_advice(failure)}"


def _advice(failure: KeywordFailure) -> str:
    value = failure.value
    wanted = _names(failure.schema.get("type", []))
    numeric = "integer" in wanted or "number" in wanted
    if failure.keyword == "enum" and isinstance(value, str) and not failure.sensitive:
        meant = nearest(value, [str(option) for option in failure.wanted])
        harm = f", which {HARM[meant]}" if meant in HARM else ""
        return f"; did you mean {meant!r}{harm}?" if meant else ""
    if isinstance(value, str) and numeric and value.isdigit():
        return "; write it without quotes"
    if failure.keyword != "type" or "errorMessage" in failure.schema:
        return ""
    if value is None:
        quotes = ", or put it in quotes if it is text" if failure.spelling and "string" in wanted else ""
        return f"; give it a value or take it out{quotes}"
    if "string" in wanted and (isinstance(value, bool) or is_number(value)):
        return _in_quotes(failure)
    return "; write true or false, without quotes" if "boolean" in wanted and isinstance(value, str) else ""


def _in_quotes(failure: KeywordFailure) -> str:
    """Return the advice to put a value in quotes, where the schema accepts it as text; else what it expects."""
    text, schema = failure.spelling or quoted(failure.value), failure.schema
    if "enum" in schema and text not in schema["enum"]:
        return f"; it is one of {', '.join(str(option) for option in schema['enum'] if option is not None)}"
    if "pattern" in schema and not re.search(schema["pattern"], text):
        return f"; it {schema['patternErrorMessage']}" if "patternErrorMessage" in schema else ""
    return "; put it in quotes"


def _names(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _type(failure: KeywordFailure) -> str:
    names = _names(failure.wanted)
    shown = quoted((failure.schema.get("examples") or ["…"])[0])
    hint = (
        f" such as {shown}" if names[0] in {"object", "array"} and not shown.endswith("…") and "…" not in shown else ""
    )
    return f"must be {either(names)}{hint}"


def either(types: Iterable[str]) -> str:
    """Return types as words: ``text, a map or null``."""
    words = [word for name in types for word in TYPES.get(name, name).split(" or ")]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def _counted(bound: str, noun: str) -> Callable[[KeywordFailure], str]:
    return lambda failure: f"must have {bound} {failure.wanted} {noun}{'' if failure.wanted == 1 else 's'}"


def _number(bound: str) -> Callable[[KeywordFailure], str]:
    return lambda failure: f"must be {bound} {quoted(failure.wanted)}"


def _text(words: str) -> Callable[[KeywordFailure], str]:
    return lambda _: words


def _keys(bound: str) -> Callable[[KeywordFailure], str]:
    def said(failure: KeywordFailure) -> str:
        beside = {key for key, part in failure.schema.get("dependentSchemas", {}).items() if "minProperties" in part}
        known = [key for key in failure.known_keys if key not in beside]
        if failure.wanted == 1 and known:
            advice = " (in an overlay, null removes a key)" if bound == "at most" else ""
            return f"must have exactly one of the keys {', '.join(known)}{advice}"
        return _counted(bound, "key")(failure)

    return said


def _alternatives(failure: KeywordFailure) -> str:
    return f"must be {' or '.join(_alternative(branch) for branch in failure.wanted)}"


def _alternative(branch: Any) -> str:
    """Return what one alternative expects, in a few words."""
    if not isinstance(branch, dict):
        return "as the schema says"
    if "const" in branch:
        return quoted(branch["const"])
    if "enum" in branch:
        return ", ".join(str(option) for option in branch["enum"])
    return either(_names(branch.get("type", []))) or str(branch.get("description", "as the schema says"))


_WISHES: Mapping[str, Callable[[KeywordFailure], str]] = {
    "false": _text("must not hold what its schema forbids"),
    "type": _type,
    "enum": lambda failure: f"must be one of {', '.join(str(option) for option in failure.wanted)}",
    "const": lambda failure: f"must be {quoted(failure.wanted)}",
    "pattern": lambda failure: f"must match the pattern {failure.wanted}",
    "minLength": lambda failure: (
        "must not be empty" if failure.wanted == 1 else _counted("at least", "character")(failure)
    ),
    "maxLength": _counted("at most", "character"),
    "minimum": _number("at least"),
    "maximum": _number("at most"),
    "exclusiveMinimum": _number("more than"),
    "exclusiveMaximum": _number("less than"),
    "multipleOf": _number("a multiple of"),
    "minItems": _counted("at least", "item"),
    "maxItems": _counted("at most", "item"),
    "uniqueItems": _text("must not hold the same item twice"),
    "minProperties": _keys("at least"),
    "maxProperties": _keys("at most"),
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}
