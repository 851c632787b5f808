"""Ownership: which project keeps a live object, recorded by a label on the object itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.capabilities.differ import FieldChange
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fingerprints import fingerprint_labels
from reconciler.model.frozen import Frozen
from reconciler.model.reserved_labels import held_labels
from reconciler.planning.plan import Change, observe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.model.kind import Kind
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live

PREFIX = "gitops:"
PROTECTED = "gitops:protected"
PROTECTION = ("lifecycle", "preventDestroy")
GIVEN_UP_AND_MISSING = (
    "{} is released (state: unmanaged) and has no live object, so nothing can belong to it; declare it as "
    "state: present, or refer to another one"
)
OF_ANOTHER_AS_WELL = (
    "another project owns the live object too ({}); --take-over removes this project's label and leaves the other one"
)
PROTECTION_ENDS = "the protection from deletion (preventDestroy) ends: its label is removed too"


def other_marks(labels: frozenset[str], label: str | None) -> frozenset[str]:
    """Return the labels by which projects other than that of ``label`` own an object."""
    marks = (
        frozenset(each for each in labels if each.startswith(PREFIX)) - fingerprint_labels(labels) - held_labels(labels)
    )
    return marks - {label, PROTECTED}


class Claim(Frozen, frozen=True):
    """What ownership wants of one object's labels."""

    required: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    adopts: bool = False
    conflict: str = ""
    taken_from: tuple[str, ...] = ()
    """The projects, by name, that the object leaves (``--take-over``)."""
    protects: bool | None = None
    """``True``/``False``: the protection is put on or taken off; ``None``: it stays as it is."""

    def protection_change(self, live: Live | None) -> list[FieldChange]:
        """Return the protection as a field, where it is put on or taken off."""
        before = None if live is None else not self.protects
        return [] if self.protects is None else [FieldChange(PROTECTION, before, self.protects)]

    def protection_kept(self, resource: Resource) -> list[FieldChange]:
        """Return the protection that a manifest asks for, where it is on the object."""
        protect = resource.lifecycle.prevent_destroy
        return (
            [FieldChange(PROTECTION, protect, protect)] if protect and self.required and self.protects is None else []
        )


@dataclass(frozen=True, slots=True)
class Ownership:
    """The label that marks what these manifests keep; ``None``: nothing is labelled."""

    label: str | None = None
    take_over: bool = False

    def claim(self, kind: Kind, resource: Resource, live: Live | None) -> Claim:
        """Return the labels that a resource's object must carry and must not carry."""
        if self.label is None or not kind.labels:
            return Claim()
        carried = live.labels if live else frozenset()
        others = other_marks(carried, self.label)
        if others and not self.take_over:
            return Claim(conflict=", ".join(sorted(others)))
        protect = resource.lifecycle.prevent_destroy
        required = {self.label, PROTECTED} if protect else {self.label}
        unwanted = others | (set() if protect else {PROTECTED})
        return Claim(
            frozenset(required),
            frozenset(unwanted),
            adopts=live is not None and self.label not in carried,
            taken_from=_projects(others),
            protects=protect if protect != (PROTECTED in carried) else None,
        )

    def release(self, kind: Kind, live: Live) -> Claim:
        """Return the labels that come off when this project releases an object.

        If another project owns it too, the protection and the fingerprints may be that project's, so they stay.
        """
        carried = live.labels if self.label is not None and kind.labels else frozenset()
        if self.label is None or self.label not in carried:
            return Claim()
        others = other_marks(carried, self.label)
        if others and not self.take_over:
            return Claim(conflict=", ".join(sorted(others)))
        ours = frozenset() if others else (carried & {PROTECTED}) | fingerprint_labels(carried) | held_labels(carried)
        return Claim(unwanted=frozenset({self.label}) | ours)

    @staticmethod
    def protected(live: Live) -> bool:
        """Return whether the object itself carries the label that protects it from deletion."""
        return PROTECTED in live.labels


def leaving(changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """Yield a warning for each project that objects leave (``--take-over``), with their number."""
    unwanted = [change.context.unwanted_labels for change in changes if change.live and change.context]
    found = Counter(project for labels in unwanted for project in _projects(other_marks(labels, None)))
    for project, count in sorted(found.items()):
        objects = "1 object leaves" if count == 1 else f"{count} objects leave"
        yield Diagnostic(f"{objects} the project {project} for this one (--take-over)")


def _projects(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the projects that labels are of."""
    return tuple(sorted(each.removeprefix(PREFIX) for each in labels))


def release_change(  # noqa: PLR0913 - the parts of a change, each by name
    kind: Kind,
    live: Live,
    claim: Claim,
    *,
    address: str,
    why: str,
    resource: Resource | None,
    group: str,
    depends_on: tuple[str, ...] = (),
) -> Change:
    """Return the change that removes the unwanted labels; ``why`` names who releases the object."""
    return Change(
        address=address,
        kind=kind,
        name=live.name,
        actions=("forget",),
        reason=f"{why}; {_named(claim.unwanted)}",
        steps=(kind.labels.release(live, claim.unwanted),) if kind.labels else (),
        source=resource.origin.start if resource else None,
        resource=resource,
        live=live,
        observed=observe(kind, live),
        depends_on=depends_on,
        group=group,
    )


def _named(labels: Iterable[str]) -> str:
    """Return which labels come off, in words; fingerprints are not spelt out."""
    tags = fingerprint_labels(labels)
    named = [*sorted(set(labels) - tags), *(["the fingerprints of its secrets"] if tags else [])]
    return f"takes off {', '.join(named)}, and changes nothing else"
