"""docs/health.md: its manifest is valid, and its commands do what it says."""

from __future__ import annotations

import json
import re
import shlex
from textwrap import indent
from typing import TYPE_CHECKING

import yaml
from support.manifests import INVENTORY
from support.serving import run, served
from support.world import ROOT, World

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "health.md").read_text(encoding="utf-8")
VERIFY = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
MANIFESTS = INVENTORY + indent(yaml.safe_dump(yaml.safe_load(VERIFY)["spec"]), "  ")
COMMANDS = re.findall(r"^\$ reconciler (.*)$", PAGE, re.MULTILINE)


def test_the_commands_of_the_page_verify_a_deployed_instance(tmp_path: Path) -> None:
    """Each command of the page exits with 0 for an instance that works, and with 2 once its flow fails."""
    (tmp_path / "manifests.yaml").write_text(MANIFESTS, encoding="utf-8")
    verifying = [line for line in COMMANDS if line.startswith("verify")]
    assert len(verifying) == 3
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        applied = run("apply", "-f", "manifests.yaml", "--auto-approve", environ=environ, cwd=tmp_path)
        assert (applied.code, "Health: 1 healthy." in applied.out) == (0, True)
        for line in verifying:
            ran = run(*shlex.split(line), environ=environ, cwd=tmp_path)
            assert (ran.code, ran.out) == (0, "Health: 1 healthy.\n"), ran.err
        assert 'reconciler_instance_healthy{address="Instance/inventory"' in (tmp_path / "health.prom").read_text()
        world.sandbox.outcomes.add(flow="Sync Inventory", result="fail", error="401")
        failed = run("verify", "-f", "manifests.yaml", "--run", environ=environ, cwd=tmp_path)
        assert failed.code == 2
        assert "flow Sync Inventory: its run failed: 401" in failed.out


def test_the_page_lists_runs_and_prints_a_step_only_outside_of_ci(tmp_path: Path) -> None:
    """The latest runs are listed with their errors, and a step's result is printed, but in CI only when forced."""
    (tmp_path / "manifests.yaml").write_text(MANIFESTS, encoding="utf-8")
    listing, printing = (shlex.split(line) for line in COMMANDS if line.startswith("get"))
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        assert run("apply", "-f", "manifests.yaml", "--auto-approve", environ=environ, cwd=tmp_path).code == 0
        printed = run(*printing, environ=environ, cwd=tmp_path)
        assert (printed.code, json.loads(printed.out)) == (0, {"ping": 1})
        assert "customer's data" in printed.err
        refused = run(*printing, environ={**environ, "CI": "true"}, cwd=tmp_path)
        assert (refused.code, refused.out) == (1, "")
        assert run(*printing, "--show-in-ci", environ={**environ, "CI": "true"}, cwd=tmp_path).code == 0
        world.sandbox.outcomes.add(flow="Sync Inventory", error="401 \x1b[31m")
        run("verify", "-f", "manifests.yaml", "--run", environ=environ, cwd=tmp_path)
        listed = run(*listing, environ=environ, cwd=tmp_path)
        assert listed.code == 0
        assert "401" in listed.out
        assert "\x1b" not in listed.out
        document = json.loads(run(*listing, "--format", "json", environ=environ, cwd=tmp_path).out)
        assert [each["status"] for each in document["executions"]] == ["ERROR", "SUCCESS"]
