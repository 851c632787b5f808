"""``drift --unmanaged``: the live objects that nobody declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.shell import Shell

PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec: {}\n"
MANIFESTS = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, externalId: a-1, labels: [west]}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: stock}
spec: {customer: acme, name: Stock, integration: {name: CRM Contacts}}
"""


@pytest.fixture
def tenant(shell: Shell) -> Shell:
    """A tenant as declared, with objects besides: owned ones, another project's, and ones that nobody declares."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", MANIFESTS)
    assert shell.tenant("apply", "--auto-approve").code == 0
    seed = shell.world.seed
    (acme,) = shell.world.rows("customers", name="Acme")
    version = seed.version("CRM Contacts")["id"]
    for number in (10, 9):
        seed.instance(f"Old {number}", customer=acme["id"], integration=version)
    seed.customer("Orphan", labels=["gitops:shop"])
    seed.customer("Theirs", labels=["gitops:other"])
    lone = seed.customer("Lone <b>", labels=["east"])
    seed.instance("Alone", customer=lone["id"], integration=version)
    return shell


THEIRS = ["Customer Lone <b>", "Instance Alone"]
OURS = ["Instance Old 9", "Instance Old 10"]


def unmanaged(shell: Shell, *options: str) -> list[str]:
    ran = shell.tenant("drift", "--unmanaged", "--format", "json", *options)
    assert ran.code == 0, ran.err
    return [f"{each['kind']} {each['name']}" for each in json.loads(ran.out)["drift"]["unmanaged"]]


def test_only_what_nobody_declares_is_listed(tenant: Shell) -> None:
    """Declared, owned and other projects' objects are left out; the rest comes by customer, in natural order."""
    found = unmanaged(tenant)
    assert found[:4] == [*OURS, *THEIRS]
    assert {each.partition(" ")[0] for each in found[4:]} <= {"User"}, "the organization comes last"


def test_an_undeclared_object_is_no_drift(tenant: Shell) -> None:
    """The exit code is that of the drift alone, and without the option nothing more is read or said."""
    ran = tenant.tenant("drift")
    assert (ran.code, "Alone" in ran.out) == (0, False)
    tenant.world.forget()
    assert "unmanaged" not in json.loads(tenant.tenant("drift", "--format", "json").out)["drift"]
    few = len(tenant.world.sandbox.log.entries)
    tenant.world.forget()
    assert unmanaged(tenant)
    assert few < len(tenant.world.sandbox.log.entries) < few + 20
    assert tenant.world.mutations == []
    (acme,) = tenant.world.rows("customers", name="Acme")
    tenant.world.sandbox.store.update("customers", acme["id"], name="Acme 2")
    assert tenant.tenant("drift", "--unmanaged").code == 2


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--customer", "acme"), OURS),
        (("--integration", "CRM Contacts"), [*OURS, "Instance Alone"]),
        (("--customer", "a-1", "--integration", "CRM Contacts"), OURS),
        (("--target", "Instance/*"), [*OURS, "Instance Alone"]),
        (("--target", "Instance/stock"), []),
        (("--label", "WEST"), OURS),
    ],
)
def test_selectors_restrict_what_is_listed(tenant: Shell, options: tuple[str, ...], found: list[str]) -> None:
    """The selectors of a drift mean live objects as well as manifests."""
    assert unmanaged(tenant, *options) == found


def test_every_report_lists_it(tenant: Shell) -> None:
    """Text, Markdown and HTML group the objects by customer; a name acts in none of them."""
    ran = tenant.tenant(
        "drift",
        "--unmanaged",
        "--report",
        "markdown=drift.md",
        "--report",
        "html=drift.html",
        "--report",
        "json=d.json",
    )
    assert ran.code == 0
    lines = ran.out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Declared by nobody (no drift): "))
    assert lines[start + 1 : start + 3] == ["  Acme", "    ? Instance 'Old 9'"]
    identifier = tenant.world.rows("instances", name="Old 9")[0]["id"]
    assert f"    ? Instance 'Old 9' ({identifier})" in tenant.tenant("drift", "--unmanaged", "-v").out.splitlines()
    assert "  Lone <b>" in lines
    markdown = (tenant.folder / "drift.md").read_text(encoding="utf-8")
    assert "Declared by nobody (no drift)" in markdown
    assert "- `Lone <b>`\n  - Customer `Lone <b>`\n  - Instance `Alone`" in markdown.replace("> ", "")
    html = (tenant.folder / "drift.html").read_text(encoding="utf-8")
    assert '"name":"Lone \\u003cb\\u003e"' in html
    assert "Lone <b>" not in html


def test_a_long_group_is_cut_in_text(tenant: Shell) -> None:
    """A person sees the first objects and the number of the others; -v and JSON have all."""
    (acme,) = tenant.world.rows("customers", name="Acme")
    version = tenant.world.seed.version("CRM Contacts")["id"]
    for number in range(11, 40):
        tenant.world.seed.instance(f"Old {number}", customer=acme["id"], integration=version)
    ran = tenant.tenant("drift", "--unmanaged", "--customer", "acme")
    assert ran.out.count("? Instance") == 20
    assert "      … 11 more (-v lists all)" in ran.out.splitlines()
    assert tenant.tenant("drift", "--unmanaged", "--customer", "acme", "-v").out.count("? Instance") == 31
    assert len(unmanaged(tenant, "--customer", "acme")) == 31


def test_a_tenant_without_undeclared_objects_says_so(tenant: Shell) -> None:
    """An empty list is an answer, in every format."""
    assert "everything live is declared" in tenant.tenant("drift", "--unmanaged", "--target", "Instance/stock").out
    for form in ("markdown", "html"):
        tenant.tenant("drift", "--unmanaged", "--target", "Instance/stock", "--report", f"{form}=none.txt")
        assert "everything live is declared" in (tenant.folder / "none.txt").read_text(encoding="utf-8")
