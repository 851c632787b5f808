"""The inputs of a connection, compared and written one by one, wherever the connection is kept.

The API returns the text of an input, or, for a write-only one, only whether it is set (``hasValue``). It takes a list
of inputs, and may keep or blank the inputs that a list leaves out (``connection_inputs``). So a write lists every
declared input and every readable one. An undeclared write-only input is never sent. An input is text; only
``{clear: true}`` empties it, and is sent as ``""``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.kinds.shared.clearing import blank, is_blank, is_clear, misused
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.model.capabilities.differ import Fields
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import LIVE, Secret, Unresolved, kin_of
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.kinds.shared.mismatch import Mismatches
    from reconciler.model.place import Path

    Wanted = Mapping[str, str | Unresolved]
    """The text of each declared input, ``""`` for one to be emptied."""


class StoredInput(Protocol):
    """An input as the API returns it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def value(self) -> str | None: ...
    @property
    def has_value(self) -> bool: ...


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
class Stored:
    """What a connection has now: its live inputs by name, and the defaults that a new one starts with.

    ``known`` reports, of a write-only input's name and text, whether just that was last sent; without it such inputs
    cannot be compared.
    """

    current: Mapping[str, StoredInput]
    defaults: Mapping[str, str] = field(default_factory=dict)
    is_new: bool = False
    known: Callable[[str, str], bool] | None = None


@dataclass(frozen=True, slots=True)
class InputComparison:
    """The outcome for the declared inputs: ``sent`` are the inputs to write, ``None`` if there is no reason to.

    ``unverified``: the declared write-only inputs that could not be compared and are not sent;
    ``unknown``: those that are sent because their fingerprint is not on the object;
    ``at_risk``: the undeclared write-only ones that an API which replaces the list would drop;
    ``left_out``: the declared ones that it would drop, since they have no value here;
    ``cleared``: the inputs that are emptied;
    ``doubts``: by input, what is doubtful about a text of the manifest, such as blanks at its ends.
    """

    fields: Fields
    sent: Sequence[dict[str, Any]] | None = None
    unverified: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    at_risk: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)


def compare_inputs(
    inputs: Mapping[str, Any],
    wanted: Wanted,
    stored: Stored,
    *,
    resend: bool = False,
    include_unchanged: bool = False,
    written: bool = False,
) -> InputComparison:
    """Compare the inputs of a manifest with the live ones; ``wanted`` are their texts, from ``read_inputs``.

    ``written``: the connection is written for another reason. ``docs/connections.md`` lists every case, and a test
    reads it.
    """
    current = stored.current
    states = {
        name: _unresolved_state(entry, current.get(name), is_new=stored.is_new)
        if isinstance(entry, Unresolved)
        else _state(stored, name, entry, resend=resend)
        for name, entry in wanted.items()
    }
    written = written or any(state in STARTS_A_WRITE for state in states.values())
    if written:
        # Sent along, an input that nobody can verify may replace another value: the plan shows it as a change.
        states = {name: State.RESENT if each is State.UNVERIFIED else each for name, each in states.items()}
    fields = Fields(include_unchanged)
    if written or State.MISSING in states.values() or include_unchanged:
        for name, entry in wanted.items():
            sides = _sides(stored, name, entry, inputs[name])
            fields.add(("inputs", name), *sides, same=states[name] not in CHANGES, sensitive=True)
    return InputComparison(
        fields,
        list(_sent(wanted, stored)) if written else None,
        _named(states, State.UNVERIFIED),
        _named(states, State.UNKNOWN),
        _held(current.keys() - wanted.keys(), current) if written else (),
        _held((name for name, entry in wanted.items() if _is_kept(entry)), current) if written else (),
        tuple(name for name in _named(states, State.DIFFERS) if not wanted[name]),
        {name: found for name, value in inputs.items() if (found := doubt(value))},
    )


def _state(stored: Stored, name: str, wanted: str, *, resend: bool) -> State:
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
    current = stored.current.get(name)
    if current is None or not is_held(current):
        return State.SAME if wanted == _text(stored, name) else State.DIFFERS
    if not wanted:
        return State.DIFFERS
    if stored.known and not stored.known(name, wanted):
        return State.UNKNOWN
    if resend:
        return State.RESENT
    return State.SAME if stored.known else State.UNVERIFIED


def _unresolved_state(wanted: Unresolved, current: StoredInput | None, *, is_new: bool) -> State:
    """Return whether there is a live value to keep for an input whose value is not known here.

    With ``--without-secrets`` (no ``source``) only a new connection has none: nothing is sent, so nothing can be lost.
    """
    is_set = current is not None and bool(current.value or current.has_value)
    return State.MISSING if is_new or (wanted.source and not is_set) else State.KEPT


def _named(states: Mapping[str, State], wanted: State) -> tuple[str, ...]:
    return tuple(sorted(name for name, state in states.items() if state is wanted))


def _is_kept(entry: str | Unresolved) -> bool:
    """Return whether an input has no value here, and an apply is to keep the live one.

    A plan with ``--without-secrets`` is never applied, so the inputs that it leaves out are at no risk.
    """
    return isinstance(entry, Unresolved) and bool(entry.source)


def _held(names: Iterable[str], current: Mapping[str, StoredInput]) -> tuple[str, ...]:
    """Return the write-only inputs among some that a write cannot list although an apply is meant to keep them.

    Whether the API keeps what a write leaves out is unknown (``connection_inputs``).
    """
    return tuple(sorted(name for name in names if name in current and is_held(current[name])))


def read_inputs(
    inputs: Mapping[Any, Any], known: Collection[str], found: Mismatches
) -> Iterator[tuple[str, str | Unresolved]]:
    """Yield each input of a manifest with its text, ``""`` for one to be emptied; mistakes go to ``found``.

    ``known`` are the names that inputs can have; empty where they are not all known.
    """
    for name, value in inputs.items():
        path: Path = ("inputs", name)
        if known and name not in known:
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


def withheld_input(value: Any) -> Any:
    """Return an input with ``Unresolved`` in the place of its secret (``--without-secrets``).

    A value that no input can have stays, and is reported.
    """
    if isinstance(value, Unresolved):
        return value
    try:
        input_text(value)
    except Mismatch:
        return value
    return Unresolved()


def is_held(entry: StoredInput) -> bool:
    """Return whether an input is set to a value that the API does not return."""
    return entry.has_value and not entry.value


def _text(stored: Stored, name: str) -> str:
    """Return an input's live text; a new connection starts with the declared default."""
    current = stored.current.get(name)
    if current is not None:
        return current.value or ""
    return stored.defaults.get(name, "")


def _sent(wanted: Wanted, stored: Stored) -> Iterator[dict[str, Any]]:
    """Yield the inputs to write: the declared ones over the readable live ones, in the live order.

    Whether the API keeps or blanks what a write leaves out is unknown (``connection_inputs``), so every readable input
    travels along. An input that stays as it is keeps its type, which need not be ``value``: a template, say.
    """
    current = stored.current
    readable = {name: entry.value for name, entry in current.items() if entry.value}
    if not current:
        # A new connection starts with the defaults of its version.
        readable = {name: value for name, value in stored.defaults.items() if value}
    texts = {name: entry for name, entry in wanted.items() if not isinstance(entry, Unresolved)}
    for name, value in {**readable, **texts}.items():
        kept = name in current and value == current[name].value
        yield {"name": name, "type": current[name].type.lower() if kept else "value", "value": Secret(value)}


def _sides(
    stored: Stored, name: str, wanted: str | Unresolved, value: Any
) -> tuple[Secret | Unresolved | None, Secret | Unresolved]:
    """Return the live and the declared side of an input; ``wanted`` is the text of the manifest's ``value``.

    The live side of an emptied input is the empty text, or ``Unresolved`` if it is set and unreadable.
    """
    if isinstance(wanted, Unresolved):
        return None, Unresolved()
    current = stored.current.get(name)
    text = _text(stored, name) if not wanted else current.value if current else ""
    before: Secret | Unresolved | None = Secret(text, LIVE) if text else None
    if not wanted and not text:
        before = Unresolved() if current and is_held(current) else Secret("")
    return before, Secret(wanted, kin_of(value))
