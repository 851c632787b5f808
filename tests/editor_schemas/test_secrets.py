"""No secret gets into a schema, whatever the tenant holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor_schemas.written import written
from graphql import print_ast
from support.world import World

from reconciler.kinds.integration.detail_operations import INSTANCE_VERSIONS, INTEGRATION_DESCRIPTION
from reconciler.prismatic.graphql.documents import used_fragments

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-9Wq3xT"
DEFINITION = f"""
definitionVersion: 7
name: Vault
flows: [{{name: Open, testPayload: {CANARY}-payload}}]
requiredConfigVars:
  - {{key: Plain, dataType: string, defaultValue: shown}}
  - {{key: Marked, dataType: string, defaultValue: {CANARY}-marked, meta: {{sensitive: true}}}}
  - key: Write Only
    dataType: string
    collectionType: valuelist
    defaultValue: '["{CANARY}-list"]'
    meta: {{writeOnly: true}}
  - key: Connection
    dataType: connection
    connection: {{key: basic, component: {{key: vault, version: 1, isPublic: false}}}}
    inputs:
      username: {{type: value, value: {CANARY}-default, meta: {{required: true, comments: Who signs in}}}}
      password: {{type: value, value: {CANARY}-password, meta: {{writeOnly: true}}}}
"""


def test_no_secret_is_in_a_schema(tmp_path: Path) -> None:
    """Neither a connection's defaults, nor what an instance holds, nor the default of a secret is written down."""
    with World(integrations=()) as world:
        world.seed.integration(DEFINITION)
        customer = world.seed.customer("FTL")
        values = [
            {"key": "Plain", "value": f"{CANARY}-value"},
            {"key": "Marked", "value": f"{CANARY}-secret"},
            {"key": "Connection", "values": f'[{{"name": "username", "type": "value", "value": "{CANARY}-input"}}]'},
        ]
        world.seed.instance(
            "Vault", customer=customer["id"], integration=world.seed.version("Vault")["id"], configVariables=values
        )
        schemas = written(world, tmp_path)
    assert not [name for name, text in schemas.texts.items() if CANARY in text]
    text = schemas.texts["manifest.schema.json"]
    assert '"default": "shown"' in text
    assert "Who signs in\\n\\nRequired." in text
    assert all(f'"{name}"' in text for name in ("Marked", "Write Only", "username", "password"))


def test_no_value_of_an_instance_is_read(world: World, tmp_path: Path) -> None:
    """The queries ask neither for values of config variables nor for defaults of inputs."""
    written(world, tmp_path)
    asked = {entry.field for entry in world.sandbox.log.queries}
    assert "instances" in asked
    for operation in (INTEGRATION_DESCRIPTION, INSTANCE_VERSIONS):
        fragments = used_fragments(operation.node, operation.fragments)
        text = "".join(map(print_ast, (operation.node, *fragments.values())))
        assert " value\n" not in text
        assert "hasValue" not in text
