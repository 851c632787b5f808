"""``verify`` in a manifest: part of its content, and no field of the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.errors import PlanRefused
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

MANIFEST = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: acme
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
"""
VERIFY = "  verify: {flows: {Sync Inventory: {payload: {ping: 1}}}}\n"


def test_adding_it_changes_nothing_in_the_tenant(world: World) -> None:
    """A manifest that gets a ``verify`` and differs in nothing else makes an empty plan."""
    world.apply(MANIFEST)
    assert world.plan(MANIFEST + VERIFY).empty


def test_an_unknown_flow_is_an_error_at_its_place(world: World) -> None:
    """A flow that the declared version does not have is refused when the plan is made, with a suggestion."""
    world.apply(MANIFEST)
    with pytest.raises(PlanRefused) as refused:
        world.plan(MANIFEST + VERIFY.replace("Sync Inventory", "Sync Inventry"))
    (problem,) = refused.value.problems
    assert "no flow is named 'Sync Inventry'; did you mean 'Sync Inventory'?" in str(problem)
    assert problem.place
    assert problem.place.line == 14


def test_the_text_of_a_payload_file_is_part_of_the_manifest(tmp_path: Path) -> None:
    """A payload from a file is in the spec, and in the digest by which a saved plan knows its manifests."""

    def read(text: str) -> tuple[str, str]:
        (tmp_path / "order.json").write_text(text, encoding="utf-8")
        (tmp_path / "it.yaml").write_text(
            MANIFEST + VERIFY.replace("{ping: 1}", "{file: order.json}"), encoding="utf-8"
        )
        manifests = read_manifests(ManifestOptions(files=("it.yaml",), cwd=tmp_path), default_registry())
        (instance,) = (each for each in manifests.resources if each.kind == "Instance")
        return instance.spec["verify"]["flows"]["Sync Inventory"]["payload"], manifests.digest()

    first, second = read('{"sku": 1}'), read('{"sku": 2}')
    assert first[0] == '{"sku": 1}'
    assert first[1] != second[1]
