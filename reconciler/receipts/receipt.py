"""A receipt as data: for every resource, and every field of it, what was declared and live when it was last right.

A receipt explains what is found, and never decides what is done: that follows from the manifests and the tenant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path

State = Literal["present", "absent", "missing"]
"""``missing``: declared, and not there after an apply that was to create it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One field when it was last as declared: both sides' forms of it.

    Of a ``sensitive`` one both are keyed digests, or ``None``: ``declared`` where there was no key, ``live`` also
    where the API does not give it back.
    """

    declared: Any
    live: Any
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource: its live object's ID, and when and from which commit it was last applied or found as declared.

    ``complete`` says that nothing of it was left to be done then. ``unknown`` are paths, with dots, of declared fields
    that were ignored then, or written and not read back. ``identity`` and ``manifest`` are digests of what the manifest
    meant and of all that it said; ``None`` in receipts of format 1.0, which do not say that.
    """

    state: State
    id: str | None
    applied_at: str
    revision: str | None = None
    complete: bool = True
    fields: Mapping[Path, Remembered] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    identity: str | None = None
    manifest: str | None = None
    once_secret: frozenset[Path] = frozenset()
    """Fields that are declared no more, and were secret when they were applied: what is live may still be."""


@dataclass(frozen=True, slots=True)
class Told:
    """The last drift that somebody was notified of; ``digest`` is equal for the same outcome."""

    at: str
    digest: str
    differences: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a receipt is of: one project in one environment of one organization."""

    url: str
    organization_id: str
    organization: str
    project: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was applied. Without ``applied_at`` nothing was yet, and nothing can be explained by it.

    ``key_check`` tells whether a key is the one that the digests were made with; ``None``: there was none.
    """

    scope: Scope
    applied_at: str | None = None
    revision: str | None = None
    key_check: str | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    told: Told | None = None

    @property
    def secret_places(self) -> frozenset[tuple[str, Path]]:
        """The paths at which a live value may be a secret, each with its object's address and with its live ID."""
        return frozenset(
            (called, path)
            for address, entry in self.entries.items()
            for called in filter(None, (address, entry.id))
            for path in (*entry.once_secret, *(path for path, known in entry.fields.items() if known.sensitive))
        )
