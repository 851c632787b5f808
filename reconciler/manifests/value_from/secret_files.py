"""One value out of a YAML or JSON file of secrets: ``valueFrom: {file: F, key: a.b}``.

Of such a file a message names keys and places, never a value.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.manifests.yaml.limits import MAX_DEPTH
from reconciler.text.dotted_keys import values_at
from reconciler.text.exact_numbers import is_number
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.diagnostic import Diagnostic

TWICE = "is given twice"
ENCRYPTED = "ENC["
"""The beginning of a value that SOPS has encrypted."""


class NotReadable(Exception):
    """A file without readable data or text; ``str()`` is the reason, with keys but no values of the file."""


class NoSuchKey(Exception):
    """A key that does not exist; ``str()`` is the reason."""


def read_data(text: str) -> Any:
    """Return the data of a YAML or JSON text; raises ``NotReadable``."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text, object_pairs_hook=_without_doubles)
        except (ValueError, RecursionError):
            pass  # YAML has maps and lists in brackets as well
    from reconciler.manifests.yaml.compose import compose
    from reconciler.manifests.yaml.construct import build

    problems: list[Diagnostic] = []
    nodes = list(compose(text, "", problems))
    if problems:
        place = problems[0].place
        where = f" (line {place.line}, column {place.column})" if place and place.line else ""
        raise NotReadable(f"is not valid YAML or JSON{where}")
    if len(nodes) != 1:
        raise NotReadable(f"holds {len(nodes)} documents, and a key can be looked up in one alone")
    data = build(nodes[0], "", problems)
    for problem in problems:
        if TWICE in problem.message and problem.place:
            raise NotReadable(f"has a key that {TWICE} (line {problem.place.line}); keep one of them")
    if not isinstance(data, (dict, list)):
        raise NotReadable("holds no map and no list, in which a key could be looked up")
    return data


def value_at(data: Any, key: str) -> str:
    """Return the text at a dotted key; raises ``NoSuchKey``, and ``NotReadable`` where no text is.

    ``a.b`` is the key ``b`` in the map ``a``, or the key ``a.b``; a file with both is an error.
    """
    found = list(values_at(data, key.split(".")))
    if not found:
        near = did_you_mean(key, _leaves(data), listed_as="its keys")
        raise NoSuchKey(f"has nothing at the key {key!r}; {near}")
    if len(found) > 1:
        raise NotReadable(f"has more than one value at the key {key!r}: dots in keys make it ambiguous; rename one")
    (value,) = found
    if isinstance(value, (dict, list)):
        below = [f"{key}.{each}" for each in _leaves(value)]
        raise NotReadable(
            f"has a {'map' if isinstance(value, dict) else 'list'} at the key {key!r}; name one value in it: "
            f"{did_you_mean('', below, listed_as='there are')}"
        )
    if not isinstance(value, str):
        sort = "true or false" if isinstance(value, bool) else "a number" if is_number(value) else "no text"
        raise NotReadable(f"has {sort} at the key {key!r}, and a secret is text; put it in quotes there")
    if value.startswith(ENCRYPTED):
        raise NotReadable(f"is still encrypted at the key {key!r}; decrypt it (sops --decrypt) before this runs")
    return value


def _leaves(data: Any, prefix: str = "", depth: int = 0) -> Iterator[str]:
    """Yield the dotted keys of all values that are neither a map nor a list."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if isinstance(value, (dict, list)) and depth < MAX_DEPTH:
            yield from _leaves(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise NotReadable(f"has a key that {TWICE}: {key!r}; keep one of them")
        found[key] = value
    return found
