"""One failed keyword of a schema, and the validator that finds it. Only explanations need it: it is slow to load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from reconciler.manifests.schema.quick import anchored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class KeywordFailure:
    """``value`` at ``path`` fails ``keyword`` of ``schema``, which asks for ``wanted``.

    ``about_key`` is true where the key fails, not its value.
    """

    keyword: str
    wanted: Any
    value: Any
    schema: Mapping[str, Any]
    path: Path
    about_key: bool
    sensitive: bool = False
    """Whether the value may be a secret."""
    spelling: str | None = None
    """The value as the file spells it, for a known scalar without quotes."""

    @property
    def known_keys(self) -> Mapping[str, Any]:
        """The keys that the schema names, with their schemas."""
        properties: Mapping[str, Any] = self.schema.get("properties", {})
        return properties

    @classmethod
    def of(cls, error: ValidationError, hidden: frozenset[str]) -> KeywordFailure:
        """Return the failure of an error; below the ``hidden`` keys a value may be a secret."""
        schema: Any = error.schema
        way = list(error.absolute_schema_path)
        return cls(
            keyword=str(error.validator or "false"),
            wanted=error.validator_value,
            value=error.instance,
            schema=schema if isinstance(schema, Mapping) else {},
            path=tuple(error.absolute_path),
            about_key=way[-2:-1] == ["propertyNames"] and way[-3:-2] != ["properties"],
            sensitive=not hidden.isdisjoint(error.absolute_path),
        )


def spelled(failure: KeywordFailure, spelling: Callable[[Path], str | None] | None) -> KeywordFailure:
    """Return the failure with its value's spelling where Python loses it: ``True``, ``~``."""
    if spelling is None or failure.about_key or not (failure.value is None or isinstance(failure.value, bool)):
        return failure
    return replace(failure, spelling=spelling(failure.path))


def failures(error: ValidationError, hidden: frozenset[str]) -> Iterator[KeywordFailure]:
    """Yield the failures that explain an error: of alternatives, those of the one that was probably meant."""
    failure = KeywordFailure.of(error, hidden)
    parts = error.context or []
    if failure.keyword not in {"anyOf", "oneOf"} or not parts or "errorMessage" in failure.schema:
        yield failure
        return
    branches: dict[Any, list[ValidationError]] = {}
    for part in parts:
        branches.setdefault(part.relative_schema_path[0], []).append(part)
    meant = [branch for branch in branches.values() if not any(_another_thing(part) for part in branch)]
    if len(meant) != 1:
        yield failure
        return
    for part in meant[0]:
        yield from failures(part, hidden)


def _another_thing(part: ValidationError) -> bool:
    """Return whether an alternative was not meant: the value has another type, or is another constant."""
    return not part.relative_path and part.validator in {"type", "const", "enum"}


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
