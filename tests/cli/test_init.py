"""``reconciler init`` on the command line: the files it writes, the files it keeps, and that all of them work."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD
from support.language_server import language_server
from support.needs import needs_git
from support.world import ROOT

from reconciler.errors import UsageError
from reconciler.scaffold import placement as placing
from reconciler.scaffold.files import NewFile
from reconciler.scaffold.origin import PackageOrigin
from reconciler.writing import output, replacing

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

EVERYTHING = {
    ".gitattributes",
    ".github/workflows/apply.yml",
    ".github/workflows/drift.yml",
    ".github/workflows/plan.yml",
    ".gitignore",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    "README.md",
    "manifests/customers/ftl-rockets/customer.yaml",
    "manifests/customers/ftl-rockets/types.yaml",
    "manifests/team.yaml",
    "reconciler.yaml",
    "schemas/manifest.schema.json",
    "schemas/overlay.schema.json",
}
NAMES = (("customers", "FTL Rockets"), ("instances", "Types"))


@pytest.fixture
def tenant(shell: Shell) -> Shell:
    """A tenant in use, and an empty current folder."""
    shell.write("made.yaml", CUSTOMER + INSTANCE)
    assert shell.tenant("apply", "-f", "made.yaml", "--auto-approve").code == 0
    (shell.folder / "made.yaml").unlink()
    shell.world.forget()
    return shell


def files(folder: Path) -> dict[str, str]:
    """Return the texts of all files below a folder, without git's own."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_a_new_repository_has_every_file(tenant: Shell) -> None:
    """The new repository validates, adopts by labels alone, and plans no change after its first apply."""
    ran = tenant.tenant("init", "repo")
    assert ran.code == 0, ran.err
    assert set(files(tenant.folder / "repo")) == EVERYTHING
    assert "Written: the project sandbox, with 1 customer, 1 instance, 1 user.\n" in ran.out
    assert "Next:  cd repo && reconciler plan -e production\n" in ran.out
    assert "  2 inputs of connections: apiKey, host\n" in ran.out
    assert tenant.world.mutations == []
    tenant.monkeypatch.chdir(tenant.folder / "repo")
    assert tenant.run("validate", "-e", "production", "--without-secrets").code == 0
    plan = json.loads(tenant.tenant("plan", "-e", "production", "--format", "json").out)
    assert [each["actions"] for each in plan["changes"]] == [["adopt"], ["adopt"]]
    assert [field["path"] for each in plan["changes"] for field in each["fields"]] in ([], [["labels"]] * 2)
    applied = tenant.tenant("apply", "-e", "production", "--auto-approve")
    assert applied.code == 0, applied.err
    assert tenant.world.mutation_names() == ["updateCustomer", "updateInstance"]
    assert tenant.tenant("plan", "-e", "production", "--detailed-exitcode").code == 0
    again = tenant.tenant("export", "-e", "production")
    assert "Exported: 3 unchanged.\n" in again.out


def test_the_printed_next_command_works(tenant: Shell) -> None:
    """The line after "Next" runs as it is written, and its plan is of labels."""
    told = tenant.tenant("init", "a folder").out
    found = re.search(r"Next:  cd (.+) && reconciler (.+)\n", told)
    assert found
    assert found[1] == "'a folder'"
    tenant.monkeypatch.chdir(tenant.folder / "a folder")
    assert "Plan: 2 to adopt – 1 unchanged." in tenant.tenant(*found[2].split()).out


def test_the_printed_next_command_names_the_profile(tenant: Shell) -> None:
    """Who is signed in by a profile gets a line that runs as it is written, with no token in the environment."""
    signed_in = tenant.folder.parent / "prism.yml"
    token = tenant.world.sandbox.settings.token
    signed_in.write_text(f"profiles:\n  my home: {{accessToken: {token}}}\n", encoding="utf-8")
    tenant.monkeypatch.setenv("PRISM_CONFIG_FILE", str(signed_in))
    tenant.monkeypatch.delenv("PRISM_ACCESS_TOKEN")
    told = tenant.tenant("init", "repo", "--profile", "my home")
    assert told.code == 0, told.err
    found = re.search(r"Next:  cd repo && reconciler (.+)\n", told.out)
    assert found
    assert found[1] == "plan -e production --profile 'my home'"
    tenant.monkeypatch.chdir(tenant.folder / "repo")
    assert "Plan: 2 to adopt" in tenant.tenant(*shlex.split(found[1])).out


def test_no_secret_is_written(tenant: Shell) -> None:
    """By reference connection inputs are names of environment variables, in manifests, the list and the pipelines."""
    ran = tenant.tenant("init", "-vv", "--secrets", "reference")
    written = files(tenant.folder)
    without = {name: text for name, text in written.items() if not name.endswith("types.yaml")}
    for text in [*without.values(), ran.out, ran.err]:
        assert WORD not in text
        assert "live.example.com" not in text
    assert written["manifests/customers/ftl-rockets/types.yaml"].count(WORD) == 1, "a plain config variable"
    names = re.findall(r"^(\w+)=$", written[".env.example"], re.MULTILINE)
    assert len(names) == 2
    for name in names:
        for pipeline in ("plan", "apply", "drift"):
            assert f"{name}: ${{{{ secrets.{name} }}}}\n" in written[f".github/workflows/{pipeline}.yml"]
    assert "FTL_ACME_PASSWORD" not in "".join(written.values())


def test_without_a_secret_the_pipeline_needs_the_token_alone(tenant: Shell) -> None:
    """By default no environment variable stands for a secret: no list of names, and none of them in the pipelines."""
    assert tenant.tenant("init").code == 0
    written = files(tenant.folder)
    assert ".env.example" not in written
    assert "live.example.com" not in "".join(written.values())
    assert "valueFrom" not in written["manifests/customers/ftl-rockets/types.yaml"]
    asked = {name for text in written.values() for name in re.findall(r"secrets\.(\w+)", text)}
    assert asked == {"PRISM_REFRESH_TOKEN", "RECONCILER_FINGERPRINT_KEY", "RECONCILER_NOTIFY_URL"}


def test_another_organizations_token_is_refused(tenant: Shell) -> None:
    """The project names its environment's organization, so no other token can plan it."""
    assert tenant.tenant("init").code == 0
    plan = json.loads(tenant.tenant("plan", "-e", "production", "--format", "json").out)
    text = files(tenant.folder)["reconciler.yaml"]
    environment = yaml.safe_load(text)["spec"]["environments"]["production"]
    assert environment["organization"] == plan["tenant"]["organizationId"]
    tenant.write("reconciler.yaml", text.replace(environment["organization"], "another"))
    ran = tenant.tenant("plan", "-e", "production")
    assert (ran.code, ran.out) == (1, "")
    assert "reconciler.yaml:" in ran.err


def test_more_secrets_than_the_forge_holds_are_warned_of(tenant: Shell) -> None:
    """Where the names are too many for GitHub, it is said with what to do; by default there are none."""
    owner = tenant.world.seed.customer("Many")["id"]
    version = tenant.world.seed.version("Every Data Type")["id"]
    inputs = json.dumps([{"name": "host", "type": "value", "value": "made-up.example"}])
    values = [{"key": "A Connection", "values": inputs}]
    for number in range(100):
        tenant.world.seed.instance(f"I{number}", customer=owner, integration=version, configVariables=values)
    assert "Limit" not in tenant.tenant("init", "default").out
    ran = tenant.tenant("init", "many", "--secrets", "reference")
    assert "Limit: GitHub keeps 100 secrets for an environment, and the pipeline needs 104. " in ran.out
    assert "valueFrom: {file: FILE, key: KEY}" in ran.out
    found = json.loads(tenant.tenant("init", "json", "--secrets", "reference", "--format", "json").out)
    assert found["secretsLimit"].startswith("GitHub keeps 100 secrets")
    assert "Limit" not in tenant.tenant("init", "gitlab", "--secrets", "reference", "--ci", "gitlab").out


@needs_git
def test_git_ignores_what_a_run_writes(tenant: Shell) -> None:
    """Saved plans, receipts, reports and metrics stay out of git; manifests of any name do not."""
    assert tenant.tenant("init").code == 0
    subprocess.run(["git", "init", "-q"], cwd=tenant.folder, check=True)
    written = ["plan.json", "plan.md", "drift.html", "apply.xml", "health.json", "rollouts.html", "weekly.report.html",
               "plan-report.json", "production.plan.json", "production.receipt.json", "health.prom",
               ".reconciler/apply.json", "production.env"]  # fmt: skip
    kept = ["manifests/plan.yaml", "manifests/customers/apply/drift.yaml", "reconciler.yaml", ".env.example"]
    asked = "\n".join([*written, *kept])
    command = ["git", "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(command, cwd=tenant.folder, input=asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == written


def test_existing_files_are_kept(tenant: Shell) -> None:
    """Existing files are kept and listed, with what they lack; the list of secrets is extended."""
    mine = {name: f"mine: {name}\n" for name in ("LICENSE", "README.md", ".gitignore", ".vscode/settings.json")}
    for name, text in mine.items():
        tenant.write(name, text)
    tenant.write(".env.example", "MINE=\r\n")
    ran = tenant.tenant("init", "--secrets", "reference")
    assert ran.code == 0, ran.err
    written = files(tenant.folder)
    assert {name: written[name] for name in mine} == mine
    assert (tenant.folder / ".env.example").read_bytes().startswith(b"MINE=\r\n\r\n# Instance/")
    for name in ("README.md", ".gitignore", ".vscode/settings.json"):
        assert f"  kept  {name}, which was there" in ran.out
    assert "see that it has .env" in ran.out
    assert "Then:  give it the 2 secrets that .env.example lists; then plan without --keep-secrets.\n" in ran.out
    assert "./schemas/manifest.schema.json" in ran.out
    assert set(written) == {*EVERYTHING, "LICENSE", ".env.example"}


def test_a_partial_pipeline_is_not_written(tenant: Shell) -> None:
    """If one file of the pipeline exists, none is written, which is reported."""
    tenant.write(".github/workflows/apply.yml", "name: Mine\n")
    ran = tenant.tenant("init")
    assert ran.code == 0, ran.err
    workflows = [name for name in files(tenant.folder) if name.startswith(".github")]
    assert workflows == [".github/workflows/apply.yml"]
    assert "kept  .github/workflows/apply.yml, which was there: so no pipeline was written" in ran.out
    assert "GitHub" not in files(tenant.folder)["README.md"], "which tells of no pipeline then"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("reconciler.yaml", PROJECT, "there is a project already; 'reconciler export' brings"),
        ("reconciler.yml", PROJECT, "there is a project already"),
        ("team.yaml", CUSTOMER, "there are manifests already; write a reconciler.yaml"),
        ("customers/ftl/customer.yaml", CUSTOMER, "there are manifests already"),
        ("manifests/team.yaml", "mine: 1\n", "there is something else at manifests/team.yaml"),
        ("manifests/other.yml", "mine: 1\n", "there is something else at manifests/other.yml"),
        ("manifests/customers", "a file\n", "there is something else at manifests/customers/"),
    ],
)
def test_nothing_is_written_where_a_project_cannot_come(tenant: Shell, name: str, text: str, said: str) -> None:
    """A project, manifests, or something in their place: one clear error, and the folder stays as it is."""
    tenant.write(name, text)
    ran = tenant.tenant("init")
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert files(tenant.folder) == {name: text}


def test_a_file_in_the_place_of_the_repository_is_refused(tenant: Shell) -> None:
    """A repository is not begun in a file."""
    tenant.write("repo", "a file")
    assert "repo is not a folder" in tenant.tenant("init", "repo").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", "Not A Handle"), "--name 'Not A Handle': must be lower-case letters"),
        (("-e", "Production!"), "--environment 'Production!': must be a word"),
        (("-e", "on"), "--environment 'on': must be a word"),
        (("--customer", "Nobody"), "Nobody"),
        (("--label", "nothing-has-it"), "nothing"),
        (("--label", "apart", "--integration", "Every Data Type"), "nothing in the tenant matches the filters"),
        (("--ci", "jenkins"), "'jenkins' is not one of"),
    ],
)
def test_impossible_options_are_refused(tenant: Shell, arguments: tuple[str, ...], said: str) -> None:
    """An invalid name, or an unknown part of the tenant, is an error before anything is written."""
    tenant.world.seed.customer("Nordlys", labels=["apart"])
    ran = tenant.tenant("init", "repo", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert not (tenant.folder / "repo").exists()


def test_a_dry_run_writes_nothing(tenant: Shell) -> None:
    """``--dry-run`` lists the files and writes none; the next run writes exactly these."""
    told = tenant.tenant("init", "repo", "--dry-run").out
    assert not (tenant.folder / "repo").exists()
    assert "Would write: the project sandbox" in told
    assert "Next:" not in told
    ran = tenant.tenant("init", "repo")
    assert [line for line in told.splitlines() if " + " in line] == [x for x in ran.out.splitlines() if " + " in x]


def test_an_interrupted_init_can_be_repeated(tenant: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some of the files the disk may be full: run again, the repository is what it would have been."""
    assert tenant.tenant("init", "whole").code == 0
    expected = files(tenant.folder / "whole")
    for written in (0, 1, len(expected) // 2, len(expected) - 1):
        left = written

        def filling(path: Path, data: bytes, *, private: bool) -> None:
            nonlocal left
            if left == 0:
                raise OSError(28, "No space left on device")
            left -= 1
            replacing.replace(path, data, private=private)

        with monkeypatch.context() as patch:
            patch.setattr(output, "replace", filling)
            ran = tenant.tenant("init", "cut")
        assert ran.code == 1
        assert "cannot be written: No space left on device; run the same again" in ran.err
        assert len(files(tenant.folder / "cut")) == written
        assert tenant.tenant("init", "cut").code == 0
        assert files(tenant.folder / "cut") == expected
        shutil.rmtree(tenant.folder / "cut")


def test_editors_know_the_tenant(tenant: Shell) -> None:
    """With the settings that are written the real language server takes the manifests, and finds a mistake in them."""
    assert tenant.tenant("init").code == 0
    settings = json.loads((tenant.folder / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    with language_server(tenant.folder, schemas=settings["yaml.schemas"]) as server:
        for name, text in files(tenant.folder).items():
            if name.startswith("manifests/") or name == "reconciler.yaml":
                assert server.diagnostics(name, text) == [], name
        name = "manifests/customers/ftl-rockets/types.yaml"
        text = files(tenant.folder)[name].replace("A Number:", "A Numbre:")
        assert "A Numbre" in " ".join(each.message for each in server.diagnostics(name, text))
        assert server.diagnostics("environments/staging/all.yaml", "kind: Nothing\nmetadata: {name: a}\n")


def test_a_partial_init_names_nothing_outside_of_its_part(tenant: Shell) -> None:
    """Who asked for one customer gets no file in which another is named, the schemas for editors among them."""
    tenant.world.seed.customer("Nordlys")
    assert "Nordlys" in shown(tenant, "whole")
    assert "Nordlys" in files(tenant.folder / "whole")["schemas/manifest.schema.json"]
    assert "Nordlys" not in shown(tenant, "part", "--customer", "FTL Rockets")
    assert "Nordlys" not in shown(tenant, "other", "--target", "Customer/ftl-rockets")


def shown(tenant: Shell, *arguments: str) -> str:
    assert tenant.tenant("init", *arguments).code == 0
    return "".join(files(tenant.folder / arguments[0]).values())


def test_init_can_be_limited_to_a_part_of_the_tenant(tenant: Shell) -> None:
    """Export filters apply to a new repository; name and environment can be chosen."""
    tenant.world.seed.customer("Nordlys")
    ran = tenant.tenant("init", "--customer", "Nordlys", "--name", "mine", "-e", "live", "--ci", "none")
    assert ran.code == 0, ran.err
    written = files(tenant.folder)
    assert {name for name in written if name.startswith("manifests/")} == {"manifests/customers/nordlys/customer.yaml"}
    assert not [name for name in written if "workflows" in name or "gitlab" in name]
    project = yaml.safe_load(written["reconciler.yaml"])
    assert (project["metadata"]["name"], list(project["spec"]["environments"])) == ("mine", ["live"])
    assert "reconciler apply live.plan.json" in written["README.md"]
    assert ".env.example" not in written, "there is no secret in it"
    assert "Then:  README.md says" in ran.out


def test_many_customers_are_summarized_by_a_count(tenant: Shell) -> None:
    """A screen is enough for any tenant; what was installed from somewhere needs nothing put in its place."""
    for number in range(30):
        tenant.world.seed.customer(f"Customer {number}")
    origin = PackageOrigin("https://github.com/acme/tools", "v9")
    tenant.monkeypatch.setattr("reconciler.workflow.exporting.find_origin", lambda: origin)
    ran = tenant.tenant("init")
    assert len(ran.out.splitlines()) < 50
    assert "  + manifests/  12 more folders\n" in ran.out
    assert "with 31 customers, 1 instance, 1 user.\n" in ran.out
    assert "YOUR-ORG" not in ran.out + "".join(files(tenant.folder).values())
    assert "uses: acme/tools@v9\n" in files(tenant.folder)[".github/workflows/plan.yml"]


def test_json_holds_the_same_summary(tenant: Shell) -> None:
    """``--format json`` gives the outcome as data, and nothing else on stdout."""
    tenant.write("README.md", "mine")
    found = json.loads(tenant.tenant("init", "--format", "json").out)
    assert set(found["written"]) == EVERYTHING - {"README.md"}
    assert [each["file"] for each in found["keptFiles"]] == ["README.md"]
    assert (found["project"], found["environment"], found["pipeline"]) == ("sandbox", "production", "github")
    assert (found["dryRun"], found["secrets"], found["leftOut"]) == (False, 0, [])
    assert [(each["kind"], each["count"]) for each in found["unmanaged"]] == [("connectionInput", 2)]
    assert found["secretsLimit"] is None


def test_objects_that_no_manifest_can_express_are_reported(tenant: Shell) -> None:
    """An object that is left out is named, the rest is written, and the exit code is 1."""
    (customer,), (first,) = (tenant.world.rows(table, name=name) for table, name in NAMES)
    second = tenant.world.seed.instance("Second", customer=customer["id"], integration=first["integration"])
    tenant.world.sandbox.store.update("instances", second["id"], name="Types")
    ran = tenant.tenant("init")
    assert ran.code == 1
    assert ran.out.count("left out  Instance/") == 2
    assert (tenant.folder / "reconciler.yaml").exists()


@needs_git
@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:acme/manifests.git", ".github/workflows/plan.yml"),
        ("https://gitlab.example.com/acme/manifests.git", ".gitlab-ci.yml"),
        (None, ".github/workflows/plan.yml"),
    ],
)
def test_the_forge_is_recognized_by_the_git_remote(tenant: Shell, remote: str | None, expected: str) -> None:
    """In a clone with nothing but a licence the pipeline is that of the remote's forge, for its own branch."""
    tenant.write("LICENSE", "MIT\n")
    git(tenant.folder, "init", "-q", "-b", "trunk")
    if remote:
        git(tenant.folder, "remote", "add", "origin", remote)
    assert tenant.tenant("init").code == 0
    written = files(tenant.folder)
    pipelines = {name for name in written if "workflows" in name or "gitlab" in name}
    assert expected in pipelines
    assert len(pipelines) == (1 if "gitlab" in expected else 3)
    if "github" in expected:
        assert "branches: [trunk]" in written[".github/workflows/apply.yml"]
    git(tenant.folder, "add", ".")
    (tenant.folder / ".env").write_text("SECRET=1\n", encoding="utf-8")
    status = subprocess.run(["git", "status", "--short"], cwd=tenant.folder, capture_output=True, text=True, check=True)
    assert ".env\n" not in status.stdout, "a file of secrets is never on its way into git"


@needs_git
def test_below_a_repositorys_root_there_is_no_pipeline(tenant: Shell) -> None:
    """Below the repository's root no pipeline is written; asking for one is an error."""
    git(tenant.folder, "init", "-q")
    ran = tenant.tenant("init", "deploy/prismatic")
    assert ran.code == 0, ran.err
    assert "is the root of this git repository; 'git init' first makes this one of its own" in ran.out
    assert not [name for name in files(tenant.folder) if "workflows" in name]
    ran = tenant.tenant("init", "other", "--ci", "github")
    assert ran.code == 1
    assert "--ci github: forges read pipelines at the repository's root alone" in ran.err


def test_a_file_in_the_place_of_a_folder_stays(tenant: Shell) -> None:
    """A file with the name of a needed folder is an error."""
    tenant.write("schemas", "mine")
    ran = tenant.tenant("init")
    assert ran.code == 0, ran.err
    assert "kept  schemas/manifest.schema.json" in ran.out
    assert files(tenant.folder)["schemas"] == "mine"


def test_a_failure_to_write_is_reported(tmp_path: Path) -> None:
    """A file in the place of a folder is an error that names it."""
    (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="a/b: cannot be written"):
        placing.write(tmp_path, [NewFile("a/b", "text")])


def test_the_documented_output_is_the_real_output(tenant: Shell) -> None:
    """docs/getting-started.md shows the files that are written, and the lines that are said, as they are."""
    page = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8").split("```console\n")[1].split("```")[0]
    written = {line.removeprefix("  + ") for line in page.splitlines() if line.startswith("  + ")}
    assert {name for name in written if "manifests/" not in name} == {x for x in EVERYTHING if "manifests/" not in x}
    ran = tenant.tenant("init", "acme-integrations", "--name", "acme")
    said = [
        re.sub(r"\d+ \w+", "N", line) for line in ran.out.splitlines() if re.match(r"(Written|Next|  {5}|Then)", line)
    ]
    shown = [
        re.sub(r"\d+ \w+", "N", line) for line in page.splitlines() if re.match(r"(Written|Next|  {5}|Then)", line)
    ]
    assert said == shown


def test_a_new_repository_can_have_sets(tenant: Shell) -> None:
    """With ``--sets`` instances that are alike are one set, whose plan changes labels; without, it is proposed."""
    version = tenant.world.seed.version("Acme Inventory")["id"]
    for number in range(5):
        owner = tenant.world.seed.customer(f"Alike {number}")["id"]
        variables = [{"key": "My String", "value": f"v{number * 7}"}]
        tenant.world.seed.instance(
            "Inventory", customer=owner, integration=version, deployed=True, configVariables=variables
        )
    assert "Instances are alike: 5 of 'Acme Inventory'." in tenant.tenant("init", "without").err
    ran = tenant.tenant("init", "repo", "--sets")
    assert ran.code == 0, ran.err
    assert (
        "set  InstanceSet/inventory in manifests/sets/inventory.yaml: 5 members, values for my-string in "
        "manifests/sets/inventory.values.csv\n" in ran.out
    )
    tenant.monkeypatch.chdir(tenant.folder / "repo")
    plan = json.loads(tenant.tenant("plan", "-e", "production", "--format", "json").out)
    assert {tuple(each["actions"]) for each in plan["changes"]} == {("adopt",)}
    assert "Instance/inventory.alike-3" in {each["address"] for each in plan["changes"]}
    assert tenant.tenant("apply", "-e", "production", "--auto-approve").code == 0
    assert tenant.tenant("plan", "-e", "production", "--detailed-exitcode").code == 0
