"""Hiding of secrets in a plan: declared secrets are numbered, and live values that were secrets before are hidden.

A secret is shown as ``(sensitive #1)``, with the same number for the same value within one run. Numbers are equal only
among the same ``Secret.kin``. Otherwise an author could write a guess into a manifest and learn from equal numbers
whether it is the secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.planning.showing import Showing, sides_shown
from reconciler.secrets.hidden import hidden
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import LIVE, UNIQUE, JsonText, Secret, Unresolved
from reconciler.secrets.suspicious import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Plan
    from reconciler.planning.showing import Chosen, Connections, Sides


@dataclass(slots=True)
class Mask:
    """Numbers secrets in the order in which they are first met."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def for_plan(cls, plan: Plan) -> Self:
        """Return a mask that numbers a plan's secrets in the plan's order, for every rendering alike."""
        mask = cls()
        for change in plan:
            for each in change.fields:
                mask.hide(each.before)
                mask.hide(each.after)
        return mask

    def hide(self, value: Any) -> Any:
        """Return plain data with every secret replaced by its number, and an empty secret by ``None``.

        That a secret is empty is no secret, and an emptied password must not look like a changed one.
        """
        if isinstance(value, Secret):
            return self._numbered(value)
        if isinstance(value, (JsonText, Unresolved)):
            return "(sensitive)"
        if isinstance(value, dict):
            return {key: self.hide(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.hide(item) for item in value]
        return value

    def _numbered(self, secret: Secret) -> str | None:
        if not secret.reveal():
            return None
        if secret.shown:
            return secret.reveal()
        if secret.kin == UNIQUE:
            return str(secret)
        return f"(sensitive #{self.numbers.setdefault((secret.kin, secret.reveal()), len(self.numbers) + 1)})"


@dataclass(frozen=True, slots=True)
class History:
    """The secrets that the run has met, and the fields that were secret at the last apply.

    Only live values are compared with them. If values of a manifest were compared too, an author could write guesses
    and learn from what the plan hides which of them is right.
    """

    known: KnownSecrets = field(default_factory=KnownSecrets)
    once: frozenset[tuple[str, Path]] = frozenset()
    """The paths of fields that a receipt records as secret, by address and by live ID: a new handle for an object must
    not reveal its live values."""
    shown: Chosen = field(default_factory=dict)
    """The names of the inputs that the project shows."""
    as_saved: Sides | None = None
    """Which sides of its inputs a saved plan shows, by address and path; ``None``: the run decides."""

    def of_saved(self, saved: Mapping[str, Any]) -> History:
        """Return the history of a saved plan: it hides what that plan hides, so that a fresh plan is comparable."""
        fields = [
            (change["address"], tuple(each["path"]), each)
            for change in saved["changes"]
            for each in _listed(change.get("fields"))
            if isinstance(each.get("path"), list)
        ]
        once = frozenset(
            (address, path) for address, path, each in fields if str(each.get("before")).startswith("(sensitive")
        )
        return History(once=once, shown=self.shown, as_saved=sides_shown(fields))

    def hide(self, address: str, live: Live | None, kind: Kind, fields: Iterable[FieldChange]) -> Iterator[FieldChange]:
        """Yield the fields, the live values in them hidden where they are or were secrets."""
        names = {address, live.id if live else address}
        for each in fields:
            if self._is_secret(names, kind, each):
                yield replace(each, before=hidden(each.before, LIVE), sensitive=True)
            else:
                yield each

    def _is_secret(self, names: Iterable[str], kind: Kind, field: FieldChange) -> bool:
        if any((each, field.path) in self.once for each in names):
            return True
        if field.path[0] not in kind.spec.secret_fields:
            return self.known.hides(field.before, own=True)
        return self.known.hides(field.before) or looks_secret(field.before, str(field.path[-1]))

    def showing(self, connections: Connections) -> Showing:
        """Return what decides which of the chosen inputs are shown, from the inputs of all resources."""
        return Showing(self.shown, connections, self.known, self.once, self.as_saved)

    def hide_all(self, plan: Plan) -> Plan:
        """Return the plan with the live values hidden that are former secrets."""
        showing = self.showing(plan.connections)
        changes = tuple(
            replace(
                change,
                fields=showing.fields(
                    change.address,
                    change.live.id if change.live else change.address,
                    self.hide(change.address, change.live, change.kind, change.fields),
                ),
            )
            for change in plan
        )
        fields = {change.address: change.fields for change in changes}
        compared = {
            address: replace(each, differing=fields.get(address, each.differing))
            for address, each in plan.compared.items()
        }
        return replace(plan, changes=changes, compared=compared)


def _listed(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of a saved change, which may be anything that a file can hold."""
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
