"""Connections: config variables whose inputs are compared and written one by one.

The API returns the text of an input, or, for a write-only one, only whether it is set (``hasValue``). It takes a JSON
list of inputs, and may keep or blank the inputs that a list leaves out (``connection_inputs``). So a write lists every
declared input and every readable one. An undeclared write-only input is never sent. An input is text; only
``{clear: true}`` empties it, and is sent as ``""``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank, is_blank, is_clear, misused
from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.live_variables import input_nodes, links_of
from reconciler.model.capabilities.differ import Fields
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import LIVE, JsonText, Secret, Unresolved, kin_of
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveInput, LiveVariable
    from reconciler.model.place import Path

BY_ID = ("customerConfigVariableId", "onPremiseResourceId")
"""The links of a connection, by their keys in a manifest and in a mutation."""


class State(Enum):
    """How a declared input compares with the live one; `_state` has the table."""

    SAME = auto()
    DIFFERS = auto()
    UNKNOWN = auto()
    """Write-only, and no fingerprint on the object is of the declared value."""
    RESENT = auto()
    """Write-only, and written again: on request, or along with another input although nobody can verify it."""
    UNVERIFIED = auto()
    """Write-only, and nothing shows whether it is the declared value."""
    KEPT = auto()
    """Declared without a value here: the live one stays."""
    MISSING = auto()
    """Declared without a value here, and there is no live one to keep."""


STARTS_A_WRITE = (State.DIFFERS, State.UNKNOWN, State.RESENT)
CHANGES = (*STARTS_A_WRITE, State.MISSING)


@dataclass(frozen=True, slots=True)
class ConnectionComparison:
    """The outcome for one declared connection: ``wire`` is the input to send, ``None`` if there is none to send.

    ``unverified``: the declared write-only inputs that could not be compared and are not sent;
    ``unknown``: those that are sent because their fingerprint is not on the object;
    ``at_risk``: the undeclared write-only ones that an API which replaces the list would drop;
    ``cleared``: the inputs that are emptied;
    ``doubts``: by input, what is doubtful about a text of the manifest, such as blanks at its ends.
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
    live: LiveVariable | None,
    *,
    resend: bool = False,
    known: Callable[[str, str, str], bool] | None = None,
    include_unchanged: bool = False,
) -> ConnectionComparison:
    """Compare a manifest's connection with the live one (``None``: it has none yet).

    ``known`` reports, of a write-only input's variable, name and text, whether just that was last sent; without it
    such inputs cannot be compared. ``docs/connections.md`` lists every case, and a test reads it.
    Raises ``Mismatch`` when the value is not a connection's.
    """
    current = {entry.name: entry for entry in input_nodes(live)}
    spec, entries = _read(declared, value, current)
    states = {
        name: _unresolved_state(entry, current.get(name), is_new=live is None)
        if isinstance(entry, Unresolved)
        else _state(declared, name, entry, current.get(name), known, resend=resend)
        for name, entry in entries.items()
    }
    written = any(state in STARTS_A_WRITE for state in states.values())
    if written:
        # Sent along, an input that nobody can verify may replace another value: the plan shows it as a change.
        states = {name: State.RESENT if each is State.UNVERIFIED else each for name, each in states.items()}
    linked = [key for key in BY_ID if key in spec]
    current_links = links_of(live)
    links = {key: spec[key] for key in linked if spec[key] != current_links.get(key)}
    fields = Fields(include_unchanged)
    if written or links or State.MISSING in states.values() or include_unchanged:
        for key in linked:
            fields.add((key,), current_links.get(key), spec[key], same=key not in links)
        for name, entry in entries.items():
            sides = _sides(declared, name, entry, spec["inputs"][name], current.get(name))
            fields.add(("inputs", name), *sides, same=states[name] not in CHANGES, sensitive=True)
    wire: dict[str, Any] = {"key": declared.key, **links}
    if written:
        # A link that differs is written alone: inputs that need no write are not repeated beside it.
        wire["values"] = JsonText(list(_sent(entries, current, declared)))
    return ConnectionComparison(
        fields,
        wire if len(wire) > 1 else None,
        _named(states, State.UNVERIFIED),
        _named(states, State.UNKNOWN),
        _at_risk(entries, current) if written else (),
        tuple(name for name in _named(states, State.DIFFERS) if not entries[name]),
        _doubts(spec),
    )


def _state(
    declared: Declaration,
    name: str,
    wanted: str,
    current: LiveInput | None,
    known: Callable[[str, str, str], bool] | None,
    *,
    resend: bool,
) -> State:
    """Compare an input with the live one; ``wanted`` is its text, ``""`` for one to be emptied.

    | Live              | Wanted | Condition                      | State      |
    |-------------------|--------|--------------------------------|------------|
    | readable, not set | any    | the same text                  | SAME       |
    | readable, not set | any    | another text                   | DIFFERS    |
    | write-only, set   | empty  |                                | DIFFERS    |
    | write-only, set   | text   | no fingerprint is of the text  | UNKNOWN    |
    | write-only, set   | text   | ``--resend-secrets``           | RESENT     |
    | write-only, set   | text   | a fingerprint is of the text   | SAME       |
    | write-only, set   | text   | no key, so no fingerprints     | UNVERIFIED |

    The first row that fits decides.
    """
    if current is None or not _is_held(current):
        return State.SAME if wanted == _text(current, declared, name) else State.DIFFERS
    if not wanted:
        return State.DIFFERS
    if known and not known(declared.key, name, wanted):
        return State.UNKNOWN
    if resend:
        return State.RESENT
    return State.SAME if known else State.UNVERIFIED


def _unresolved_state(wanted: Unresolved, current: LiveInput | None, *, is_new: bool) -> State:
    """Return whether there is a live value to keep for an input whose value is not known here.

    With ``--without-secrets`` (no ``source``) only a new connection has none: nothing is sent, so nothing can be lost.
    """
    is_set = current is not None and bool(current.value or current.has_value)
    return State.MISSING if is_new or (wanted.source and not is_set) else State.KEPT


def _named(states: Mapping[str, State], wanted: State) -> tuple[str, ...]:
    return tuple(sorted(name for name, state in states.items() if state is wanted))


def _at_risk(entries: Mapping[str, str | Unresolved], current: Mapping[str, LiveInput]) -> tuple[str, ...]:
    """Return the write-only inputs that a write leaves out although an apply is meant to keep them.

    Whether the API keeps what a write leaves out is unknown (``connection_inputs``). A plan with
    ``--without-secrets`` is never applied, so the inputs that it leaves out are at no risk.
    """
    declared = {name for name, entry in entries.items() if not isinstance(entry, Unresolved) or not entry.source}
    return tuple(sorted(name for name in current.keys() - declared if _is_held(current[name])))


def declared_inputs(
    declared: Declaration, value: Any, live: LiveVariable | None
) -> Iterator[tuple[str, Secret | Unresolved, bool]]:
    """Yield each input that a manifest's connection sets, and whether the API is known to return its text.

    Raises ``Mismatch`` when the value is not a connection's.
    """
    current = {entry.name: entry for entry in input_nodes(live)}
    for name, text in _read(declared, value, current)[1].items():
        if text:
            readable = name in current and bool(current[name].value)
            yield name, text if isinstance(text, Unresolved) else Secret(text), readable


def _read(
    declared: Declaration, value: Any, current: Mapping[str, LiveInput]
) -> tuple[Mapping[str, Any], dict[str, str | Unresolved]]:
    """Return a manifest's connection and its inputs' texts, ``""`` for an input to be emptied.

    Raises ``Mismatch`` with all mistakes.
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
    declared: Declaration, inputs: Mapping[Any, Any], current: Mapping[str, LiveInput], found: Mismatches
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
    """Return an input's text.

    Raises ``Mismatch`` for other values, numbers among them: the author of ``58.0`` may mean ``58``.
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
    """Return a doubt about the manifest's text for each input that raises one."""
    return {name: found for name, value in (spec.get("inputs") or {}).items() if (found := doubt(value))}


def _is_held(entry: LiveInput) -> bool:
    """Return whether an input is set to a value that the API does not return."""
    return entry.has_value and not entry.value


def _text(current: LiveInput | None, declared: Declaration, name: str) -> str:
    """Return an input's live text; a new connection starts with the declared default."""
    if current is not None:
        return current.value or ""
    return (declared.inputs or {}).get(name, "")


def _sent(
    entries: Mapping[str, str | Unresolved], current: Mapping[str, LiveInput], declared: Declaration
) -> Iterator[dict[str, Any]]:
    """Yield the inputs to write: the declared ones over the readable live ones, in the live order.

    Whether the API keeps or blanks what a write leaves out is unknown (``connection_inputs``), so every readable input
    travels along. An input that stays as it is keeps its type, which need not be ``value``: a template, say.
    """
    readable = {name: entry.value for name, entry in current.items() if entry.value}
    if not current:
        # A new connection starts with the defaults of its version.
        readable = {name: value for name, value in (declared.inputs or {}).items() if value}
    wanted = {name: entry for name, entry in entries.items() if not isinstance(entry, Unresolved)}
    for name, value in {**readable, **wanted}.items():
        kept = name in current and value == current[name].value
        yield {"name": name, "type": current[name].type.lower() if kept else "value", "value": Secret(value)}


def _sides(
    declared: Declaration, name: str, wanted: str | Unresolved, value: Any, current: LiveInput | None
) -> tuple[Secret | Unresolved | None, Secret | Unresolved]:
    """Return the live and the declared side of an input; ``wanted`` is the text of the manifest's ``value``.

    The live side of an emptied input is the empty text, or ``Unresolved`` if it is set and unreadable.
    """
    if isinstance(wanted, Unresolved):
        return None, Unresolved()
    text = _text(current, declared, name) if not wanted else current.value if current else ""
    before: Secret | Unresolved | None = Secret(text, LIVE) if text else None
    if not wanted and not text:
        before = Unresolved() if current and _is_held(current) else Secret("")
    return before, Secret(wanted, kin_of(value))
