"""The codec of config variables: between YAML and the wire, by the type the integration declares.

Three forms of one value:

- the manifest's: plain YAML, perhaps with a ``Secret`` in it;
- the canonical form, in which equal values are equal in every spelling;
- the API's: always a text (``value``); a schedule has ``scheduleType`` and ``timeZone`` as well.

Connections, whose inputs are compared one by one, are in ``connections.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from reconciler.kinds.shared.clearing import blank, is_blank, is_clear
from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.live_variables import InitialValue
from reconciler.kinds.variables.schedules import Schedule, check_schedule
from reconciler.kinds.variables.schedules import agrees as schedules_agree
from reconciler.kinds.variables.values import SCALARS, Json, KeyValueList, Pairs, Raw, ValueList
from reconciler.secrets.hidden import hidden_by_names
from reconciler.secrets.secret import LIVE, WRITTEN, Secret, Unresolved, contains, kin_of, reveal
from reconciler.secrets.suspicious import sounds_secret
from reconciler.text.exact_numbers import load_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.kinds.variables.fragments import DeclaredFields, DeclaredInput, DeclaredVariable
    from reconciler.kinds.variables.live_variables import StoredValue
    from reconciler.kinds.variables.values import ValueCodec
    from reconciler.model.place import Path

CONNECTION = "CONNECTION"
SCHEDULE = "SCHEDULE"
SIGNING_IN = "AUTHORIZATION_CODE"
"""The OAuth 2.0 type of connections that a person authorizes in a browser."""
_TEXTS = frozenset({"STRING", "CODE"})
"""Types whose values are free text."""


@dataclass(frozen=True)
class Declaration:
    """A config variable as a version of an integration declares it."""

    key: str
    data_type: str
    collection_type: str | None = None
    default: str | None = None
    pick_list: tuple[str, ...] = ()
    schedule_type: str | None = None
    time_zone: str | None = None
    sensitive: bool = False
    scoped: bool = False
    shared: str | None = None
    """The stable key of the connection that instances share, of a variable that takes its value from one."""
    signs_in: bool | None = None
    """Whether a person has to authorize the connection in a browser; ``None``: nobody knows."""
    user_level: bool = False
    stable_key: str | None = None
    """The key that stays when a version renames the variable."""
    former: tuple[str, ...] = ()
    """Its earlier names. A definition can list them; the API does not return them."""
    inputs: Mapping[str, str] | None = None
    preset: frozenset[str] = frozenset()
    """The inputs with a default that the API does not return."""
    unpublished: bool = False
    """Whether only a file declares it, so the author of the file chose the options."""
    more_inputs: bool = False
    """Whether the connection may have inputs besides these: a definition need not list all of its component's."""

    @property
    def hidden(self) -> bool:
        """Whether none of its values is shown, nor its default."""
        return self.sensitive or self.data_type == "CREDENTIAL"

    @cached_property
    def concealed(self) -> bool:
        """Whether a plan hides its values: it is marked as a secret, or its name sounds like one."""
        return self.hidden or sounds_secret(self.key)

    @cached_property
    def secret_text(self) -> bool:
        """Whether a blank value would blank a secret: it is text, and a secret by its mark, its type or its name."""
        return self.hidden or (self.data_type in _TEXTS and self.concealed)

    @property
    def initial(self) -> InitialValue:
        """The value that a new variable starts with."""
        return InitialValue(self.default, self.schedule_type, self.time_zone)

    def agrees(self, value: Any, live: StoredValue) -> bool:
        """Return whether a manifest's value and the live one are equal, as far as their texts show.

        ``True`` is always right; ``False`` calls for a full comparison. Values that must be checked get ``False``.
        """
        if live.value is None or self.secret_text:
            return False
        if self.data_type == SCHEDULE:
            return self.collection_type is None and schedules_agree(value, live)
        return self.codec.agrees(value, live.value) and (not self.pick_list or value in self.pick_list)

    @cached_property
    def codec(self) -> ValueCodec:
        """The codec of the whole value, collection included."""
        item = SCALARS.get(self.data_type) or Json()
        if self.collection_type == "VALUELIST":
            return ValueList(item)
        if self.collection_type == "KEYVALUELIST":
            return KeyValueList(item)
        return item


def declaration(
    node: DeclaredFields, inputs: Iterable[DeclaredInput] = (), *, signs_in: bool | None = None
) -> Declaration:
    """Return the API's answer about a variable, and about its inputs if it is a connection, as a declaration."""
    inputs = tuple(inputs)
    return Declaration(
        key=node.key,
        data_type=node.data_type,
        collection_type=node.collection_type,
        default=node.default_value,
        pick_list=tuple(node.pick_list or ()),
        schedule_type=node.schedule_type,
        time_zone=node.time_zone,
        sensitive=marked_secret(_parsed(node.meta)),
        scoped=node.scoped_config_variable is not None,
        shared=node.scoped_config_variable.stable_key if node.scoped_config_variable else None,
        signs_in=signs_in,
        user_level=node.user_level_configured,
        stable_key=node.stable_key or None,
        inputs={each.name: each.value or "" for each in inputs},
        preset=frozenset(each.name for each in inputs if each.has_value and not each.value),
    )


def signs_in(node: DeclaredVariable) -> bool | None:
    """Return whether a person authorizes the connection that a variable is, or that it takes; ``None``: not known."""
    connection = (node.shared and node.shared.connection) or node.connection
    return connection.oauth2_type == SIGNING_IN if connection else None


def successor(key: str, stable_key: str | None, declarations: Mapping[str, Declaration]) -> str | None:
    """Return a variable's key in another version, found by its stable key or by its earlier names."""
    return next(
        (
            each.key
            for each in declarations.values()
            if (stable_key and each.stable_key == stable_key) or key in each.former
        ),
        None,
    )


def marked_secret(meta: Any) -> bool:
    """Return whether a variable's ``meta`` marks it as a secret."""
    return isinstance(meta, dict) and any(meta.get(word) for word in ("writeOnly", "sensitive", "secret"))


def _parsed(meta: str | None) -> Any:
    try:
        return json.loads(meta or "null")
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Wire:
    """A value as ``InputInstanceConfigVariable`` takes it; ``text`` is a ``Secret`` if it must be hidden."""

    key: str
    text: str | Secret
    schedule: Mapping[str, str | Secret] | None = None

    def as_input(self) -> dict[str, Any]:
        return {"key": self.key, "value": self.text, **(self.schedule or {})}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One declared variable beside its live value: ``wire`` is the input to send, ``None`` if there is none to send.

    ``same``: the two are equal, or the declared value is a secret that cannot be compared here and stays as it is live.
    """

    before: Any = None
    after: Any = None
    sensitive: bool = False
    wire: Wire | None = None
    same: bool = False


EMPTY: Final = object()
"""The value of a secret variable that is to be emptied."""


def compare(declared: Declaration, value: Any, live: StoredValue | None) -> Comparison:
    """Compare a manifest's value with the live variable (``None``: it has none yet).

    ``null`` means the declared default, with which a new variable starts. Of a secret variable ``null`` and ``""`` are
    errors, because they would blank it by mistake; ``{clear: true}`` empties it.
    Raises ``Mismatch`` when the value cannot be of the declared type.
    """
    if declared.secret_text:
        value = _meant(declared, value)
    return _compare(declared, value, live)


def has_default(declared: Declaration, live: StoredValue) -> bool:
    """Return whether a live variable has the value that it starts with."""
    return _compare(declared, None, live).wire is None


def _meant(declared: Declaration, value: Any) -> Any:
    """Return a secret variable's value, ``EMPTY`` if it is to be emptied. Raises ``Mismatch`` for a blank."""
    if is_clear(value):
        return EMPTY
    if is_blank(value):
        raise blank(value)
    found = Mismatches()
    if declared.collection_type and isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            inner = isinstance(item, dict) and item.keys() == {"key", "value"}
            if is_blank(item["value"] if inner else item):
                found.add(blank(None, (key, "value") if inner else (key,)))
    found.end()
    return value


def _compare(declared: Declaration, value: Any, live: StoredValue | None) -> Comparison:
    if contains(value, Unresolved):
        unset = live is None or (isinstance(value, Unresolved) and bool(value.source) and not live.value)
        return Comparison(after=Unresolved(), sensitive=True, same=not unset)
    if live is None and (value is None or (value is EMPTY and not declared.default)):
        return Comparison()
    sensitive = declared.concealed or contains(value, Secret)
    kin = kin_of(value) if sensitive else None
    plain = _plain(declared, value)
    try:
        if declared.data_type == SCHEDULE and declared.collection_type is None:
            found = _compare_schedule(declared, plain, live, kin)
        else:
            found = _compare_value(declared, plain, live, kin)
    except Mismatch as mismatch:
        if isinstance(value, Secret):
            mismatch.at(())  # its path leads through the secret's own text
        raise mismatch.without_value() if sensitive else mismatch from None
    return found


def _compare_value(declared: Declaration, plain: Any, live: StoredValue | None, kin: str | None) -> Comparison:
    """Compare a plain value; ``kin`` is the kin of a secret, ``None`` for a value that is shown."""
    codec = declared.codec
    if plain is None or plain is EMPTY:
        text = (declared.default if plain is None else None) or ("[]" if declared.collection_type else "")
        wanted = codec.read(text)
    else:
        wanted = codec.parse(plain)
        # A definition may list guesses as options: no message says whether a secret is among them.
        if not (declared.unpublished and kin not in {None, WRITTEN}):
            _check_options(declared, wanted)
        text = codec.wire(wanted)
    old = live.value if live else None
    current = codec.read(old) if live else None
    same = live is not None and codec.same(wanted, current)
    if kin is not None and plain is EMPTY:
        sent = None if same else Wire(declared.key, Secret(text))
        gone = declared.default if live is None else old
        return Comparison(Secret(gone or "", LIVE), Secret(""), sensitive=True, wire=sent, same=same)
    if kin is not None:
        wire = None if same else Wire(declared.key, Secret(text))
        return Comparison(_hide(old), Secret(text, kin), sensitive=True, wire=wire, same=same)
    before, after = codec.show(current) if live else None, codec.show(wanted)
    if not same and before == after:  # true for 1, say: the texts tell them apart
        before, after = old, text
    if isinstance(before, (dict, list)) or isinstance(after, (dict, list)):  # only these have parts with names
        before, after = hidden_by_names(before, after, declared.key)
    return Comparison(before, after, wire=None if same else Wire(declared.key, text), same=same)


def _compare_schedule(declared: Declaration, plain: Any, live: StoredValue | None, kin: str | None) -> Comparison:
    default = Schedule.of(declared.initial)
    current = Schedule.of(live) if live else None
    parsed = default if plain is None else Schedule() if plain is EMPTY else Schedule.parse(plain)
    if plain is not None and plain is not EMPTY and not declared.hidden and kin in {None, WRITTEN}:
        check_schedule(plain)
    wanted = parsed.completed(current or default)
    same = current is not None and wanted.same(current)
    before, after = current.show() if current else None, wanted.show()
    if kin is None:
        wire = None if same else Wire(declared.key, wanted.cron, wanted.wire())
        return Comparison(before, after, wire=wire, same=same)
    hidden = {field: Secret(text) for field, text in wanted.wire().items()}
    return Comparison(
        before=_hide(json.dumps(before)) if current and current.cron else None,
        after=Secret(json.dumps(after), kin),
        sensitive=True,
        wire=None if same else Wire(declared.key, Secret(wanted.cron), hidden),
        same=same,
    )


def _check_options(declared: Declaration, wanted: Any) -> None:
    """Raise ``Mismatch`` for a value that is not on the pick list, if the list is known."""
    if declared.data_type != "PICKLIST" or not declared.pick_list:
        return
    found = Mismatches()
    for path, option in _options(wanted):
        if option not in declared.pick_list:
            found.add(Mismatch("one of its options", option, path=path, options=declared.pick_list))
    found.end()


def options_of(declared: Declaration, current: Any) -> Iterator[str]:
    """Yield the options in a canonical value of a pick list, if the list is known."""
    if declared.data_type == "PICKLIST" and declared.pick_list:
        yield from (option for _, option in _options(current))


def _options(wanted: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(wanted, str):
        yield (), wanted
    elif isinstance(wanted, Pairs):
        for index, (key, option) in enumerate(wanted.pairs):
            yield ((index, "value") if wanted.listed else (key,)), option
    else:
        for index, option in enumerate(wanted):
            yield (index,), option


def _plain(declared: Declaration, value: Any) -> Any:
    """Return the value with its secrets revealed; a value that is one secret may be JSON text."""
    plain = reveal(value)
    structured = declared.collection_type is not None or declared.data_type in {
        "JSONFORM",
        "OBJECTSELECTION",
        "OBJECTFIELDMAP",
        SCHEDULE,
    }
    if isinstance(value, Secret) and structured:
        try:
            return load_json(plain)
        except (ValueError, RecursionError):
            return plain
    return plain


def _hide(text: str | None) -> Secret | None:
    return Secret(text, LIVE) if text else None


__all__ = ["CONNECTION", "Comparison", "Declaration", "Mismatch", "Raw", "Wire", "compare", "declaration"]
