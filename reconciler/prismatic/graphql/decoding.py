"""Decoding an answer once, from bytes into the classes of its operation.

An answer of another shape is a problem with a place. Its sound rows can still be read one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from reconciler.model.answers import Node
from reconciler.prismatic.graphql.secret_fields import classes_in, secrets_in_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.operation import Operation

_MISSING = re.compile(r"Object missing required field `(?P<name>.+)`")
_WRONG = re.compile(r"Expected `(?P<expected>\w+)[^`]*`, got `(?P<found>\w+)`")
_EXPECTED = {"str": "text", "int": "a number", "bool": "true or false", "array": "a list", "object": "an object"}


@dataclass(frozen=True, slots=True)
class DecodedAnswer:
    """The answer to one operation: its ``value``, or the ``problem`` with its shape; both empty for null."""

    value: Any = None
    problem: str = ""
    raw: msgspec.Raw | None = None
    """The answer as it came; ``None`` if there is none."""
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def absent(self) -> bool:
        """Whether the answer is null, or missing."""
        return self.value is None and not self.problem


def decode(operation: Operation, raw: msgspec.Raw | None) -> DecodedAnswer:
    """Return the answer to an operation."""
    if raw is None or bytes(memoryview(raw)[:4]) == b"null":
        return DecodedAnswer(raw=raw)
    answer: Any = operation.answer
    try:
        value = _decoder(answer).decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return DecodedAnswer(None, _problem(error, operation.field), raw)
    return DecodedAnswer(value, "", raw, secrets_in_answer(value))


@dataclass(frozen=True, slots=True)
class Rows:
    """A page or a list, of which some rows are broken.

    In ``value`` a bare :class:`Node` takes the place of each; its ID is empty if the row has none. ``broken`` holds
    their problems by position.
    """

    value: Any
    broken: dict[int, str]

    @property
    def nodes(self) -> list[Any]:
        """The rows, as a list that can be changed."""
        rows: list[Any] = self.value if isinstance(self.value, list) else self.value.nodes
        return rows


def decode_rows(operation: Operation, raw: msgspec.Raw) -> Rows | None:
    """Return a page or a list row by row; ``None`` if it is neither, or if anything other than its rows is wrong."""
    answer: Any = operation.answer
    try:
        if is_connection(operation):
            around = _decoder(_without_rows(answer)).decode(raw)
            raws, of_row, where = around.nodes, field_type(answer, ("nodes",)), f"{operation.field}.nodes"
        elif getattr(answer, "__origin__", None) is list:
            around, raws = None, _decoder(list[msgspec.Raw]).decode(raw)
            of_row, where = answer.__args__[0], operation.field
        else:
            return None
    except (msgspec.DecodeError, RecursionError):
        return None
    rows, broken = [], {}
    for position, each in enumerate(raws):
        try:
            rows.append(_decoder(of_row).decode(each))
        except (msgspec.DecodeError, RecursionError) as error:
            broken[position] = _problem(error, f"{where}[{position}]")
            rows.append(Node(_id_in(each)))
    if around is None:
        return Rows(rows, broken)
    others = {name: getattr(around, name) for name in answer.__struct_fields__ if name != "nodes"}
    return Rows(answer(**others, nodes=rows), broken)


def is_connection(operation: Operation) -> bool:
    """Return whether the answer to an operation is a connection: a page of a list."""
    return "nodes" in getattr(operation.answer, "__struct_fields__", ())


@cache
def _decoder(answer: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(answer)


def field_type(answer: Any, names: Sequence[str]) -> Any:
    """Return the class of the objects that a chain of fields leads to, below the class ``answer``."""
    for name in names:
        (answer,) = classes_in(get_type_hints(answer, include_extras=True)[name])
    return answer


@cache
def _without_rows(connection: type) -> type:
    """Return the type of a connection whose rows are not decoded."""
    hints = get_type_hints(connection, include_extras=True) | {"nodes": list[msgspec.Raw]}
    return msgspec.defstruct(connection.__name__, list(hints.items()), rename="camel")


def _id_in(row: msgspec.Raw) -> str:
    try:
        found: Node = _decoder(Node).decode(row)
    except (msgspec.DecodeError, RecursionError):
        return ""
    return found.id


def _problem(error: Exception, where: str) -> str:
    """Return what is wrong, from the message of the decoder, which quotes no value."""
    if isinstance(error, RecursionError):
        return f"{where} is nested too deeply"
    text, _, path = str(error).partition(" - at `$")
    path = path.removesuffix("`")
    missing, wrong = _MISSING.fullmatch(text), _WRONG.fullmatch(text)
    if missing:
        return f"{where}{path} lacks {missing['name']}"
    if not wrong:
        return f"{where}{path}: {text}"
    if wrong["found"] == "null":
        return f"{where}{path} is null"
    if (wrong["expected"], wrong["found"]) == ("object", "array"):
        return f"{where}{path} is a list, not an object"
    return f"{where}{path} is not {_EXPECTED.get(wrong['expected'], wrong['expected'])}"
