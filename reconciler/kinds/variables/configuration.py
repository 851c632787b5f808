"""An instance's configuration: each declared config variable, compared with its live value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import CONNECTION, compare, successor
from reconciler.kinds.variables.connections import compare_connection, declared_inputs
from reconciler.kinds.variables.input_warnings import emptied, input_warnings
from reconciler.kinds.variables.live_variables import live_variables, stable_key_of
from reconciler.kinds.variables.values import Number
from reconciler.model.capabilities.differ import Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fingerprints import NO_EVIDENCE, Record, Tags
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.hidden import hidden
from reconciler.secrets.secret import LIVE, Secret, Unresolved, contains
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.connections import ConnectionComparison
    from reconciler.kinds.variables.fragments import LiveVariable
    from reconciler.kinds.variables.live_variables import Configured
    from reconciler.model.fingerprints import Evidence, Fingerprinter
    from reconciler.model.place import Path

ROOT = "configVariables"
ROUNDED = (
    "{name}: the live number lacks the last digits of the declared one; the two count as equal, because the API may "
    "store numbers as doubles"
)


@dataclass(slots=True)
class Configuration:
    """The outcome for the declared variables: ``wire`` holds the inputs of those that differ.

    ``unknown`` counts the write-only inputs that are sent because their fingerprint is not on the object.
    """

    fields: Fields = field(default_factory=Fields)
    wire: list[Mapping[str, Any]] = field(default_factory=list)
    unknown: int = 0
    record: Record = field(default_factory=Record)
    warnings: list[Diagnostic] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    left_out: set[Path] = field(default_factory=set)
    """The paths of connections' inputs that have no value here, and that a write cannot list."""

    def without(self, keys: set[str]) -> list[Mapping[str, Any]]:
        """Return the inputs to send, without those of ``keys``."""
        return [variable for variable in self.wire if variable["key"] not in keys]

    @property
    def sends_inputs(self) -> bool:
        """Whether inputs of a connection are sent."""
        return any("values" in variable for variable in self.wire)


def compare_configuration(
    declared: Mapping[str, Any],
    declarations: Mapping[str, Declaration],
    live: Configured | None,
    evidence: Evidence = NO_EVIDENCE,
    *,
    resend_secrets: bool = False,
    include_unchanged: bool = False,
) -> Configuration:
    """Compare the manifest's variables with those of a live instance (``None``: it is to be created)."""
    outcome = Configuration(Fields(include_unchanged))
    current = live_variables(live)
    for key, value in declared.items():
        declaration = declarations.get(key)
        problem = _unusable(key, value, declarations, current)
        if problem or declaration is None:
            outcome.problems += [problem] if problem else []
            continue
        try:
            if declaration.data_type == CONNECTION:
                known = evidence.holds
                found = compare_connection(
                    declaration,
                    value,
                    current.get(key),
                    resend=resend_secrets,
                    known=known,
                    include_unchanged=include_unchanged,
                )
                _take_in(outcome, declaration.key, found, evidence.missing)
            elif include_unchanged or key not in current or not declaration.agrees(value, current[key]):
                _compare_value(
                    outcome, declaration, value, current.get(key), was_secret=evidence.was_secret((ROOT, key))
                )
        except Mismatch as mismatch:
            outcome.problems += (_mismatched(declaration, each) for each in mismatch)
    return outcome


def declared_tags(
    declared: Mapping[str, Any], declarations: Mapping[str, Declaration], live: Configured | None, maker: Fingerprinter
) -> Tags:
    """Return the fingerprints of the inputs that the manifest declares; an invalid connection has none."""
    tags = Tags()
    current = live_variables(live)
    for key, value in declared.items():
        declaration = declarations.get(key)
        if declaration is None or declaration.data_type != CONNECTION:
            continue
        try:
            inputs = list(declared_inputs(declaration, value, current.get(key)))
        except Mismatch:
            continue  # compare_configuration reports it
        for name, text, readable in inputs:
            if isinstance(text, Unresolved):
                tags.complete = False
                continue
            tag = maker.tag(key, name, text.reveal())
            tags.every.add(tag)
            if not readable:
                tags.hidden.add(tag)
    return tags


def _compare_value(
    outcome: Configuration, declaration: Declaration, value: Any, live: LiveVariable | None, *, was_secret: bool
) -> None:
    found = compare(declaration, value, live)
    path = (ROOT, declaration.key)
    if found.same:
        outcome.fields.add(path, found.before, found.after, same=True, sensitive=found.sensitive)
    elif found.wire or found.after is not None:
        before = hidden(found.before, LIVE) if was_secret else found.before
        outcome.fields.add(path, before, found.after, same=False, sensitive=found.sensitive or was_secret)
    if found.wire:
        outcome.wire.append(found.wire.as_input())
    if found.wire and found.after == Secret("") and found.before != Secret(""):
        outcome.warnings.append(emptied(path, declaration.key))
    if declaration.secret_text and (doubtful := doubt(value)):
        outcome.warnings.append(Diagnostic(f"{declaration.key} {doubtful}", path=path))
    if not found.wire and live is not None and _is_rounded(declaration, value, live):
        outcome.warnings.append(Diagnostic(ROUNDED.format(name=declaration.key), path=path))


def _take_in(outcome: Configuration, key: str, connection: ConnectionComparison, no_fingerprints: str) -> None:
    path: Path = (ROOT, key)
    outcome.fields.extend(connection.fields, path)
    if connection.wire:
        outcome.wire.append(connection.wire)
    outcome.unknown += len(connection.inputs.unknown)
    outcome.left_out |= {(*path, "inputs", name) for name in connection.inputs.left_out}
    outcome.warnings += input_warnings(connection.inputs, path, f"{key}: ", no_fingerprints)


def _unusable(
    key: str, value: Any, declarations: Mapping[str, Declaration], current: Mapping[str, LiveVariable]
) -> Diagnostic | None:
    declaration = declarations.get(key)
    if declaration is None:
        renamed = successor(key, stable_key_of(current.get(key)), declarations)
        if renamed:
            message = f"config variable {key!r} was renamed to {renamed!r} in this version; use the new name"
            return Diagnostic(message, path=(ROOT, key), key=True)
        near = did_you_mean(key, declarations, listed_as="its variables")
        return Diagnostic(f"the integration has no config variable {key!r}; {near}", path=(ROOT, key), key=True)
    linked = isinstance(value, dict) and set(value) == {"customerConfigVariableId"}
    if declaration.scoped and not linked:
        message = f"{key!r} is a connection that the organization or the customer configures once for all its instances"
        return Diagnostic(f"{message}; leave it out", path=(ROOT, key), key=True)
    if declaration.user_level:
        message = f"{key!r} is configured by each of the customer's users, not for the instance; leave it out"
        return Diagnostic(message, path=(ROOT, key), key=True)
    return None


def _is_rounded(declaration: Declaration, value: Any, live: LiveVariable) -> bool:
    """Return whether a number counts as the live one although that lacks some of its digits."""
    if not isinstance(declaration.codec, Number) or value is None or contains(value, Secret, Unresolved):
        return False
    return not declaration.agrees(value, live) and declaration.codec.rounded(
        declaration.codec.parse(value), declaration.codec.read(live.value)
    )


def _mismatched(declaration: Declaration, mismatch: Mismatch) -> Diagnostic:
    form = declaration.data_type + (f" {declaration.collection_type}" if declaration.collection_type else "")
    path = (ROOT, declaration.key, *mismatch.path)

    def message(spelling: str | None = None) -> str:
        return f"{declaration.key!r} ({form}): {mismatch.message(spelling)}"

    return Diagnostic(message(), path=path, spelled=message if mismatch.shown else None)
