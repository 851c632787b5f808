"""Masking: a secret is shown as ``(sensitive #1)``, with the same number for the same value within one run.

Numbers are equal only among the same ``Secret.kin``. Otherwise an author could write a guess into a manifest and learn
from equal numbers whether it is the secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from reconciler.secrets.secret import UNIQUE, JsonText, Secret, Unresolved

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan


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
        if secret.kin == UNIQUE:
            return str(secret)
        return f"(sensitive #{self.numbers.setdefault((secret.kin, secret.reveal()), len(self.numbers) + 1)})"
