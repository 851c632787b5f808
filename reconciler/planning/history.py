"""Former secrets: live values that a run hides although no manifest takes them from outside any more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.secrets.hidden import hidden
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import LIVE
from reconciler.secrets.suspicious_values import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.diff import FieldChange
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.planning.plan import Change, Plan


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

    @classmethod
    def of_saved(cls, saved: Mapping[str, Any]) -> Self:
        """Return the history of a saved plan: it hides what that plan hides, so that a fresh plan is comparable."""
        return cls(
            once=frozenset(
                (change["address"], tuple(each["path"]))
                for change in saved["changes"]
                for each in _listed(change.get("fields"))
                if str(each.get("before")).startswith("(sensitive") and isinstance(each.get("path"), list)
            )
        )

    def hide(self, called: tuple[str, str | None], kind: Kind, fields: Iterable[FieldChange]) -> Iterator[FieldChange]:
        """Yield the fields, the live values in them hidden where they are or were secrets.

        ``called``: the object's address and its live ID.
        """
        for each in fields:
            if self._is_secret(called, kind, each):
                yield replace(each, before=hidden(each.before, LIVE), sensitive=True)
            else:
                yield each

    def _is_secret(self, called: tuple[str, str | None], kind: Kind, field: FieldChange) -> bool:
        if any((each, field.path) in self.once for each in called):
            return True
        if field.path[0] not in kind.spec.secret_fields:
            return self.known.hides(field.before, own=True)
        return self.known.hides(field.before) or looks_secret(field.before, str(field.path[-1]))

    def hide_all(self, plan: Plan) -> Plan:
        """Return the plan with the live values hidden that are former secrets."""
        changes = tuple(
            replace(change, fields=tuple(self.hide(_called(change), change.kind, change.fields))) for change in plan
        )
        fields = {change.address: change.fields for change in changes}
        compared = {
            address: replace(each, differing=fields.get(address, each.differing))
            for address, each in plan.compared.items()
        }
        return replace(plan, changes=changes, compared=compared)


def _called(change: Change) -> tuple[str, str | None]:
    return (change.address, change.live.id if change.live else None)


def _listed(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of a saved change, which may be anything that a file can hold."""
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()
