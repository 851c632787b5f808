"""How a mutation's answer is understood: the object it gives back, or why it was refused.

HTTP 200 is not success, and neither is an answer without top-level errors: every payload has ``errors`` of its
own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.model.tenant import Node
    from reconciler.prismatic.graphql.response import Answer

EVERYTHING = "__all__"
_MISSING = re.compile(r"not found|no such|does not exist|matches the given query", re.IGNORECASE)
_TAKEN = re.compile(r"already|exists|taken|in use|unique|duplicate", re.IGNORECASE)
MAYBE = "it may have been carried out all the same; the next run will tell"


@dataclass(frozen=True, slots=True)
class Understood:
    """``node`` is the object after the mutation (``None``: none was given back); ``failures`` say why not."""

    node: Node | None = None
    failures: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether it may have been carried out although it failed."""
        return MAYBE in self.failures

    @property
    def missing(self) -> bool:
        """Whether it failed because there is no such object."""
        return bool(self.failures) and all(_MISSING.search(failure) for failure in self.failures)

    @property
    def taken(self) -> bool:
        """Whether it may have failed because there is such an object already."""
        return any(_TAKEN.search(failure) for failure in self.failures)


def understand(answer: Answer) -> Understood:
    """Return what an answer to a mutation says."""
    if answer.errors:
        return Understood(failures=(*answer.errors, MAYBE) if answer.ambiguous else answer.errors)
    payload = answer.data
    if not isinstance(payload, dict):
        return Understood(failures=("the API gave no result back", MAYBE))
    failures = tuple(message for error in payload.get("errors") or () for message in _messages(error))
    if failures:
        return Understood(failures=failures)
    nodes = [value for key, value in payload.items() if key != "errors" and isinstance(value, dict)]
    return Understood(nodes[0] if nodes else None)


def _messages(error: Any) -> list[str]:
    """Return one payload error's messages, the field they are about in front."""
    if not isinstance(error, dict):
        return ["the API refused it without saying why"]
    named = str(error.get("field") or EVERYTHING)
    texts = [str(message) for message in error.get("messages") or ()] or ["refused without saying why"]
    return texts if named == EVERYTHING else [f"{named}: {text}" for text in texts]
