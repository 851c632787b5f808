"""The answer to each operation of a request, from one GraphQL result."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import structs

from reconciler.errors import Forbidden, Rejected, Unexpected
from reconciler.model.answers import Payload, PayloadError
from reconciler.prismatic.graphql.decoding import decode_rows, is_connection
from reconciler.prismatic.graphql.mismatches import UNEXPECTED, is_unexpected, lacking, missing_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.prismatic.graphql.batching import Merged, Part
    from reconciler.prismatic.graphql.decoding import DecodedAnswer, Rows
    from reconciler.prismatic.redaction.redact import Clean, Redactor

_NOT_FOUND = re.compile(r"not found|matches the given query", re.IGNORECASE)
# Messages of GraphQL servers about a document or its variables, which they check before they carry out anything.
_NOT_STARTED = re.compile(r"""Variable ['"]?\$|Syntax Error|Cannot query field|Unknown (argument|type|fragment)""")
UNSEARCHED = "the API's message is not shown, because its answer cannot be searched for secrets"
_FORBIDDEN = re.compile(
    r"permission|not allowed|not authori[sz]ed|unauthori[sz]ed|forbidden|access denied|insufficient privilege",
    re.IGNORECASE,
)
_TOO_MUCH = re.compile(
    r"too (complex|large|many|much|big|deep|expensive)|complexity|maximum .{0,300}(depth|cost|size)|tim(ed|e) ?-?out",
    re.IGNORECASE,
)
_TRANSIENT = re.compile(
    r"internal( server)? error|unexpected error|try again|temporar|unavailable|deadlock|tim(ed|e) ?-?out", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one call.

    ``data`` is the value of the operation's root field, ``None`` if the object does not exist. ``errors`` are messages
    for the user, without secrets. ``ambiguous``: the mutation may have been carried out despite its errors.
    ``seconds`` is the duration of the request, without its wait for the rate limit. ``partial`` is set when all errors
    are about single rows of a list.
    """

    data: Any | None
    errors: tuple[str, ...] = ()
    ambiguous: bool = False
    seconds: float = field(default=0.0, compare=False)
    partial: Rows | None = field(default=None, compare=False)
    unreached: bool = False
    """Whether the request failed as a whole: the errors show nothing about the object."""

    @property
    def forbidden(self) -> bool:
        """Whether the token lacks a permission."""
        return any(_FORBIDDEN.search(error) for error in self.errors)

    @property
    def unexpected(self) -> bool:
        """Whether the API's schema is not as reconciler knows it."""
        return any(map(is_unexpected, self.errors))

    @property
    def too_much(self) -> bool:
        """Whether the request asks for more than the API gives at once."""
        return any(_TOO_MUCH.search(error) for error in self.errors)

    @property
    def transient(self) -> bool:
        """Whether the same query may succeed in a moment."""
        return bool(self.errors) and all(_TRANSIENT.search(error) for error in self.errors)


@dataclass(frozen=True, slots=True)
class _Error:
    """A top-level error: its message, and the path of its field, empty if the server states none."""

    message: str
    path: Sequence[Any]
    missing: str = ""
    """The part of the schema that the API says it lacks."""

    @property
    def row(self) -> int | None:
        """The position of the list's row that the error is about, if its path names one."""
        match self.path:
            case [_, "nodes", int(position), *_] | [_, int(position), *_]:
                return position
        return None

    @property
    def about_the_answer(self) -> bool:
        """Whether the error is about the operation as a whole, and not about a field further down."""
        return len(self.path) <= 1


def answers_to(
    merged: Merged,
    decoded: Sequence[DecodedAnswer],
    errors: Sequence[Any],
    *,
    data: bool | None,
    clean: Redactor | None,
) -> list[Answer] | None:
    """Return the answers in the order of the calls; ``None`` if the calls should be sent again in smaller portions.

    That is when several calls were refused as a whole and nothing was carried out: in portions, only the call that is
    the cause fails. ``data``: whether the result has data; ``None`` if it even lacks the key. By the GraphQL
    specification, a result without it means that nothing was carried out; some servers send ``data: null`` for a
    refusal too. ``clean`` hides the known secrets; ``None``: the answer may hold unknown ones, and no message is shown.
    """
    texts = [*_texts_of(errors), *payload_texts(merged, decoded)]
    cleaned = _redacted_together(clean, texts) if clean else lambda _: UNSEARCHED
    parsed = [_error(each, cleaned) for each in errors]
    wholesale = not data and not any(error.path for error in parsed)
    not_started = wholesale and (data is None or all(_NOT_STARTED.match(error.message) for error in parsed))
    carried_out = merged.mutation and not not_started
    if not data and len(merged.parts) > 1 and not carried_out:
        return None
    # A list, since a server may send anything as the first step of a path, also what cannot be in a set.
    aliases = [part.alias for part in merged.parts]
    unnamed = [error for error in parsed if not error.path or error.path[0] not in aliases]
    return [
        _answer(part, each, _own(part, parsed, unnamed), carried_out, cleaned)
        for part, each in zip(merged.parts, decoded, strict=True)
    ]


def _own(part: Part, errors: Sequence[_Error], unnamed: Sequence[_Error]) -> list[_Error]:
    """Return the errors of one operation; an ``unnamed`` one names no alias, so it may be about any operation."""
    return [error for error in errors if error in unnamed or error.path[0] == part.alias]


def _answer(part: Part, decoded: DecodedAnswer, own: Sequence[_Error], carried_out: bool, clean: Clean) -> Answer:
    feature = part.operation.feature
    messages = tuple(dict.fromkeys(lacking(error.missing, feature) or error.message for error in own))
    if decoded.absent:
        if messages:
            return _without_data(part, own, messages, carried_out)
        if decoded.raw is None or part.operation.mutation or is_connection(part.operation):
            return Answer(None, (f"{UNEXPECTED}: it lacks the result",), carried_out)
        return Answer(None)
    partial = _partial(part, decoded, own)
    if decoded.problem:
        found = (*messages, f"{UNEXPECTED}: {decoded.problem}")
        return Answer(None, found, carried_out, partial=partial)
    value = _cleaned_payload(decoded.value, clean) if part.operation.mutation else decoded.value
    return Answer(value, messages, bool(messages) and carried_out, partial=partial)


def _partial(part: Part, decoded: DecodedAnswer, own: Sequence[_Error]) -> Rows | None:
    """Return the list with the problems of its rows; ``None`` if all is right, or anything else in it is wrong."""
    if part.operation.mutation or decoded.raw is None or not (own or decoded.problem):
        return None
    rows = decode_rows(part.operation, decoded.raw)
    if rows is None:
        return None
    for position, problem in rows.broken.items():
        rows.broken[position] = f"{UNEXPECTED}: {problem}"
    for error in own:
        if error.row is None or error.path[0] != part.alias or not 0 <= error.row < len(rows.nodes):
            return None
        rows.broken[error.row] = error.message
    return rows


def _without_data(part: Part, own: Sequence[_Error], messages: tuple[str, ...], carried_out: bool) -> Answer:
    gone = all(error.about_the_answer and _NOT_FOUND.search(error.message) for error in own)
    if gone and not part.operation.mutation and not is_connection(part.operation):
        return Answer(None)
    # Only a refusal of the operation itself shows that nothing was carried out. An error further down comes from
    # reading the result of a mutation that was carried out.
    refused = all(
        len(error.path) == 1 and (_NOT_FOUND.search(error.message) or _FORBIDDEN.search(error.message)) for error in own
    )
    return Answer(None, messages, carried_out and not refused)


def _redacted_together(clean: Redactor, texts: Iterable[str]) -> Clean:
    """Return a function that gives the redacted form of each text. All are redacted in one pass, which is faster."""
    unique = list(dict.fromkeys(texts))
    cleaned = dict(zip(unique, clean.clean(unique), strict=True)) if unique else {}
    return lambda text: cleaned[text] if text in cleaned else clean(text)


def _texts_of(errors: Iterable[Any]) -> Iterator[str]:
    for raw in errors:
        message = raw.get("message") if isinstance(raw, dict) else raw
        if isinstance(message, str):
            yield message


def payload_texts(merged: Merged, decoded: Sequence[DecodedAnswer]) -> Iterator[str]:
    """Yield the texts of the errors in the payloads of mutations. The name of a field can quote a value as well."""
    for each in decoded if merged.mutation else ():
        for error in _payload_errors(each.value):
            yield from (text for text in (error.field, *(error.messages or ())) if text is not None)


def _payload_errors(payload: Any) -> Sequence[PayloadError]:
    return (payload.errors if isinstance(payload, Payload) else None) or ()


def error_of(beginning: str, answer: Answer) -> Rejected:
    """Return the error for an answer with errors."""
    kind = Forbidden if answer.forbidden else Unexpected if answer.unexpected else Rejected
    return kind(f"{beginning}{'; '.join(answer.errors)}")


def message_of(raw: Any, clean: Clean) -> str:
    """Return the message of a top-level error, without secrets."""
    return _error(raw, clean).message


def _error(raw: Any, clean: Clean) -> _Error:
    content = raw if isinstance(raw, dict) else {"message": raw}
    message, path = content.get("message"), content.get("path")
    text = clean(message) if isinstance(message, str) else ""
    # Names come from the server, like all of its text.
    missing = clean(missing_part(message) or "") if isinstance(message, str) else ""
    return _Error(text or "an error without a message", path if isinstance(path, list) else (), missing)


def _cleaned_payload(payload: Any, clean: Clean) -> Any:
    """Return a mutation's payload with its errors redacted."""
    if not _payload_errors(payload):
        return payload
    errors = [
        PayloadError(
            None if error.field is None else clean(error.field),
            [clean(text) for text in error.messages or () if text is not None],
        )
        for error in _payload_errors(payload)
    ]
    return structs.replace(payload, errors=errors)
