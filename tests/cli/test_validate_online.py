"""``validate --online``: the manifests against the tenant, without a secret and without a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.shell import CUSTOMER, INSTANCE

if TYPE_CHECKING:
    from cli.shell import Shell

MOVING = """---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: moving}
spec:
  customer: ftl
  name: Moving
  integration: {name: Acme Inventory, version: 1}
  configVariables: {Legacy Export Path: elsewhere/}
"""


def test_values_that_the_tenant_would_refuse_are_reported_at_their_lines(shell: Shell) -> None:
    """An unknown variable passes offline and is told online, where no secret is set and nothing is written."""
    shell.monkeypatch.delenv("WORD")
    shell.write("all.yaml", CUSTOMER + INSTANCE.replace("A Number: 7", "A Nomber: 7"))
    assert shell.run("validate", "-f", "all.yaml").code == 0
    ran = shell.run("validate", "-f", "all.yaml", "--online")
    assert ran.code == 1
    assert ran.err.startswith(
        "all.yaml:16:5: Instance/types: the integration has no config variable 'A Nomber'; did you"
    )
    assert not shell.world.mutations


def test_right_manifests_are_reported_as_valid(shell: Shell) -> None:
    """Manifests that the tenant takes are valid, online as offline."""
    shell.monkeypatch.delenv("WORD")
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    ran = shell.run("validate", "-f", "all.yaml", "--online")
    assert (ran.code, ran.out) == (0, "Valid: 1 Customer, 1 Instance.\n"), ran.err


def test_warnings_are_in_every_report(shell: Shell) -> None:
    """A warning of the tenant's check is in the result and in each report, and no reason to fail."""
    shell.write("all.yaml", CUSTOMER + MOVING)
    assert shell.run("apply", "-f", "all.yaml", "--auto-approve").code == 0
    moved = MOVING.replace("version: 1", "version: 2").partition("  configVariables")[0]
    shell.write("all.yaml", CUSTOMER + moved)
    ran = shell.run("validate", "-f", "all.yaml", "--online", "--report", "codequality=found.json", "--format", "json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["valid"] == {"Customer": 1, "Instance": 1}
    kept = json.loads((shell.folder / "found.json").read_text(encoding="utf-8"))
    assert [each["location"]["lines"]["begin"] for each in kept] == [
        each["source"]["line"] for each in told["warnings"]
    ]
    assert "Legacy Export Path" in kept[0]["description"]
