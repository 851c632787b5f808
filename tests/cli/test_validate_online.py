"""``validate --online``: the manifests against the tenant, without a secret and without a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.shell import CUSTOMER, INSTANCE

if TYPE_CHECKING:
    from cli.shell import Shell


def test_what_the_tenant_would_refuse_is_told_at_its_line(shell: Shell) -> None:
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


def test_what_is_right_is_told_as_valid(shell: Shell) -> None:
    """Manifests that the tenant takes are valid, online as offline."""
    shell.monkeypatch.delenv("WORD")
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    ran = shell.run("validate", "-f", "all.yaml", "--online")
    assert (ran.code, ran.out) == (0, "Valid: 1 Customer, 1 Instance.\n"), ran.err
