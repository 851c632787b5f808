"""A manifest's value that cannot be of the declared type, and how to say so without telling a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from reconciler.kinds.secret import Secret, Unresolved
from reconciler.kinds.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.kinds.resource import Path


class Mismatch(Exception):
    """A value that cannot be of the declared type."""

    def __init__(self, expected: str, value: Any, *, path: Path = (), options: Sequence[str] = ()) -> None:
        super().__init__(expected)
        self.expected = expected
        self.value = value
        self.path = path
        self.options = options
        self.shown = True

    def without_value(self) -> Self:
        """Return the same finding, which will not tell the value."""
        self.shown = False
        return self

    def message(self) -> str:
        """Say what was expected, what was found, and which options there are."""
        found = describe(self.value) if self.shown else sort_of(self.value)
        text = f"expected {self.expected}, found {found}"
        if self.options:
            nearest = did_you_mean(str(self.value) if self.shown else "", self.options, listed_as="options")
            return f"{text}; {nearest}"
        if isinstance(self.value, (bool, int, float)) and "text" in self.expected:
            return f"{text}; put it in quotes"
        return text


def sort_of(value: Any) -> str:
    """Return what sort of YAML value it is, without telling it."""
    names: Mapping[type, str] = {
        bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping",
        Secret: "a secret", Unresolved: "a secret",
    }  # fmt: skip
    return names.get(type(value), "nothing" if value is None else type(value).__name__)


def describe(value: Any) -> str:
    """Return a short description of a value that is no secret."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        shown = value if len(value) <= 60 else f"{value[:57]}…"
        return f"the text {shown!r}"
    return sort_of(value)
