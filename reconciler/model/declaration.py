"""From a live object to the manifest that a person would have written for it: what kinds say for an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path


class Sort(StrEnum):
    """Why a live value is, or may be, a secret."""

    INPUT = "connectionInput"
    MARKED = "secretVariable"
    NAMED = "variableNamedLikeASecret"
    LIKE = "variableThatLooksSecret"
    API_KEY = "flowApiKeys"
    TEST_HEADERS = "flowTestHeaders"
    TEST_PAYLOAD = "flowTestPayload"
    WEBHOOK = "eventWebhook"


class Undeclarable(Exception):
    """A live value that no manifest can say; ``str()`` is the reason, without the value."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """Stands in a spec for the object that this one belongs to: its handle, when that is exported as well."""

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
    """A manifest's spec, with what it leaves out.

    In ``spec`` a ``Secret`` stands for what must come from outside (``Unresolved`` where it cannot even be read),
    and ``Belongs`` for what the object belongs to. ``secrets`` says of each such place why it is, or may be, one.
    """

    spec: dict[str, Any]
    remarks: list[Remark] = field(default_factory=list)
    secrets: dict[Path, Sort] = field(default_factory=dict)

    def note(self, part: Declared) -> None:
        """Take over what there is to say of a part of the spec."""
        self.remarks += part.remarks
        self.secrets |= part.secrets
