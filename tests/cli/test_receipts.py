"""``--receipt``: written by an apply, read by drift, refused for another tenant; it never changes a plan."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD
from jsonschema import Draft202012Validator
from support.needs import needs_git

from reconciler.manifests.schema.schemas import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.shell import Shell

ALL = ("-f", "all.yaml")
APPLY = ("apply", *ALL, "--auto-approve", "--receipt", "receipt.json")
DRIFT = ("drift", *ALL, "--receipt", "receipt.json")


@pytest.fixture
def receipt(shell: Shell, manifests: Path) -> Path:
    """The receipt of a customer and an instance that were applied."""
    shell.monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", "a key that is long enough")
    shell.monkeypatch.setenv("GITHUB_SHA", "1a2b3c4d5e6f7a8b9c0d")
    assert shell.tenant(*APPLY).code == 0
    return shell.folder / "receipt.json"


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(load_schema("receipt")).validate(found)
    return found


def meddled(shell: Shell) -> None:
    (row,) = shell.world.rows("customers", name="FTL Rockets")
    shell.world.sandbox.store.update("customers", row["id"], description="Meddled")


def test_a_receipt_is_private_and_holds_no_secret(receipt: Path) -> None:
    """Only its owner can read it, its schema accepts it, and it contains no secret."""
    assert receipt.stat().st_mode & 0o777 == 0o600
    found = document(receipt)
    assert [each["address"] for each in found["resources"]] == ["Customer/ftl", "Instance/types"]
    assert found["revision"] == "1a2b3c4d5e6f7a8b9c0d"
    assert WORD not in receipt.read_text(encoding="utf-8")
    assert "live.example.com" not in receipt.read_text(encoding="utf-8")


def test_drift_explains_each_difference_by_the_receipt(shell: Shell, receipt: Path) -> None:
    """On a screen and for a machine: changed outside, not applied yet, since when and since which commit."""
    meddled(shell)
    shell.write("all.yaml", CUSTOMER + INSTANCE.replace("A Number: 7", "A Number: 8"))
    ran = shell.tenant(*DRIFT, "--report", "json=drift.json")
    assert ran.code == 2
    assert "differs  Customer/ftl 'FTL Rockets': changed outside  all.yaml:2" in ran.out
    assert "differs  Instance/types 'Types': not applied yet  all.yaml:" in ran.out
    assert "Causes by the receipt of the apply 20" in ran.out
    assert "last as declared 20" in ran.out
    assert ", by commit 1a2b3c4d5e6f" in ran.out
    told = json.loads((shell.folder / "drift.json").read_text(encoding="utf-8"))
    Draft202012Validator(load_schema("plan")).validate(told)
    assert {each["address"]: each["cause"] for each in told["receipt"]["changes"]} == {
        "Customer/ftl": "changed outside",
        "Instance/types": "not applied yet",
    }
    assert told["receipt"]["changes"][1]["fields"] == [
        {"path": ["configVariables", "A Number"], "cause": "not applied yet", "because": "", "applied": "7"}
    ]


def test_drift_writes_no_receipt(shell: Shell, receipt: Path) -> None:
    """Looking leaves the receipt as it is, and changes nothing."""
    before = receipt.read_bytes()
    shell.world.forget()
    meddled(shell)
    assert shell.tenant(*DRIFT).code == 2
    assert receipt.read_bytes() == before
    assert shell.world.mutations == []


def test_a_receipt_changes_no_plan(shell: Shell, receipt: Path) -> None:
    """With a receipt, with none and with one that remembers nothing, the differences and the exit code are the same."""
    meddled(shell)
    changes = []
    for name in ("receipt.json", "none.json"):
        ran = shell.tenant("drift", *ALL, "--receipt", name, "--format", "json")
        assert ran.code == 2
        changes.append(json.loads(ran.out)["changes"])
    assert changes[0] == changes[1]


def test_without_a_receipt_drift_explains_nothing_and_says_so(shell: Shell, receipt: Path) -> None:
    """Without a receipt, or before the first one, differences are shown with unknown causes."""
    meddled(shell)
    assert "keep one with apply --receipt FILE" in shell.tenant("drift", *ALL).out
    ran = shell.tenant("drift", *ALL, "--receipt", "not-there.json")
    assert ran.code == 2
    assert "Nothing was applied with this receipt yet, so the causes of the differences are unknown" in ran.out


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("24h", "1 of the live objects that differ was changed since 20"),
        ("2020-01-01", "1 of the live objects that differ was changed since 2020-01-01 00:00:00 UTC"),
        ("2099-01-01T00:00:00+01:00", "0 of the live objects that differ were changed since 2098-12-31 23:00:00 UTC"),
    ],
)
def test_drift_lists_objects_changed_since_a_time(since: str, said: str, shell: Shell, receipt: Path) -> None:
    """--since counts what was changed since a time, or so long ago."""
    meddled(shell)
    assert said in shell.tenant(*DRIFT, "--since", since).out


@pytest.mark.parametrize("since", ["yesterday", "5w", "h", "999999999999d", "1.5h"])
def test_an_invalid_time_is_reported(since: str, shell: Shell, receipt: Path) -> None:
    """A text that is no time is a usage error with examples."""
    ran = shell.tenant(*DRIFT, "--since", since)
    assert (ran.code, ran.out) == (1, "")
    assert "expected a time such as 2026-01-31" in ran.err


def edited(**changes: Any) -> Callable[[Path], object]:
    def act(path: Path) -> None:
        found = json.loads(path.read_text(encoding="utf-8"))
        for key, value in changes.items():
            found["tenant" if key in {"url", "organizationId"} else key] = (
                found["tenant"] | {key: value} if key in {"url", "organizationId"} else value
            )
        path.write_text(json.dumps(found), encoding="utf-8")

    return act


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "another stack": (edited(url="https://app.example.com"), "it is of another stack: 'https://app.example.com', and"),
    "another organization": (edited(organizationId="T3Jn"), "it is of another organization: 'T3Jn', and this is '"),
    "another project": (edited(project="other"), "it is of another project: 'other', and this is None; use one file"),
    "another environment": (edited(environment="staging"), "it is of another environment: 'staging', and this is None"),
    "a newer major version": (edited(formatVersion="2.0"), "its format is 2.0, this version of reconciler knows 1.1;"),
    "no version": (edited(formatVersion=None), "this is not a receipt; it has no formatVersion"),
    "a number for a commit": (edited(revision=7), "this is not a whole receipt (7 where there must be text)"),
    "not whole": (edited(resources=[{"address": "Customer/ftl"}]), "this is not a whole receipt ('fields')"),
    "not JSON": (lambda path: path.write_text("<html>"), "this is not a receipt; expected the JSON that 'reconciler"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["drift", "apply"])
@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_a_receipt_of_another_tenant_or_project_is_refused(
    command: str, change: Callable[[Path], object], message: str, shell: Shell, receipt: Path
) -> None:
    """A file that is no receipt of this tenant and project is refused before anything is done."""
    change(receipt)
    shell.world.forget()
    meddled(shell)
    ran = shell.tenant(*(DRIFT if command == "drift" else APPLY))
    assert (ran.code, ran.out) == (1, "")
    assert f"error: --receipt receipt.json: {message}" in ran.err
    assert shell.world.mutations == []


def test_a_newer_minor_version_is_read(shell: Shell, receipt: Path) -> None:
    """Minor versions only add, so what is not known is passed over."""
    edited(formatVersion="1.7", somethingNew=[1])(receipt)
    meddled(shell)
    assert "changed outside" in shell.tenant(*DRIFT).out


def test_a_receipt_that_could_not_be_written_stops_an_apply_before_it_begins(shell: Shell, manifests: Path) -> None:
    """A missing folder is reported before anything is changed."""
    ran = shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "not/there/receipt.json")
    assert ran.code == 1
    assert "error: --receipt not/there/receipt.json: cannot be written: No such file or directory" in ran.err
    assert shell.world.mutations == []


def test_results_are_printed_even_if_the_receipt_cannot_be_written(
    shell: Shell, manifests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk is full at the end, the old receipt stays, and the results are reported."""

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    assert shell.tenant(*APPLY).code == 0
    there = sorted(shell.folder.iterdir())
    before = (shell.folder / "receipt.json").read_bytes()
    shell.write("all.yaml", CUSTOMER.replace("Declared", "New") + INSTANCE)
    monkeypatch.setattr(os, "fsync", full)
    ran = shell.tenant(*APPLY)
    assert ran.code == 1
    assert "Done: 1 applied." in ran.out
    assert "error: --receipt receipt.json: cannot be written: No space left on device" in ran.err
    assert (shell.folder / "receipt.json").read_bytes() == before
    assert sorted(shell.folder.iterdir()) == there


def test_a_saved_plan_keeps_receipt_entries_outside_of_it(shell: Shell) -> None:
    """Applying a saved plan looks only at what it touches; the receipt keeps the rest."""
    shell.write("reconciler.yaml", PROJECT)
    other = CUSTOMER.replace("ftl", "other").replace("FTL Rockets", "Other")
    shell.write("all.yaml", CUSTOMER + "---" + other)
    assert shell.tenant("apply", "--auto-approve", "--receipt", "receipt.json").code == 0
    shell.write("all.yaml", CUSTOMER.replace("Declared", "New") + "---" + other)
    assert shell.tenant("plan", "--out", "plan.json").code == 0
    assert shell.tenant("apply", "plan.json", "--auto-approve", "--receipt", "receipt.json").code == 0
    found = {each["address"]: each["fields"] for each in document(shell.folder / "receipt.json")["resources"]}
    assert [field["declared"] for field in found["Customer/ftl"]] == ["New", "FTL Rockets"]
    assert [field["declared"] for field in found["Customer/other"]] == ["Declared", "Other"]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "junit", "codequality"])
def test_gaps_of_a_late_receipt_are_shown_in_every_format(form: str, shell: Shell, manifests: Path) -> None:
    """An object from before the receipt has an unknown cause, not "never applied"; undeclared ones, too."""
    assert manifests
    shell.write("reconciler.yaml", PROJECT)
    assert shell.tenant("apply", "--auto-approve").code == 0
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant("apply", "--auto-approve", "--receipt", "receipt.json").code == 0
    shell.write("more.yaml", INSTANCE.removeprefix("---").replace("A Number: 7", "A Number: 8"))
    shell.world.seed.customer("Stray", labels=["gitops:acme"])
    ran = shell.tenant("drift", "--receipt", "receipt.json", "--format", form)
    assert ran.code == 2
    assert "unknown to this receipt" in ran.out
    assert "never applied" not in ran.out
    assert "no apply left it here" not in ran.out
    if form == "json":
        found = json.loads(ran.out)
        Draft202012Validator(load_schema("plan")).validate(found)
        told = {each["address"]: each["cause"] for each in found["receipt"]["changes"]}
        assert told == {"Instance/types": "unknown to this receipt"}
        assert {each["cause"] for each in found["receipt"]["unclaimed"]} == {"unknown to this receipt"}


@needs_git
def test_a_commit_is_credited_only_where_the_manifests_are_its_own(shell: Shell, manifests: Path) -> None:
    """A clean checkout's commit is in the receipt; after an edit that is not committed, none is."""
    assert manifests
    shell.monkeypatch.setenv("GITHUB_SHA", "1a2b3c4d5e6f7a8b9c0d")
    who = ("git", "-c", "user.name=a", "-c", "user.email=a@b.example")
    for command in (("init", "-q"), ("add", "all.yaml"), ("commit", "-q", "-m", "first")):
        subprocess.run([*who, *command], cwd=shell.folder, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=shell.folder, check=True, capture_output=True, text=True)
    for _ in range(2):
        assert shell.tenant(*APPLY).code == 0
        assert document(shell.folder / "receipt.json")["revision"] == head.stdout.strip()
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant(*APPLY).code == 0
    found = document(shell.folder / "receipt.json")
    assert [found["revision"], *(each["revision"] for each in found["resources"])] == [None, None]


def test_what_a_reverted_commit_added_is_warned_of_once(shell: Shell, receipt: Path) -> None:
    """Plan and apply name the value and what to do, in no saved plan; the apply records that it is not declared."""
    del receipt
    shell.write("all.yaml", CUSTOMER + INSTANCE.replace("    A Number: 7\n", ""))
    warning = "configVariables.A Number was applied once and declared no more: its live value stays; declare it again"
    planned = shell.tenant("plan", *ALL, "--receipt", "receipt.json", "--out", "plan.json", "--format", "json")
    warnings = json.loads(planned.out)["warnings"]
    assert [each["address"] for each in warnings if each["message"].startswith(warning)] == ["Instance/types"]
    applied = shell.tenant("apply", "plan.json", "--auto-approve", "--receipt", "receipt.json")
    assert (applied.code, applied.err.count(warning)) == (0, 1)
    assert warning not in shell.tenant(*APPLY).err
    explained = shell.tenant("plan", *ALL, "--explain", "Instance/types").out
    assert (
        "Not declared, and set to another value than the default, which stays:\n  configVariables.A Number\n"
        in explained
    )
    document = json.loads(shell.tenant("plan", *ALL, "--explain", "Instance/types", "--format", "json").out)
    assert document["undeclaredValues"] == ["configVariables.A Number"]
