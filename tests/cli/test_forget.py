"""``forget``: this project's labels are removed from single objects, and nothing else of them changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, Terminal
from jsonschema import Draft202012Validator

from reconciler.manifests.schema.schemas import load_schema

if TYPE_CHECKING:
    from cli.shell import Shell

USER = """---
apiVersion: reconciler/v1
kind: User
metadata: {name: lisa}
spec: {customer: ftl, email: lisa@ftl.example, role: Admin}
"""
YES = ("--auto-approve",)


@pytest.fixture
def tenant(shell: Shell) -> Shell:
    """An applied project, a labelled object that it does not declare, and one of another project."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE + USER)
    shell.monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", "a key that is long enough")
    assert shell.tenant("apply", "--auto-approve").code == 0
    shell.world.seed.customer("Stray", description="Old", labels=["gitops:acme", "gitops:protected", "west"])
    shell.world.seed.customer("Theirs", labels=["gitops:other"])
    shell.world.seed.customer("Both", labels=["gitops:acme", "gitops:other"])
    shell.world.seed.customer("Nobodys", labels=["west"])
    shell.monkeypatch.delenv("WORD", raising=False)
    shell.world.forget()
    return shell


def row(shell: Shell, name: str) -> dict[str, Any]:
    tables = ("customers", "instances")
    (found,) = [each for table in tables for each in shell.world.rows(table, name=name)]
    return found


def labels(shell: Shell, name: str) -> list[str]:
    found: list[str] = json.loads(row(shell, name)["labels"])
    return sorted(found)


def without(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in {"labels", "updatedAt"}}


@pytest.mark.parametrize("form", ["{id}", "Customer/{id}"])
def test_an_orphan_is_forgotten_by_its_id(form: str, tenant: Shell) -> None:
    """The ID that drift lists, with or without the kind, is enough; every label of others stays."""
    before = row(tenant, "Stray")
    ran = tenant.tenant("forget", form.format(**before), *YES)
    assert ran.code == 0
    assert labels(tenant, "Stray") == ["west"]
    assert without(row(tenant, "Stray")) == without(before)
    assert tenant.world.mutation_names() == ["updateCustomer"]
    assert "takes off gitops:acme, gitops:protected, and changes nothing else" in ran.err
    drift = json.loads(tenant.tenant("drift", "--without-secrets", "--format", "json").out)
    assert [each["name"] for each in drift["unclaimed"]] == ["Both"]


def test_a_declared_resource_is_forgotten_by_its_address(tenant: Shell) -> None:
    """A declared instance loses its labels and fingerprints, with a warning that its manifest adopts it again."""
    before = row(tenant, "Types")
    assert any(each.startswith("gitops:secrets:") for each in labels(tenant, "Types"))
    ran = tenant.tenant("forget", "Instance/types", *YES)
    assert ran.code == 0
    assert labels(tenant, "Types") == []
    assert without(row(tenant, "Types")) == without(before)
    assert tenant.world.mutation_names() == ["updateInstance"]
    assert "its manifest still declares it, so the next apply would make it this project's again" in ran.err
    assert "the fingerprints of its secrets" in ran.err


def test_a_declared_resource_is_forgotten_by_its_id(tenant: Shell) -> None:
    """The ID of what a manifest means is that manifest's object."""
    ran = tenant.tenant("forget", row(tenant, "FTL Rockets")["id"], *YES)
    assert ran.code == 0
    assert labels(tenant, "FTL Rockets") == []
    assert "Customer/ftl: its manifest still declares it" in ran.err
    assert "1 object of it stays this project's, by labels of their own" in ran.err


def test_several_objects_are_forgotten_in_one_run(tenant: Shell) -> None:
    """Names can be repeated and mixed; each object is written once."""
    stray = row(tenant, "Stray")["id"]
    assert tenant.tenant("forget", "Customer/ftl", "Instance/types", stray, f"Customer/{stray}", *YES).code == 0
    assert sorted(tenant.world.mutation_names()) == ["updateCustomer", "updateCustomer", "updateInstance"]
    assert [labels(tenant, name) for name in ("FTL Rockets", "Types", "Stray")] == [[], [], ["west"]]


def test_a_customer_and_its_instance_are_under_one_heading(shell: Shell) -> None:
    """What is shown of one customer is under its name, and not also under its handle."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    assert shell.tenant("apply", "--auto-approve").code == 0
    ran = shell.tenant("forget", "--dry-run", "Customer/ftl", "Instance/types")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert [line for line in lines if line in {"FTL Rockets", "ftl"}] == ["FTL Rockets"]
    assert sum("because it is to be forgotten" in line for line in lines) == 2


def test_a_second_run_has_nothing_to_do(tenant: Shell) -> None:
    """Releasing an object twice is no error, by ID or by address, so a killed run can be repeated."""
    names = ("Customer/ftl", row(tenant, "Stray")["id"])
    assert tenant.tenant("forget", *names, *YES).code == 0
    tenant.world.forget()
    ran = tenant.tenant("forget", *names, *YES)
    assert ran.code == 0
    assert tenant.world.mutations == []
    assert "it carries no label of this project, so there is nothing to take off" in ran.err


@pytest.mark.parametrize("name", ["Theirs", "Both"])
def test_an_object_of_another_project_is_refused(name: str, tenant: Shell) -> None:
    """Another project's label refuses the whole run, also where this project's is there beside it."""
    ran = tenant.tenant("forget", row(tenant, name)["id"], row(tenant, "Stray")["id"], *YES)
    assert ran.code == 1
    assert f"'{name}' belongs to another project (gitops:other)" in ran.err
    assert tenant.world.mutations == []


def test_all_unknown_names_are_reported_together(tenant: Shell) -> None:
    """Every wrong name is reported, an address with a suggestion, and nothing is written."""
    ran = tenant.tenant("forget", "Customer/flt", "Q3VzdG9tZXI6bm90aGluZw==", "Instance/types", *YES)
    assert ran.code == 1
    assert "Customer/flt: no manifest has this address" in ran.err
    assert "did you mean 'Customer/ftl'" in ran.err
    assert "Q3VzdG9tZXI6bm90aGluZw==: no manifest has this address" in ran.err
    assert tenant.world.mutations == []


def test_an_unknown_id_gets_a_list_and_no_guess(tenant: Shell) -> None:
    """For a wrong ID, no similar ID is suggested; the orphans are listed by name, with -v by ID, too."""
    stray = row(tenant, "Stray")["id"]
    wrong = ("A" if stray[-3] != "A" else "B").join((stray[:-3], stray[-2:]))
    assert stray not in tenant.tenant("forget", wrong, *YES).err
    ran = tenant.tenant("forget", wrong, f"Customer/{wrong}", "-v", *YES)
    listed = f"owned by this project and not declared (drift -v has their IDs): 'Stray' (Customer/{stray})"
    missing = "no manifest has this address, and nothing that a project could own has this ID"
    assert [f"{name}: {missing}; {listed}" in ran.err for name in (wrong, f"Customer/{wrong}")] == [True, True]
    assert "did you mean" not in ran.err
    assert not any(row(tenant, name)["id"] in ran.err for name in ("FTL Rockets", "Types", "Theirs", "Both", "Nobodys"))


def test_candidates_are_listed_as_far_as_they_can_be_read(tenant: Shell) -> None:
    """At most twelve orphans are listed by name, with where to find the rest; none is also said."""
    for number in range(20):
        tenant.world.seed.customer(f"Old {number:02}", labels=["gitops:acme"])
    ran = tenant.tenant("forget", "Q3VzdG9tZXI6bm90aGluZw==", "-v", *YES)
    assert ran.err.count(" (Customer/") == 12
    assert "'Old 00' (Customer/" in ran.err
    assert ") and 9 more\n" in ran.err
    names = [row(tenant, name)["id"] for name in ("Stray", *(f"Old {number:02}" for number in range(20)))]
    assert tenant.tenant("forget", *names, *YES).code == 0
    assert "has their IDs): nothing" in tenant.tenant("forget", "Q3VzdG9tZXI6bm90aGluZw==", *YES).err


def test_a_handle_without_a_kind_gets_the_address_suggested(tenant: Shell) -> None:
    """A mistyped address is distinguished from an ID."""
    assert "did you mean 'Customer/ftl'?" in tenant.tenant("forget", "ftl", *YES).err


def test_objects_without_an_owner_are_refused(tenant: Shell) -> None:
    """A user has nothing to take off, and neither has what carries no label of a project."""
    ran = tenant.tenant("forget", "User/lisa", row(tenant, "Nobodys")["id"], *YES)
    assert ran.code == 0
    assert "objects of the kind User carry no labels, so there is nothing to take off" in ran.err
    assert tenant.world.mutations == []


def test_forget_asks_for_confirmation(tenant: Shell) -> None:
    """It shows what it would do and asks; no is no, and yes is yes."""
    stray = row(tenant, "Stray")["id"]
    ran = tenant.tenant("forget", stray, stdin=Terminal("n\n"))
    assert (ran.code, labels(tenant, "Stray")) == (1, ["gitops:acme", "gitops:protected", "west"])
    assert "Nothing was changed." in ran.err
    assert tenant.tenant("forget", stray, stdin=Terminal("y\n")).code == 0
    assert labels(tenant, "Stray") == ["west"]


def test_forget_refuses_where_nobody_can_confirm(tenant: Shell) -> None:
    """Without a terminal it needs --auto-approve; --dry-run shows and writes nothing."""
    stray = row(tenant, "Stray")["id"]
    ran = tenant.tenant("forget", stray)
    assert ran.code == 1
    assert "--auto-approve" in ran.err
    ran = tenant.tenant("forget", stray, "--dry-run")
    assert ran.code == 0
    assert "o Customer 'Stray': forget" in ran.out
    assert "1 to forget" in ran.out
    assert tenant.world.mutations == []


def test_a_label_added_since_the_preview_is_kept(tenant: Shell) -> None:
    """It looks once more right before it writes, since the whole set of labels is written."""
    stray = row(tenant, "Stray")

    class Late(Terminal):
        def readline(self, *_: Any) -> str:
            changed = json.dumps(["gitops:acme", "new", "west"])
            tenant.world.sandbox.store.execute("UPDATE customers SET labels = ? WHERE id = ?", (changed, stray["id"]))
            return "y\n"

    ran = tenant.tenant("forget", stray["id"], stdin=Late())
    assert ran.code == 1
    assert f"Customer/{stray['id']}: the live object was changed since it was shown" in ran.err
    assert tenant.world.mutations == []


def test_results_can_be_printed_as_json(tenant: Shell) -> None:
    """The JSON report is the plan's format with the results beside it, also when something failed."""
    stray = row(tenant, "Stray")["id"]
    tenant.world.sandbox.faults.add("error", field="updateCustomer", status=404)
    ran = tenant.tenant("forget", stray, *YES, "--format", "json", "--report", "junit=forget.xml")
    assert ran.code == 1
    found = json.loads(ran.out)
    Draft202012Validator(load_schema("plan")).validate(found)
    assert [each["status"] for each in found["results"]] == ["failed"]
    assert 'failures="1"' in (tenant.folder / "forget.xml").read_text(encoding="utf-8")
    ran = tenant.tenant("forget", stray, *YES, "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert [(each["actions"], each["address"]) for each in found["changes"]] == [(["forget"], f"Customer/{stray}")]
    assert found["summary"]["forget"] == 1
    assert [each["status"] for each in found["results"]] == ["applied"]


def test_a_label_that_the_api_keeps_is_reported(tenant: Shell) -> None:
    """It reads back: labels that are on still are no success."""
    store = tenant.world.sandbox.store
    store.execute(
        "CREATE TRIGGER stubborn AFTER UPDATE ON customers WHEN NEW.labels NOT LIKE '%gitops:acme%' BEGIN "
        "UPDATE customers SET labels = OLD.labels WHERE id = NEW.id; END"
    )
    for name in (row(tenant, "Stray")["id"], "Customer/ftl"):
        ran = tenant.tenant("forget", name, *YES)
        assert ran.code == 1
        assert "still to do: forget" in ran.out


def test_a_receipt_forgets_the_object_too(tenant: Shell) -> None:
    """Released objects leave the receipt, so it explains no later drift of them."""
    tenant.monkeypatch.setenv("WORD", "word-that-is-secret")
    receipt = ("--receipt", "receipt.json")
    assert tenant.tenant("apply", *YES, *receipt).code == 0
    assert tenant.tenant("forget", "Instance/types", *YES, *receipt).code == 0
    found = json.loads((tenant.folder / "receipt.json").read_text(encoding="utf-8"))
    assert [each["address"] for each in found["resources"]] == ["Customer/ftl", "User/lisa"]


def test_without_a_project_nothing_is_owned(tenant: Shell) -> None:
    """Without labels there is nothing to release, which is an error."""
    ran = tenant.tenant("forget", "-f", "all.yaml", "Customer/ftl", *YES)
    assert ran.code == 1
    assert "nothing is owned here" in ran.err
