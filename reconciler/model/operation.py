"""GraphQL operations: what a kind reads and writes with, each with the type of its answer.

``make generate`` writes them, from the ``.graphql`` file in the same folder. A document is parsed when one of its
operations is first sent: a command that asks the API nothing starts without a GraphQL library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

    Parsed = tuple[OperationDefinitionNode, Mapping[str, FragmentDefinitionNode]]

A = TypeVar("A", default=Any)


class OperationFile:
    """A file of GraphQL operations in a package; their fragments may be in ``others``, too."""

    def __init__(self, package: str | None, file: str, *others: OperationFile) -> None:
        self._package = package
        self._file = file
        self._others = others

    @cached_property
    def text(self) -> str:
        return resources.files(str(self._package)).joinpath(self._file).read_text(encoding="utf-8")

    @cached_property
    def node(self) -> DocumentNode:
        from graphql import parse

        return parse(self.text, no_location=True)

    def feature_of(self, name: str) -> str:
        """Return what a user loses without an operation: the comment ``# Feature:`` above it, empty without one."""
        if self._package is None:  # an operation that is in no file
            return ""
        found = re.search(rf"^# Feature: (.+)\n(?:query|mutation) {re.escape(name)}\b", self.text, re.MULTILINE)
        return found[1] if found else ""

    def operation(self, name: str) -> Parsed:
        """Return an operation of the document, and all its fragments by name. The operation has one root field."""
        from graphql import FragmentDefinitionNode, OperationDefinitionNode

        definitions = self.node.definitions
        (found,) = (
            each
            for each in definitions
            if isinstance(each, OperationDefinitionNode) and each.name and each.name.value == name
        )
        (_,) = found.selection_set.selections
        every = [*definitions, *(each for other in self._others for each in other.node.definitions)]
        return found, {each.name.value: each for each in every if isinstance(each, FragmentDefinitionNode)}


@dataclass(frozen=True, eq=False)
class Operation(Generic[A]):
    """One named GraphQL operation with a single root field, so that several can share a request.

    ``answer`` is the type of the root field's value, which may also be null for an object that does not exist.

    >>> Operation("roles", "organizationRoles", list[str], OperationFile("reconciler", "roles.graphql")).mutation
    False
    """

    name: str
    field: str
    answer: type[A]
    document: OperationFile
    mutation: bool = False

    @cached_property
    def _parsed(self) -> Parsed:
        return self.document.operation(self.name)

    @property
    def node(self) -> OperationDefinitionNode:
        return self._parsed[0]

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        return self._parsed[1]

    @property
    def feature(self) -> str:
        """What a user loses without the operation, in plain words."""
        return self.document.feature_of(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)
