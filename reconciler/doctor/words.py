"""The API's own words, of which no finding has any: they can quote a name, an address or a value of a customer."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from reconciler.doctor.asked import asked_by
from reconciler.doctor.catalog import catalog
from reconciler.errors import NotAuthenticated, ServerFault
from reconciler.prismatic.graphql.mismatches import missing_part
from reconciler.prismatic.redaction.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.errors import ApiError

log = logging.getLogger(__name__)

CONTROL = "reconcilerDoctorControl"
"""A field that no API has: where nothing is said against it, the API does not check what is skipped."""
OTHER = "a refusal of another sort, whose words -v shows"
UNNAMED = "a part of the schema that reconciler never asks for"
_CHECKED = re.compile(r"""Variable ['"]?\$|Syntax Error|Unknown fragment""")
_PART = re.compile(r"(input field )?\w+\.?\w*(\(\w+:\))?")
_SORTS = (
    ("no permission", r"permission|not allowed|not authori[sz]ed|unauthori[sz]ed|forbidden|denied|privilege"),
    ("not found", r"not found|matches the given query"),
    ("does not exist", r"no such|does not exist"),
    ("already taken", r"already|exists|taken|in use|unique|duplicate"),
    ("throttled", r"throttl|rate limit"),
    ("a time-out", r"tim(ed|e) ?-?out"),
    ("too large", r"too (complex|large|many|much|big|deep|expensive)|complexity|maximum .{0,300}(depth|cost|size)"),
    ("an internal error", r"internal( server)? error|unexpected error|try again|temporar|unavailable|deadlock"),
    ("a value that is missing or not valid", r"invalid|required|must |may not be (null|blank)|not (a )?valid"),
)
"""Sorts of refusals, and the words of a message that show it. The product acts on a sort as on those words."""


class Discreet(Redactor):
    """Replaces each message of the API by the sort of refusal that it is. Its words go to the log of ``-v`` alone."""

    def clean(self, texts: Sequence[str]) -> list[str]:
        for words in super().clean(texts):
            log.info("the API's own words: %s", words)
        return [sort_of(text) for text in texts]


def sort_of(message: str) -> str:
    """Return the sort of refusal that a message of the API is, in words that are none of the API's.

    >>> sort_of("owner jane@example.com of Rockets abides")
    'a refusal of another sort, whose words -v shows'
    >>> sort_of("You do not have permission to see Rockets")
    'no permission'
    """
    if not message or message in _parts():
        return message
    part = missing_part(message)
    if part is not None:
        return _without_part(part)
    if _CHECKED.match(message):
        return "Unknown fragment, variable or syntax of the request"
    sorts = [name for name, words in _SORTS if re.search(words, message, re.IGNORECASE)]
    if not sorts and _PART.fullmatch(message):
        return UNNAMED
    return "; ".join(sorts) or OTHER


def reason_of(error: ApiError) -> str:
    """Return why a request failed as a whole, in words that are none of the API's."""
    text = str(error)
    log.info("%s", text)
    if isinstance(error, ServerFault):
        status = re.search(r"HTTP \d{3}", text)
        shown = status[0] if status else "no HTTP status"
        return f"the API's server failed, or something else answers in its place ({shown})"
    if isinstance(error, NotAuthenticated) and "/auth/meta" in text:
        return "the access token cannot be renewed, because of what /auth/meta answers; -v shows it"
    return text


def _without_part(part: str) -> str:
    """Return the refusal for a part of the schema that the API lacks, with its name where reconciler asks for it."""
    if part.endswith(f".{CONTROL}"):
        return f'Cannot query field "{CONTROL}" on type "Organization"'
    if part not in _parts():
        return f"Unknown type, field or argument: {UNNAMED}"
    owner, _, rest = part.partition(".")
    field, _, argument = rest.partition("(")
    if argument:
        return f'Unknown argument "{argument.removesuffix(":)")}" on field "{field}" of type "{owner}"'
    return f'Cannot query field "{field}" on type "{owner}"' if field else f'Unknown type "{owner}"'


@cache
def _parts() -> frozenset[str]:
    """Return the name of everything that an operation asks for, and of its types."""
    asked = {each for entry in catalog() for each in asked_by(entry.operation)}
    return frozenset({*map(str, asked), *(each.owner for each in asked)})
