"""Operations for tests, with the types of their answers by any schema: what ``make generate`` does for the product."""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from codegen.module import source_of
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    from graphql import GraphQLSchema

_NUMBERS = count()


class _Text(OperationFile):
    """A document that a test holds as text."""

    def __init__(self, text: str) -> None:
        super().__init__(None, "")
        self.__dict__["text"] = text


def typed_operations(text: str, schema: GraphQLSchema) -> dict[str, Operation[Any]]:
    """Return the operations of a document by name."""
    module = ModuleType(f"typed_operations_{next(_NUMBERS)}")
    # The annotations of a class are looked up in its module.
    sys.modules[module.__name__] = module
    exec(source_of(text, "test.graphql", schema, {}), module.__dict__)  # noqa: S102 - it was generated here
    document = _Text(text)
    made = (each for each in vars(module).values() if isinstance(each, Operation))
    return {each.name: Operation(each.name, each.field, each.answer, document, each.mutation) for each in made}


def plain(value: Any) -> Any:
    """Return an answer as plain data with the API's names, without the ``pageInfo`` of its lists."""
    return _without_page_info(msgspec.to_builtins(value))


def _without_page_info(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_without_page_info(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_page_info(each) for key, each in value.items() if key != "pageInfo"}
    return value
