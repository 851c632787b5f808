"""Warnings about manifests, in every command that reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.shell import Shell

MANIFESTS = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: one}
spec: {name: "One ${REGION}"}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: two}
spec: {name: Two}
"""
WARNING = "'${…' is not a variable and is sent as plain text"


@pytest.mark.parametrize(
    "command",
    [("validate",), ("validate", "--online"), ("plan",), ("apply", "--auto-approve")],
    ids="-".join,
)
def test_a_warning_about_the_manifests_is_reported_once_and_fails_nothing(
    command: tuple[str, ...], shell: Shell
) -> None:
    """Offline and online, in a plan and in an apply, the warning stands at its line, and the run succeeds."""
    shell.write("all.yaml", MANIFESTS)
    ran = shell.tenant(*command, "-f", "all.yaml")
    assert ran.code == 0, ran.err
    (line,) = [line for line in (ran.out + ran.err).splitlines() if WARNING in line]
    assert "all.yaml:4:14" in line


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_warning_belongs_to_its_resource(command: str, shell: Shell) -> None:
    """With --target the warnings of other resources are left out."""
    shell.write("all.yaml", MANIFESTS)
    for target, count in (("Customer/one", 1), ("Customer/two", 0)):
        ran = shell.tenant(command, "-f", "all.yaml", "--target", target, "--format", "json")
        warnings = json.loads(ran.out)["warnings"]
        assert len([each for each in warnings if "is not a variable" in each["message"]]) == count
