"""Which values of a plan are hidden although nobody took them from outside: by what they are called and marked.

A value that was a secret yesterday may stand in a manifest as plain text today, and the live one is still the secret.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Any

from reconciler.secrets.secret import LIVE, UNIQUE, WRITTEN, Secret, Unresolved, contains
from reconciler.secrets.suspicious_names import names_fields, sounds_secret


def hidden(value: Any, kin: str) -> Any:
    """Return a shown value as one secret; nothing, and what is hidden already, stays as it is.

    >>> hidden(["a"], "live").reveal()
    '["a"]'
    """
    if value is None or isinstance(value, (Secret, Unresolved)):
        return value
    return Secret(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str), kin)


def hidden_by_names(before: Any, after: Any, name: str) -> tuple[Any, Any]:
    """Return both sides with what is kept under a secret's name hidden, however deep in them.

    ``name`` is what the whole is called: in a mapping of fields, ``password`` is a field's name and no password. Equal
    parts get no number, since one that a live and a written value shared would tell more than that.
    """
    return (before, after) if names_fields(name) else (_inside(before, after, LIVE), _inside(after, before, WRITTEN))


def has_secret_names(value: Any, name: str) -> bool:
    """Say whether something in a value, which is called ``name``, is kept under a secret's name.

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
    """Say whether a key sounds secret; ``key`` alone is what objects and pairs are called by."""
    return str(key).lower() not in {"key", "keys"} and sounds_secret(str(key))


def _kept(value: Any, other: Any, kin: str) -> Any:
    """Return what is kept under a secret's name, hidden; a switch is none, and neither is nothing."""
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return value
    return hidden(value, UNIQUE if value == other else kin)
