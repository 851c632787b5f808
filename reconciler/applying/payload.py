"""Mutation responses: the object that a mutation returns, or why the API refused it.

HTTP 200 is no success, and neither is a response without top-level errors: each payload has its own ``errors``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.answers import Node, Payload

if TYPE_CHECKING:
    from reconciler.model.answers import PayloadError
    from reconciler.prismatic.graphql.response import Answer

EVERYTHING = "__all__"
_MISSING = re.compile(r"not found|no such|does not exist|matches the given query", re.IGNORECASE)
_TAKEN = re.compile(r"already|exists|taken|in use|unique|duplicate", re.IGNORECASE)
MAYBE = "the API may have carried it out; the next run shows whether it did"


@dataclass(frozen=True, slots=True)
class Understood:
    """``node`` is the object after the mutation, if the API returned one; ``failures`` are its reasons for refusing."""

    node: Node | None = None
    failures: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether the API may have carried it out although it reported a failure."""
        return MAYBE in self.failures

    @property
    def missing(self) -> bool:
        """Whether it failed because the object does not exist."""
        return bool(self.failures) and all(_MISSING.search(failure) for failure in self.failures)

    @property
    def taken(self) -> bool:
        """Whether it may have failed because the object exists already."""
        return any(_TAKEN.search(failure) for failure in self.failures)


def understand(answer: Answer) -> Understood:
    if answer.errors:
        return Understood(failures=(*answer.errors, MAYBE) if answer.ambiguous else answer.errors)
    payload = answer.data
    if not isinstance(payload, Payload):
        return Understood(failures=("the API returned no result", MAYBE))
    failures = tuple(message for error in payload.errors or () for message in _messages(error))
    if failures:
        return Understood(failures=failures)
    objects = (getattr(payload, name) for name in payload.__struct_fields__)
    return Understood(next((each for each in objects if isinstance(each, Node)), None))


def understand_look(answer: Answer) -> Understood:
    """Return what the answer to a query means, which changes nothing: its root field is the object itself."""
    if answer.errors:
        return Understood(failures=answer.errors)
    return Understood(answer.data) if isinstance(answer.data, Node) else Understood(failures=("not found",))


def _messages(error: PayloadError) -> list[str]:
    """Return the messages of one payload error, each with its field in front."""
    named = error.field or EVERYTHING
    texts = [text for text in error.messages or () if text is not None] or ["refused without saying why"]
    return texts if named == EVERYTHING else [f"{named}: {text}" for text in texts]
