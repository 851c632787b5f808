"""A tenant in which instances share a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.client import Api

DEFINITION = """
name: Ships
requiredConfigVars:
  - {key: Depot, dataType: connection, useScopedConfigVar: depot}
  - key: Depot Inputs
    dataType: connection
    connection: {key: KEY, component: {key: depots, version: VERSION, isPublic: false}}
    inputs:
      url: {type: value, value: ""}
      apiKey: {type: value, value: "", meta: {writeOnly: true}}
flows:
  - name: Load
    steps: [{name: Trigger, isTrigger: true, action: {key: webhook, component: {key: webhook-triggers}}}]
"""
SCOPED = """id key stableKey description managedBy variableScope status isInUse hasDeployedInstances defaultForComponent
  authorizeUrl meta connection { id key component { key public } } inputs { nodes { name type value hasValue meta } }"""
CUSTOMERS = """id key status isInUse hasDeployedInstances authorizeUrl meta customer { id }
  inputs { nodes { name value hasValue meta } }"""


def definition(*, connection: str = "basic", version: str = "LATEST") -> str:
    return DEFINITION.replace("KEY", connection).replace("VERSION", version)


class Ships:
    """A sandbox with an integration that names the shared connection ``depot``, and two customers with an instance."""

    def __init__(self, api: Api, connection: str = "basic") -> None:
        self.api = api
        self.seed = api.sandbox.seed
        self.version = self.seed.integration(definition(connection=connection))["id"]
        self.customers = [self.seed.customer(name)["id"] for name in ("North", "South")]
        self.instances = [
            self.seed.instance("Ships", customer=customer, integration=self.version)["id"]
            for customer in self.customers
        ]

    def connection(self) -> str:
        (node,) = self.api('{ components(key: "depots") { nodes { connections { nodes { id } } } } }')["components"][
            "nodes"
        ]
        identifier: str = node["connections"]["nodes"][0]["id"]
        return identifier

    def create(self, managed: str = "org", scope: str = "org", **more: Any) -> Any:
        data = {"key": "Depot", "stableKey": "depot", "connection": self.connection(), **more}
        return self.api.done(
            "createScopedConfigVariable",
            f"scopedConfigVariable {{ {SCOPED} }}",
            managedBy=managed,
            variableScope=scope,
            **data,
        )

    def give(self, scoped: str, customer: int = 0, **more: Any) -> Any:
        """Create what a customer has in the connection."""
        data = {"scopedConfigVariable": scoped, "customer": self.customers[customer], **more}
        return self.api.done("createCustomerConfigVariable", f"customerConfigVariable {{ {CUSTOMERS} }}", **data)

    def refused(self, mutation: str, **data: Any) -> str:
        (error,) = self.api.mutate(mutation, "clientMutationId", **data)["errors"]
        message: str = error["messages"][0]
        return message

    def scoped(self, identifier: str) -> Any:
        query = f"query ($id: ID!) {{ scopedConfigVariable(id: $id) {{ {SCOPED} }} }}"
        return self.api(query, id=identifier)["scopedConfigVariable"]

    def theirs(self, identifier: str) -> Any:
        query = f"query ($id: ID!) {{ customerConfigVariable(id: $id) {{ {CUSTOMERS} }} }}"
        return self.api(query, id=identifier)["customerConfigVariable"]

    def listed(self) -> list[str]:
        answer = self.api("{ scopedConfigVariables { nodes { stableKey } } }")["scopedConfigVariables"]
        return [node["stableKey"] for node in answer["nodes"]]

    def instance(self, number: int = 0) -> Any:
        query = """query ($id: ID!) { instance(id: $id) { configState needsDeploy lastDeployedAt deployedVersion
          configVariables { nodes { status customerConfigVariable { id } requiredConfigVariable { key } } } } }"""
        return self.api(query, id=self.instances[number])["instance"]

    def status(self, number: int = 0) -> str:
        (variable,) = [
            node
            for node in self.instance(number)["configVariables"]["nodes"]
            if node["requiredConfigVariable"]["key"] == "Depot"
        ]
        status: str = variable["status"]
        return status

    def deploy(self, number: int = 0) -> None:
        self.api.done("deployInstance", "instance { id }", id=self.instances[number])

    def choose(self, variable: str, number: int = 0) -> None:
        """Let an instance use a customer's own connection."""
        entry = {"key": "Depot", "customerConfigVariableId": variable}
        data = {"id": self.instances[number], "configVariables": [entry]}
        self.api.done("updateInstanceConfigVariables", "instance { id }", **data)


def inputs(node: Any) -> dict[str, tuple[str | None, bool]]:
    return {item["name"]: (item["value"], item["hasValue"]) for item in node["inputs"]["nodes"]}


def sent(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]
