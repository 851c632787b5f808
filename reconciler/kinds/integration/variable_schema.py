"""The JSON Schema of a config variable for editors: every form that ``codec.py`` reads.

A schema that is too strict would mark valid manifests as wrong. So each pattern accepts everything that its codec
accepts, and perhaps more; only ``plan`` finds the rest.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.kinds.variables.codec import CONNECTION, SCHEDULE
from reconciler.kinds.variables.plain_values import plain_value
from reconciler.kinds.variables.values import SCALARS
from reconciler.model.capabilities.editor import OUTSIDE, VARIABLE, forced, keyed, on_one_line, paragraphs, readable
from reconciler.model.capabilities.export import Undeclarable
from reconciler.secrets.suspicious import looks_secret, sounds_secret
from reconciler.text.exact_numbers import dump_json, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.integration.known_versions import DescribedInput, DescribedVariable
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.capabilities.editor import Schema

_EXTERNAL: Schema = {"$ref": "#/$defs/InstanceSet/$defs/valueFrom"}
"""As in a set, where the name of a variable may have a placeholder. In an instance its own schema refuses that."""
_NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"
_NOT_ASCII = r"[^\u0000-\u007f]"
"""Digits of other scripts, and white space of other sorts, are read as well."""
_DAY = r"[0-9]{4}-?([0-9]{2}-?[0-9]{2}|W[0-9]{2})"
_EMPTY = (None, "", "[]", "{}")
LONGEST_DEFAULT = 80
"""The most characters of a default that a description shows."""
_CRON = r"^\s*(\S+(\s+\S+){4})?\s*$"


def _scalar(types: list[str], said: str, pattern: str = "") -> Schema:
    """Return the schema of a scalar, or of one from outside."""
    made: Schema = {"type": [*types, "object"], "errorMessage": f"must be {said}, or {{valueFrom: …}}"}
    if pattern:
        made |= {"pattern": f"{pattern}|{VARIABLE}"}
    return {**made, **OUTSIDE}


def _named(types: list[str], said: str, pattern: str) -> tuple[str, Schema]:
    return said, _scalar(types, said, pattern)


_FORMS: dict[str, tuple[str, Schema]] = {
    "TEXT": ("text", _scalar(["string"], "text: put it in quotes if it looks like a number, true or null")),
    "BOOLEAN": _named(["boolean", "string"], "true or false", r"^\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*$"),
    "NUMBER": _named(["number", "string"], "a number", f"{_NUMBER}|{_NOT_ASCII}"),
    "DATE": _named(["string"], "a date such as 2026-01-31", rf"^\s*{_DAY}"),
    "TIMESTAMP": _named(["string"], "a moment such as 2026-01-31T08:30:00Z", rf"^\s*{_DAY}"),
    "JSONFORM": (
        "the form's data, a mapping or a list",
        {
            "type": ["object", "array"],
            "properties": {"valueFrom": _EXTERNAL},
            "errorMessage": "must be a mapping or a list",
        },
    ),
    "OBJECTSELECTION": (
        "a list of {object: {key: …}, fields: […]}",
        {
            "type": ["array", "object"],
            "items": {
                "type": "object",
                "required": ["object"],
                "properties": {"object": {"type": "object", "required": ["key"]}},
            },
            **OUTSIDE,
        },
    ),
    "OBJECTFIELDMAP": (
        "{fields: [{field: …, mappedObject: …, mappedField: …}]}",
        {
            "type": "object",
            "properties": {"fields": {"type": "array"}, "valueFrom": _EXTERNAL},
            "anyOf": [{"required": ["fields"]}, {"required": ["valueFrom"]}],
        },
    ),
}
"""By data type, what it takes in words, and its schema; what is not here is text or, if no codec knows it, JSON."""
_SCHEDULE: Schema = {
    "type": ["object", "string"],
    "pattern": f"{_CRON}|{VARIABLE}",
    "errorMessage": "must be {schedule: {cron: …, timeZone: …}}, or a cron expression of five fields",
    "properties": {
        "schedule": {
            "type": ["object", "string"],
            "description": "When it runs: cron (five fields), timeZone (an IANA name) and type.",
            "pattern": f"{_CRON}|{VARIABLE}",
            "errorMessage": "must be {cron: …, timeZone: …}, or a cron expression of five fields",
            "additionalProperties": False,
            "properties": {
                "cron": {
                    "description": "Minute, hour, day of the month, month, weekday.",
                    **_scalar(["string"], "a cron expression of five fields", _CRON),
                },
                "timeZone": {
                    "description": "An IANA name, such as Europe/Oslo.",
                    **_scalar(["string"], "the name of a time zone"),
                },
                "type": {
                    "description": "The type that Prismatic shows; the default is custom.",
                    "anyOf": [
                        {"type": "string", "enum": ["custom", "minute", "hour", "day", "week", "none"]},
                        {"type": "string", "pattern": f"[A-Z]|{VARIABLE}"},
                        {"type": "object", **OUTSIDE},
                    ],
                },
                "valueFrom": _EXTERNAL,
            },
        },
        "valueFrom": _EXTERNAL,
    },
    "additionalProperties": False,
    "minProperties": 1,
}
_CLEAR: Schema = {
    "description": "Empties the value. null and empty text are errors, because they would blank it by mistake.",
    "type": "boolean",
    "const": True,
}
_CLEARED: Schema = {
    "type": "object",
    "properties": {"clear": _CLEAR},
    "required": ["clear"],
    "additionalProperties": False,
}
_INPUT: Schema = {
    "type": ["string", "object"],
    "minLength": 1,
    "properties": {"valueFrom": _EXTERNAL, "clear": _CLEAR},
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "errorMessage": (
        "must be text (in quotes if it looks like a number, true or null), not empty, {valueFrom: …} or {clear: true}"
    ),
}
_SHARED = "customerConnection"
_LINKS: Schema = {
    _SHARED: {
        "description": "What the customer has in the connection: the handle of its CustomerConnection.",
        "type": "string",
    },
    "customerConfigVariableId": {
        "description": "The ID of a connection that the customer shares among instances.",
        "type": "string",
    },
    "onPremiseResourceId": {
        "description": "The ID of the on-premise resource that the connection uses.",
        "type": "string",
    },
}


@cache
def shared_definitions() -> Mapping[str, Schema]:
    """Return the schemas that variables refer to, by name."""
    made = {"input": _INPUT, SCHEDULE: _or_null(_SCHEDULE)}
    for name, (_, form) in _FORMS.items():
        made[name] = _or_null(form)
        made[f"{name}.item"] = form
        made[f"{name}.VALUELIST"] = _list_of({"$ref": f"#/$defs/{name}.item"})
        made[f"{name}.KEYVALUELIST"] = _pairs_of({"$ref": f"#/$defs/{name}.item"})
    return made


def variable_schema(variable: DescribedVariable) -> Schema:
    """Return the schema of a variable with its description; it holds no secret."""
    declared = variable.declaration
    if declared.user_level:
        return {"not": {}, "errorMessage": "is configured by each of the customer's users; leave it out", **_SILENT}
    if declared.scoped:
        known = {name: _LINKS[name] for name in (_SHARED, "customerConfigVariableId")}
        message = "is a connection that the organization or the customer configures once; leave it out"
        return {
            "type": "object", "properties": known, "minProperties": 1, "maxProperties": 1,
            "additionalProperties": False,
            "errorMessage": message, **_SILENT,
        }  # fmt: skip
    if declared.data_type == CONNECTION:
        return {"description": _said(variable, "A connection"), **_connection(variable.inputs)}
    # With a type an editor knows what to write; beside what describes the value it would only see that.
    form = _form(declared)
    full = shared_definitions()[form["$ref"].removeprefix("#/$defs/")] if "$ref" in form else form
    types = full.get("type", ["string", "object", "null"])
    forms = [{"anyOf": [form, _CLEARED]} if _hidden(declared) else form]
    made: Schema = {"description": _said(variable, _in_words(declared)), "type": types, "allOf": forms}
    made |= {"errorMessage": full["errorMessage"]} if "errorMessage" in full else {}
    default = _default(declared)
    return {**made, "default": default} if default is not None else made


_SILENT: Schema = {"doNotSuggest": True}


def _or_null(form: Schema) -> Schema:
    types = form["type"] if isinstance(form["type"], list) else [form["type"]]
    return {**form, "type": [*types, "null"]}


def _list_of(item: Schema) -> Schema:
    return {"type": ["array", "object", "null"], "items": item, "errorMessage": "must be a list", **OUTSIDE}


def _pairs_of(item: Schema) -> Schema:
    pair: Schema = {
        "type": "object",
        "required": ["key", "value"],
        "additionalProperties": False,
        "properties": {"key": {"$ref": "#/$defs/TEXT.item"}, "value": item},
    }
    return {
        "type": ["object", "array", "null"],
        "properties": {"valueFrom": _EXTERNAL},
        "additionalProperties": item,
        "items": pair,
        "errorMessage": "must be a mapping, or a list of {key: …, value: …}",
    }


def _name(declared: Declaration) -> str:
    return (
        declared.data_type if declared.data_type in _FORMS else "TEXT" if declared.data_type in SCALARS else "JSONFORM"
    )


def _form(declared: Declaration) -> Schema:
    """Return the schema of the variable's values, a reference if other variables share it."""
    collection = declared.collection_type
    if declared.data_type == "PICKLIST" and declared.pick_list:
        item = _option(declared.pick_list)
        if collection == "VALUELIST":
            return _list_of(item)
        if collection == "KEYVALUELIST":
            return _pairs_of(item)
        return item
    if declared.data_type == SCHEDULE and not collection:
        return {"$ref": f"#/$defs/{SCHEDULE}"}
    suffix = f".{collection}" if collection in {"VALUELIST", "KEYVALUELIST"} else ""
    return {"$ref": f"#/$defs/{_name(declared)}{suffix}"}


def _option(options: Sequence[str]) -> Schema:
    """Return the schema of one of the options. ``null`` is among them, else an editor would offer none."""
    found = forced(dict.fromkeys(options, ""))
    branches = [_or_nothing(each) for each in found.get("anyOf", [found])]
    return {"anyOf": [*branches, {"type": "object", **OUTSIDE}]}


def _or_nothing(branch: Schema) -> Schema:
    listed = {"enum": [*branch["enum"], None]} if "enum" in branch else {}
    return {**_or_null({**branch, "type": [branch["type"]]}), **listed}


def _connection(inputs: tuple[DescribedInput, ...]) -> Schema:
    made: Schema = {"type": "object", "description": "The inputs by name. An input that is left out is not managed."}
    if inputs:
        made |= {**keyed({each.name: _input(each) for each in inputs}), "additionalProperties": False}
    else:
        made |= {"additionalProperties": {"$ref": "#/$defs/input"}}
    return {"type": "object", "properties": {"inputs": made, **_LINKS}, "additionalProperties": False}


def _input(each: DescribedInput) -> Schema:
    notes = [*(["Required."] if each.required else []), *(["A secret: take it from outside."] if each.hidden else [])]
    described = paragraphs(readable(each.text), " ".join(notes))
    form: Schema = {"$ref": "#/$defs/input"}
    return {"description": described, "type": _INPUT["type"], "allOf": [form]} if described else form


def _in_words(declared: Declaration) -> str:
    word = "a schedule" if declared.data_type == SCHEDULE else _FORMS[_name(declared)][0]
    if declared.data_type == "PICKLIST" and declared.pick_list:
        word = "one of its options"
    if declared.collection_type == "VALUELIST":
        return f"A list; each item: {word}"
    if declared.collection_type == "KEYVALUELIST":
        return f"A mapping; each value: {word}"
    return word[0].upper() + word[1:]


def _said(variable: DescribedVariable, form: str) -> str:
    return paragraphs(readable(variable.text), ". ".join(_notes(variable, form)) + ".")


def _notes(variable: DescribedVariable, form: str) -> Iterator[str]:
    declared = variable.declaration
    yield form
    if variable.org_only:
        yield "Only the organization can set it"
    if declared.data_type == CONNECTION:
        return
    if declared.hidden:
        yield "A secret: take it from outside"
    elif _hidden(declared):
        yield "It may be a secret: take it from outside"
    elif declared.default is None:
        yield "It has no default: a deploy may need a value"
    elif declared.default not in _EMPTY and len(declared.default) <= LONGEST_DEFAULT and declared.data_type != SCHEDULE:
        yield f"The default: {on_one_line(declared.default)}"


def _hidden(declared: Declaration) -> bool:
    """Return whether a variable's default must not be shown: schemas for editors are kept in git."""
    return declared.hidden or sounds_secret(declared.key) or looks_secret(declared.default, declared.key)


def _default(declared: Declaration) -> Any:
    """Return the default as a manifest writes it; ``None`` if there is none, or if it must not be shown."""
    if _hidden(declared) or declared.default in _EMPTY:
        return None
    try:
        value = plain_value(declared, declared.initial)
    except Undeclarable:
        return None
    # A language server would follow a "$ref" also here.
    text = dump_json(value)
    return None if '"$' in text or "__proto__" in text else shown(value)
