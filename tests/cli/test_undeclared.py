"""Orphans: owned by the project and in no manifest, listed by ``drift`` in every format without counting as drift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, PROJECT

if TYPE_CHECKING:
    from cli.shell import Shell

ONE = "metadata: {name: ftl}\nspec: {name: FTL Rockets}\n"
HEADING = "Owned by this project but not declared (kept: pruning is off)"


@pytest.fixture
def tenant(shell: Shell) -> Shell:
    """A project whose one customer is as declared, beside one that it owns and does not declare."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant("apply", "--auto-approve").code == 0
    shell.world.seed.customer("Stray", labels=["gitops:acme"])
    return shell


def test_an_orphan_is_listed_and_is_no_drift(tenant: Shell) -> None:
    """With pruning off, drift exits 0 just as the plan is empty, and says what is owned and not declared."""
    ran = tenant.tenant("drift")
    assert ran.code == 0
    assert HEADING in ran.out
    assert "? Customer 'Stray'\n" in ran.out
    assert ran.out.endswith("No drift: 1 as declared, 1 owned but not declared.\n")
    assert tenant.tenant("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("form", ["markdown", "html", "junit", "codequality"])
def test_no_format_counts_an_orphan_as_drift(form: str, tenant: Shell) -> None:
    """No report fails, warns or counts a difference because of it."""
    ran = tenant.tenant("drift", "--format", form)
    assert ran.code == 0
    if form == "junit":
        assert 'failures="0"' in ran.out
        assert "Stray" in ran.out
    elif form == "codequality":
        assert json.loads(ran.out) == []
    else:
        assert HEADING in ran.out
        assert "1 owned but not declared" in ran.out


def test_json_holds_why_an_orphan_is_kept(tenant: Shell) -> None:
    """The JSON report lists it with the reason, and with no difference beside it."""
    ran = tenant.tenant("drift", "--format", "json")
    found = json.loads(ran.out)
    assert [(each["name"], each["kept"]) for each in found["unclaimed"]] == [("Stray", "pruning is off")]
    assert found["changes"] == []
    assert (found["drift"]["differs"], found["drift"]["missing"], found["drift"]["present"]) == ([], [], [])


def test_a_difference_beside_an_orphan_is_drift(tenant: Shell) -> None:
    """Exit 2 is for the difference alone, and only that is counted."""
    (row,) = tenant.world.rows("customers", name="FTL Rockets")
    tenant.world.sandbox.store.update("customers", row["id"], description="Meddled")
    ran = tenant.tenant("drift")
    assert ran.code == 2
    assert "Drift: 1 differs from the manifests" in ran.out
    assert "0 as declared, 1 owned but not declared." in ran.out


def test_a_protected_orphan_is_kept_although_pruning_is_on(tenant: Shell) -> None:
    """What pruning leaves alone is no drift either: the plan would do nothing about it, today and tomorrow."""
    tenant.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {prune: true}"))
    (row,) = tenant.world.rows("customers", name="Stray")
    tenant.world.sandbox.store.update("customers", row["id"], labels=["gitops:acme", "gitops:protected"])
    ran = tenant.tenant("drift", "--format", "json")
    assert ran.code == 0
    assert [each["kept"] for each in json.loads(ran.out)["unclaimed"]] == ["it is protected"]
    assert "Owned by this project but not declared (kept)" in tenant.tenant("drift").out


def test_an_orphan_that_pruning_would_delete_is_drift(tenant: Shell) -> None:
    """With pruning on, the plan deletes it, and drift says so with exit 2."""
    tenant.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {prune: true}"))
    ran = tenant.tenant("drift")
    assert ran.code == 2
    assert "present" in ran.out
