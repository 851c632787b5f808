"""Colours, only where a person's terminal shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconciler.text.escape import safe
from reconciler.text.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.place import Place

SIGNS = {"create": "+", "update": "~", "deploy": "^", "delete": "-", "adopt": "=", "forget": "o"}
COLOURS = {"create": "green", "update": "yellow", "deploy": "cyan", "delete": "red", "adopt": "blue", "forget": "blue"}


ROOM = 100
"""Columns by which lists are cut in a text that no terminal shows."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is styled; ``colour`` off leaves it plain.

    ``width`` is the number of columns of the terminal. Without one, as in a pipe or a file, no line is broken.
    """

    colour: bool = False
    width: int | None = None

    @property
    def room(self) -> int:
        """Return the columns that a list may take."""
        return self.width or ROOM

    def fits(self, line: str) -> bool:
        """Return whether a line needs no break."""
        return self.width is None or columns(line) <= self.width

    def ending(self, line: str, place: Place | None) -> str:
        """Return the line with the file and line of its manifest at the end, where there is room for it."""
        if place is None:
            return line
        placed = f"{line}{self.dim(f'  {safe(place.file)}:{place.line}')}"
        return placed if self.fits(placed) else line

    def action(self, action: str, text: str) -> str:
        return self._styled(text, fg=COLOURS.get(action))

    def actions(self, actions: Iterable[str]) -> str:
        return ", ".join(self.action(each, each) for each in actions)

    def bold(self, text: str) -> str:
        return self._styled(text, bold=True)

    def dim(self, text: str) -> str:
        return self._styled(text, dim=True)

    def good(self, text: str) -> str:
        return self._styled(text, fg="green")

    def bad(self, text: str) -> str:
        return self._styled(text, fg="red", bold=True)

    def warn(self, text: str) -> str:
        return self._styled(text, fg="yellow")

    def _styled(self, text: str, **how: str | bool | None) -> str:
        return click.style(text, **how) if self.colour else text  # type: ignore[arg-type]  # click types each apart
