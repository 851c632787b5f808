"""``get KIND``: what is live and what is declared, side by side, each with its state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.text.wrapping import wrapped

if TYPE_CHECKING:
    from cli.shell import Shell

MANIFESTS = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, externalId: a-1, labels: [West]}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: going}
spec: {name: Going}
lifecycle: {state: absent}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: released}
spec: {name: Released}
lifecycle: {state: unmanaged}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: planned}
spec: {name: Planned, labels: [east]}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: stock}
spec: {customer: acme, name: Stock, integration: {name: Acme Inventory, version: 2}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: contacts}
spec: {customer: acme, name: Contacts, integration: {name: CRM Contacts}}
"""
PARENTS = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: a-handle}
spec: {name: Mole}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: z-handle}
spec: {name: Aardvark}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: first}
spec: {customer: a-handle, name: First, integration: {name: Acme Inventory, version: 2}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: second}
spec: {customer: z-handle, name: Second, integration: {name: Acme Inventory, version: 2}}
"""
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec: {}\n"
LIVE = [
    {"name": "Acme", "externalId": "a-1", "labels": ["gitops:shop", "west"]},
    {"name": "Going"},
    {"name": "Released", "labels": ["gitops:shop"]},
    {"name": "Orphan", "labels": ["gitops:shop"]},
    {"name": "Theirs", "labels": ["gitops:other"]},
    {"name": "Customer 10"},
    {"name": "customer 9", "labels": ["west"]},
]
STATES = {
    "Acme": "declared",
    "Customer 10": "unmanaged",
    "Going": "to delete",
    "Orphan": "orphan",
    "Planned": "missing",
    "Released": "released",
    "Theirs": "of another project",
    "customer 9": "unmanaged",
}


@pytest.fixture
def tenant(shell: Shell) -> Shell:
    """A tenant with an object in each state, and a project."""
    for fields in LIVE:
        shell.world.seed.customer(**fields)
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", MANIFESTS)
    return shell


def objects(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    ran = shell.tenant("get", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["objects"]
    return found


def test_each_object_has_its_state(tenant: Shell) -> None:
    """Live and declared objects are told apart, in the order that people expect."""
    found = objects(tenant, "customers")
    assert {each["name"]: each["state"] for each in found} == STATES
    assert [each["name"] for each in found][1:3] == ["customer 9", "Customer 10"]


@pytest.mark.parametrize("word", ["Customer", "customer", "customers", "CUSTOMERS"])
def test_a_kind_is_named_as_people_write_it(tenant: Shell, word: str) -> None:
    """Case and a plural do not matter."""
    assert len(objects(tenant, word)) == len(STATES)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("acme",), ["Acme"]),
        (("Planned",), ["Planned"]),
        (("*r*ph*",), ["Orphan"]),
        (("nothing*",), []),
        (("--label", "WEST"), ["Acme", "customer 9"]),
        (("--label", "east"), ["Planned"]),
        (("--customer", "a-1"), ["Acme"]),
        (("--customer", "planned", "--customer", "Theirs"), ["Planned", "Theirs"]),
    ],
)
def test_a_part_is_listed(tenant: Shell, arguments: tuple[str, ...], names: list[str]) -> None:
    """A name, a pattern or a selector restricts the list; names that are live or declared are both known."""
    assert [each["name"] for each in objects(tenant, "customer", *arguments)] == names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("customer", "acm"), "no Customer is named 'acm', live or declared; did you mean 'Acme' or 'acme'?"),
        (("customer", "--label", "wst"), "--label wst: nothing has this label; did you mean 'west'"),
        (("custmer",), "'custmer' cannot be listed; did you mean 'Customer'?"),
        (("customer", "--step", "x"), "--step, --execution and --show-in-ci belong to get executions"),
        (("executions",), "get executions takes the address of one instance"),
        (("executions", "Instance/inventory.*"), "get executions takes the address of one instance"),
    ],
)
def test_a_mistake_is_named(tenant: Shell, arguments: tuple[str, ...], message: str) -> None:
    """What nothing has is an error with what was probably meant."""
    ran = tenant.tenant("get", *arguments)
    assert ran.code == 1
    assert message in ran.err


def test_instances_have_their_customer_and_version(tenant: Shell) -> None:
    """The table has the live version, and names the manifest."""
    assert tenant.tenant("apply", "--target", "Instance/stock", "--auto-approve").code == 0
    lines = tenant.tenant("get", "instances").out.splitlines()
    assert lines == [
        "State     Name      Belongs to  Version  Manifest",
        "missing   Contacts  Acme                 Instance/contacts",
        "declared  Stock     Acme        2        Instance/stock",
        "",
        "1 missing, 1 declared",
    ]


def test_a_missing_instance_belongs_to_its_missing_customer(shell: Shell) -> None:
    """Before the first apply an instance has its customer's name, by which the list is sorted, and not the handle."""
    shell.write("all.yaml", PARENTS)
    found = objects(shell, "instances", "-f", "all.yaml")
    assert [(each["belongsTo"], each["name"]) for each in found] == [("Aardvark", "Second"), ("Mole", "First")]


def test_long_lines_of_all_states_have_one_indent(shell: Shell) -> None:
    """On a narrow terminal the continuation of a line does not depend on the object's state."""
    states = ("missing", "declared", "orphan", "unmanaged", "released", "to delete", "of another project")
    indents = set()
    for state in states:
        _, continued, *_ = wrapped(f"{state:<18}  Contacts  Acme  Instance/contacts-of-a-long-name", 40)
        indents.add(len(continued) - len(continued.lstrip()))
    assert indents == {4}


def test_nothing_is_changed_and_no_secret_is_needed(tenant: Shell) -> None:
    """The list needs no secret of the manifests, and sends no mutation."""
    secret = "  configVariables: {My String: {valueFrom: {env: NOT_SET}}}\n"
    tenant.write(
        "more.yaml",
        "apiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: more}\nspec:\n  customer: acme\n  name: More\n"
        f"  integration: {{name: Acme Inventory}}\n{secret}",
    )
    assert objects(tenant, "instances", "more")[0]["state"] == "missing"
    assert tenant.world.mutations == []


def test_without_manifests_all_is_unmanaged(shell: Shell) -> None:
    """Before a first manifest the list shows what there is."""
    shell.world.seed.customer(name="Somebody")
    assert [each["state"] for each in objects(shell, "customers")] == ["unmanaged"]
    assert objects(shell, "instances") == []


def test_what_several_live_objects_may_be_is_not_missing(shell: Shell) -> None:
    """Where a manifest may mean two objects, both are listed, and none is called missing."""
    for name in ("Pager", "Other"):
        shell.world.seed.add("alertWebhooks", name=name, url="https://x.example", payloadTemplate="x")
    (other,) = shell.world.rows("alert_webhooks", name="Other")
    shell.world.sandbox.store.update("alert_webhooks", other["id"], name="Pager")
    manifest = "apiVersion: reconciler/v1\nkind: AlertWebhook\nmetadata: {name: pager}\nspec: {name: Pager}\n"
    shell.write("all.yaml", manifest)
    assert [each["state"] for each in objects(shell, "alertwebhooks", "-f", "all.yaml")] == ["unmanaged"] * 2


def test_what_belongs_to_a_declared_customer_is_found_by_its_handle(tenant: Shell) -> None:
    """The handle of a customer chooses its instances, those without a manifest too."""
    assert tenant.tenant("apply", "--target", "Customer/acme", "--auto-approve").code == 0
    (acme,) = tenant.world.rows("customers", name="Acme")
    version = tenant.world.seed.version("CRM Contacts")["id"]
    tenant.world.seed.instance("Undeclared", customer=acme["id"], integration=version)
    found = objects(tenant, "instances", "--customer", "acme")
    assert [(each["name"], each["state"]) for each in found] == [
        ("Contacts", "missing"),
        ("Stock", "missing"),
        ("Undeclared", "unmanaged"),
    ]
