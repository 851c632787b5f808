"""Saved plans: applied exactly as reviewed, or not at all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD, Terminal

from reconciler.planning.seals import FIELD, document_seal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.shell import Shell

OTHER = """---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: other}
spec: {name: Other}
"""


@pytest.fixture
def saved(shell: Shell) -> Path:
    """A saved plan: an instance and its connection change, a customer is created, another is as declared."""
    world = shell.world
    owner = world.seed.customer("FTL Rockets", description="Declared", labels=["gitops:acme"])
    version = world.seed.version("Every Data Type")["id"]
    inputs = [{"name": "apiKey", "type": "value", "value": "former"}]
    variables = [{"key": "A Connection", "values": json.dumps(inputs)}, {"key": "A String", "value": "former"}]
    arguments = {"customer": owner["id"], "integration": version, "labels": ["gitops:acme"]}
    world.seed.instance("Types", **arguments, configVariables=variables)
    shell.write("reconciler.yaml", PROJECT.replace("{}", "{ownership: {label: 'gitops:acme'}}"))
    shell.write("all.yaml", CUSTOMER + INSTANCE + OTHER)
    ran = shell.tenant("plan", "--out", "saved.json")
    assert ran.code == 0, ran.err
    world.forget()
    return shell.folder / "saved.json"


def test_a_saved_plan_is_applied(shell: Shell, saved: Path) -> None:
    """A saved plan is applied without naming the manifests again, and leaves nothing to do."""
    assert saved.stat().st_mode & 0o777 == 0o600
    assert WORD not in saved.read_text(encoding="utf-8")
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Done: 2 applied.")
    names = ["createCustomer", "updateInstanceConfigVariables", "deployInstance"]
    assert shell.world.mutation_names() == names
    assert shell.tenant("plan", "--detailed-exitcode").code == 0


def test_a_saved_plan_is_confirmed_like_any_other(shell: Shell, saved: Path) -> None:
    """On a terminal a saved plan is shown and asked about like any other."""
    ran = shell.tenant("apply", "saved.json", stdin=Terminal("n\n"))
    assert ran.code == 1
    assert "Other" in ran.err
    assert shell.world.mutations == []


def test_a_saved_plan_counts_the_unchanged_as_its_review_did(shell: Shell, saved: Path) -> None:
    """Only what the plan changes is read again; the others, which the review counted, are still counted."""
    document = json.loads(saved.read_text(encoding="utf-8"))
    document["summary"]["unchanged"] = 41
    document[FIELD] = document_seal(document, "")
    saved.write_text(json.dumps(document), encoding="utf-8")
    ran = shell.tenant("apply", str(saved), "--auto-approve")
    assert ran.code == 0, ran.err
    assert " – 41 unchanged." in ran.err


def test_a_saved_plan_is_applied_once(shell: Shell, saved: Path) -> None:
    """Applied a second time it no longer describes what would happen."""
    shell.tenant("apply", "saved.json", "--auto-approve")
    shell.world.forget()
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert ran.code == 1
    assert "error: Customer/other: in the plan, and needs no change now" in ran.err
    assert shell.world.mutations == []


def update(table: str, name: str, **columns: Any) -> Callable[[Shell], object]:
    def act(shell: Shell) -> None:
        (row,) = shell.world.rows(table, name=name)
        shell.world.sandbox.store.update(table, row["id"], **columns)

    return act


def later(table: str, name: str, **columns: Any) -> Callable[[Shell], object]:
    """Change an object as the API would: with the time of its change."""
    return update(table, name, **columns, updatedAt="2030-01-01T00:00:00.000000+00:00")


def edit(name: str, before: str, after: str) -> Callable[[Shell], object]:
    def act(shell: Shell) -> None:
        path = shell.folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    return act


def live_secret(shell: Shell) -> None:
    """Change a secret in the tenant, and nothing that shows."""
    (row,) = shell.world.rows("instances", name="Types")
    shell.world.sandbox.store.execute(
        "UPDATE config_variables SET value = 'another' WHERE value = 'former' AND instance = ?", (row["id"],)
    )


def tampered(change: Callable[[dict[str, Any]], object], *, sealed: bool = True) -> Callable[[Shell], object]:
    """Change the saved plan by hand; ``sealed``: with a new seal, as anybody can make it without a key."""

    def act(shell: Shell) -> None:
        path = shell.folder / "saved.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        if sealed:
            document[FIELD] = document_seal(document, "")
        path.write_text(json.dumps(document), encoding="utf-8")

    return act


STALE: dict[str, tuple[Callable[[Shell], object], str]] = {
    "an object was changed": (
        later("instances", "Types", description="Changed"),
        "error: Instance/types: the live object was changed since the plan was made (2030-01-01 00:00:00 UTC)",
    ),
    "an object was touched": (
        later("instances", "Types"),
        "error: Instance/types: the live object was changed since the plan was made",
    ),
    "an object was changed without a time": (
        update("instances", "Types", enabled=0),
        "error: Instance/types: the live object was changed since the plan was made",
    ),
    "an object was deleted": (
        lambda shell: shell.world.sandbox.store.execute("DELETE FROM instances"),
        "error: Instance/types: the live object is gone that was there when the plan was made",
    ),
    "an object was created": (
        lambda shell: shell.world.seed.customer("Other"),
        "error: Customer/other: a live object exists now, but none did when the plan was made",
    ),
    "what it depends on was changed": (
        later("customers", "FTL Rockets", description="Changed"),
        "error: Customer/ftl: not in the plan, and would be changed now",
    ),
    "other manifests": (edit("all.yaml", "A Number: 7", "A Number: 8"), "error: the manifests are not those the plan"),
    "another secret": (
        lambda shell: shell.monkeypatch.setenv("WORD", "another-word"),
        "error: a secret changed since the plan was made",
    ),
    "another live secret": (live_secret, "error: a secret changed since the plan was made"),
    "another fingerprint key": (
        lambda shell: shell.monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", "another key of the case"),
        "error: RECONCILER_FINGERPRINT_KEY is set, but the plan was saved without it; set it for 'plan' too",
    ),
    "another project": (
        edit("reconciler.yaml", "name: acme", "name: other"),
        "error: the plan is for the project 'acme', and this is 'other'",
    ),
    "another organization": (
        tampered(lambda document: document["tenant"].update(organizationId="T3JnOm90aGVy")),
        "error: the plan is for another organization: 'T3JnOm90aGVy', and this is ",
    ),
    "another stack": (
        tampered(lambda document: document["tenant"].update(url="https://app.example.com")),
        "error: the plan is for another stack: 'https://app.example.com', and this is 'http://127.0.0.1:",
    ),
    "a major version that is not known": (
        tampered(lambda document: document.update(formatVersion="2.0")),
        "error: saved.json: its format is 2.0, but this reconciler reads 1.0; make the plan again",
    ),
    "made without secrets": (
        tampered(lambda document: document.update(withoutSecrets=True)),
        "error: saved.json: made with --without-secrets, which cannot be applied; make one with them",
    ),
    "a change taken out": (
        tampered(lambda document: document["changes"].pop()),
        "error: saved.json: this is not a whole plan; its summary counts other changes than it has",
    ),
    "a change made up": (
        tampered(lambda document: document["changes"][0].update(address="Customer/ftl")),
        "error: Customer/ftl: in the plan, and needs no change now",
    ),
    "a field changed": (
        tampered(lambda document: document["changes"][0]["fields"][0].update(after="Mine")),
        "error: Customer/other: would be changed in another way than planned",
    ),
    "no seal of secrets": (
        tampered(lambda document: document.update(secretsSeal=None)),
        "error: a secret changed since the plan was made",
    ),
    "a name changed": (
        tampered(lambda document: document["changes"][0].update(name="Mine")),
        "error: Customer/other: would be changed in another way than planned",
    ),
    "changed without a new seal": (
        tampered(lambda document: document.update(createdAt="2026-01-01T00:00:00+00:00"), sealed=False),
        "error: the saved plan was changed since it was saved",
    ),
    "no seal": (
        tampered(lambda document: document.pop(FIELD), sealed=False),
        "error: the saved plan has no seal: it was changed since it was saved, or an older reconciler made it",
    ),
    "not JSON": (edit("saved.json", "{", "<"), "error: saved.json: this is not a plan; expected the JSON that"),
}  # fmt: skip


@pytest.mark.parametrize(("happened", "message"), STALE.values(), ids=STALE)
def test_a_plan_that_no_longer_holds_is_refused_as_a_whole(
    happened: Callable[[Shell], object], message: str, shell: Shell, saved: Path
) -> None:
    """Whatever moved since a plan was saved is named, and nothing is changed."""
    happened(shell)
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert shell.world.mutations == []


def test_everything_that_moved_is_named(shell: Shell, saved: Path) -> None:
    """All differences are reported, not only the first."""
    shell.world.seed.customer("Other")
    later("instances", "Types", description="Changed")(shell)
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert ran.err.count("error: ") == 2
    assert ran.err.endswith("2 problems. Nothing was changed. Make the plan anew and review it.\n")


@pytest.mark.parametrize(
    "happened",
    [
        lambda shell: shell.world.seed.customer("Somebody else"),
        edit("all.yaml", "\n---", "\n# a comment\n---"),
        lambda shell: shell.write("more.txt", "not a manifest"),
    ],
    ids=["another object", "a comment", "another file"],
)
def test_unrelated_changes_do_not_make_a_plan_stale(
    happened: Callable[[Shell], object], shell: Shell, saved: Path
) -> None:
    """Changes of unrelated objects do not make a plan stale."""
    happened(shell)
    assert shell.tenant("apply", "saved.json", "--auto-approve").code == 0


def test_targets_belong_to_the_plan(shell: Shell, saved: Path) -> None:
    """A saved plan has its targets in it; none can be added."""
    ran = shell.tenant("apply", "saved.json", "--auto-approve", "--target", "Customer/other")
    assert ran.code == 1
    assert ran.err.startswith("error: --target belongs to the plan that was saved")


@pytest.mark.parametrize("option", ["--keep-secrets", "--resend-secrets", "--take-over"])
def test_an_option_that_changes_the_plan_is_refused_beside_a_saved_plan(option: str, shell: Shell, saved: Path) -> None:
    """An option that decides what is planned is refused beside a plan that was made without it."""
    ran = shell.tenant("apply", saved.name, "--auto-approve", option)
    assert (ran.code, shell.world.mutations) == (1, [])
    assert ran.err.startswith(f"error: {option} belongs to the plan that was saved; leave it out")


def test_manifests_are_refused_beside_a_saved_plan(shell: Shell, saved: Path) -> None:
    """The plan knows of which manifests it is: others are refused for what they are, and the same may be said again."""
    shell.write("team.yaml", CUSTOMER)
    ran = shell.tenant("apply", saved.name, "--auto-approve", "-f", "team.yaml")
    assert (ran.code, shell.world.mutations) == (1, [])
    assert ran.err.startswith("error: -f belongs to the plan that was saved, which is of what reconciler.yaml lists;")
    assert shell.tenant("plan", "--out", saved.name, "-f", "all.yaml").code == 0
    ran = shell.tenant("apply", saved.name, "--auto-approve", "-f", "all.yaml", "-f", "team.yaml")
    assert "which is of -f all.yaml; leave it out, or make the plan again" in ran.err
    assert shell.tenant("apply", saved.name, "--auto-approve", "-f", str(shell.folder / "all.yaml")).code == 0


def test_options_of_the_saved_plan_may_be_repeated(shell: Shell, saved: Path) -> None:
    """The same option with the plan and with its application is no contradiction."""
    assert shell.tenant("plan", "--out", saved.name, "--resend-secrets").code == 0
    assert shell.tenant("apply", saved.name, "--auto-approve", "--resend-secrets").code == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no files but regular ones")
def test_a_plan_replaces_only_regular_files(shell: Shell, saved: Path) -> None:
    """A device or a pipe (``--out /dev/null``) stays what it is, whoever runs the command."""
    os.mkfifo(shell.folder / "pipe")
    ran = shell.tenant("plan", "--out", "pipe", "--metrics", "pipe")
    assert ran.code == 1
    assert "error: --out pipe: it is a pipe, which cannot be replaced; expected the name of a file\n" in ran.err
    assert "error: --metrics pipe: it is a pipe, which cannot be replaced" in ran.err
    assert (shell.folder / "pipe").is_fifo()


def test_a_saved_plan_keeps_its_options(shell: Shell) -> None:
    """Files, targets and allowed deletions need not be repeated."""
    gone = CUSTOMER + "lifecycle: {state: absent}\n"
    shell.write("elsewhere/gone.yaml", gone + OTHER)
    shell.world.seed.customer("FTL Rockets")
    options = ("--target", "Customer/ftl", "--allow-delete-customers", "--allow-deletes", "1", "--out", "saved.json")
    assert shell.tenant("plan", "-f", "elsewhere", *options).code == 0
    assert shell.tenant("apply", "saved.json", "--auto-approve").code == 0
    assert shell.world.mutation_names() == ["deleteCustomer"]


def test_the_command_line_may_allow_fewer_deletes_than_the_plan(shell: Shell) -> None:
    """An option of apply overrides the same option of plan."""
    shell.write("gone.yaml", CUSTOMER + "lifecycle: {state: absent}\n")
    shell.world.seed.customer("FTL Rockets")
    flags = ("--allow-delete-customers", "--allow-deletes", "1", "--out", "saved.json")
    assert shell.tenant("plan", "-f", "gone.yaml", *flags).code == 0
    ran = shell.tenant("apply", "saved.json", "--auto-approve", "--allow-deletes", "0")
    assert ran.code == 1
    assert "--allow-deletes allows 0" in ran.err


def test_a_plan_with_pruning_is_applied_as_it_was_saved(shell: Shell) -> None:
    """Also what is in no manifest is compared with the saved plan, and deleted."""
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {prune: true}"))
    shell.write("all.yaml", OTHER.removeprefix("---\n"))
    shell.world.seed.customer("Other", labels=["gitops:acme"])
    stray = shell.world.seed.customer("Stray", labels=["gitops:acme"])
    assert shell.tenant("plan", "--allow-delete-customers", "--out", "saved.json").code == 0
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert (ran.code, ran.out) == (0, "Done: 1 applied.\n")
    assert shell.world.sandbox.store.find("customers", stray["id"]) is None


def test_a_plan_with_pruning_is_stale_once_there_is_more_to_prune(shell: Shell) -> None:
    """A stray that came since is not deleted unseen."""
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {prune: true}"))
    shell.write("all.yaml", OTHER.removeprefix("---\n"))
    shell.world.seed.customer("Other", labels=["gitops:acme"])
    shell.world.seed.customer("Stray", labels=["gitops:acme"])
    assert shell.tenant("plan", "--allow-delete-customers", "--out", "saved.json").code == 0
    late = shell.world.seed.customer("Late", labels=["gitops:acme"])
    ran = shell.tenant("apply", "saved.json", "--auto-approve")
    assert ran.code == 1
    assert f"error: Customer/{late['id']}: not in the plan, and would be changed now" in ran.err
    assert shell.world.mutations == []


class Hesitant(Terminal):
    """A terminal where something happens before the answer is typed."""

    def __init__(self, text: str, happen: Callable[[], object]) -> None:
        super().__init__(text)
        self._happen = happen

    def readline(self, size: int | None = -1, /) -> str:
        self._happen()
        return super().readline(-1 if size is None else size)


@pytest.mark.parametrize("moved", [True, False], ids=["something moved", "nothing moved"])
def test_a_plan_that_is_approved_late_is_checked_again(
    shell: Shell, manifests: Path, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    """Objects that changed during the question are named, and nothing is written."""
    monkeypatch.setattr("reconciler.cli.commands.apply.TRUE_FOR", -1.0)
    terminal = Hesitant("y\n", lambda: shell.world.seed.customer("FTL Rockets") if moved else None)
    ran = shell.tenant("apply", "-f", "all.yaml", stdin=terminal)
    if not moved:
        assert ran.code == 0, ran.err
        return
    assert ran.code == 1
    assert "error: Customer/ftl: a live object exists now, but none did when the plan was made" in ran.err
    assert ran.err.endswith("Nothing was changed. Make the plan anew and review it.\n")
    assert shell.world.mutations == []
