"""A live object as the manifest that a person would have written: what kinds return for an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class SecretSort:
    """Why a live value of a kind is, or may be, a secret.

    >>> SecretSort("flowApiKeys", "API keys of 1 flow", "API keys of {} flows").counted(2)
    'API keys of 2 flows'
    """

    name: str
    """As in the JSON report."""
    one: str
    many: str
    """How one place is described, and how ``{}`` places are."""
    named_by: int = -1
    """The step of the path that a person calls the place by."""
    together: bool = False
    """Whether the places beside each other are listed in one line."""

    def counted(self, count: int) -> str:
        """Return how ``count`` places are described."""
        return self.one if count == 1 else self.many.format(count)


class Undeclarable(Exception):
    """A live value that no manifest can hold; ``str()`` is the reason, without the value."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """A placeholder in a spec for the object's parent: its handle, if the parent is exported too."""

    id: str
    otherwise: Mapping[str, str]
    """How to refer to it when it is in no manifest."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to note beside the value at a path of the spec; without a path, above the whole manifest.

    ``left_out``: the value itself could not be declared, and is not there.
    """

    path: Path
    text: str
    left_out: bool = False


@dataclass(slots=True)
class Declared:
    """A manifest's spec, with remarks on what it leaves out.

    In ``spec`` a ``Secret`` marks a value from outside (``Unresolved`` if the API does not return it), and ``Belongs``
    the parent. ``secrets`` maps the path of each such value to the reason why it is, or may be, a secret.
    """

    spec: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list)
    secrets: dict[Path, SecretSort] = field(default_factory=dict)
    only_new: set[Path] = field(default_factory=set)
    """Fields for new manifests only: in an existing one their absence means the same."""

    def note(self, part: Declared) -> None:
        """Add the remarks and secrets of a part of the spec."""
        self.remarks += part.remarks
        self.secrets |= part.secrets
