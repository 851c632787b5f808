"""``${var.NAME}`` in the strings of manifests.

A string that consists of one reference takes the variable with its type. Inside longer text a variable must be text:
nobody knows how ``1.10`` or ``true`` is to be spelled there. ``$${var.NAME}`` is the literal text ``${var.NAME}``; a
second ``$`` escapes everything that begins like a variable (``$${ var``). Any other ``${`` is left as it is, since
config variables may hold code; ``placeholders.py`` reports text that only looks like a variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

from reconciler.manifests.placeholders import ESCAPABLE, SIGN
from reconciler.manifests.yaml.limits import MOST_CHARACTERS, Expansion
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.exact_numbers import written
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.manifests.project.project import Variable
    from reconciler.model.place import Path

_REFERENCE = re.compile(rf"\$(?P<escaped>\$)?\{{var\.(?:(?P<name>[A-Za-z_][A-Za-z0-9_-]*)\}})?|\$(?P<text>{ESCAPABLE})")
ESCAPE = "$${"
_SECRET_PLACES = frozenset({"inputs", "apiKeys", "testHeaders", "headers"})
"""Keys of a connection's inputs, of keys and of headers, whose values no message may show."""


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of a run; ``elsewhere`` lists the environments that declare each variable."""

    values: Mapping[str, Variable]
    environment: str = ""
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """The names of the variables filled in so far."""
    expansion: Expansion = field(default_factory=Expansion)
    """The characters that were filled in so far, over all manifests."""

    def fill(self, value: Any, problems: list[Diagnostic], path: Path = ()) -> Any:
        """Return ``value`` with its references replaced; a value without references is returned itself."""
        if isinstance(value, str):
            return self._text(value, problems, path) if SIGN in value or ESCAPE in value else value
        if isinstance(value, dict):
            items = {key: self.fill(item, problems, (*path, key)) for key, item in value.items()}
            return items if any(items[key] is not value[key] for key in items) else value
        if isinstance(value, list):
            filled = [self.fill(item, problems, (*path, index)) for index, item in enumerate(value)]
            return filled if any(new is not old for new, old in zip(filled, value, strict=True)) else value
        return value

    def _text(self, text: str, problems: list[Diagnostic], path: Path) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole and not whole["escaped"] and whole["name"] in self.values:
            value = self.values[whole["name"]]
            self.used.add(whole["name"])
            return value if self._has_room(len(value) if isinstance(value, str) else 0, problems, path) else text

        references = list(_REFERENCE.finditer(text))
        size = sum(len(shown(self.values[each["name"]])) for each in references if each["name"] in self.values)
        if size > MOST_CHARACTERS:
            message = f"with its variables this is longer than {MOST_CHARACTERS:,} characters; use shorter values"
            problems.append(Diagnostic(message, path=path))
            return text
        if not self._has_room(size + len(text) if size else 0, problems, path):
            return text
        for name in dict.fromkeys(each["name"] for each in references if not each["escaped"] and not each["text"]):
            if name not in self.values:
                problems.append(Diagnostic(self._unknown(name), path=path))
            elif not isinstance(self.values[name], str):
                problems.append(Diagnostic(self._no_text(name, path), path=path))
        return _REFERENCE.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        if match["text"]:
            return match["text"]
        if match["escaped"]:
            return match[0][1:]
        if match["name"] not in self.values:
            return match[0]
        self.used.add(match["name"])
        return shown(self.values[match["name"]])

    def _has_room(self, characters: int, problems: list[Diagnostic], path: Path) -> bool:
        """Return whether the run may fill in so many more characters; the first time it may not is reported."""
        full = self.expansion.characters > MOST_CHARACTERS
        self.expansion.characters += 0 if full else characters
        if not full and self.expansion.characters > MOST_CHARACTERS:
            problems.append(
                Diagnostic(
                    f"with this the variables of all manifests come to more than {MOST_CHARACTERS:,} characters of "
                    "text; use them less often, or give them shorter values",
                    path=path,
                )
            )
        return self.expansion.characters <= MOST_CHARACTERS

    def _no_text(self, name: str, path: Path) -> str:
        value = self.values[name]
        found = "true or false" if isinstance(value, bool) else "a number"
        if found == "a number" and _SECRET_PLACES.isdisjoint(path[:-1]):
            found = f"the number {shown(value)}"
        return (
            f"the variable {name!r} is {found}, but is used inside text here; put its value in quotes where it is "
            "declared"
        )

    def _unknown(self, name: str | None) -> str:
        if name is None:
            return (
                "not a variable; write ${var.NAME} with letters, digits, _ and - only, or $${var. for the literal text"
            )
        elsewhere = ", ".join(self.elsewhere.get(name, ()))
        if elsewhere:
            return f"the variable {name!r} is declared only for {elsewhere}; declare it for {self.environment} as well"
        known = {*self.values, *self.elsewhere}
        if not known:
            return f"unknown variable {name!r}; declare it in reconciler.yaml under spec.variables"
        return f"unknown variable {name!r}; {did_you_mean(name, known)}"


def refers(data: Any, path: Path) -> bool:
    """Return whether the value at ``path`` in ``data`` is text that refers to a variable."""
    value = reduce(getitem, path, data)
    return isinstance(value, str) and SIGN in value


def shown(value: Variable) -> str:
    """Return a variable as text; a number as it is written in the project."""
    if isinstance(value, str):
        return value
    return ("true" if value else "false") if isinstance(value, bool) else written(value)
