"""Schemas for editors know sets of instances: the customers, and the variables of the template's version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from editor_schemas.written import written
from support.world import World

if TYPE_CHECKING:
    from editor_schemas.written import Schemas

HEAD = "definitionVersion: 7\nname: Stock\nflows: [{name: Count}]\nrequiredConfigVars:\n"
FIRST = f"{HEAD}  - {{key: Size, dataType: string}}\n"
SECOND = f"""{HEAD}
  - {{key: Size, dataType: number, defaultValue: "10"}}
  - {{key: Sync, dataType: boolean, defaultValue: "true"}}
  - {{key: Region, dataType: picklist, pickList: [north, south], defaultValue: north}}
"""
CUSTOMERS = "".join(
    f"apiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: {handle}}}\nspec: {{name: {name}}}\n---\n"
    for handle, name in (("ftl", "FTL Rockets"), ("constructor", "Constructor"))
)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    """The schemas of a tenant with two versions of one integration, and of manifests with two customers."""
    with World(integrations=()) as world:
        world.seed.integration(FIRST)
        world.seed.integration(SECOND)
        found = written(world, tmp_path_factory.mktemp("sets"), CUSTOMERS)
        found.check()
        return found


def a_set(template: str, overrides: str = "{}", customers: str = "{from: manifests}", lifecycle: str = "{}") -> str:
    return f"""
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {{name: stock}}
lifecycle: {lifecycle}
spec:
  customers: {customers}
  template: {template}
  overrides: {overrides}
"""


def stock(variables: str, version: str = ", version: 2", name: str = "Stock", more: str = "") -> str:
    return f"{{name: Stock, integration: {{name: {name}{version}}}, configVariables: {variables}{more}}}"


VARIABLES = "spec.template.configVariables"
CASES = [
    (a_set(stock("{Size: 5, Sync: true, Region: south}")), []),
    (a_set(stock("{Size: '${values.size}', Sync: '${values.sync}', Region: '${values.region}'}")), []),
    (a_set(stock("{Size: '${var.size}', Sync: '${var.sync}'}", more=", enabled: '${var.on}'")), []),
    (a_set(stock("{Sync: maybe}")), [f"{VARIABLES}.Sync"]),
    (a_set(stock("{Region: west}")), [f"{VARIABLES}.Region"]),
    (a_set(stock("{Region: 'x-${customer.handle}'}")), []),
    (a_set(stock("{Sise: 5}")), [VARIABLES]),
    (a_set(stock("{Sync: true}", ", version: latest")), []),
    (a_set(stock("{Sise: 5}", ", version: latest")), [VARIABLES]),
    (a_set(stock("{Sise: 5}", "")), []),  # members may have any version
    (a_set(stock("{Sise: 5}", ", version: '${values.version}'")), []),
    (a_set(stock("{}", name="Stok")), ["spec.template.integration.name"]),
    (a_set(stock("{}", name="'${values.integration}'")), []),
    (a_set(stock("{}", name="Stok"), lifecycle="{ignoreChanges: [integration]}"), []),
    (a_set(stock("{}", more=", flowConfigs: {Cuont: {}}")), ["spec.template.flowConfigs"]),
    (a_set(stock("{}"), "{ftl: {configVariables: {Size: null}}}"), []),
    (a_set(stock("{}"), "{ftl: {configVariables: {Sise: 5}}}"), ["spec.overrides.ftl.configVariables"]),
    (a_set(stock("{}"), "{other: {configVariables: {Sise: 5}}}"), ["spec.overrides.other.configVariables"]),
    (a_set(stock("{}"), "{ftl: {integration: {version: 1}, configVariables: {Old: 5}}}"), []),
    (a_set(stock("{}"), "{constructor: {enabled: 3}}"), ["spec.overrides.constructor.enabled"]),
    (a_set(stock("{}"), "{}", "{from: manifests, names: [ftl, new], exclude: [other]}"), []),
]


@pytest.mark.parametrize(("manifest", "places"), CASES)
def test_a_set_is_checked_like_an_instance(schemas: Schemas, manifest: str, places: list[str]) -> None:
    """Names and values are checked by the template's version; placeholders and new customers are accepted."""
    assert schemas.wrong(manifest) == places


def test_an_overlay_of_a_set_takes_integrations_of_the_tenant(schemas: Schemas) -> None:
    """An overlay is checked for the integration's name, and may change anything else."""
    overlay = "kind: InstanceSet\nmetadata: {{name: stock}}\nspec: {{template: {{integration: {{name: {}}}}}}}\n"
    assert schemas.wrong_overlay(overlay.format("Stock")) == []
    assert schemas.wrong_overlay(overlay.format("Stok")) == ["spec.template.integration.name"]


def test_customers_are_offered_by_handle(schemas: Schemas) -> None:
    """The handles of the manifests are offered for names, exclusions and overrides."""
    spec = json.loads(schemas.texts["manifest.schema.json"])["$defs"]["InstanceSet"]["properties"]["spec"]["properties"]
    for name in ("names", "exclude"):
        assert spec["customers"]["properties"][name]["items"]["anyOf"][0]["enum"] == ["ftl"]
    assert list(spec["overrides"]["properties"]) == ["ftl"]
    assert list(spec["overrides"]["patternProperties"]) == ["^constructor$"]
