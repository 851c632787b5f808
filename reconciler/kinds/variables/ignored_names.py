"""Names of config variables and flows in the paths of ``lifecycle.ignoreChanges``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


VARIABLES = "configVariables."

FLOWS = "flowConfigs."


def names_parts(ignored: Sequence[str]) -> bool:
    """Return whether paths to ignore lead to single config variables or flows."""
    return any(path.startswith((VARIABLES, FLOWS)) for path in ignored)


def unknown_variables(ignored: Sequence[str], variables: Collection[str]) -> bool:
    """Return whether paths to ignore may name a variable by its name in another version."""
    names = [path.removeprefix(VARIABLES) for path in ignored if path.startswith(VARIABLES)]
    return any(not list(splits(name, variables)) for name in names)


def splits(name: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the known keys that a name is, or begins with before a dot, and the rest; the longest first."""
    names = set(known)
    yield from ((key, rest) for key, rest in beginnings(name) if key in names)


def beginnings(name: str) -> Sequence[tuple[str, str]]:
    """Return the whole name, then the parts before and after each of its dots, the last dot first."""
    dots = [index for index, letter in enumerate(name) if letter == "."]
    return [(name, ""), *((name[:index], name[index + 1 :]) for index in reversed(dots))]
