"""The limits of one request that variants set."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, Node

    from reconciler.sandbox.data.settings import Settings
    from reconciler.sandbox.data.variants import Variants

RETRY_AFTER: Mapping[str, str | None] = {"seconds": "1", "date": "date+1", "absent": None}
"""The header ``Retry-After`` of a throttled request, by variant."""

_OPERATIONS = {"unlimited": math.inf, "10": 10}
_DEPTH = {"unlimited": math.inf, "10": 10}
_BYTES = {"unlimited": math.inf, "32kB": 32 * 1024}
_SECONDS = {"unlimited": math.inf, "1s": 1.0}


def too_large(body: bytes, variants: Variants) -> bool:
    return len(body) > _BYTES[variants.request_size]


def too_much(document: DocumentNode, operations: int, settings: Settings) -> tuple[GraphQLError, ...]:
    """Return why the whole request is refused, or nothing; ``operations`` is the number of its root fields."""
    most = min(settings.max_operations or math.inf, _OPERATIONS[settings.variants.operations])
    deepest = _DEPTH[settings.variants.query_depth]
    if operations > most:
        return (GraphQLError(f"A request may have at most {most} operations."),)
    if math.isfinite(deepest) and depth(document) > deepest:
        return (GraphQLError(f"A request may be at most {deepest} fields deep."),)
    return ()


def too_many_operations(document: DocumentNode, variants: Variants) -> tuple[GraphQLError, ...]:
    """Return why a document is refused for operations that are not carried out, or nothing."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if variants.unexecuted_operations == "refused" and len(operations) > 1:
        return (GraphQLError("A document may have only one operation."),)
    return ()


def depth(document: DocumentNode) -> int:
    """Return the depth, in fields, of the deepest operation of a valid document."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def below(node: Node) -> int:
        if isinstance(node, FragmentSpreadNode):
            return below(fragments[node.name.value])
        chosen = getattr(node, "selection_set", None)
        deepest = max(map(below, chosen.selections)) if chosen else 0
        return deepest + isinstance(node, FieldNode)

    return max(below(node) for node in document.definitions if isinstance(node, OperationDefinitionNode))


class Patience:
    """A gateway's limit on the time of a request. A longer request is carried out, but its answer is lost."""

    def __init__(self, variants: Variants) -> None:
        self._left = _SECONDS[variants.request_time]

    @property
    def lost(self) -> bool:
        return self._left < 0

    async def wait(self, seconds: float) -> None:
        """Wait ``seconds``, or until the limit."""
        await asyncio.sleep(max(0, min(seconds, self._left)))
        self._left -= seconds
