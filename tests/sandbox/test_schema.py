"""The sandbox's schema against the real one, and every field and argument of it at work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    validate,
)
from prismatic.product_operations import product_operations

import reconciler
from reconciler.prismatic.graphql.batching import Call, Merger
from reconciler.sandbox.data.alert_monitors import trigger_monitor
from reconciler.sandbox.resolvers.schema import executable_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLField
    from sandbox.client import Api

    from reconciler.model.operation import Operation

PACKAGE = Path(reconciler.__file__).parent
SHARED = Path(__file__).parents[3] / "shared"
_SAMPLES: dict[str, Any] = {
    "String": "text",
    "ID": "VGV4dDp0ZXh0",
    "Int": 1,
    "Boolean": True,
    "DateTime": "2024-05-01T00:00:00Z",
    "JSONString": "{}",
    "UUID": "8f8c1d5e-52a3-4a5e-a6f6-7a3f1d4c2b10",
}


def test_the_schema_is_a_strict_subset_of_the_real_one() -> None:
    """Whatever is valid against the sandbox's schema is valid against the real API's."""
    tool = SHARED / "tools" / "check_sandbox_schema.py"
    if not tool.exists():
        pytest.skip("the real API's schema is not beside this checkout")
    own = PACKAGE / "sandbox" / "schema.graphql"
    run = subprocess.run([sys.executable, str(tool), str(own)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def _furnish(api: Api) -> str:
    """Fill a sandbox so that every type of object exists, and return the ID of an instance that ran."""
    seed = api.sandbox.seed
    customer = seed.customer("FTL Rockets", externalId="ftl", labels=["gold"])["id"]
    seed.user("kim@ftl.example", customer=customer)
    scoped = seed.scoped_variable("shared-warehouse")
    reusable = seed.customer_variable(scoped["id"], customer=customer, key="warehouse")
    agent = seed.on_premise_resource("office", customer=customer)
    version = seed.version("Every Data Type")
    made = seed.instance(
        "Types",
        customer=customer,
        integration=version["id"],
        deployed=True,
        labels=["one"],
        configVariables=[
            {"key": "A Connection", "customerConfigVariableId": reusable["id"], "onPremiseResourceId": agent["id"]}
        ],
    )
    seed.add("webhookEndpoints", name="Deploys", url="https://hooks.example.com", events=["instance.deployed"])
    seed.add("alertWebhooks", name="PagerDuty", headers={"A": "b"})
    seed.add("alertGroups", name="DevOps", users=[{"email": "kim@ftl.example"}], webhooks=[{"name": "PagerDuty"}])
    seed.add("logStreams", name="Datadog", severities=["warn"])
    notify = {
        "groups": [{"name": "DevOps"}],
        "users": [{"email": "kim@ftl.example"}],
        "webhooks": [{"name": "PagerDuty"}],
    }
    monitor = seed.add(
        "alertMonitors",
        name="Failed",
        instance={"name": "Types"},
        flows="all",
        triggers=["Execution Failed"],
        duration="10s",
        overdue="30m",
        logLevel="error",
        notify=notify,
    )
    trigger_monitor(api.sandbox.tenant, monitor["id"], "It failed")
    crm = seed.version("CRM Contacts")
    seed.instance("CRM", customer=customer, integration=crm["id"])
    (config,) = api('{ instanceFlowConfigs(flow_Name: "Show Configuration") { nodes { id instance { isSystem } } } }')[
        "instanceFlowConfigs"
    ]["nodes"][1:]
    api.done("testInstanceFlowConfig", "testInstanceFlowConfigResult { statusCode headers }", id=config["id"])
    identifier: str = made["id"]
    return identifier


def _selection(kind: GraphQLObjectType, depth: int) -> str:
    """Return a selection of everything below a type, as deep as asked, leaving out required arguments."""
    parts = []
    for name, field in kind.fields.items():
        if any(is_non_null_type(argument.type) for argument in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and is_object_type(inner):
            parts.append(f"{name} {{ {_selection(inner, depth - 1)} }}")
    return " ".join(parts) or "__typename"


def _listed(field: GraphQLField) -> bool:
    return {"first", "after"} <= set(field.args)


def test_every_field_of_every_object_can_be_read(api: Api) -> None:
    """Nothing the schema offers is left without an answer, on any kind of object."""
    _furnish(api)
    root = executable_schema().query_type
    assert root is not None
    for name, field in root.fields.items():
        inner = get_named_type(field.type)
        if is_object_type(inner) and not any(is_non_null_type(arg.type) for arg in field.args.values()):
            answer = api.raw(f"{{ {name} {{ {_selection(inner, 3)} }} }}")
            assert "errors" not in answer, (name, answer["errors"][:3])


def test_single_objects_are_read_by_the_ids_their_lists_give(api: Api) -> None:
    """Every list of the root has a field for one object, which returns the same object."""
    _furnish(api)
    root = executable_schema().query_type
    assert root is not None
    for name, field in root.fields.items():
        if "id" in field.args and not _listed(field):
            plural = f"{name}s"
            nodes = api(f"{{ {plural} {{ nodes {{ id }} }} }}")[plural]["nodes"]
            assert nodes, plural
            found = api(f"query ($id: ID!) {{ {name}(id: $id) {{ id __typename }} }}", id=nodes[0]["id"])
            assert found[name]["id"] == nodes[0]["id"]


def _lists() -> Iterator[tuple[str, str, GraphQLField]]:
    for kind in executable_schema().type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                if _listed(field):
                    yield kind.name, name, field


_PATHS = {
    "AlertMonitor": "{{ alertMonitors {{ nodes {{ {0} }} }} }}",
    "AlertTrigger": "{{ alertTriggers {{ nodes {{ {0} }} }} }}",
    "AlertGroup": "{{ alertGroups {{ nodes {{ {0} }} }} }}",
    "AlertWebhook": "{{ alertWebhooks {{ nodes {{ {0} }} }} }}",
    "RootQuery": "{{ {0} }}",
    "Customer": "{{ customers {{ nodes {{ {0} }} }} }}",
    "Organization": "{{ organization {{ {0} }} }}",
    "Role": "{{ organizationRoles {{ {0} }} }}",
    "Integration": "{{ integrations {{ nodes {{ {0} }} }} }}",
    "Instance": "{{ instances {{ nodes {{ {0} }} }} }}",
    "InstanceConfigVariable": "{{ instances {{ nodes {{ configVariables {{ nodes {{ {0} }} }} }} }} }}",
    "InstanceFlowConfig": "{{ instanceFlowConfigs {{ nodes {{ {0} }} }} }}",
    "InstanceExecutionResult": "{{ executionResults {{ nodes {{ {0} }} }} }}",
    "RequiredConfigVariable": "{{ integrations {{ nodes {{ requiredConfigVariables {{ nodes {{ {0} }} }} }} }} }}",
    "Connection": (
        "{{ integrations {{ nodes {{ requiredConfigVariables {{ nodes {{ connection {{ {0} }} }} }} }} }} }}"
    ),
    "Component": "{{ components {{ nodes {{ {0} }} }} }}",
    "CustomerConfigVariable": "{{ customerConfigVariables {{ nodes {{ {0} }} }} }}",
    "ScopedConfigVariable": "{{ scopedConfigVariables {{ nodes {{ {0} }} }} }}",
}


def _literal(kind: Any) -> str:
    """Return a value of an argument's type, as GraphQL writes it."""
    if is_non_null_type(kind):
        return _literal(kind.of_type)
    if is_list_type(kind):
        return f"[{_literal(kind.of_type)}]"
    if is_enum_type(kind):
        return next(iter(kind.values))
    sample = _SAMPLES[kind.name]
    return f'"{sample}"' if isinstance(sample, str) else str(sample).lower()


def test_every_filter_of_every_list_is_understood(api: Api) -> None:
    """No argument of the schema fails, in any list."""
    _furnish(api)
    tried = 0
    for kind, name, field in _lists():
        filters = [
            f"f{index}: {name}({argument}: {_literal(described.type)}) {{ totalCount nodes {{ id }} }}"
            for index, (argument, described) in enumerate(field.args.items())
            if argument not in {"before", "after", "filterQuery"}
            and not is_input_object_type(get_named_type(described.type))
        ]
        answer = api.raw(_PATHS[kind].format(" ".join(filters)))
        assert "errors" not in answer, (kind, name, answer["errors"][:3])
        tried += len(filters)
    assert tried > 250


def test_every_order_of_every_list_is_understood(api: Api) -> None:
    """Each order field sorts, both ways, as ``sortBy`` and as ``orderBy``."""
    _furnish(api)
    tried = 0
    for kind, name, field in _lists():
        if "orderBy" not in field.args:
            continue
        order = get_named_type(field.args["orderBy"].type)
        values = list(get_named_type(order.fields["field"].type).values)
        arguments = [
            f"{argument}: {{field: {value}, direction: {direction}}}"
            for value in values
            for direction in ("ASC", "DESC")
            for argument in ("orderBy", "sortBy")
            if argument in field.args
        ]
        selected = " ".join(f"f{i}: {name}({text}) {{ nodes {{ id }} }}" for i, text in enumerate(arguments))
        answer = api.raw(_PATHS[kind].format(selected))
        assert "errors" not in answer, (kind, name, answer["errors"][:3])
        tried += len(arguments)
    assert tried > 150


@pytest.mark.parametrize("operation", product_operations(), ids=lambda operation: operation.name)
def test_the_product_s_own_operations_are_valid(operation: Operation) -> None:
    """Every GraphQL document the product sends is valid against the sandbox's schema."""
    document = Merger().merge([Call(operation, {})]).node
    assert validate(executable_schema(), document) == []
