"""The rules of a plan: its guardrails, since many deletions need an explicit option, and the secrets that stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.masking import History
from reconciler.planning.orphans import Pruning
from reconciler.planning.ownership import Ownership
from reconciler.secrets.secret import Unresolved, contains
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import Diff
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change

COUNTED_FROM = 10
MOST_NAMED = 5
"""Objects to be deleted that a refusal names; the plan lists all."""
KEPT = "secrets have no value here and keep their live value (--keep-secrets)"
LEFT_OUT = (
    "{} is not set, so this change is written without it, and nobody knows whether the API then keeps the live secret "
    "or loses it; set it to be sure"
)


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    """What a plan may delete. ``allow_delete`` are the names of guarded kinds whose objects may be deleted."""

    allow_delete: frozenset[str] = frozenset()
    max_delete_percent: float = 10.0
    allow_deletes: int | None = None

    def problems(self, changes: Sequence[Change], owned: Sequence[tuple[Kind, Live]]) -> Iterator[Diagnostic]:
        """Yield what keeps the plan from being carried out; ``owned`` are the objects with our label.

        What carries our label and goes with something that is deleted counts as deleted.
        """
        deletes = [change for change in changes if change.deletes]
        yield from self._guarded(deletes)
        yield from self._too_many(deletes, owned)

    def _guarded(self, deletes: Sequence[Change]) -> Iterator[Diagnostic]:
        """Yield the deletions of kinds that need an option of their own."""
        guarded = {change.kind.name for change in deletes if change.kind.deletion.guarded}
        for kind_name in sorted(guarded - self.allow_delete):
            found = [change for change in deletes if change.kind.name == kind_name]
            yield Diagnostic(
                f"this plan deletes {len(found)} of the kind {kind_name} ({_named(found)}); "
                f"--allow-delete {kind_name} allows it"
            )

    def _too_many(self, deletes: Sequence[Change], owned: Sequence[tuple[Kind, Live]]) -> Iterator[Diagnostic]:
        deleted = {change.live.id for change in deletes if change.live}
        along = sum(1 for kind, live in owned if kind.parent_id(live) in deleted and live.id not in deleted)
        count = len(deletes) + along
        together = f", {along} of them together with their owner" if along else ""
        if self.allow_deletes is not None:
            if count > self.allow_deletes:
                allowed = f"--allow-deletes allows {self.allow_deletes}"
                what = f"{counted(count, 'resource')} ({_named(deletes)}){together}"
                yield Diagnostic(f"this plan deletes {what}; {allowed}")
        elif len(owned) >= COUNTED_FROM and count * 100 > len(owned) * self.max_delete_percent:
            yield Diagnostic(
                f"this plan deletes {count} of {len(owned)} owned resources ({_named(deletes)}){together}, more than "
                f"{self.max_delete_percent:g} %; --allow-deletes {count} allows it"
            )


def _named(deletes: Sequence[Change]) -> str:
    """Return the first objects to be deleted, each with its customer, and the number of the others."""
    in_order = sorted(deletes, key=lambda change: (natural(change.group), natural(change.shown)))
    return listed([change.shown for change in in_order], MOST_NAMED)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a plan, from the project and the command line."""

    ownership: Ownership = field(default_factory=Ownership)
    guardrails: DeletionGuard = field(default_factory=DeletionGuard)
    resend_secrets: bool = False
    keep_secrets: bool = False
    """Whether secrets without a value here keep their live value."""
    without_secrets: bool = False
    """Whether no secret is compared, and nothing that a manifest has in the place of one."""
    fingerprinter: Fingerprinter | None = None
    """Makes the fingerprints that write-only secrets are compared by; ``None`` without a key."""
    pruning: Pruning = field(default_factory=Pruning)
    enforce_guardrails: bool = True
    """Whether the guardrails are asked; a read-back deletes nothing."""
    include_unchanged: bool = False
    """Whether every comparison is kept in full, to explain it or to record it."""
    history: History = field(default_factory=History)
    """The former secrets that live values may be."""


def kept_secrets(
    spec: Mapping[str, Any], live: Live | None, assessment: Diff
) -> tuple[Sequence[Diagnostic], Sequence[Diagnostic]]:
    """Return the problems and warnings for the secrets of a spec that have no value here."""
    new = None if live is None else {change.path for change in assessment.fields if contains(change.after, Unresolved)}
    problems, warnings = [], []
    for path, source in _missing(spec):
        if new is None or path in new or any(path[: len(each)] == each for each in new):
            problems.append(Diagnostic(f"{source} is not set, and no live secret exists to keep; set it", path=path))
        elif path in assessment.left_out:
            warnings.append(Diagnostic(LEFT_OUT.format(source), path=path))
        else:
            warnings.append(
                Diagnostic(f"{source} is not set: the live secret stays (--keep-secrets)", path=path, topic=KEPT)
            )
    return problems, warnings


def _missing(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield where in a spec a secret is missing, and where it would have come from."""
    if isinstance(value, Unresolved):
        yield path, value.source
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _missing(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(item, (*path, index))
