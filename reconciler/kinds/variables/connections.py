"""Connections: config variables whose inputs are compared and written one by one.

What the API gives back of an input: its text, or, for a write-only one, nothing but whether it is set
(``hasValue``). What it takes: a JSON list of inputs, of which it may keep those not named, or not; so a write
names what is declared and every readable one beside it. An undeclared write-only input is never sent. An input is
text; it is emptied by ``{clear: true}`` alone (``clearing.py``), which is sent as ``""``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank, is_blank, is_clear, misused
from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.live_variables import input_nodes
from reconciler.model.diff import Fields
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import LIVE, JsonText, Secret, Unresolved, kin_of
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.place import Path
    from reconciler.model.tenant import Node

BY_ID = {"customerConfigVariableId": "customerConfigVariable", "onPremiseResourceId": "onPremiseResource"}
"""In a manifest and in ``InputInstanceConfigVariable`` → where it reads back."""


@dataclass(frozen=True, slots=True)
class Input:
    """One live input; ``held`` says that it is set to something that cannot be read."""

    name: str
    type: str
    value: str
    held: bool


@dataclass(frozen=True, slots=True)
class ConnectionComparison:
    """The outcome for one declared connection: ``wire`` is what to send, or ``None`` when nothing needs to be.

    ``unverified`` names the declared write-only inputs that could not be compared and are not sent;
    ``unknown`` those that are sent because their fingerprint is not on the object;
    ``at_risk`` the undeclared write-only ones that an API which replaces the list would drop;
    ``cleared`` those that are emptied; ``odd`` says of texts that stand in the manifest what cannot be seen at their
    ends, by the input's name.
    """

    fields: Fields
    wire: Mapping[str, Any] | None = None
    unverified: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    at_risk: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)


def compare_connection(
    declared: Declaration,
    value: Any,
    live: Node | None,
    *,
    resend: bool = False,
    known: Callable[[str, str, str], bool] | None = None,
    include_unchanged: bool = False,
) -> ConnectionComparison:
    """Compare a manifest's connection with the live one (``None``: it has none yet).

    ``known`` says, of a write-only input's variable, name and text, whether it was last sent just that; without it
    such inputs cannot be compared. Raises ``Mismatch`` when the value is not a connection's.
    """
    current = {entry.name: entry for entry in _live_inputs(live)}
    spec, entries = _read(declared, value, current)
    wanted = {name: entry for name, entry in entries.items() if not isinstance(entry, Unresolved)}
    unseen = [
        name
        for name, entry in entries.items()
        if isinstance(entry, Unresolved) and (live is None or (entry.source and not _is_set(current.get(name))))
    ]
    set_unseen = {name for name in wanted if name in current and current[name].held}
    held = {name for name in set_unseen if wanted[name]}
    unknown = {name for name in held if known and not known(declared.key, name, wanted[name])}
    differing = (set_unseen - held) | {
        name for name in wanted.keys() - set_unseen if wanted[name] != _text(current.get(name), declared, name)
    }
    links = {key: spec[key] for key in BY_ID if key in spec and spec[key] != _linked(live, BY_ID[key])}
    send_held = held if resend or differing or unknown else set()
    unverified = set() if known else held - send_held
    fields = Fields(include_unchanged)
    if not (differing or links or send_held or unseen or include_unchanged):
        return ConnectionComparison(fields, unverified=tuple(sorted(unverified)), doubts=_doubts(spec))
    for key, place in BY_ID.items():
        if key in spec:
            fields.add((key,), _linked(live, place), spec[key], same=key not in links)
    # What only has to travel with the others, and is known to be right, is no change.
    changed = differing.union(unseen, unknown, send_held if resend or not known else ())
    for name, entry in entries.items():
        before, after = _sides(declared, name, entry, spec["inputs"][name], current.get(name))
        fields.add(("inputs", name), before, after, same=name not in changed, sensitive=True)
    wire: dict[str, Any] = {"key": declared.key, **links}
    at_risk: tuple[str, ...] = ()
    if differing or send_held:
        wire["values"] = JsonText(list(_sent(wanted, current, declared)))
        kept = {name for name, entry in entries.items() if isinstance(entry, Unresolved) and entry.source}
        unsent = current.keys() - (entries.keys() - kept)
        at_risk = tuple(sorted(name for name in unsent if current[name].held))
    return ConnectionComparison(
        fields,
        wire if len(wire) > 1 else None,
        tuple(sorted(unverified)),
        tuple(sorted(unknown)),
        at_risk,
        cleared=tuple(sorted(name for name in differing if not wanted[name])),
        doubts=_doubts(spec),
    )


def declared_inputs(
    declared: Declaration, value: Any, live: Node | None
) -> Iterator[tuple[str, Secret | Unresolved, bool]]:
    """Yield each input that a manifest's connection sets to something, with whether it is known to read back.

    Raises ``Mismatch`` when the value is not a connection's.
    """
    current = {entry.name: entry for entry in _live_inputs(live)}
    for name, text in _read(declared, value, current)[1].items():
        if text:
            readable = name in current and bool(current[name].value)
            yield name, text if isinstance(text, Unresolved) else Secret(text), readable


def _read(
    declared: Declaration, value: Any, current: Mapping[str, Input]
) -> tuple[Mapping[str, Any], dict[str, str | Unresolved]]:
    """Return a manifest's connection and its inputs' texts, ``""`` for one to be emptied.

    Raises ``Mismatch`` with everything that is wrong with it.
    """
    if value is None:
        raise Mismatch("a connection: {inputs: {…}}; a connection has no default to go back to", value)
    if not isinstance(value, dict):
        raise Mismatch("a connection: {inputs: {name: value, …}}", value).without_value()
    found = Mismatches()
    for key, entry in value.items():
        _check_part(str(key), entry, found)
    inputs = value.get("inputs")
    entries = dict(_wanted_inputs(declared, inputs, current, found)) if isinstance(inputs, dict) else {}
    found.end()
    return value, entries


def _check_part(key: str, entry: Any, found: Mismatches) -> None:
    allowed = ("inputs", *BY_ID)
    if key not in allowed:
        near = did_you_mean(key, allowed, listed_as="allowed")
        expected = f"a connection's inputs, customerConfigVariableId or onPremiseResourceId ({near})"
        found.add(Mismatch(expected, key, path=(key,)))
    elif key == "inputs" and not isinstance(entry, dict):
        found.add(Mismatch("a mapping of input names to values", entry, path=(key,)).without_value())
    elif key != "inputs" and (not isinstance(entry, str) or not entry):
        found.add(Mismatch("an ID (text)", entry, path=(key,)))


def _wanted_inputs(
    declared: Declaration, inputs: Mapping[Any, Any], current: Mapping[str, Input], found: Mismatches
) -> Iterator[tuple[str, str | Unresolved]]:
    known = {**(declared.inputs or {}), **current}
    for name, value in inputs.items():
        path: Path = ("inputs", name)
        if known and name not in known and not declared.more_inputs:
            near = did_you_mean(str(name), known)
            found.add(Mismatch(f"an input of the connection ({near})", name, path=path))
        if isinstance(value, Unresolved):
            yield name, value
        else:
            yield name, found.of(input_text, value, path) or ""


def input_text(value: Any) -> str:
    """Return an input's text; numbers and booleans are none: who reads ``58.0`` may mean ``58``.

    Raises ``Mismatch`` for what an input cannot be.
    """
    if isinstance(value, Secret):
        return value.reveal()
    if is_clear(value):
        return ""
    if is_blank(value):
        raise blank(value)
    if misused(value):
        raise Mismatch("{clear: true}, with nothing beside it", value).without_value()
    if not isinstance(value, str):
        raise Mismatch("text, {valueFrom: …} or {clear: true}", value).without_value()
    return value


def _doubts(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return, by input, what is doubtful about its text in the manifest."""
    return {name: found for name, value in (spec.get("inputs") or {}).items() if (found := doubt(value))}


def _live_inputs(live: Node | None) -> Iterator[Input]:
    for node in input_nodes(live):
        value = node.get("value") or ""
        yield Input(
            node["name"], (node.get("type") or "value").lower(), value, bool(node.get("hasValue")) and not value
        )


def _is_set(current: Input | None) -> bool:
    return current is not None and bool(current.value or current.held)


def _text(current: Input | None, declared: Declaration, name: str) -> str:
    """Return an input's live text; one that a new connection starts with is the declared default."""
    if current is not None:
        return current.value
    return (declared.inputs or {}).get(name, "")


def _sent(wanted: Mapping[str, Any], current: Mapping[str, Input], declared: Declaration) -> Iterator[dict[str, Any]]:
    """Yield the inputs to write: the declared ones over the readable live ones, in the live order.

    What stays as it is keeps its type, which need not be ``value``: a template, say.
    """
    readable = {name: entry.value for name, entry in current.items() if entry.value}
    if not current:
        readable = {name: value for name, value in (declared.inputs or {}).items() if value}
    for name, value in {**readable, **wanted}.items():
        kept = name in current and value == current[name].value
        yield {"name": name, "type": current[name].type if kept else "value", "value": Secret(value)}


def _linked(live: Node | None, field: str) -> str | None:
    linked = (live or {}).get(field)
    return linked["id"] if linked else None


def _sides(
    declared: Declaration, name: str, wanted: str | Unresolved, value: Any, current: Input | None
) -> tuple[Secret | Unresolved | None, Secret | Unresolved]:
    """Return the live and the declared side of an input; ``wanted`` is the text that the manifest's ``value`` means.

    One that is emptied has a left side that is known to be empty, or to be there and unreadable.
    """
    if isinstance(wanted, Unresolved):
        return None, Unresolved()
    text = _text(current, declared, name) if not wanted else current.value if current else ""
    before: Secret | Unresolved | None = Secret(text, LIVE) if text else None
    if not wanted and not text:
        before = Unresolved() if current and current.held else Secret("")
    return before, Secret(wanted, kin_of(value))
