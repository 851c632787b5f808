"""Colours, only where a person's terminal shows them."""

from __future__ import annotations

from dataclasses import dataclass

import click

SIGNS = {"create": "+", "update": "~", "deploy": "^", "delete": "-", "adopt": "=", "forget": "o"}
COLOURS = {"create": "green", "update": "yellow", "deploy": "cyan", "delete": "red", "adopt": "blue", "forget": "blue"}


WIDTH = 100
"""Columns of a text that no terminal shows."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is styled; ``colour`` off leaves it plain. ``width`` is the number of columns."""

    colour: bool = False
    width: int = WIDTH

    def action(self, action: str, text: str) -> str:
        return self._styled(text, fg=COLOURS.get(action))

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
