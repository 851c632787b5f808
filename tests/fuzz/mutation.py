"""Structure-aware mutation: data that is right, made wrong in a few places, in the ways that data goes wrong."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from support.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

CANARY = "canary-of-the-fuzzer-7Gk2pQ"
"""The one secret that there is: it may be in nothing that is said."""
NAMES = tuple(HOSTILE.values())
DEEP: Any = "bottom"
for _ in range(80):
    DEEP = [{"down": DEEP}]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, -0.0, 10**400, 2**63, 1e308, float("inf"), float("nan"), "", " ", "x", "0",
    "true", "null", "yes", "~", "-", "2001-01-01", "12:30:00", "1e5", "0x1f", "\ufeff", "\x00", "\x85", "a\nb", "a\tb",
    "${var.x}", "${var.", "$${x}", "latest", "absent", "gitops:acme", "gitops:protected", "gitops:secrets:aaaa", "none",
    "Customer/ftl", "../../..", "/etc/passwd", [], {}, [None], [[]], [{}], {"": ""}, {"a": {}}, {"name": None}, DEEP,
    {"valueFrom": {"env": "CANARY"}}, {"valueFrom": {"env": ""}}, {"valueFrom": {"file": "/dev/zero"}},
    {"valueFrom": {}},
    {"valueFrom": {"file": "../secret"}}, {"valueFrom": {"exec": ["cat", "/dev/zero"]}}, {"valueFrom": None},
    {"inputs": {"username": {"valueFrom": {"env": "CANARY"}}}}, {"schedule": {"cron": "* * * * *"}}, {"key": "a"},
    "x" * 3_000, list(range(300)), {str(number): number for number in range(200)}, *NAMES,
)  # fmt: skip
"""What may stand anywhere in data, though nobody would put it there."""
Path = tuple[Any, ...]


def mutated(data: Any, random: Random, most: int = 3) -> Any:
    """Return a copy of the data that is another in one to ``most`` places."""
    data = copy.deepcopy(data)
    for _ in range(random.randint(1, most)):
        data = _mutate(data, random)
    return data


def _mutate(data: Any, random: Random) -> Any:
    paths = list(_paths(data))
    path = random.choice(paths)
    if not path:
        return random.choice(ODD) if random.random() < 0.2 else data
    parent = _at(data, path[:-1])
    change = random.choice(_CHANGES)
    change(parent, path[-1], data, random)
    return data


def _paths(data: Any, path: Path = ()) -> list[Path]:
    found = [path]
    if len(path) < 12:
        items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, item in items:
            found += _paths(item, (*path, key))
    return found


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _replace(parent: Any, key: Any, data: Any, random: Random) -> None:
    del data
    parent[key] = copy.deepcopy(random.choice(ODD))


def _remove(parent: Any, key: Any, data: Any, random: Random) -> None:
    del data, random
    del parent[key]


def _rename(parent: Any, key: Any, data: Any, random: Random) -> None:
    if isinstance(parent, dict):
        name = random.choice((str(key).upper(), f"{key}s", str(key)[:-1], random.choice(NAMES), f"{key} "))
        parent[name] = parent.pop(key)
    else:
        _replace(parent, key, data, random)


def _repeat(parent: Any, key: Any, data: Any, random: Random) -> None:
    del data
    if isinstance(parent, list):
        parent += [copy.deepcopy(parent[key]) for _ in range(random.choice((1, 2, 30)))]
    else:
        parent[random.choice(NAMES)] = copy.deepcopy(parent[key])


def _swap(parent: Any, key: Any, data: Any, random: Random) -> None:
    parent[key] = copy.deepcopy(_at(data, random.choice(_paths(data))))


def _spoil(parent: Any, key: Any, data: Any, random: Random) -> None:
    """Change a text a little, or wrap what is no text."""
    value = parent[key]
    if isinstance(value, str) and value:
        at = random.randrange(len(value))
        parent[key] = value[:at] + random.choice(("", "\x1b", " ", ":", "'", "é", "\u202e", "{")) + value[at + 1 :]
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        parent[key] = random.choice((-value, value + 1, str(value), float(value) if abs(value) < 1e300 else 0))
    else:
        parent[key] = random.choice(([value], {"value": value}, str(value)[:50]))
    del data


_CHANGES: tuple[Callable[[Any, Any, Any, Random], None], ...] = (
    _replace, _replace, _replace, _remove, _rename, _repeat, _swap, _spoil,
)  # fmt: skip

SNIPPETS = (
    "&a [*a]", "&a {b: *a}", "*nowhere", "!!python/object/apply:os.system [x]", "!!binary aGk=", "!!set {a}",
    "!x y", "? [a, b]\n: c", "<<: {a: 1}", "<<: *a", "%YAML 9.9\n---", "%TAG ! x\n---", "...\n", "---\n",
    "--- |\n x", "\t", "\ufeff", "- - - -", "{", "}", "[", "]", "'", '"', "|", ">", "@", "`", ": : :",
    "a: b: c", "#", "\x00", "\x1b[2J", "\x85", "\u2028", "1_000", "0o17", "0b11", "1:30", "=", "<<", "~",
    "{{ x }}", "${var.x}", "\\x", '"\\ud800"', '"\\x41"', "'''", "- ? -",
)  # fmt: skip


def mangled(text: str, random: Random) -> str:
    """Return the text with a few characters of it lost, doubled, moved, or others put in between."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        length = random.choice((1, 1, 1, 5, 40))
        text = random.choice(
            (
                text[:at] + text[at + length :],
                text[:at] + text[at : at + length] * 2 + text[at + length :],
                text[:at] + random.choice(SNIPPETS) + text[at:],
                text[:at] + "\n" + " " * random.randrange(6) + text[at:],
                text[at:] + text[:at],
            )
        )
    return text
