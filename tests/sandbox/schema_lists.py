"""Every list of the sandbox's schema, and how a test gets at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_object_type,
)

from reconciler.sandbox.resolvers.schema import executable_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLArgument
    from sandbox.client import Api

PAGING = frozenset({"first", "last", "after", "before", "offset"})
ORDERS = ("orderBy", "sortBy")
_PARENTS = {
    "AlertMonitor": (
        "alertMonitor",
        "SELECT id FROM alert_monitors WHERE triggered AND flowConfig IS NOT NULL ORDER BY seq",
    ),
    "AlertTrigger": ("alertTrigger", "SELECT id FROM alert_triggers WHERE name = 'Execution Failed'"),
    "AlertGroup": ("alertGroup", "SELECT id FROM alert_groups WHERE name = 'On call'"),
    "AlertWebhook": ("alertWebhook", "SELECT id FROM alert_webhooks WHERE name = 'Pager'"),
    "Customer": ("customer", "SELECT id FROM customers WHERE name = 'North'"),
    "CustomerConfigVariable": (
        "customerConfigVariable",
        "SELECT customerConfigVariable FROM config_variables WHERE customerConfigVariable IS NOT NULL",
    ),
    "Instance": ("instance", "SELECT id FROM instances WHERE name = 'Depot' ORDER BY seq"),
    "InstanceExecutionResult": ("executionResult", "SELECT id FROM executions WHERE error IS NOT NULL ORDER BY seq"),
    "InstanceFlowConfig": (
        "instanceFlowConfig",
        """SELECT c.id FROM flow_configs c JOIN instances i ON i.id = c.instance JOIN flows f ON f.id = c.flow
        WHERE i.name = 'Depot' AND f.name = 'Fail' ORDER BY c.seq""",
    ),
    "Integration": ("integration", "SELECT id FROM integrations WHERE name = 'Crates' AND versionNumber = 2"),
    "ScopedConfigVariable": (
        "scopedConfigVariable",
        "SELECT id FROM scoped_config_variables WHERE key = 'shared-depot'",
    ),
}
_WITHIN = {
    "Component": ("RootQuery", "components { nodes { id %s } }"),
    "Connection": ("RequiredConfigVariable", "connection { id %s }"),
    "InstanceConfigVariable": ("Instance", "configVariables { nodes { id requiredConfigVariable { key } %s } }"),
    "RequiredConfigVariable": ("Integration", "requiredConfigVariables { nodes { id key %s } }"),
}


@dataclass(frozen=True, slots=True)
class ListField:
    """One field that is a list with pages."""

    parent: str
    name: str
    node: GraphQLObjectType
    arguments: Mapping[str, GraphQLArgument]

    def __str__(self) -> str:
        return f"{self.parent}.{self.name}"

    @property
    def filters(self) -> list[str]:
        return [name for name in self.arguments if name not in PAGING and name not in ORDERS]

    @property
    def orders(self) -> list[str]:
        """Return the names by which the list can be ordered."""
        given = next((self.arguments[name] for name in ORDERS if name in self.arguments), None)
        if given is None:
            return []
        order = get_named_type(given.type)
        assert isinstance(order, GraphQLInputObjectType)
        field = get_named_type(order.fields["field"].type)
        assert isinstance(field, GraphQLEnumType)
        return list(field.values)

    def ask(self, api: Api, select: str, **arguments: Any) -> dict[str, Any]:
        """Return the list's connection, of the parent that has most in it."""
        declared = "".join(f", ${name}: {self.arguments[name].type}" for name in arguments)
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        field = f"it: {self.name}{f'({passed})' if passed else ''} {{ {select} }}"
        opening, variables = self._opening(api, self.parent)
        query = opening.replace("%s", field).replace("($parent: ID!", f"($parent: ID!{declared}")
        if not variables:
            query = f"query ({declared.removeprefix(', ')}) {query}" if declared else f"query {query}"
        found = [each for each in _found(api(query, **variables, **arguments)) if each]
        # Of several parents, the one with most in it counts; it is the same in every call.
        return found[self._richest(api) if len(found) > 1 else 0]

    def _richest(self, api: Api) -> int:
        opening, variables = self._opening(api, self.parent)
        whole = opening.replace("%s", f"it: {self.name} {{ nodes {{ id }} }}")
        sizes = [len(each["nodes"]) for each in _found(api(whole, **variables)) if each]
        return sizes.index(max(sizes))

    def _opening(self, api: Api, parent: str) -> tuple[str, dict[str, str]]:
        if parent == "RootQuery":
            return "{ %s }", {}
        if parent == "Organization":
            return "{ organization { %s } }", {}
        if parent == "Role":
            return "{ organizationRoles { %s } }", {}
        if parent in _WITHIN:
            above, within = _WITHIN[parent]
            opening, variables = self._opening(api, above)
            return opening.replace("%s", within), variables
        root, sql = _PARENTS[parent]
        return f"query ($parent: ID!) {{ {root}(id: $parent) {{ %s }} }}", {"parent": api.sandbox.store.value(sql)}


def lists() -> list[ListField]:
    """Return every list there is."""
    return [
        ListField(kind.name, name, node, field.args)
        for kind in executable_schema().type_map.values()
        if is_object_type(kind) and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        if (node := _node(get_named_type(field.type))) is not None
    ]


def _node(kind: Any) -> GraphQLObjectType | None:
    if not is_object_type(kind) or not {"nodes", "pageInfo"} <= set(kind.fields):
        return None
    node = get_named_type(kind.fields["nodes"].type)
    assert isinstance(node, GraphQLObjectType)
    return node


def _found(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        if "it" in data:
            yield data["it"]
        else:
            for value in data.values():
                yield from _found(value)
    elif isinstance(data, list):
        for item in data:
            yield from _found(item)
