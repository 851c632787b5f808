"""The root fields: queries and mutations, each recorded in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ariadne import MutationType, QueryType
from graphql import GraphQLError

from reconciler.sandbox.data.audit import Running
from reconciler.sandbox.data.permissions import refuse_denied
from reconciler.sandbox.data.refusals import RecordNotFound, Refused, TooManyRuns
from reconciler.sandbox.resolvers.context import tenant_of
from reconciler.sandbox.resolvers.registry import all_answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.resolvers.answers import Mutation
    from reconciler.sandbox.resolvers.context import Info


def bindables() -> list[QueryType | MutationType]:
    """Return the resolvers of all root fields."""
    query, mutation = QueryType(), MutationType()
    query.name, mutation.name = "RootQuery", "RootMutation"
    for answers in all_answers():
        for name, resolver in answers.queries.items():
            query.set_field(name, _audited("query", resolver))
        for name, described in answers.mutations.items():
            mutation.set_field(name, _audited("mutation", _mutation(described)))
    return [query, mutation]


def _mutation(described: Mutation) -> Callable[..., dict[str, Any]]:
    def resolve(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
        data = dict(arguments["input"])
        payload: dict[str, Any] = {"clientMutationId": data.pop("clientMutationId", None), "errors": []}
        tenant = tenant_of(info)
        try:
            with tenant.store.transaction():
                refuse_denied(tenant.store, info.field_name)
                payload[described.result] = described.carry_out(tenant, data)
        except Refused as refused:
            payload["errors"] = [{"field": field, "messages": [message]} for field, message in refused.errors]
        except RecordNotFound as missing:
            if tenant.variants.missing_in_mutation == "top-level":
                raise
            payload["errors"] = [{"field": "id", "messages": [str(missing)]}]
        return payload

    return resolve


def _audited(operation: Literal["query", "mutation"], resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Record the operation, and turn a missing record into the API's error."""

    def resolve(parent: Any, info: Info, **arguments: Any) -> Any:
        at = tenant_of(info).clock.now().isoformat()
        running = Running(operation, info.field_name, str(info.path.key), dict(arguments), at)
        info.context.running.append(running)
        try:
            result = resolver(parent, info, **arguments)
        except (RecordNotFound, GraphQLError) as error:
            running.errors = (str(error),)
            raise GraphQLError(str(error)) from error
        except TooManyRuns as error:
            running.errors = (str(error),)
            info.context.too_many.append(str(error))
            raise GraphQLError(str(error)) from error
        if operation == "mutation":
            running.errors = tuple(message for error in result["errors"] for message in error["messages"])
        return result

    return resolve
