"""The other recipes, run: GitLab, cron, Kubernetes, pre-commit."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml
from recipes.bench import MANIFESTS, RECIPES, SECRET, Bench
from recipes.gitlab import IDENTITY, PIPELINE, PUSH, gitlab, gitlab_pipeline, publish
from support.manifests import customer
from support.needs import needs_git
from support.receiver import receiving
from support.serving import Ran, served
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        yield made
        for secret in (SECRET, "bot-token"):
            assert secret not in "".join(made.told) + made.store.read_text(encoding="utf-8")


@needs_git
def test_a_merge_request_has_one_note(bench: Bench) -> None:
    """The plan is written as a note and edited from then on; the token is on no command line and in no file left."""
    assert gitlab(bench, "validate") == 0
    assert gitlab(bench, "plan") == 0
    (note,) = bench.forge["comments"].values()
    assert "2 to create" in note["body"].splitlines()[2]
    bench.write("all.yaml", MANIFESTS.split("---")[0])
    assert gitlab(bench, "plan") == 0
    (note,) = bench.forge["comments"].values()
    assert "1 to create" in note["body"].splitlines()[2]
    assert [method for method, _ in bench.forge["calls"]] == ["GET", "GET", "POST", "GET", "GET", "PUT"]
    assert json.loads((bench.repository / ".reconciler" / "codequality.json").read_text(encoding="utf-8")) is not None


@needs_git
def test_the_saved_plan_is_applied_and_drift_is_explained(bench: Bench) -> None:
    """The plan is a file from one job to the next; a person starts the apply, whose receipt goes to the drift."""
    publish(bench)
    assert gitlab_pipeline(bench, PIPELINE, PUSH) == ["validate passed", "plan passed"]
    assert bench.world.mutations == []
    done = gitlab_pipeline(bench, PIPELINE, PUSH, ["apply"])
    assert done == ["validate passed", "plan passed", "apply passed"]
    assert bench.world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
    (bench.repository / ".receipt" / "production.json").unlink()
    bench.world.forget()
    assert gitlab_pipeline(bench, PIPELINE, PUSH) == done, "without changes nobody is asked"
    assert bench.world.mutations == []
    assert gitlab(bench, "drift") == 0
    bench.describe("Meddled")
    assert gitlab(bench, "drift") == 2
    assert "Customer/ftl 'FTL Rockets': changed outside" in bench.told[-1]


@needs_git
def test_gitlab_applies_no_plan_of_older_manifests(bench: Bench) -> None:
    """If somebody merges while the plan waits, nothing of it is applied."""
    publish(bench)
    assert gitlab(bench, "plan", **PUSH) == 0
    _git(bench.folder, "clone", "-q", "origin.git", "other")
    for command in ("commit -q --allow-empty -m newer", "push -q origin HEAD:main"):
        _git(bench.folder / "other", *IDENTITY, *command.split())
    assert gitlab(bench, "apply", **PUSH) == 1
    assert "The default branch moved on after this plan was made; nothing is applied." in bench.told[-1]
    assert bench.world.mutations == []


@needs_git
def test_gitlab_installs_by_commit_and_hashes(bench: Bench) -> None:
    """What is installed comes from one commit, packages by their hashes; a link in the repository is not followed."""
    (bench.folder / "elsewhere").mkdir()
    (bench.repository / ".packages").symlink_to(bench.folder / "elsewhere")
    assert gitlab(bench, "validate") == 0
    packages, product = bench.forge["installed"]
    assert packages[:3] == ["install", "--quiet", "--require-hashes"]
    assert [Path(each).name for each in packages if each.endswith(".txt")] == ["run.txt", "build.txt"]
    assert product[:4] == ["install", "--quiet", "--no-deps", "--no-build-isolation"]
    assert not (bench.repository / ".packages").is_symlink()


@pytest.fixture
def checkout(bench: Bench) -> Path:
    """A checkout of a repository that others push to."""
    for command in ("init -q -b main", "add .", "commit -q -m first"):
        _git(bench.repository, *IDENTITY, *command.split())
    _git(bench.folder, "clone", "-q", str(bench.repository), "checkout")
    return bench.folder / "checkout"


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def cron(bench: Bench, checkout: Path) -> Ran:
    """Run the line of the crontab, on this checkout."""
    line = (RECIPES / "cron" / "crontab").read_text(encoding="utf-8").splitlines()[-1]
    assert re.match(r"\d+ \d+ \* \* \* ", line)
    program, _, environment = shlex.split(line)[5:]
    assert program == "/usr/local/bin/reconciler-drift"
    script = str(RECIPES / "cron" / "reconciler-drift")
    environ = {"RECONCILER_COLLECTOR": str(bench.folder)}
    return bench.run(["sh", script, str(checkout), environment], environ, bench.folder)


@needs_git
def test_cron_prints_nothing_until_something_differs(bench: Bench, checkout: Path) -> None:
    """The newest commit is compared; silence is the good news, metrics and receipt are kept, a webhook is told."""
    config = bench.folder / ".config" / "reconciler"
    config.mkdir(parents=True)
    with receiving("/hook") as webhook:
        lines = [*bench.secrets.items(), ("RECONCILER_NOTIFY_URL", webhook.url)]
        secrets = config / "production.env"
        secrets.write_text("".join(f"{key}='{value}'\n" for key, value in lines), encoding="utf-8")
        bench.world.apply(MANIFESTS.replace("Declared", "Old"), environ={**bench.world.environ, **bench.secrets})
        bench.describe("Declared")
        bench.world.seed.customer("B", description="Declared")
        quiet = cron(bench, checkout)
        assert quiet.code == 2  # the project's label is on nothing yet
        ran = bench.run(["reconciler", "apply", "-e", "production", "--auto-approve"], bench.secrets, bench.repository)
        assert ran.code == 0, ran.err
        assert cron(bench, checkout) == Ran(0, "", "")
        bench.write("all.yaml", MANIFESTS.replace("Declared", "New"))
        _git(bench.repository, *IDENTITY, "commit", "-q", "-a", "-m", "second")
        loud = cron(bench, checkout)
        assert loud.code == 2
        assert "Declared → New" in loud.out
        assert [post["differences"] for post in webhook.posts] == [2, 0, 1]
    receipt = bench.folder / ".local" / "state" / "reconciler" / "production.receipt.json"
    assert receipt.stat().st_mode & 0o777 == 0o600
    metrics = bench.folder / "reconciler-production.prom"
    assert metrics.stat().st_mode & 0o044 == 0o044
    assert (
        'reconciler_drifted_objects{command="drift",environment="production",kind="Customer",project="acme"} 1.0'
        in (metrics.read_text(encoding="utf-8"))
    )


@needs_git
def test_cron_prints_what_failed(bench: Bench, checkout: Path) -> None:
    """Without secrets the error is mailed, and so is a wrong call."""
    ran = cron(bench, checkout)
    assert ran.code == 1
    assert "FTL_ACME_PASSWORD is not set" in ran.out
    script = str(RECIPES / "cron" / "reconciler-drift")
    usage = bench.run(["sh", script], {}, bench.folder)
    assert (usage.code, usage.err[:6]) == (1, "usage:")


def container_of(name: str, kind: str) -> dict[str, Any]:
    """Return the one container of a recipe for Kubernetes."""
    documents = yaml.safe_load_all((RECIPES / "kubernetes" / name).read_text(encoding="utf-8"))
    (found,) = [each for each in documents if each["kind"] == kind]
    job = found["spec"]["jobTemplate"] if kind == "CronJob" else found
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return dict(container)


def run_container(bench: Bench, container: Mapping[str, Any], environ: Mapping[str, str]) -> Ran:
    """Run the command line of a container; its volumes are folders of the bench."""
    (script,) = container["args"]
    for mount in container["volumeMounts"]:
        folder = bench.folder / "mounts" / mount["name"]
        folder.mkdir(parents=True, exist_ok=True)
        script = re.sub(rf"(?<=[ \"]){mount['mountPath']}/", f"{folder}/", script)
    known = {each["name"]: each["value"] for each in container["env"]}
    known |= {"HOME": str(bench.folder), "PRISMATIC_URL": bench.url}
    return bench.run([*container["command"], script], {**known, **environ}, bench.folder)


@needs_git
def test_the_cron_job_of_kubernetes_looks_for_drift(bench: Bench, checkout: Path) -> None:
    """The container clones the manifests, compares them, and fails the job for a drift."""
    container = container_of("cronjob.yaml", "CronJob")
    ran = run_container(bench, container, {**bench.secrets, "MANIFESTS": f"file://{checkout}"})
    assert ran.code == 2, ran
    assert "missing  Customer/ftl" in ran.out


@needs_git
def test_the_indexed_job_of_kubernetes_applies_each_shard_once(bench: Bench) -> None:
    """Every index applies its own shard with its own token, and together they apply all manifests."""
    names = [f"customer-{number}" for number in range(12)]
    bench.write("all.yaml", "".join(customer(f"name: {name}").replace("name: ftl", f"name: {name}") for name in names))
    for command in ("init -q -b main", "add .", "commit -q -m first"):
        _git(bench.repository, *IDENTITY, *command.split())
    container = container_of("apply-shards.yaml", "Job")
    environ = {each["name"]: each["value"] for each in container["env"]}
    token = bench.secrets.pop("PRISM_REFRESH_TOKEN")
    tokens = bench.folder / "mounts" / "tokens"
    tokens.mkdir(parents=True)
    created = []
    for index in range(int(environ["SHARDS"])):
        (tokens / f"token-{index}").write_text(token, encoding="utf-8")
        (tokens / f"token-{index - 1}").unlink(missing_ok=True)
        own = {"MANIFESTS": f"file://{bench.repository}", "COMMIT": "main", "JOB_COMPLETION_INDEX": str(index)}
        ran = run_container(bench, container, {**bench.secrets, **own})
        assert ran.code == 0, ran
        created.append({row["name"] for row in bench.world.rows("customers", isSystem=0)} - set().union(*created))
        shutil.rmtree(bench.folder / "mounts" / "work")
    assert set().union(*created) == set(names)
    assert all(len(part) < len(names) for part in created)


@pytest.mark.parametrize("path", sorted((RECIPES / "kubernetes").glob("*.yaml")), ids=lambda path: path.name)
def test_kubernetes_accepts_the_manifests(path: Path) -> None:
    """Each manifest fits the schema of its kind, without unknown fields."""
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_an_unknown_field_of_kubernetes_is_found() -> None:
    """The check of the manifests fails for a misspelt field."""
    text = (RECIPES / "kubernetes" / "apply-shards.yaml").read_text(encoding="utf-8")
    (document,) = yaml.safe_load_all(text.replace("completionMode:", "completionsMode:"))
    with pytest.raises(kubernetes_validate.ValidationError, match="completionsMode"):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_an_indexed_job_has_one_index_for_each_shard() -> None:
    """The numbers that a person changes together agree, and each index has a token."""
    (job,) = yaml.safe_load_all((RECIPES / "kubernetes" / "apply-shards.yaml").read_text(encoding="utf-8"))
    environ = {each["name"]: each["value"] for each in container_of("apply-shards.yaml", "Job")["env"]}
    assert job["spec"]["completions"] == job["spec"]["parallelism"] == int(environ["SHARDS"])
    text = (RECIPES / "kubernetes" / "apply-shards.yaml").read_text(encoding="utf-8")
    assert re.findall(r"--from-literal=token-(\d+)", text) == [str(each) for each in range(int(environ["SHARDS"]))]


def test_the_hook_stops_a_mistake(bench: Bench) -> None:
    """The hook passes manifests that are right, without any secret, and fails for a mistake."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert bench.run(shlex.split(hook["entry"]), {}, bench.repository).code == 0
    bench.write("all.yaml", MANIFESTS.replace("description", "descripton"))
    ran = bench.run(shlex.split(hook["entry"]), {}, bench.repository)
    assert ran.code == 1
    assert "all.yaml:4:27: " in ran.err
