"""``jsonschema`` as manifests need it. It is slow to load, and is loaded only to explain an invalid document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from reconciler.manifests.schema.quick import anchored

if TYPE_CHECKING:
    from collections.abc import Iterator


def _integer(checker: Any, value: Any) -> bool:
    del checker
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    del validator, schema
    if isinstance(value, str) and not anchored(pattern).search(value):
        yield ValidationError("does not match")


_extend: Any = extend
Validator: Any = _extend(
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _integer),
)
"""Draft 2020-12, with whole numbers written as whole numbers (``12``, not ``12.0``)."""
