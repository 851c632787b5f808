"""An instance's configuration: every declared config variable against its live value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.config_variables import CONNECTION, compare
from reconciler.kinds.connections import compare_connection
from reconciler.kinds.kind import Complaint, FieldChange
from reconciler.kinds.mismatch import Mismatch
from reconciler.kinds.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.kinds.config_variables import Declaration
    from reconciler.kinds.resource import Path
    from reconciler.kinds.tenant import Node

ROOT = "configVariables"
UNVERIFIED = (
    "write-only secrets are set: they cannot be compared and stay as they are (they are sent at creation, with a "
    "change of another input, and with --resend-secrets)"
)


@dataclass(slots=True)
class Configuration:
    """What it takes to make the declared variables right: ``wire`` holds only those that differ."""

    fields: list[FieldChange] = field(default_factory=list)
    wire: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)
    problems: list[Complaint] = field(default_factory=list)

    def without(self, keys: set[str]) -> list[Mapping[str, Any]]:
        """Return what to send, those of the given keys left out."""
        return [variable for variable in self.wire if variable["key"] not in keys]


def compare_configuration(
    declared: Mapping[str, Any],
    declarations: Mapping[str, Declaration],
    live: Node | None,
    *,
    resend_secrets: bool = False,
) -> Configuration:
    """Compare the manifest's variables with those of a live instance node (``None``: it is to be created)."""
    outcome = Configuration()
    current = {
        node["requiredConfigVariable"]["key"]: node
        for node in ((live or {}).get(ROOT) or {}).get("nodes") or ()
    }  # fmt: skip
    for key, value in declared.items():
        declaration = declarations.get(key)
        complaint = _unusable(key, value, declaration, declarations)
        if complaint or declaration is None:
            outcome.problems += [complaint] if complaint else []
            continue
        try:
            _compare_one(outcome, declaration, value, current.get(key), resend=resend_secrets)
        except Mismatch as mismatch:
            outcome.problems.append(Complaint((ROOT, key, *mismatch.path), _message(declaration, mismatch)))
    return outcome


def lost_values(
    declared: Collection[str], declarations: Mapping[str, Declaration], live: Node, version: int
) -> Iterator[Complaint]:
    """Yield a warning for each variable that is set live, and that the version to move to does not have.

    A variable that the version renames may keep its value or not: nobody says.
    """
    renamed = {each.stable_key: each.key for each in declarations.values() if each.stable_key}
    for node in (live.get(ROOT) or {}).get("nodes") or ():
        variable = node["requiredConfigVariable"]
        key = variable["key"]
        if key in declarations or not _is_set(node):
            continue
        successor = renamed.get(variable.get("stableKey"))
        if successor is None:
            message = f"version {version} has no {key!r}, which is set: its value goes with the move"
        elif successor in declared:
            continue
        else:
            message = (
                f"version {version} calls {key!r}, which is set, {successor!r}: whether its value is kept is not "
                f"known; declare {successor!r} to be sure"
            )
        yield Complaint(("integration", "version"), message)


def _is_set(node: Node) -> bool:
    default = node["requiredConfigVariable"].get("defaultValue") or ""
    inputs = (node.get("inputs") or {}).get("nodes") or ()
    return (node.get("value") or "") not in {"", default} or any(
        each.get("value") or each.get("hasValue") for each in inputs
    )


def _compare_one(
    outcome: Configuration, declaration: Declaration, value: Any, live: Node | None, *, resend: bool
) -> None:
    path: Path = (ROOT, declaration.key)
    if declaration.data_type != CONNECTION:
        found = compare(declaration, value, live)
        if found.wire or found.after is not None:
            outcome.fields.append(FieldChange(path, found.before, found.after, found.sensitive))
        if found.wire:
            outcome.wire.append(found.wire.as_input())
        return
    connection = compare_connection(declaration, value, live, resend=resend)
    outcome.fields += [
        FieldChange((*path, *change.path), change.before, change.after, change.sensitive)
        for change in connection.fields
    ]  # fmt: skip
    if connection.wire:
        outcome.wire.append(connection.wire)
    outcome.warnings += _connection_warnings(path, connection.unverified, connection.at_risk)


def _connection_warnings(path: Path, unverified: tuple[str, ...], at_risk: tuple[str, ...]) -> Iterator[Complaint]:
    for name in unverified:
        message = (
            f"{path[-1]}: {name} is write-only and set: it cannot be compared and stays as it is "
            "(it is sent at creation, with a change of another input, and with --resend-secrets)"
        )
        yield Complaint((*path, "inputs", name), message, topic=UNVERIFIED)
    if at_risk:
        names = ", ".join(at_risk)
        message = (
            f"{path[-1]}: {names} of this connection is write-only and in no manifest; it cannot be sent along, "
            "and would be lost if the API replaced the connection's inputs as a whole"
        )
        yield Complaint(path, message)


def _unusable(
    key: str, value: Any, declaration: Declaration | None, declarations: Mapping[str, Declaration]
) -> Complaint | None:
    if declaration is None:
        near = did_you_mean(key, declarations, listed_as="its variables")
        return Complaint((ROOT, key), f"the integration has no config variable {key!r}; {near}", key=True)
    linked = isinstance(value, dict) and set(value) == {"customerConfigVariableId"}
    if declaration.scoped and not linked:
        message = f"{key!r} is a connection that the organization or the customer configures once for all its instances"
        return Complaint((ROOT, key), f"{message}; leave it out", key=True)
    if declaration.user_level:
        message = f"{key!r} is configured by each of the customer's users, not for the instance; leave it out"
        return Complaint((ROOT, key), message, key=True)
    return None


def _message(declaration: Declaration, mismatch: Mismatch) -> str:
    form = declaration.data_type + (f" {declaration.collection_type}" if declaration.collection_type else "")
    return f"{declaration.key!r} ({form}): {mismatch.message()}"
