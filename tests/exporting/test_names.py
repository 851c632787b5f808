"""Names with unusual characters can be exported and declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exporting.exported import documents, export

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

NAMES = [
    "Acme ",
    " Acme",
    "  Acme  Inc  ",
    "Acme\u00a0",
    "\u00a0Acme",
    "Ac\u00a0me",
    "Acme\u2003",
    "\u3000東京",
    "Acme\u202f",
    "Acme\u200b",
    "Acme #1 ",
    "- Acme ",
    "'Acme' ",
    '"Acme" ',
    "Acme: ",
    "Acme\\ ",
    "true ",
    "12 ",
    "~ ",
    "Acme -- ",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_with_blanks_is_exported_and_declared(world: World, name: str, tmp_path: Path) -> None:
    """Customers, instances, users, labels and external IDs with blanks at an end come back letter by letter."""
    owner = world.seed.customer(name, externalId=f"id {name}", labels=[name])["id"]
    world.seed.customer(f"{name}x", externalId="")
    world.seed.user("lisa@acme.example", customer=owner, name=name)
    version = world.seed.version("Acme Inventory", 1)["id"]
    world.seed.instance(name, customer=owner, integration=version, deployed=True, labels=[name])
    exported = export(world, tmp_path)
    assert exported.left_out == []
    said = [each["spec"] for each in documents(tmp_path).values()]
    assert {each["name"] for each in said if "integration" in each} == {name}
    assert name in {each.get("name") for each in said if "integration" not in each and "email" not in each}
    assert world.plan(tmp_path).empty
    again = export(world, tmp_path)
    assert (again.files, again.kept, again.gone) == ([], [], [])


@pytest.mark.parametrize("name", ["Acme ", "\u00a0Acme"], ids=ascii)
def test_a_name_with_blanks_can_be_created(world: World, name: str) -> None:
    """Declared from nothing, the name arrives as it is written, and the second plan is empty."""
    manifest = f"""
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: acme}}
spec: {{name: "{name}"}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: i}}
spec: {{customer: {{name: "{name}"}}, name: "{name}", integration: {{name: Acme Inventory, version: 1}}}}
"""
    first, _, second = manifest.partition("---")
    assert all(result.ok for result in world.apply(first))
    assert all(result.ok for result in world.apply(second))
    assert [row["name"] for row in world.rows("customers", name=name)] == [name]
    assert world.plan(manifest).empty
