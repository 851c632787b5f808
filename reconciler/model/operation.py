"""GraphQL documents: the operations a kind reads and writes with.

They are parsed when one is first used: a command that asks the API nothing starts without a GraphQL library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import FragmentDefinitionNode, OperationDefinitionNode

    Parsed = tuple[OperationDefinitionNode, Mapping[str, FragmentDefinitionNode]]

_OPERATION = re.compile(r"^\s*(query|mutation)\s+(\w+)[^{]*\{\s*(?:\w+\s*:\s*)?(\w+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Operation:
    """One named GraphQL operation with a single root field, and the fragments it may use.

    ``field`` is the root field's name; operations with the same name are the same operation. ``parse`` gives the
    nodes of the operation and of its document's fragments.
    """

    name: str
    field: str
    mutation: bool
    parse: Callable[[], Parsed]
    secret: frozenset[str] = frozenset()
    """The names of fields that hold secrets in its answers, beside those that hold some in every answer."""

    @cached_property
    def _parsed(self) -> Parsed:
        return self.parse()

    @property
    def node(self) -> OperationDefinitionNode:
        return self._parsed[0]

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        return self._parsed[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def parse_operations(text: str, secret: frozenset[str] = frozenset()) -> dict[str, Operation]:
    """Return the operations of a GraphQL document by name; ``secret`` are the fields that hold secrets in answers.

    Each must be named and have one root field, so that several can travel as aliases in one request.
    """
    document = _Document(text)
    found = [(match[2], match[3], match[1] == "mutation") for match in _OPERATION.finditer(text)]
    return {name: Operation(name, field, mutation, document.part(name), secret) for name, field, mutation in found}


class _Document:
    """One document, parsed for all its operations when the first of them is looked into."""

    def __init__(self, text: str) -> None:
        self._text = text

    def part(self, name: str) -> Callable[[], Parsed]:
        return lambda: (self._operations[name], self._fragments)

    @cached_property
    def _definitions(self) -> tuple[Any, ...]:
        from graphql import parse

        return parse(self._text, no_location=True).definitions

    @cached_property
    def _operations(self) -> dict[str, OperationDefinitionNode]:
        from graphql import OperationDefinitionNode

        found = {}
        for each in self._definitions:
            if isinstance(each, OperationDefinitionNode) and each.name:
                (_,) = each.selection_set.selections
                found[each.name.value] = each
        return found

    @cached_property
    def _fragments(self) -> dict[str, FragmentDefinitionNode]:
        from graphql import FragmentDefinitionNode

        return {each.name.value: each for each in self._definitions if isinstance(each, FragmentDefinitionNode)}


@cache
def load_operations(package: str, file: str, secret: frozenset[str] = frozenset()) -> Mapping[str, Operation]:
    """Return the operations of ``file`` (``*.graphql``) in ``package``, read once per process.

    ``secret`` are the names of fields whose values the API returns and that are secrets.
    """
    return parse_operations(resources.files(package).joinpath(file).read_text(encoding="utf-8"), secret)
