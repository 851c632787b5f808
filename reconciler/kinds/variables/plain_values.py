"""Live config values as manifests declare them: the reverse of ``codec.py`` and ``connections.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.shared.declarable import check_writable, secret_of
from reconciler.kinds.shared.links import BY_HANDLE
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import SCHEDULE, compare
from reconciler.kinds.variables.live_variables import input_nodes, links_of
from reconciler.kinds.variables.schedules import Schedule
from reconciler.kinds.variables.values import Boolean, Date, Json, KeyValueList, Number, Raw, Timestamp, ValueList
from reconciler.model.capabilities.export import Belongs, Declared, Remark, SecretSort, Undeclarable
from reconciler.secrets.secret import Unresolved
from reconciler.text.exact_numbers import as_decimal, dump_json

if TYPE_CHECKING:
    from decimal import Decimal

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveInput, LiveVariable
    from reconciler.kinds.variables.live_variables import StoredValue
    from reconciler.kinds.variables.values import ValueCodec
    from reconciler.model.place import Path

LARGEST_WHOLE = 10**15
"""Whole numbers beyond are written as text: not every tool that reads YAML keeps all their digits."""


def plain_value(declaration: Declaration, live: StoredValue) -> Any:
    """Return the manifest's value that equals the live one: a ``Secret`` if it must be hidden, ``None`` if it is unset.

    Raises ``Undeclarable`` for a live value that no manifest can declare.
    """
    if declaration.data_type == SCHEDULE and declaration.collection_type is None:
        value = _schedule(declaration, live)
    else:
        value = _plain(declaration.codec, declaration.codec.read(live.value))
    if value is None:
        return None
    if declaration.secret_text and (value == "" or (not value and declaration.collection_type)):
        return dict(CLEARED)
    check_writable(value)
    try:
        same = compare(declaration, value, live).wire is None
    except Mismatch as mismatch:
        raise Undeclarable(f"the live value is not of its type: {mismatch.without_value().message()}") from None
    if not same:
        raise Undeclarable("no manifest can declare the form of the live value")
    if declaration.hidden:
        return secret_of(value if isinstance(value, str) else dump_json(value))
    return value


def _schedule(declaration: Declaration, live: StoredValue) -> Any:
    """Return the live schedule, with everything that a new instance needs to get the same one."""
    found, default = Schedule.of(live), Schedule.of(declaration.initial)
    said = {"cron": found.cron, **({"timeZone": found.time_zone or ""} if found.time_zone or default.time_zone else {})}
    as_new = Schedule.parse({"schedule": said}).completed(default)
    return {"schedule": said if as_new.same(found) or found.type is None else {**said, "type": found.type}}


def _plain(codec: ValueCodec, canonical: Any) -> Any:
    if isinstance(canonical, Raw):
        raise Undeclarable("the live text is not of its type")
    if isinstance(codec, ValueList):
        return [_item(codec.item, item) for item in canonical]
    if isinstance(codec, KeyValueList):
        pairs = [(key, _item(codec.item, item)) for key, item in canonical.pairs]
        unique = len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs) if unique else [{"key": key, "value": item} for key, item in pairs]
    if canonical is None or isinstance(codec, (Boolean, Json)):
        return canonical
    if isinstance(codec, Number):
        return _number(canonical)
    if isinstance(codec, (Date, Timestamp)):
        return codec.wire(canonical)
    return str(canonical)


def _item(codec: ValueCodec, canonical: Any) -> Any:
    value = _plain(codec, canonical)
    if value is None:
        raise Undeclarable("an item of it has no value")
    return value


def _number(number: Decimal) -> int | float | str:
    if abs(number) >= LARGEST_WHOLE:
        return Number().wire(number)
    if number == number.to_integral_value():
        return int(number)
    double = float(number)
    return double if as_decimal(double) == number else Number().wire(number)


WRITE_ONLY = "write-only"
INPUT = SecretSort("connectionInput", "1 input of a connection", "{} inputs of connections", together=True)
OF_THIS_TENANT = "an ID of this tenant; other tenants have other IDs"


def declared_connection(declaration: Declaration, live: LiveVariable, path: Path) -> Declared:
    """Return the connection's part of a spec; it is empty for a connection that is as it starts."""
    made = Declared({})
    for key, identifier in links_of(live).items():
        if key == "customerConfigVariableId" or not declaration.scoped:
            by_handle = Belongs(identifier, identifier, field=BY_HANDLE) if declaration.scoped else identifier
            made.spec[key] = by_handle if key == "customerConfigVariableId" else identifier
            made.remarks.append(Remark((*path, key), OF_THIS_TENANT))
    if declaration.scoped:
        return made
    inputs: dict[str, Any] = {}
    for node in input_nodes(live):
        below = (*path, "inputs", node.name)
        try:
            value = _input(declaration, node)
        except Undeclarable as reason:
            made.remarks.append(Remark(below, str(reason), left_out=True))
            continue
        if value is None:
            continue
        inputs[node.name] = value
        made.secrets[below] = INPUT
        if isinstance(value, Unresolved):
            made.remarks.append(Remark(below, WRITE_ONLY))
    if inputs:
        made.spec["inputs"] = inputs
    return made


def _input(declaration: Declaration, node: LiveInput) -> Any:
    """Return a manifest's value for an input; ``None`` for an input that is as it starts."""
    if not node.value and node.has_value:
        return Unresolved()
    if (node.value or "") == (declaration.inputs or {}).get(node.name, ""):
        return None
    if node.type != "VALUE":
        raise Undeclarable(f"its type is {node.type.lower()}, and a manifest can declare plain values only")
    return secret_of(node.value) if node.value else dict(CLEARED)
