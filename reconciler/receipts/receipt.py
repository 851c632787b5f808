"""A receipt as data: the declared and the live value of every field when the field was last as declared.

A receipt explains differences and never decides changes: those follow from the manifests and the tenant alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path

State = Literal["present", "absent", "missing"]
"""``missing``: declared, but absent after an apply that should have created it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One field when it was last as declared: its declared and its live value.

    Of a ``sensitive`` field both are keyed digests, or ``None``: both without a key, ``live`` also if the API does not
    return it.
    """

    declared: Any
    live: Any
    sensitive: bool = False
    shown: bool = False
    """Whether its value may be shown, although it is sensitive: an input that the project chose to show."""

    @property
    def hides_live(self) -> bool:
        """Whether the live value may be a secret that no plan has shown."""
        return self.sensitive and not self.shown


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One resource: its live object's ID, and the time and commit of the last apply that left it as declared.

    ``complete``: nothing remained to be changed then. ``unknown`` are the dotted paths of declared fields that were
    ignored, or written and not read back. ``identity`` and ``manifest`` are digests of the manifest's identity and
    content; ``None`` in receipts of format 1.0, which lack them.
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
    """Fields no longer declared that were secret when applied: their live values may still be secret."""


@dataclass(frozen=True, slots=True)
class Notified:
    """The last notified drift; equal outcomes have equal digests."""

    at: str
    digest: str
    differences: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a receipt: one project in one environment of one organization."""

    url: str
    organization_id: str
    organization: str
    project: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The record of applies. Without ``applied_at`` there was none yet, and the receipt explains nothing.

    ``key_check`` identifies the key of the digests; ``None``: they were made without one.
    """

    scope: Scope
    applied_at: str | None = None
    revision: str | None = None
    key_check: str | None = None
    entries: Mapping[str, ResourceRecord] = field(default_factory=dict)
    notified: Notified | None = None

    @property
    def secret_places(self) -> frozenset[tuple[str, Path]]:
        """The paths at which a live value may be a secret, each with its object's address and with its live ID."""
        return frozenset(
            (called, path)
            for address, entry in self.entries.items()
            for called in filter(None, (address, entry.id))
            for path in (
                *entry.once_secret,
                *(path for path, known in entry.fields.items() if known.sensitive and not known.shown),
            )
        )
