"""Values of a manifest that do not fit the declared type, and messages about them that show no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from reconciler.secrets.secret import Secret, Unresolved
from reconciler.text.exact_numbers import is_number, written
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconciler.model.place import Path


class Mismatch(Exception):
    """A value that cannot be of the declared type, and the ``others`` that were found in the same value.

    ``advice`` is what to do; ``detail`` describes the value further, and is left out of a value that must not be shown.
    """

    def __init__(
        self,
        expected: str,
        value: Any,
        *,
        path: Path = (),
        options: Sequence[str] = (),
        advice: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.value = value
        self.path = path
        self.options = options
        self.advice = advice
        self.detail = detail
        self.shown = True
        self.others: tuple[Mismatch, ...] = ()

    def __iter__(self) -> Iterator[Mismatch]:
        """Yield this mismatch and the others that were found with it."""
        yield self
        yield from self.others

    def below(self, path: Path) -> Self:
        """Return this mismatch and its others, with their paths below ``path``."""
        for each in self:
            each.path = (*path, *each.path)
        return self

    def at(self, path: Path) -> Self:
        """Return this mismatch and its others, all with the path ``path``."""
        for each in self:
            each.path = path
        return self

    def without_value(self) -> Self:
        """Return this mismatch and its others, without the values in their messages."""
        for each in self:
            each.shown = False
        return self

    def message(self, spelling: str | None = None) -> str:
        """Return the message: expected, found, and what to do; ``spelling`` is the value's text in the manifest."""
        found = describe(self.value, spelling) if self.shown else sort_of(self.value)
        text = f"expected {self.expected}, found {found}"
        if self.options:
            nearest = did_you_mean(str(self.value) if self.shown else "", self.options, listed_as="options")
            return f"{text}; {nearest}"
        if self.advice or (self.detail and self.shown):
            return f"{text}; {self.advice or self.detail}"
        if "text" not in self.expected:
            return text
        if isinstance(self.value, bool) or is_number(self.value):
            return f"{text}; put it in quotes"
        return f"{text}; put it in quotes if it is a word" if self.value is None and spelling else text


class Mismatches:
    """Collects the mismatches of a value with several parts, so that all of them are reported together."""

    def __init__(self) -> None:
        self._found: list[Mismatch] = []

    def add(self, mismatch: Mismatch) -> None:
        self._found += mismatch

    def of(self, parse: Callable[[Any], Any], value: Any, path: Path) -> Any:
        """Return a parsed part of the value; ``None`` if it does not fit, and then its mismatch is kept for ``end``."""
        try:
            return parse(value)
        except Mismatch as mismatch:
            self.add(mismatch.below(path))
            return None

    def end(self) -> None:
        """Raise the first mismatch, if there is one, with the others in it."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first


def sort_of(value: Any) -> str:
    """Return the sort of a YAML value in words, without the value."""
    if is_number(value):
        return "a number"
    names: Mapping[type, str] = {
        bool: "true or false", str: "text", list: "a list", dict: "a mapping",
        Secret: "a secret", Unresolved: "a secret",
    }  # fmt: skip
    return names.get(type(value), "nothing" if value is None else type(value).__name__)


def describe(value: Any, spelling: str | None = None) -> str:
    """Return a short description of a value that is no secret; ``spelling`` is its text in the file, if known."""
    if isinstance(value, bool):
        return spelling or str(value).lower()
    if is_number(value):
        return f"the number {written(value)}"
    if isinstance(value, str):
        shown = value if len(value) <= 60 else f"{value[:57]}…"
        return f"the text {shown!r}"
    return f"nothing ({spelling})" if value is None and spelling else sort_of(value)
