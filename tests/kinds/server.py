"""What the API may do to what it is given: normalise values, and merge or replace a connection's inputs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from support.nodes import node

from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.secrets.secret import reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def as_sent(text: str) -> str:
    return text


def with_decimals(text: str) -> str:
    """Give a number back as a decimal with a fraction."""
    return text if "." in text else f"{text}.0"


def as_double(text: str) -> str:
    """Give a number back as what a double keeps of it."""
    return repr(float(text))


def in_exponents(text: str) -> str:
    return f"{Decimal(text):E}"


def at_midnight(text: str) -> str:
    return f"{text}T00:00:00.000Z"


def in_utc(text: str) -> str:
    """Give a moment back in UTC, with milliseconds, as JavaScript does."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


def pretty(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, sort_keys=True)


def numbers_as_doubles(text: str) -> str:
    """Give JSON back with its whole numbers as doubles, as far as those are exact."""
    return json.dumps(json.loads(text, parse_int=lambda digits: float(digits) if len(digits) < 16 else int(digits)))


JSON_MANNERS = (as_sent, compact, pretty, numbers_as_doubles)
MANNERS: Mapping[str, tuple[Callable[[str], str], ...]] = {
    "BOOLEAN": (as_sent, str.title, str.upper),
    "NUMBER": (as_sent, with_decimals, as_double, in_exponents),
    "DATE": (as_sent, at_midnight),
    "TIMESTAMP": (as_sent, in_utc),
    "JSONFORM": JSON_MANNERS,
    "OBJECTSELECTION": JSON_MANNERS,
    "OBJECTFIELDMAP": JSON_MANNERS,
}
"""How a value of a type may read back; everything else as it was sent."""


@dataclass
class LiveInput:
    """One input of a connection as the API keeps it; a write-only one is never read back."""

    type: str
    value: str
    write_only: bool = False
    reads_null: bool = False

    def node(self, name: str) -> dict[str, Any]:
        shown = (None if self.reads_null else "") if self.write_only else self.value
        return {"name": name, "type": self.type.upper(), "value": shown, "has_value": bool(self.value)}


@dataclass
class LiveConnection:
    """A connection that keeps the inputs a write does not name (``replaces=False``), or blanks them."""

    inputs: dict[str, LiveInput]
    replaces: bool = False

    def node(self) -> LiveVariable:
        return node(LiveVariable, inputs={"nodes": [entry.node(name) for name, entry in self.inputs.items()]})

    def readable(self, *, without: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        return {
            name: (entry.type, entry.value)
            for name, entry in self.inputs.items()
            if not entry.write_only and name not in without
        }

    def write(self, wire: Mapping[str, Any]) -> None:
        sent = json.loads(reveal(wire["values"]))
        if self.replaces:
            for entry in self.inputs.values():
                entry.value = ""
        for item in sent:
            entry = self.inputs.setdefault(item["name"], LiveInput(item["type"], ""))
            entry.type, entry.value = item["type"], item["value"]
