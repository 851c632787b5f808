"""A token without all permissions: a transport in front of a sandbox that refuses some fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    print_ast,
)
from support.recording import root_fields

from reconciler.prismatic.graphql.documents import copy_with
from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import FieldNode

    from reconciler.sandbox.app import Sandbox

    Refuses = Callable[[str, dict[str, Any]], bool]
    """A root field and its arguments → whether the token is refused."""

NO = "You do not have permission to perform this action"
SKIP = DirectiveNode(
    name=NameNode(value="skip"),
    arguments=(ArgumentNode(name=NameNode(value="if"), value=BooleanValueNode(value=True)),),
)


class Restricted(InProcess):
    """Refuses the fields in ``refuses``, and carries out the rest of the request.

    ``whole``: a refused query makes the whole answer null, as GraphQL does for a type that cannot be null.
    """

    def __init__(self, sandbox: Sandbox, refuses: Refuses, *, whole: bool = False, message: str = NO) -> None:
        super().__init__(sandbox)
        self._refuses, self._whole, self._message = refuses, whole, message
        self.refused: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        payload = json.loads(await request.aread())
        refused = self._skip_refused(payload)
        headers = {key: value for key, value in request.headers.items() if key != "content-length"}
        passed_on = httpx.Request(request.method, request.url, headers=headers, content=json.dumps(payload).encode())
        response = await super().handle_async_request(passed_on)
        answer = json.loads(await response.aread())
        if refused:
            data = {**(answer.get("data") or {}), **dict.fromkeys(refused)}
            errors = [{"message": self._message, "path": [alias]} for alias in refused]
            answer = {"data": data, "errors": [*answer.get("errors", ()), *errors]}
            if self._whole and not payload["query"].startswith("mutation"):
                answer["data"] = None
        return httpx.Response(response.status_code, json=answer)

    def _skip_refused(self, payload: dict[str, Any]) -> list[str]:
        """Add ``@skip`` to the refused fields; return their aliases."""
        document = parse(payload["query"])
        asked = iter(root_fields(payload["query"], payload.get("variables") or {}))
        found: list[str] = []

        def passed_on(field: FieldNode) -> FieldNode:
            name, arguments = next(asked, ("", {}))  # fields that are only checked come after those carried out
            if not name or not self._refuses(name, arguments):
                return field
            assert field.alias
            found.append(field.alias.value)
            self.refused.append(name)
            return copy_with(field, directives=(SKIP,))

        def rewritten(definition: Any) -> Any:
            if not isinstance(definition, OperationDefinitionNode):
                return definition
            selections = tuple(passed_on(field) for field in definition.selection_set.selections)
            return copy_with(definition, selection_set=SelectionSetNode(selections=selections))

        definitions = tuple(rewritten(each) for each in document.definitions)
        payload["query"] = print_ast(copy_with(document, definitions=definitions))
        return found
