"""How the text of a file is saved: with a byte order mark or without, and how its lines end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Saved:
    r"""The byte order mark and line ends of a file, kept when it is written again.

    ``Saved(mark=True, ends="\r\n")`` is how editors on Windows save a text.
    """

    mark: bool = False
    ends: str = "\n"

    @classmethod
    def of(cls, whole: str) -> Self:
        """Return how a file's text is saved; lines that end in different ways are left as they are."""
        text = whole.removeprefix(MARK)
        windows = "\r" in text and text.count("\r\n") == text.count("\r") == text.count("\n")
        old = "\r" in text and "\n" not in text
        return cls(text != whole, "\r\n" if windows else "\r" if old else "\n")

    def plain(self, whole: str) -> str:
        """Return a file's text without its mark, with lines that end in line feeds."""
        text = whole.removeprefix(MARK) if self.mark else whole
        return text.replace(self.ends, "\n")

    def whole(self, text: str) -> str:
        """Return the content of a file with this text."""
        return f"{MARK if self.mark else ''}{text.replace(chr(10), self.ends)}"
