"""The recipe for an integration's own repository: which customers a change of it would break."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from recipes.bench import MANIFESTS, SECRET, Bench
from recipes.github import run_workflow
from support.serving import served
from support.world import INTEGRATIONS, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recipes.github import Job

PULL_REQUEST = {"event": {"pull_request": {"number": "5", "head": {"repo": {"full_name": "acme/manifests"}}}}}
FORK = {"event": {"pull_request": {"number": "6", "head": {"repo": {"full_name": "somebody/manifests"}}}}}
DEFINITION = (INTEGRATIONS / "data-types.yaml").read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An integration's repository, and the customers' manifests in another one, which were applied."""
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        customers = made.folder / "YOUR-ORG" / "customers"
        shutil.copytree(made.repository, customers)
        for path in made.repository.iterdir():
            path.unlink()
        command = ["reconciler", "apply", "-e", "production", "--auto-approve"]
        assert made.run(command, made.secrets, customers).code == 0
        made.write("integration.yml", DEFINITION)
        del made.secrets["FTL_ACME_PASSWORD"]
        made.secrets["CUSTOMERS_TOKEN"] = "customers-token"
        world.forget()
        yield made
        assert SECRET not in "".join(made.told) + made.store.read_text(encoding="utf-8")
        assert world.mutations == []


def run(bench: Bench, number: str) -> list[Job]:
    return run_workflow(bench, "against.yml", "pull_request", PULL_REQUEST, number)


def test_a_change_that_breaks_nobody_passes(bench: Bench) -> None:
    """The comment says that nobody would break, and the job passes without a secret of any customer."""
    (job,) = run(bench, "1")
    assert not job.failed, bench.told[-1]
    (comment,) = bench.forge["comments"].values()
    assert comment["body"].splitlines()[2].startswith("**0 of 1 instance would break** at ")


def test_a_change_that_breaks_somebody_fails(bench: Bench) -> None:
    """The comment names the customer, the line of the manifest and what is wrong; the next push edits it."""
    bench.write("integration.yml", DEFINITION.replace("A String", "Some Text"))
    (job,) = run(bench, "1")
    assert job.failed
    run(bench, "2")
    (comment,) = bench.forge["comments"].values()
    assert comment["body"].splitlines()[2].startswith("**1 of 1 instance would break** at ")
    assert "FTL Rockets" in comment["body"]
    line = MANIFESTS.splitlines().index("    A String: {valueFrom: {env: FTL_ACME_PASSWORD}}") + 1
    assert f"all.yaml:{line}:5" in comment["body"]


def test_a_fork_is_not_run(bench: Bench) -> None:
    """A pull request from a fork, which gets no secrets, runs no job."""
    assert run_workflow(bench, "against.yml", "pull_request", FORK, "1") == []
