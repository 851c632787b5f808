"""Recipes that move the lock: one pull request for new versions, none without."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from recipes.bench import SECRET, Bench
from recipes.github import run_workflow
from recipes.test_others import gitlab
from support.manifests import customer, instance
from support.needs import needs_git
from support.serving import served
from support.world import INTEGRATIONS, World

from reconciler.manifests.project.lockfile import Lock, lock_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = needs_git
MANIFESTS = (
    customer("name: FTL Rockets")
    + instance("Inventory", "name: Acme Inventory, version: latest")
    + """\
  configVariables: {Warehouse: west}
"""
)
LOCK = lock_text(Lock({"Acme Inventory": 1}))
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")
BRANCH = "reconciler/upgrade"


@dataclass(slots=True)
class Upgrading:
    """A repository with a lock and a remote, and the job of one forge."""

    bench: Bench
    job: Callable[[str], bool]
    body: str
    """Which field of a pull request is its text."""

    def git(self, *arguments: str) -> str:
        folder = self.bench.repository
        return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout

    def check_out(self) -> None:
        """Check the default branch out, as it is on the remote."""
        self.git("fetch", "-q", "origin")
        self.git("checkout", "-q", "-f", "-B", "main", "origin/main")
        self.git("clean", "-q", "-f", "-d")

    def run(self, number: str) -> None:
        """Run the job on a fresh checkout; it passes."""
        self.check_out()
        assert self.job(number), self.bench.told[-1]

    @property
    def pulls(self) -> list[dict[str, Any]]:
        return list(self.bench.forge["pulls"].values())

    def proposed(self) -> str:
        """Return the commit that the branch is at."""
        self.git("fetch", "-q", "origin")
        return self.git("ls-remote", "origin", f"refs/heads/{BRANCH}").partition("\t")[0]


@pytest.fixture(params=["github", "gitlab"])
def upgrading(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Upgrading]:
    definitions = [INTEGRATIONS / f"acme-inventory-{number}.yaml" for number in (1, 2)]
    with World(integrations=tuple(definitions)) as world, served(world.sandbox) as url:
        bench = Bench(world, url, tmp_path)
        origin = tmp_path / "origin.git"
        bench.secrets["CI_PROJECT_URL"] = f"file://{origin}".removesuffix(".git")
        bench.secrets["CI_DEFAULT_BRANCH"] = "main"

        def on_github(number: str) -> bool:
            return not any(job.failed for job in run_workflow(bench, "upgrade.yml", "schedule", {}, number))

        made = Upgrading(bench, on_github, "body")
        if request.param == "gitlab":
            made = Upgrading(bench, lambda _: gitlab(bench, "upgrade") == 0, "description")
        bench.write("all.yaml", MANIFESTS)
        bench.write("reconciler.lock", LOCK)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
        made.git("init", "-q", "-b", "main")
        made.git("add", ".")
        made.git(*IDENTITY, "commit", "-q", "-m", "first")
        made.git("remote", "add", "origin", f"file://{origin}")
        made.git("push", "-q", "origin", "main")
        yield made
        everything = "".join(bench.told) + bench.store.read_text(encoding="utf-8")
        for secret in (SECRET, "forge-token", "bot-token", bench.secrets["PRISM_REFRESH_TOKEN"]):
            assert secret not in everything


def test_newer_versions_are_one_pull_request(upgrading: Upgrading) -> None:
    """The branch moves the lock and nothing else, and the text is what the command printed."""
    upgrading.run("1")
    (pull,) = upgrading.pulls
    assert "Upgrade integrations" in pull.values()
    assert BRANCH in pull.values()
    upgrading.git("fetch", "-q", "origin", BRANCH)
    assert upgrading.git("show", "FETCH_HEAD:reconciler.lock").splitlines()[-1].split() == ["Acme", "Inventory:", "2"]
    assert upgrading.git("diff", "--name-only", "origin/main", "FETCH_HEAD").split() == ["reconciler.lock"]
    upgrading.check_out()
    printed = upgrading.bench.run(
        ["reconciler", "lock", "-e", "production", "--upgrade"], upgrading.bench.secrets, upgrading.bench.repository
    ).out
    head, _, block = pull[upgrading.body].partition("\n\n")
    assert head == "What the newer versions change:"
    assert block == "".join(f"    {line}\n" for line in printed.splitlines())
    assert "all.yaml:13:21: Instance/inventory: 'Warehouse' is called 'Warehouse Region'" in block
    assert all(line.startswith("    ") for line in block.splitlines())
    assert upgrading.bench.world.mutations == []


def test_no_new_version_opens_no_pull_request(upgrading: Upgrading) -> None:
    """With everything at its newest, and with a branch that says so already, nothing is pushed, opened or edited."""
    upgrading.run("1")
    proposed, before = upgrading.proposed(), upgrading.bench.forge
    upgrading.run("2")
    assert (upgrading.proposed(), upgrading.bench.forge["pulls"]) == (proposed, before["pulls"])
    merged = ("-C", str(upgrading.bench.folder / "origin.git"), "update-ref")
    upgrading.git(*merged, "refs/heads/main", proposed)
    upgrading.git(*merged, "-d", f"refs/heads/{BRANCH}")
    upgrading.run("3")
    assert (upgrading.proposed(), upgrading.bench.forge["pulls"]) == ("", before["pulls"])


def test_an_open_pull_request_is_updated(upgrading: Upgrading) -> None:
    """A version that is published meanwhile moves the branch on, and the text of the same pull request."""
    upgrading.run("1")
    proposed = upgrading.proposed()
    newer = (INTEGRATIONS / "acme-inventory-2.yaml").read_text(encoding="utf-8").replace("My String", "My Text")
    upgrading.bench.world.seed.integration(newer)
    upgrading.run("2")
    (pull,) = upgrading.pulls
    assert "1 → 3" in pull[upgrading.body]
    assert "My Text" in pull[upgrading.body]
    assert upgrading.proposed() != proposed
    assert upgrading.git("rev-list", "--count", f"origin/main..{upgrading.proposed()}").strip() == "1"
