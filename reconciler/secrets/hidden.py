"""Values of a plan that are hidden by their names and marks, although no manifest takes them from outside.

A value that was a secret yesterday may be plain text in a manifest today, while the live value is still the secret.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Any

from reconciler.secrets.secret import LIVE, UNIQUE, WRITTEN, Secret, Unresolved, contains
from reconciler.secrets.suspicious import names_fields, sounds_secret


def hidden(value: Any, kin: str) -> Any:
    """Return a value as one secret; ``None`` and hidden values stay as they are.

    >>> hidden(["a"], "live").reveal()
    '["a"]'
    """
    if value is None or isinstance(value, (Secret, Unresolved)):
        return value
    return Secret(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str), kin)


def hidden_by_names(before: Any, after: Any, name: str) -> tuple[Any, Any]:
    """Return both sides of a field, with each part under a secret's name hidden, at any depth.

    ``name`` is the name of the whole: in a field mapping, ``password`` is the name of a field, and no password. Equal
    parts get no number: a number that a live and a written value shared would confirm a guess.
    """
    return (before, after) if names_fields(name) else (_inside(before, after, LIVE), _inside(after, before, WRITTEN))


def has_secret_names(value: Any, name: str) -> bool:
    """Return whether a value named ``name`` has a part under a secret's name.

    >>> has_secret_names({"login": {"password": "x"}}, "Settings"), has_secret_names({"password": "x"}, "Field Mapping")
    (True, False)
    """
    return contains(hidden_by_names(value, None, name), Secret)


def _inside(value: Any, other: Any, kin: str) -> Any:
    if isinstance(value, dict):
        beside = other if isinstance(other, dict) else {}
        pair = isinstance(value.get("key"), str) and "value" in value
        return {
            key: (_kept if _is_secret(value["key"] if pair and key == "value" else key) else _inside)(
                item, beside.get(key), kin
            )
            for key, item in value.items()
        }
    if isinstance(value, list):
        others = other if isinstance(other, list) else []
        return [_inside(item, each, kin) for item, each in zip_longest(value, others[: len(value)])]
    return value


def _is_secret(key: Any) -> bool:
    """Return whether a key sounds like a secret's; ``key`` alone is not one, because it names objects and pairs."""
    return str(key).lower() not in {"key", "keys"} and sounds_secret(str(key))


def _kept(value: Any, other: Any, kin: str) -> Any:
    """Return the value under a secret's name, hidden, unless it is a boolean or empty."""
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return value
    return hidden(value, UNIQUE if value == other else kin)
