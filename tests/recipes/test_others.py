"""The other recipes, run: GitLab, cron, Kubernetes, pre-commit."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from recipes.bench import MANIFESTS, RECIPES, SECRET, Bench
from recipes.gitlab import gitlab
from support.needs import needs_git
from support.receiver import receiving
from support.serving import Ran, served
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        yield made
        for secret in (SECRET, "bot-token"):
            assert secret not in "".join(made.told) + made.store.read_text(encoding="utf-8")


def test_a_merge_request_has_one_note(bench: Bench) -> None:
    """The plan is written as a note and edited from then on; the token is on no command line and in no file left."""
    assert gitlab(bench, "validate") == 0
    assert gitlab(bench, "plan") == 0
    (note,) = bench.forge["comments"].values()
    assert "2 to create" in note["body"].splitlines()[0]
    bench.write("all.yaml", MANIFESTS.split("---")[0])
    assert gitlab(bench, "plan") == 0
    (note,) = bench.forge["comments"].values()
    assert "1 to create" in note["body"].splitlines()[0]
    assert [method for method, _ in bench.forge["calls"]] == ["GET", "GET", "POST", "GET", "GET", "PUT"]
    assert json.loads((bench.repository / ".reconciler" / "codequality.json").read_text(encoding="utf-8")) is not None


@pytest.mark.full
def test_the_saved_plan_is_applied_and_drift_is_explained(bench: Bench) -> None:
    """The plan is a file from one job to the next; the receipt is one from the apply to the drift."""
    assert gitlab(bench, "plan") == 0
    assert gitlab(bench, "apply") == 0
    assert bench.world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
    assert gitlab(bench, "drift") == 0
    bench.describe("Meddled")
    assert gitlab(bench, "drift") == 2
    assert "Customer/ftl 'FTL Rockets': changed outside" in bench.told[-1]


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


@needs_git
def test_the_cron_job_of_kubernetes_looks_for_drift(bench: Bench, checkout: Path) -> None:
    """The container's command line, its volumes being folders, clones, compares, and fails the job for a drift."""
    documents = yaml.safe_load_all((RECIPES / "kubernetes" / "cronjob.yaml").read_text(encoding="utf-8"))
    (job,) = [each for each in documents if each["kind"] == "CronJob"]
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    environ: dict[str, Any] = {each["name"]: each["value"] for each in container["env"]}
    (script,) = container["args"]
    for mount in container["volumeMounts"]:
        folder = bench.folder / "mounts" / mount["name"]
        folder.mkdir(parents=True)
        script = script.replace(f"{mount['mountPath']}/", f"{folder}/").replace(
            f"cd {mount['mountPath']}", f"cd {folder}"
        )
    environ |= {**bench.secrets, "MANIFESTS": f"file://{checkout}", "HOME": str(bench.folder)}
    environ["PRISMATIC_URL"] = bench.url
    ran = bench.run([*container["command"], script], environ, bench.folder)
    assert ran.code == 2, ran
    assert "missing  Customer/ftl" in ran.out


def test_the_hook_stops_a_mistake(bench: Bench) -> None:
    """The hook passes manifests that are right, without any secret, and fails for a mistake."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert bench.run(shlex.split(hook["entry"]), {}, bench.repository).code == 0
    bench.write("all.yaml", MANIFESTS.replace("description", "descripton"))
    ran = bench.run(shlex.split(hook["entry"]), {}, bench.repository)
    assert ran.code == 1
    assert "all.yaml:4:27: " in ran.err
