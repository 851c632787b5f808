"""The expressions of GitHub's workflows, as far as the recipes use them, with GitHub's precedence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r"\s*(\|\||&&|==|!=|[!(),]|'(?:[^']|'')*'|[\w.*-]+)")
STATUS = frozenset({"success()", "failure()", "cancelled()", "always()"})


def filled(text: Any, contexts: Mapping[str, Any]) -> str:
    """Return a value with its expressions replaced by what they come to."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: _text(value_of(found[1], contexts)), str(text))


def holds(condition: str, contexts: Mapping[str, Any], *, succeeded: bool) -> bool:
    """Return whether a condition holds; without a function about the status it also asks for success."""
    text = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", condition)
    status = {"success": succeeded, "failure": not succeeded, "cancelled": False, "always": True}
    asks = any(name in text for name in STATUS)
    return (asks or succeeded) and bool(value_of(text, {**contexts, "()": status}))


def value_of(text: str, contexts: Mapping[str, Any]) -> Any:
    reader = _Reader(TOKEN.findall(text), contexts)
    assert "".join(text.split()) == "".join("".join(reader.tokens).split()), text
    found = reader.either()
    assert not reader.tokens, text
    return found


@dataclass(slots=True)
class _Reader:
    """Reads tokens from the front; each method takes one level of precedence."""

    tokens: list[str]
    contexts: Mapping[str, Any]

    def either(self) -> Any:
        found = self.both()
        while self._take("||"):
            other = self.both()
            found = found or other
        return found

    def both(self) -> Any:
        found = self.compared()
        while self._take("&&"):
            other = self.compared()
            found = found and other
        return found

    def compared(self) -> Any:
        found = self.single()
        for sign in ("==", "!="):
            if self._take(sign):
                found = (_text(found) == _text(self.single())) is (sign == "==")
        return found

    def single(self) -> Any:
        if self._take("!"):
            return not self.single()
        if self._take("("):
            found = self.either()
            assert self._take(")")
            return found
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return self._called(token) if self._take("(") else _looked_up(token, self.contexts)

    def _called(self, name: str) -> Any:
        arguments = []
        while not self._take(")"):
            arguments.append(self.either())
            self._take(",")
        if name == "fromJSON":
            return json.loads(*arguments)
        if name == "contains":
            return arguments[1] in arguments[0]
        return self.contexts["()"][name]

    def _take(self, token: str) -> bool:
        there = self.tokens[:1] == [token]
        del self.tokens[: int(there)]
        return there


def _looked_up(name: str, contexts: Mapping[str, Any]) -> Any:
    found: Any = contexts
    parts = name.split(".")
    for number, part in enumerate(parts):
        if part == "*":
            rest = ".".join(parts[number + 1 :])
            return [_looked_up(rest, each) for each in found.values()]
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(value: Any) -> str:
    return "" if value is None or value is False else str(value)
