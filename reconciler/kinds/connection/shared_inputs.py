"""The inputs of a connection that instances share, or of one customer's part of it.

They are compared by the same table as those of an instance's connection (``kinds/variables/inputs.py``). What they
have besides is a scope: an input has one value for all, or one for each customer, whose own connection then holds it.
The scope is in the input's ``meta``, in upper or lower case (``shared_input_meta``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.spec import PER_CUSTOMER, is_per_customer
from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.kinds.variables.inputs import Stored, compare_inputs, is_held, read_inputs, withheld_input
from reconciler.model.capabilities.differ import Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import LIVE, Secret, Unresolved, kin_of
from reconciler.text.exact_numbers import dump_json, load_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reconciler.kinds.connection.fragments import SharedInput
    from reconciler.kinds.variables.inputs import InputComparison, Wanted
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class SharedComparison:
    """The outcome for the declared inputs: ``sent`` are those to write, ``None`` if there is no reason to."""

    fields: Fields
    inputs: InputComparison | None = None
    problems: Sequence[Diagnostic] = field(default_factory=tuple)

    @property
    def left_out(self) -> frozenset[Path]:
        """The paths of the inputs that have no value here, and that a write cannot list."""
        return frozenset(("inputs", name) for name in (self.inputs.left_out if self.inputs else ()))

    @property
    def sent(self) -> Sequence[Mapping[str, Any]] | None:
        return self.inputs.sent if self.inputs else None


def compare_shared_inputs(
    declared: Mapping[str, Any],
    live: Sequence[SharedInput] | None,
    managed_by: str = "",
    *,
    known: Collection[str] = (),
    resend: bool = False,
    include_unchanged: bool = False,
) -> SharedComparison:
    """Compare the declared inputs with the live ones (``None``: the connection is new).

    ``managed_by`` is who manages the inputs that have a value for each customer; empty where no input can have one.
    ``known`` are the names that inputs can have, if they are known.
    """
    current = {entry.name: entry for entry in live or ()}
    texts = {name: value for name, value in declared.items() if not is_per_customer(value)}
    fields = Fields(include_unchanged)
    found = Mismatches()
    wanted = dict(read_inputs(texts, {*known, *current} if known else (), found))
    unknown = [name for name in declared.keys() - texts.keys() if known and name not in {*known, *current}]
    try:
        found.end()
    except Mismatch as mismatch:
        return SharedComparison(fields, problems=[_problem(each) for each in mismatch])
    if unknown:
        message = f"the connection has no input {unknown[0]!r}; it has {', '.join(sorted(known))}"
        return SharedComparison(fields, problems=[Diagnostic(message, path=("inputs", unknown[0]), key=True)])
    if managed_by:
        _compare_scopes(declared, wanted, current, fields)
    inputs = compare_inputs(
        texts,
        wanted,
        Stored(current, is_new=live is None),
        resend=resend,
        include_unchanged=include_unchanged,
        written=bool(fields.changed),
    )
    fields.extend(_without(inputs.fields, {each.path for each in fields.changed}))
    if inputs.sent is not None and managed_by:
        inputs = _with_scopes(inputs, declared, current, managed_by)
    return SharedComparison(fields, inputs)


def is_scoped_to_customers(entry: SharedInput | None) -> bool:
    """Return whether each customer has a value of its own for a live input."""
    if entry is None or not entry.meta:
        return False
    try:
        meta = load_json(entry.meta)
    except (ValueError, RecursionError):
        return False
    return isinstance(meta, dict) and str(meta.get("inputScope", "")).casefold() == "customer"


def _compare_scopes(
    declared: Mapping[str, Any], wanted: Wanted, current: Mapping[str, SharedInput], fields: Fields
) -> None:
    """Compare whose value each declared input has; a scope that differs is a reason to write."""
    for name, value in declared.items():
        entry, path = current.get(name), ("inputs", name)
        before, after = is_scoped_to_customers(entry), is_per_customer(value)
        if after:
            side = dict(PER_CUSTOMER) if before else _live_side(entry)
            fields.add(path, side, dict(PER_CUSTOMER), same=before, sensitive=not before)
        elif before and not isinstance(text := wanted[name], Unresolved):
            fields.add(path, dict(PER_CUSTOMER), Secret(text, kin_of(value)), same=False, sensitive=True)


def _live_side(entry: SharedInput | None) -> Secret | Unresolved | None:
    if entry is None:
        return None
    return Secret(entry.value, LIVE) if entry.value else Unresolved() if is_held(entry) else None


def _without(fields: Fields, paths: Collection[Any]) -> Fields:
    """Return the fields without those whose scope changes: the change of the scope shows both sides."""
    return Fields(
        fields.include_unchanged,
        [each for each in fields.changed if each.path not in paths],
        [each for each in fields.same if each.path not in paths],
    )


def _with_scopes(
    inputs: InputComparison, declared: Mapping[str, Any], current: Mapping[str, SharedInput], managed_by: str
) -> InputComparison:
    """Return the comparison with the scope of each input among those to write."""
    theirs = {name for name, value in declared.items() if is_per_customer(value)}
    theirs |= {name for name, entry in current.items() if name not in declared and is_scoped_to_customers(entry)}
    ours = [{**each, "meta": _meta("org", "org")} for each in inputs.sent or () if each["name"] not in theirs]
    empty = {"type": "value", "value": "", "meta": _meta(managed_by, "customer")}
    sent = [*ours, *({"name": name, **empty} for name in sorted(theirs))]
    return replace(inputs, sent=sent, at_risk=tuple(name for name in inputs.at_risk if name not in theirs))


def _meta(managed_by: str, scope: str) -> str:
    return dump_json({"managedBy": managed_by, "inputScope": scope})


def valueless(missing: Collection[str]) -> Iterator[Diagnostic]:
    """Yield that a new connection gets no value for some inputs: nobody notices before something uses it."""
    if missing:
        message = (
            f"the new connection will have no value for {', '.join(sorted(missing))}, so what uses it will not work; "
            "declare them under inputs (an export leaves them out without --secrets reference), or enter them in "
            "Prismatic after the apply"
        )
        yield Diagnostic(message, path=())


def _problem(mismatch: Mismatch) -> Diagnostic:
    def message(spelling: str | None = None) -> str:
        return mismatch.message(spelling)

    return Diagnostic(message(), path=mismatch.path, spelled=message if mismatch.shown else None)


def declared_inputs(spec: Mapping[str, Any], *, without_secrets: bool) -> Mapping[str, Any]:
    """Return the inputs of a spec; with ``without_secrets``, each with ``Unresolved`` in the place of its secret."""
    declared: Mapping[str, Any] = spec.get("inputs") or {}
    if not without_secrets:
        return declared
    return {name: value if is_per_customer(value) else withheld_input(value) for name, value in declared.items()}


def input_states(live: Sequence[SharedInput]) -> Mapping[str, Secret]:
    """Return the state of each live input, for a saved plan to compare."""
    return {
        each.name: Secret(repr((each.type, each.value or "", each.has_value, is_scoped_to_customers(each))))
        for each in live
    }
