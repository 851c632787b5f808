"""``reconciler export`` on the command line: output, exit codes, and no secret in either."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD

if TYPE_CHECKING:
    from cli.shell import Shell


WAYS = ((), ("--full",), ("--secrets", "reference"), ("--secrets", "reference", "--full"), ("--format", "json"))


def furnished(shell: Shell) -> None:
    shell.write("made.yaml", CUSTOMER + INSTANCE)
    assert shell.tenant("apply", "-f", "made.yaml", "--auto-approve").code == 0


def test_an_export_prints_its_files_and_the_next_step(shell: Shell) -> None:
    """The files, the counts, what is left out, and the command that checks them, which then finds nothing to do."""
    furnished(shell)
    ran = shell.tenant("export", "--out", "out")
    assert ran.code == 0, ran.err
    assert "  + customers/ftl-rockets/types.yaml  Instance/ftl-rockets-types\n" in ran.out
    assert "Exported: 1 customer, 1 instance, 1 user new.\n" in ran.out
    assert "  2 inputs of connections: apiKey, host\n" in ran.out
    assert ran.out.endswith("To check: reconciler plan -f out\n")
    checked = shell.tenant("plan", "-f", "out", "--detailed-exitcode")
    assert (checked.code, "Nothing to do: 3 unchanged." in checked.out) == (0, True)


def test_the_next_step_is_in_the_environment_of_the_export(shell: Shell) -> None:
    """Where the project declares environments, the suggested command names the one that was exported, and works."""
    furnished(shell)
    (shell.folder / "made.yaml").unlink()
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {environments: {production: {}}}"))
    ran = shell.tenant("export", "-e", "production")
    assert ran.code == 0, ran.err
    *_, command = ran.out.splitlines()
    assert command == "To check: reconciler plan -e production"
    checked = shell.tenant(*command.split()[3:], "--detailed-exitcode")
    assert checked.code in {0, 2}, checked.err
    folder = shell.folder / "out of it"
    folder.mkdir()
    (shell.folder / "reconciler.yaml").rename(folder / "reconciler.yaml")
    ran = shell.tenant("export", "--out", "out of it", "-e", "production")
    assert ran.out.endswith("To check: reconciler plan -f 'out of it' -e production\n")


def test_an_export_by_reference_says_how_it_is_checked(shell: Shell) -> None:
    """Secrets in environment variables are counted, and the suggested plan command keeps their live values."""
    furnished(shell)
    ran = shell.tenant("export", "--out", "out", "--secrets", "reference")
    assert "Left out" not in ran.out
    assert "2 secrets are left to environment variables, which .env.example lists.\n" in ran.out
    assert ran.out.endswith("To check: reconciler plan -f out --keep-secrets\n")
    checked = shell.tenant("plan", "-f", "out", "--keep-secrets", "--detailed-exitcode")
    assert (checked.code, "Nothing to do: 3 unchanged." in checked.out) == (0, True)
    assert "secrets have no value here" in checked.out


def test_no_secret_is_in_anything_that_an_export_puts_out(shell: Shell) -> None:
    """Neither files nor screen nor log contain an input of a connection, plain or in base64."""
    furnished(shell)
    texts = [shell.tenant("export", "--out", "out", "-vv", *more) for more in WAYS]
    written = [file.read_text(encoding="utf-8") for file in (shell.folder / "out").rglob("*") if file.is_file()]
    assert written
    for text in [*written, *(part for ran in texts for part in (ran.out, ran.err))]:
        assert "live.example.com" not in text
        assert base64.b64encode(WORD.encode()).decode() not in text
    values = (shell.folder / "out" / "customers" / "ftl-rockets" / "types.yaml").read_text(encoding="utf-8")
    assert f"A String: {WORD}\n" in values, "which the integration does not mark as secret"
    assert values.count(WORD) == 1


def test_json_holds_the_same_summary(shell: Shell) -> None:
    """``--format json`` gives the outcome as data, and nothing else on stdout."""
    furnished(shell)
    found = json.loads(shell.tenant("export", "--out", "out", "--format", "json").out)
    assert found["new"]["team.yaml"] == ["User/admin"]
    assert (found["unchanged"], found["leftOut"], found["secrets"]) == (0, [], 0)
    (left,) = found["unmanaged"]
    assert (left["kind"], left["count"], left["names"]) == ("connectionInput", 2, ["apiKey", "host"])
    assert left["places"][0] == "Instance/ftl-rockets-types configVariables.A Connection.inputs.apiKey"


def test_a_project_is_brought_up_to_date(shell: Shell) -> None:
    """In a project's folder, an export updates what differs, and reports it."""
    furnished(shell)
    assert shell.tenant("export").code == 0
    shell.write("reconciler.yaml", PROJECT)
    (shell.folder / "made.yaml").unlink()
    path = "customers/ftl-rockets/types.yaml"
    text = (shell.folder / path).read_text(encoding="utf-8") if (shell.folder / path).exists() else ""
    assert not text, "what is in a manifest already is not written twice"
    assert shell.tenant("export").code == 0
    file = shell.folder / path
    file.write_text(file.read_text(encoding="utf-8").replace("A Number: 7", "A Number: 8 # why"), encoding="utf-8")
    ran = shell.tenant("export")
    assert f"  ~ {path}  Instance/ftl-rockets-types configVariables.A Number\n" in ran.out
    assert "A Number: 7 # why\n" in file.read_text(encoding="utf-8")


def test_broken_manifests_stop_an_export(shell: Shell) -> None:
    """Problems of existing manifests are reported at their places, and nothing is written."""
    shell.write("broken.yaml", "kind: Customer\n")
    ran = shell.tenant("export")
    assert ran.code == 1
    assert ran.err.startswith("broken.yaml:1:1: 'apiVersion' is missing")
    assert [file.name for file in shell.folder.iterdir()] == ["broken.yaml"]


def test_an_export_to_standard_output_is_refused(shell: Shell) -> None:
    """``--out -`` makes no folder of that name, which a later run would take for standard input."""
    ran = shell.tenant("export", "--out", "-")
    assert (ran.code, ran.out, list(shell.folder.iterdir())) == (1, "", [])
    assert "name a folder" in ran.err


def test_without_and_keep_secrets_exclude_each_other(shell: Shell) -> None:
    """Both options at once are an error on the command line."""
    ran = shell.tenant("plan", "--keep-secrets", "--without-secrets")
    assert (ran.code, "use one of them" in ran.err) == (1, True)


def test_many_names_are_summarized_by_a_count(shell: Shell) -> None:
    """Of names that are left out the most frequent are listed, each once, and of the others their number."""
    names = ["API Key", "Password", "Token", "Secret", "PIN", "Passphrase", "Credentials"]
    variables = "".join(f'  - {{key: {name}, dataType: string, defaultValue: ""}}\n' for name in names)
    shell.world.seed.integration(f"definitionVersion: 7\nname: Keys\nflows: []\nrequiredConfigVars:\n{variables}")
    version = shell.world.seed.version("Keys")["id"]
    for number, given in enumerate((names, ["Password"])):
        owner = shell.world.seed.customer(f"Keys {number}")["id"]
        values = [{"key": name, "value": "canary"} for name in given]
        shell.world.seed.instance("Keys", customer=owner, integration=version, deployed=True, configVariables=values)
    told = shell.tenant("export", "--out", "out").out
    line = "  8 config variables with the name of a secret: Password, API Key, Token, Secret, PIN and 2 more\n"
    assert line in told
    assert "canary" not in told


def alike(shell: Shell) -> None:
    """Put in five instances that are alike."""
    version = shell.world.seed.version("Acme Inventory")["id"]
    for number in range(5):
        owner = shell.world.seed.customer(f"Alike {number}")["id"]
        shell.world.seed.instance("Inventory", customer=owner, integration=version, deployed=True)


def test_sets_are_proposed_on_stderr(shell: Shell) -> None:
    """Where instances are alike, an export without sets says so on stderr, and the data on stdout has no set."""
    alike(shell)
    ran = shell.tenant("export", "--out", "out", "--format", "json")
    assert "Instances are alike: 5 of 'Acme Inventory'. --sets writes each group as one InstanceSet.\n" in ran.err
    assert json.loads(ran.out)["sets"] == []


def test_sets_are_written_when_asked_for(shell: Shell) -> None:
    """With ``--sets`` the set is listed with its members, nothing is proposed, and the suggested plan is empty."""
    alike(shell)
    ran = shell.tenant("export", "--out", "out", "--sets")
    assert "set  InstanceSet/inventory in sets/inventory.yaml: 5 members\n" in ran.out
    assert "alike" not in ran.err
    assert shell.tenant("plan", "-f", "out", "--detailed-exitcode").code == 0
    found = json.loads(shell.tenant("export", "--out", "new", "--sets", "--format", "json").out)
    assert found["sets"] == [
        {
            "address": "InstanceSet/inventory",
            "file": "sets/inventory.yaml",
            "valuesFile": None,
            "members": [f"Instance/inventory.alike-{number}" for number in range(5)],
            "overrides": [],
        }
    ]


def test_a_dry_run_writes_nothing(shell: Shell) -> None:
    """The files that would be written are shown, and none is."""
    shell.world.seed.customer(name="FTL Rockets")
    ran = shell.tenant("export", "--out", "made", "--dry-run")
    assert ran.code == 0
    assert "+ customers/ftl-rockets/customer.yaml" in ran.out
    assert "Would export: " in ran.out
    assert ran.out.endswith("Nothing was written (--dry-run).\n")
    assert json.loads(shell.tenant("export", "--out", "made", "--dry-run", "--format", "json").out)["dryRun"] is True
    assert not (shell.folder / "made").exists()
