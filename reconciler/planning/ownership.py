"""Ownership: which project keeps a live object, recorded by a label on the object itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.capabilities.labels import labels_of
from reconciler.model.fingerprints import fingerprint_labels

if TYPE_CHECKING:
    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource

PREFIX = "gitops:"
PROTECTED = "gitops:protected"


def other_marks(labels: frozenset[str], label: str | None) -> frozenset[str]:
    """Return the labels by which projects other than that of ``label`` own an object."""
    marks = frozenset(each for each in labels if each.startswith(PREFIX)) - fingerprint_labels(labels)
    return marks - {label, PROTECTED}


@dataclass(frozen=True, slots=True)
class Claim:
    """What ownership wants of one object's labels."""

    required: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    adopts: bool = False
    conflict: str = ""
    protects: bool | None = None
    """``True``/``False``: the protection is put on or taken off; ``None``: it stays as it is."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The label that marks what these manifests keep; ``None``: nothing is labelled."""

    label: str | None = None
    take_over: bool = False

    def claim(self, kind: Kind, resource: Resource, live: Live | None) -> Claim:
        """Return the labels that a resource's object must carry and must not carry."""
        if self.label is None or not kind.labels:
            return Claim()
        carried = labels_of(live) if live else frozenset()
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
            protects=protect if protect != (PROTECTED in carried) else None,
        )

    def release(self, kind: Kind, live: Live) -> Claim:
        """Return the labels that come off when this project releases an object.

        If another project owns it too, the protection and the fingerprints may be that project's, so they stay.
        """
        carried = labels_of(live) if self.label is not None and kind.labels else frozenset()
        if self.label is None or self.label not in carried:
            return Claim()
        others = other_marks(carried, self.label)
        if others and not self.take_over:
            return Claim(conflict=", ".join(sorted(others)))
        ours = frozenset() if others else (carried & {PROTECTED}) | fingerprint_labels(carried)
        return Claim(unwanted=frozenset({self.label}) | ours)

    @staticmethod
    def protected(live: Live) -> bool:
        """Return whether the object itself carries the label that protects it from deletion."""
        return PROTECTED in labels_of(live)
