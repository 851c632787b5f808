"""What is wrong or doubtful about a resource, at a path of its manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.model.resource import Origin, Path


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something to say about a resource, at a path of its manifest."""

    path: Path
    message: str
    key: bool = False
    """Whether the key at the path is meant, not its value."""
    topic: str = ""
    """What to say, after their count, of several complaints that are alike; empty: each is told by itself."""
    blocking: bool = False
    """Of a warning: whether the API is likely to refuse what is planned."""
    spelled: Callable[[str | None], str] | None = field(default=None, compare=False, repr=False)
    """Makes the message anew with the spelling of the value at the path (``True``, ``~``), which the file knows."""

    def said(self, origin: Origin, path: Path) -> str:
        """Return the message, which quotes the value at ``path`` of the origin as it is written there."""
        return self.spelled(origin.spelling(path)) if self.spelled else self.message
