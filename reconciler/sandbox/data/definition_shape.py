"""The shape of an integration's definition, as far as the sandbox reads it."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

_WORDS = {"array": "a list", "object": "a mapping", "string": "text"}


def misshapen(definition: Any) -> str | None:
    """Return the first error in the shape of a parsed definition, as ``where: what was expected``, or ``None``."""
    error = best_match(_validator().iter_errors(definition))
    if error is None:
        return None
    where = ".".join(map(str, error.absolute_path))
    if error.validator == "type":
        kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        expected = " or ".join(_WORDS[kind] for kind in kinds if kind in _WORDS)
        return f"{where}: expected {expected}"
    return f"{where}: {error.message}"


@cache
def _validator() -> Draft202012Validator:
    text = {"type": ["string", "number", "boolean", "null"]}
    part = _mapping(key=text, component=_mapping(key=text))
    meta = _mapping()
    given = _mapping(type=text, meta=meta)
    variable = _mapping(
        **dict.fromkeys(
            ("stableKey", "collectionType", "description", "scheduleType", "timeZone", "codeLanguage"), text
        ),
        onPremiseConnectionConfig=text,
        useScopedConfigVar=text,
        pickList=_list(text),
        meta=meta,
        connection=part,
        inputs={"type": ["object", "null"], "propertyNames": {"type": "string"}, "additionalProperties": given},
    )
    step = _mapping(name=text, action=part)
    flow = _mapping(description=text, stableKey=text, endpointSecurityType=text, testPayload=text, steps=_list(step))
    page = _mapping(elements=_list(_mapping(value=text)))
    return Draft202012Validator(
        _mapping(
            description=text,
            category=text,
            documentation=text,
            endpointType=text,
            labels=_list(text),
            configPages=_list(page),
            userLevelConfigPages=_list(page),
            requiredConfigVars=_list(variable),
            flows=_list(flow),
            renameAttributes={"type": ["object", "null"], "additionalProperties": text},
        )
    )


def _mapping(**properties: Any) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties}


def _list(items: Any) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}
