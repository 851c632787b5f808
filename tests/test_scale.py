"""docs/scale.md: its pipelines and commands work on several machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.crowd import Crowd, customer, documents, instance
from support.serving import run, served
from support.world import ROOT, World

from reconciler.cli.run.words import split_words

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
ENVIRONMENTS, SHARDS = (
    yaml.safe_load(text)["jobs"]["apply"] for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
)
CUSTOMERS = 24
PROJECT: dict[str, Any] = {
    "apiVersion": "reconciler/v1",
    "kind": "Project",
    "metadata": {"name": "scale"},
    "spec": {"manifests": ["all.yaml"], "prune": True, "ownership": {"label": "gitops:scale"}},
}


def commands(job: dict[str, Any]) -> list[list[str]]:
    """Return what the job runs by the action, once for each value of its matrix."""
    ((name, values),) = job["strategy"]["matrix"].items()
    inputs = job["steps"][-1]["with"]
    environment = ["--environment", inputs["environment"]] if "environment" in inputs else []
    line = " ".join([inputs["command"], *environment, "--auto-approve", inputs.get("arguments", "")])
    return [list(split_words(line.replace(f"${{{{ matrix.{name} }}}}", str(value)))) for value in values]


def test_the_shards_of_the_page_apply_everything_once(tmp_path: Path) -> None:
    """The pipeline's commands, run one after the other, write everything once, and nothing is left to do."""
    with World() as world, served(world.sandbox) as url:
        Crowd(6, label="gitops:scale").settle(world)
        manifests = [*map(customer, range(CUSTOMERS)), *(instance(each, CUSTOMERS, "new") for each in range(CUSTOMERS))]
        (tmp_path / "all.yaml").write_text(documents(manifests), encoding="utf-8")
        (tmp_path / "reconciler.yaml").write_text(yaml.safe_dump(PROJECT), encoding="utf-8")
        environ = world.environ | {"PRISMATIC_URL": url}
        written = []
        for command in commands(SHARDS):
            world.forget()
            ran = run(*command, environ=environ, cwd=tmp_path)
            assert ran.code == 0, ran.out + ran.err
            written.append(sorted(world.mutation_names()))
        assert sum(names.count("createCustomer") for names in written) == CUSTOMERS - 6
        assert sum(names.count("deployInstance") for names in written) == CUSTOMERS
        assert len([names for names in written if names]) > 2
        assert world.plan(tmp_path).empty


def test_each_environment_is_named_as_the_command_wants_it() -> None:
    """The environments' pipeline runs one command for each of them, with its own token."""
    assert commands(ENVIRONMENTS) == [
        ["apply", "--environment", name, "--auto-approve"] for name in ("europe", "america")
    ]
    assert ENVIRONMENTS["environment"] == "${{ matrix.environment }}"


@pytest.mark.parametrize("shard", ["0/3", "4/3", "x"])
def test_a_shard_that_is_none_is_a_usage_error(shard: str, tmp_path: Path) -> None:
    """A mistyped shard is told in one line, before anything is read."""
    ran = run("plan", "--shard", shard, environ={}, cwd=tmp_path)
    assert ran.code == 1
    assert f"'--shard': {shard!r}: expected I/N, such as 2/5 for the second of five" in ran.err
