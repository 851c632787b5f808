"""``lock --upgrade`` across two versions that differ in every possible way."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from support.manifests import customer, instance

if TYPE_CHECKING:
    from cli.shell import Shell

MANIFESTS = (
    customer("name: FTL Rockets")
    + instance("Acme Inventory", "name: Acme Inventory, version: latest", "inventory")
    + """\
  configVariables:
    Warehouse: overseas
    Safety Stock: five
    Batch Size: 5
    Legacy Export Path: old/
"""
)
TOLD = """\
Acme Inventory  1 → 2
  + Low Stock Threshold (NUMBER, default 10)
  + Low Stock Alerts (CONNECTION)
  ~ Warehouse is called Warehouse Region
  ~ Safety Stock: STRING → NUMBER
  ~ Warehouse Region: no longer the option overseas; new option south
  - Legacy Export Path
  + flow Report Low Stock
  ! all.yaml:14:5: Instance/inventory: 'Warehouse' is called 'Warehouse Region'
  ! all.yaml:14:5: Instance/inventory: 'Low Stock Alerts' is a new connection, and is not declared
  ! all.yaml:14:16: Instance/inventory: 'Warehouse' has no option 'overseas' any more
  ! all.yaml:15:5: Instance/inventory: 'Safety Stock' is of the type NUMBER, no longer STRING
  ! all.yaml:17:5: Instance/inventory: 'Legacy Export Path' is gone
"""
MENDED = {
    "Warehouse: overseas": "Warehouse Region: south",
    "Safety Stock: five": "Safety Stock: 5",
    "    Legacy Export Path: old/\n": "    Low Stock Alerts: {inputs: {webhookUrl: {valueFrom: {env: WORD}}}}\n",
}
UPGRADE = ("lock", "-f", "all.yaml", "--upgrade", "Acme Inventory")


@pytest.fixture
def locked(shell: Shell) -> Shell:
    """A manifest for the first version, which the lock holds; the second one is published."""
    shell.write("all.yaml", MANIFESTS)
    shell.write("reconciler.lock", "lockVersion: 1\nintegrations: {Acme Inventory: 1}\n")
    return shell


def test_an_upgrade_reports_every_kind_of_change(locked: Shell) -> None:
    """The command prints what the second version changes, and at which lines of the manifests that matters."""
    ran = locked.run(*UPGRADE)
    assert (ran.code, ran.out, ran.err) == (0, TOLD, "")
    lock = yaml.safe_load((locked.folder / "reconciler.lock").read_text(encoding="utf-8"))
    assert lock["integrations"] == {"Acme Inventory": 2}


def test_changes_point_at_the_lines_that_use_them(locked: Shell) -> None:
    """Each reported place contains what is reported."""
    lines = MANIFESTS.splitlines()
    for line, column, message in re.findall(
        r"all.yaml:(\d+):(\d+): Instance/inventory: (.*)", locked.run(*UPGRADE).out
    ):
        if "is not declared" not in message:
            quoted = re.findall(r"'([^']*)'", message)
            assert lines[int(line) - 1][int(column) - 1 :].startswith(tuple(quoted)), message


def test_json_holds_every_kind_of_change(locked: Shell) -> None:
    """The same as JSON, each kind of change by itself."""
    (move,) = json.loads(locked.run(*UPGRADE, "--format", "json").out)["moves"]
    assert (move["integration"], move["before"], move["after"]) == ("Acme Inventory", 1, 2)
    assert move["changes"] == {
        "added": [
            {"key": "Low Stock Threshold", "type": "NUMBER", "default": "10"},
            {"key": "Low Stock Alerts", "type": "CONNECTION", "default": None},
        ],
        "removed": ["Legacy Export Path"],
        "renamed": [{"before": "Warehouse", "after": "Warehouse Region"}],
        "retyped": [{"key": "Safety Stock", "before": "STRING", "after": "NUMBER"}],
        "defaults": [],
        "options": [{"key": "Warehouse Region", "added": ["south"], "removed": ["overseas"]}],
        "inputs": [],
        "flows": {"added": ["Report Low Stock"], "removed": []},
    }
    assert [each["place"] for each in move["affected"]] == re.findall(r"! (all.yaml:\d+:\d+)", TOLD)


def test_fixing_the_reported_lines_is_enough(locked: Shell) -> None:
    """The plan refuses the reported lines until they are fixed; then the upgrade succeeds."""
    locked.run(*UPGRADE)
    refused = locked.tenant("plan", "-f", "all.yaml", "--locked")
    assert refused.code == 1
    assert {line.split(":")[1] for line in refused.err.splitlines()[:-1]} == {"14", "15", "17"}
    text = MANIFESTS
    for before, after in MENDED.items():
        assert before in text
        text = text.replace(before, after)
    locked.write("all.yaml", text)
    applied = locked.tenant("apply", "-f", "all.yaml", "--locked", "--auto-approve")
    assert applied.code == 0, applied.err
    assert locked.tenant("plan", "-f", "all.yaml", "--locked", "--detailed-exitcode").code == 0


def test_a_fix_belongs_to_an_upgrade(shell: Shell) -> None:
    """Without an upgrade nothing is renamed, and the option would be ignored."""
    refused = shell.run("lock", "--fix")
    assert refused.code == 1
    assert "error: --fix belongs to --upgrade" in refused.err
