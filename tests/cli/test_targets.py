"""A target that is in no manifest is reported alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifests import customer, instance

if TYPE_CHECKING:
    from cli.shell import Shell

MANIFESTS = (
    customer()
    + instance("Inventory", "name: Acme Inventory")
    + """\
  configVariables: {My String: {valueFrom: {env: NOT_SET_ANYWHERE}}}
"""
)
WRONG = MANIFESTS + "---\napiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: wrong}\nspec: {nam: Wrong}\n"


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("drift",), ("validate",)])
@pytest.mark.parametrize("manifests", [MANIFESTS, WRONG], ids=["secrets", "mistakes"])
def test_a_mistyped_target_is_reported_alone(command: tuple[str, ...], manifests: str, shell: Shell) -> None:
    """Neither secrets that nobody needs for it nor mistakes elsewhere stand before it."""
    shell.write("all.yaml", manifests)
    ran = shell.tenant(*command, "-f", "all.yaml", "--target", "Customer/flt")
    assert ran.code == 1
    assert "--target Customer/flt: no manifest has this address; did you mean 'Customer/ftl'?" in ran.err
    assert "NOT_SET_ANYWHERE" not in ran.err
    assert "all.yaml:" not in ran.err


def test_a_target_that_needs_no_secret_is_planned_without_it(shell: Shell) -> None:
    """Secrets are asked for only where a target needs them."""
    shell.write("all.yaml", MANIFESTS)
    assert shell.tenant("plan", "-f", "all.yaml", "--target", "Customer/ftl").code == 0
