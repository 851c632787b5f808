"""A small tenant without faults: a GraphQL server over httpx, with pages, limits and a record of its requests."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from graphql import build_schema, graphql_sync
from prismatic.leaping_loop import LeapingLoop

from reconciler.prismatic.client import Api
from reconciler.prismatic.settings.endpoint import Endpoint
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

URL = "https://stack.example"
TOKEN = "canary-access-token-1"

_CONNECTIONS = ("Customer", "Instance", "User", "Integration", "Variable", "Input", "Flow", "Required")
SCHEMA = build_schema(
    """
    type Query {
      organization: Organization
      authenticatedUser: User
      customer(id: ID!): Customer
      instance(id: ID!): Instance
      integration(id: ID!): Integration
      customers(first: Int, after: String, offset: Int, name: String, isSystem: Boolean): CustomerConnection!
      instances(first: Int, after: String, offset: Int, name: String): InstanceConnection
      customerRoles: [Role]!
    }
    type Mutation {
      createCustomer(input: CreateCustomerInput!): CreateCustomerPayload
      deleteCustomer(input: DeleteCustomerInput!): CreateCustomerPayload
    }
    input CreateCustomerInput { name: String!, description: String, count: Int }
    input DeleteCustomerInput { id: ID! }
    type CreateCustomerPayload { customer: Customer, errors: [ErrorType!]! }
    type ErrorType { field: String!, messages: [String!]! }
    type Organization { id: ID!, name: String! }
    type Role { id: ID!, name: String! }
    type User { id: ID!, email: String }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    type Customer {
      id: ID!
      name: String
      description: String
      users(first: Int, after: String, offset: Int): UserConnection!
    }
    type Instance {
      id: ID!
      name: String
      origin: Integration
      variables(first: Int, after: String, offset: Int, status: String): VariableConnection
      flows(first: Int, after: String): FlowConnection
    }
    type Integration { id: ID!, required(first: Int, after: String, offset: Int): RequiredConnection }
    type Required { id: ID!, key: String, inputs(first: Int, after: String): InputConnection }
    type Variable { id: ID!, value: String, inputs(first: Int, after: String): InputConnection }
    type Input { id: ID!, name: String, value: String }
    type Flow { id: ID!, name: String }
    """
    + "\n".join(
        f"type {name}Connection {{ nodes: [{name}]!, totalCount: Int!, pageInfo: PageInfo! }}" for name in _CONNECTIONS
    )
)


@dataclass
class Sent:
    """One request that the tenant received."""

    method: str
    path: str
    headers: dict[str, str]
    text: str

    @property
    def payload(self) -> dict[str, Any]:
        return dict(json.loads(self.text))

    @property
    def query(self) -> str:
        return str(self.payload["query"])

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.payload.get("variables", {}))


@dataclass
class FakeTenant:
    """The tenant's objects and settings.

    ``script`` holds what happens to the next requests: a response, an exception to raise, or ``None`` for an answer.
    ``page`` is the largest page. ``moves`` are called after each request, to change the tenant while it is read.
    """

    customers: list[dict[str, Any]] = field(default_factory=list)
    instances: list[dict[str, Any]] = field(default_factory=list)
    organization: dict[str, Any] | None = field(default_factory=lambda: {"id": "org", "name": "Rockets"})
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    page: int = 100
    most_aliases: int = 1000
    script: deque[httpx.Response | Exception | None] = field(default_factory=deque)
    moves: deque[Callable[[FakeTenant], None]] = field(default_factory=deque)
    sent: list[Sent] = field(default_factory=list)
    refreshed: int = 0

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(self.handle)

    @property
    def queries(self) -> list[Sent]:
        return [each for each in self.sent if each.path == "/api"]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        sent = Sent(request.method, request.url.path, dict(request.headers), request.content.decode())
        self.sent.append(sent)
        happening = self.script.popleft() if self.script else None
        if isinstance(happening, Exception):
            if isinstance(happening, httpx.RequestError):
                happening.request = request
            raise happening
        if happening is not None:
            return happening
        if request.url.path == "/auth/refresh":
            return self._refresh()
        if sent.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return httpx.Response(401, json={"detail": "Authentication credentials were not provided."})
        answer = self._answer(sent)
        if self.moves:
            self.moves.popleft()(self)
        return httpx.Response(200, json=answer)

    def _refresh(self) -> httpx.Response:
        self.refreshed += 1
        token = f"canary-access-token-renewed-{self.refreshed}"
        self.tokens = {token}
        return httpx.Response(200, json={"access_token": token})

    def _answer(self, sent: Sent) -> dict[str, Any]:
        if (
            sent.query.count("op")
            and max(
                (int(each.split(":")[0]) for each in sent.query.split("op")[1:] if each.split(":")[0].isdigit()),
                default=0,
            )
            >= self.most_aliases
        ):
            return {"errors": [{"message": "Too many aliases"}]}
        result = graphql_sync(SCHEMA, sent.query, root_value=self._root(), variable_values=sent.variables)
        return dict(result.formatted)

    def _root(self) -> dict[str, Any]:
        def one(objects: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
            found = next((each for each in objects if each["id"] == wanted), None)
            if found is None:
                raise LookupError("Record not found")
            return self._whole(found)

        def several(objects: list[dict[str, Any]]) -> Any:
            def resolve(_info: Any, name: str | None = None, isSystem: bool = False, **window: Any) -> Any:  # noqa: N803
                del isSystem
                found = [self._whole(each) for each in objects if name is None or each.get("name") == name]
                return self._page(found, **window)

            return resolve

        integrations = [each["origin"] for each in self.instances if each.get("origin")]
        return {
            "organization": self.organization,
            "authenticatedUser": {"id": "me"},
            "customerRoles": [{"id": "r1", "name": "Admin"}, {"id": "r2", "name": "Member"}],
            "customer": lambda _info, id: one(self.customers, id),  # noqa: A006 - the argument's name in the API
            "instance": lambda _info, id: one(self.instances, id),  # noqa: A006 - the argument's name in the API
            "integration": lambda _info, id: one(integrations, id),  # noqa: A006 - the argument's name in the API
            "customers": several(self.customers),
            "instances": several(self.instances),
            "createCustomer": lambda _info, input: self._create(input),  # noqa: A006 - the argument's name in the API
            "deleteCustomer": lambda _info, input: self._delete(input),  # noqa: A006 - the argument's name in the API
        }

    def _create(self, values: dict[str, Any]) -> dict[str, Any]:
        if any(each["name"] == values["name"] for each in self.customers):
            taken = f"name {values['name']} is taken, described as {values.get('description')}"
            return {"customer": None, "errors": [{"field": "name", "messages": [taken]}]}
        customer = {"id": f"c{len(self.customers)}", "users": [], **values}
        self.customers.append(customer)
        return {"customer": self._whole(customer), "errors": []}

    def _delete(self, values: dict[str, Any]) -> dict[str, Any]:
        found = next((each for each in self.customers if each["id"] == values["id"]), None)
        if found is None:
            raise LookupError("Record not found")
        self.customers.remove(found)
        return {"customer": self._whole(found), "errors": []}

    def _whole(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return the object with its lists as connections, and the same for the objects inside it."""
        return {key: self._field(item) for key, item in value.items()}

    def _field(self, item: Any) -> Any:
        if isinstance(item, list):
            children = [self._whole(each) for each in item]
            return lambda _info, **window: self._page(children, **window)
        return self._whole(item) if isinstance(item, dict) else item

    def _page(
        self,
        nodes: list[Any],
        first: int | None = None,
        after: str | None = None,
        offset: int | None = None,
        status: str | None = None,
    ) -> dict[str, Any]:
        del status
        start = (int(base64.b64decode(after).decode().split(":")[1]) + 1 if after else 0) + (offset or 0)
        end = start + min(first or self.page, self.page)
        return {
            "nodes": nodes[start:end],
            "totalCount": len(nodes),
            "pageInfo": {
                "hasNextPage": end < len(nodes),
                "endCursor": base64.b64encode(f"arrayconnection:{min(end, len(nodes)) - 1}".encode()).decode(),
            },
        }


ENDPOINT = Endpoint(URL, Secret(TOKEN), None, None, "PRISM_ACCESS_TOKEN")
RENEWABLE = Endpoint(URL, Secret("canary-access-token-old"), Secret("canary-refresh-token"), "tenant-7", "the test")


def with_api(tenant: FakeTenant, use: Callable[[Api], Awaitable[Any]], **options: Any) -> Any:
    """Return the result of ``use`` with an API connection to the tenant. Pauses end at once."""

    async def main() -> Any:
        settings = {"endpoint": ENDPOINT, "transport": tenant.transport, "rate": 10_000.0} | options
        async with Api(settings.pop("endpoint"), **settings) as api:
            return await use(api)

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(main())
