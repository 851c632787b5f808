"""Connections of an instance: config variables with inputs, and with links to what the inputs are kept in.

The inputs are compared by ``inputs.py``. They travel as JSON in the value of a config variable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.links import BY_HANDLE, BY_ID
from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.inputs import Stored, compare_inputs, read_inputs
from reconciler.kinds.variables.live_variables import input_nodes, links_of
from reconciler.model.capabilities.differ import Fields
from reconciler.secrets.secret import JsonText, Secret, Unresolved
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable
    from reconciler.kinds.variables.inputs import InputComparison, Wanted
    from reconciler.model.step import IdOf


@dataclass(frozen=True, slots=True)
class Linked:
    """A link by handle, in the place of its ID: ``before`` is what the live connection is linked to, in words."""

    handle: str
    id: str | IdOf | None
    live: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class ConnectionComparison:
    """The outcome for one declared connection: ``wire`` is the input to send, ``None`` if there is none to send."""

    fields: Fields
    inputs: InputComparison
    wire: Mapping[str, Any] | None = None


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
    such inputs cannot be compared. Raises ``Mismatch`` when the value is not a connection's.
    """
    current = {entry.name: entry for entry in input_nodes(live)}
    spec, wanted = _read(declared, value, current)
    stored = Stored(
        current,
        declared.inputs or {},
        is_new=live is None,
        known=(lambda name, text: known(declared.key, name, text)) if known else None,
    )
    inputs = compare_inputs(
        spec.get("inputs") or {}, wanted, stored, resend=resend, include_unchanged=include_unchanged
    )
    fields, links = Fields(include_unchanged), {}
    current_links = links_of(live)
    for key in (key for key in BY_ID if key in spec):
        link = spec[key]
        if isinstance(link, Linked):
            same = link.id is not None and link.id == link.live
            fields.add((BY_HANDLE,), link.before, link.handle, same=same)
            link = link.id
        else:
            same = link == current_links.get(key)
            fields.add((key,), current_links.get(key), link, same=same)
        if not same:
            links[key] = link
    fields.extend(inputs.fields)
    wire: dict[str, Any] = {"key": declared.key, **links}
    if inputs.sent is not None:
        # A link that differs is written alone: inputs that need no write are not repeated beside it.
        wire["values"] = JsonText(inputs.sent)
    return ConnectionComparison(fields, inputs, wire if len(wire) > 1 else None)


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


def _read(declared: Declaration, value: Any, current: Collection[str]) -> tuple[Mapping[str, Any], Wanted]:
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
    known = () if declared.more_inputs else dict.fromkeys([*(declared.inputs or {}), *current])
    wanted = dict(read_inputs(inputs, known, found)) if isinstance(inputs, dict) else {}
    found.end()
    return value, wanted


def _check_part(key: str, entry: Any, found: Mismatches) -> None:
    allowed = ("inputs", BY_HANDLE, *BY_ID)
    if isinstance(entry, Linked):
        return
    if key not in allowed:
        near = did_you_mean(key, allowed, listed_as="allowed")
        expected = f"a connection's inputs, {BY_HANDLE}, customerConfigVariableId or onPremiseResourceId ({near})"
        found.add(Mismatch(expected, key, path=(key,)))
    elif key == "inputs" and not isinstance(entry, dict):
        found.add(Mismatch("a mapping of input names to values", entry, path=(key,)).without_value())
    elif key != "inputs" and (not isinstance(entry, str) or not entry):
        found.add(Mismatch("an ID (text)", entry, path=(key,)))
