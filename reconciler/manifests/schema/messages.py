"""Messages about a failed schema check: what is wrong, what was expected, what to do.

Each mistake has one message. A value that may be a secret is never quoted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.manifests.schema.expectations import instead, nearest, quoted, wish
from reconciler.manifests.schema.failure import failures, spelled
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jsonschema import ValidationError

    from reconciler.manifests.schema.failure import KeywordFailure
    from reconciler.model.place import Path

MISPLACED_VALUE_FROM = (
    "valueFrom is allowed only where a secret belongs: in configVariables, apiKeys, testHeaders and testPayload, and "
    "in the payload and headers of verify; elsewhere use a variable, ${var.NAME}"
)
_ABOUT_PRESENCE = frozenset({"required", "dependentRequired"})
_MOST_TELLING = ("type", "const", "enum", "minLength", "maxLength", "pattern")
"""Of several failures of one value the first of these keywords is reported, else the first failure."""


def explain(
    errors: Iterable[ValidationError], hidden: frozenset[str], spelling: Callable[[Path], str | None] | None = None
) -> list[Diagnostic]:
    """Return the problems of one document, each mistake once; no message quotes a value below the ``hidden`` keys.

    ``spelling`` returns the scalar at a path as the file spells it.
    """
    found = [spelled(failure, spelling) for error in errors for failure in failures(error, hidden)]
    unknown = [failure for failure in found if failure.keyword == "additionalProperties"]
    missing = [failure for failure in found if failure.keyword in _ABOUT_PRESENCE]
    others = [failure for failure in found if failure.keyword not in {*_ABOUT_PRESENCE, "additionalProperties"}]
    meant = {failure.path: {nearest(key, failure.known_keys) for key in _unknown(failure)} for failure in unknown}
    problems = [
        *(problem for failure in unknown for problem in _about_unknown(failure)),
        *(problem for failure in missing for problem in _about_missing(failure, meant)),
        *(_about_value(failure) for failure in _one_each(others)),
    ]
    return list(dict.fromkeys(problems))


def _one_each(found: Iterable[KeywordFailure]) -> list[KeywordFailure]:
    """Return the most telling failure of each value."""
    chosen: dict[tuple[Path, bool, str], KeywordFailure] = {}
    for failure in found:
        key = (failure.path, failure.about_key, str(failure.value) if failure.about_key else "")
        if key not in chosen or _rank(failure) < _rank(chosen[key]):
            chosen[key] = failure
    return list(chosen.values())


def _rank(failure: KeywordFailure) -> int:
    return _MOST_TELLING.index(failure.keyword) if failure.keyword in _MOST_TELLING else len(_MOST_TELLING)


def _unknown(failure: KeywordFailure) -> Iterator[str]:
    patterns = failure.schema.get("patternProperties", {})
    for key in failure.value:
        if key not in failure.known_keys and not any(re.search(pattern, key) for pattern in patterns):
            yield key


def _about_unknown(failure: KeywordFailure) -> Iterator[Diagnostic]:
    for key in _unknown(failure):
        path = (*failure.path, key)
        if key == "valueFrom":
            yield Diagnostic(MISPLACED_VALUE_FROM, path=path, key=True)
        elif "errorMessage" in failure.schema and not nearest(key, failure.known_keys):
            yield Diagnostic(_sentence(failure, str(failure.schema["errorMessage"])), path=failure.path)
        else:
            hint = did_you_mean(key, failure.known_keys, listed_as="allowed here")
            yield Diagnostic(f"unknown key {key!r}; {hint}", path=path, key=True)


def _about_missing(failure: KeywordFailure, unknown: Mapping[Path, set[str | None]]) -> Iterator[Diagnostic]:
    """Yield a problem for each missing key, unless a misspelt key beside it explains it."""
    path = failure.path
    where = f" in {path[-1]!r}" if path and isinstance(path[-1], str) else ""
    beside = unknown.get(path, set())
    for key in _required(failure):
        explained = key in beside or (beside and set(failure.known_keys) == {key})
        if key not in failure.value and not explained:
            examples = failure.known_keys.get(key, {}).get("examples")
            hint = f", for example {key}: {quoted(examples[0])}" if examples else ""
            yield Diagnostic(f"{key!r} is missing{where}; add it{hint}", path=path, key=True)


def _required(failure: KeywordFailure) -> list[str]:
    if failure.keyword == "required":
        return list(failure.wanted)
    return [key for given, keys in failure.wanted.items() if given in failure.value for key in keys]


def _about_value(failure: KeywordFailure) -> Diagnostic:
    if failure.about_key:
        key = str(failure.value)
        return Diagnostic(f"the key {quoted(key)} {wish(failure)}", path=(*failure.path, key), key=True)
    if failure.keyword == "type" and isinstance(failure.value, dict) and "valueFrom" in failure.value:
        return Diagnostic(MISPLACED_VALUE_FROM, path=(*failure.path, "valueFrom"), key=True)
    return Diagnostic(_sentence(failure, wish(failure), instead(failure)), path=failure.path)


def _sentence(failure: KeywordFailure, wished: str, got: str = "") -> str:
    """Return a whole sentence: a wish that begins with ``must`` needs to say of what."""
    if not wished.startswith("must "):
        return wished
    names = [part for part in failure.path if isinstance(part, str)]
    if not names:
        return f"the manifest {wished}{got}"
    return f"{'an item of ' if isinstance(failure.path[-1], int) else ''}{names[-1]!r} {wished}{got}"
