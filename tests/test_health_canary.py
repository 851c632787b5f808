"""Secrets of a verification: headers, payloads and results of steps, with their addresses, are in no output."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.serving import run, run_here, served
from support.world import World

from reconciler.reports.registry import FORMATS, STATUS_FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from support.serving import Ran

HEADER, PLAIN_HEADER, PAYLOAD, RESULT = (f"canary-{name}-9Xw4tB" for name in ("header", "plain", "payload", "result"))
MANIFEST = f"""
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: acme}}
spec: {{name: Acme}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: inventory}}
spec:
  customer: acme
  name: Inventory
  integration: {{name: Acme Inventory, version: 2}}
  verify:
    flows:
      Sync Inventory:
        payload: {{key: {{valueFrom: {{env: PAYLOAD}}}}}}
        headers: {{Authorization: {{valueFrom: {{env: HEADER}}}}, X-Plain: {PLAIN_HEADER}}}
        expect: {{step: Code Block, path: PATH, equals: other}}
"""
ROLLOUT = """
apiVersion: reconciler/v1
kind: Rollout
metadata: {name: inventory}
spec: {instances: {integration: Acme Inventory}, waves: [{name: rest}]}
"""
PRESIGNED = re.compile(r"/results/|step-results|signature=", re.IGNORECASE)


def everything(folder: Path, ran: list[Ran]) -> str:
    written = [
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix != ".yaml" and path.is_file()
    ]
    return "\n".join([*written, *(each.out + each.err for each in ran)])


@pytest.mark.parametrize("path", ["value", "missing"])
def test_no_secret_of_a_verification_is_in_any_output(path: str, tmp_path: Path) -> None:
    """Whether the value in a step's result is wrong or not there, no command and no report shows any of it."""
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("PATH", path), encoding="utf-8")
    every = [part for form in FORMATS for part in ("--report", f"{form}=verified.{form}")]
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        environ |= {"HEADER": HEADER, "PAYLOAD": PAYLOAD, "GITHUB_ACTIONS": "true"}
        environ |= {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        world.sandbox.outcomes.add(steps={"Code Block": {"value": RESULT}})
        ran = [
            run("plan", "-f", "it.yaml", "-vv", "--explain", "Instance/inventory", environ=environ, cwd=tmp_path),
            run("plan", "-f", "it.yaml", "-vv", "--out", "saved.json", environ=environ, cwd=tmp_path),
            run(
                "apply", "saved.json", "-vv", "--auto-approve", *every, "--receipt", "r", environ=environ, cwd=tmp_path
            ),
            run(
                "verify", "-f", "it.yaml", "-vv", "--run", *every, "--metrics", "m.prom", environ=environ, cwd=tmp_path
            ),
        ]
        ran += [
            run_here("verify", "-f", "it.yaml", "-vv", "--format", form, environ=environ, cwd=tmp_path)
            for form in FORMATS
        ]
        world.sandbox.outcomes.add(error=f"401 for {HEADER} with {PAYLOAD}")
        ran.append(run("verify", "-f", "it.yaml", "-vv", "--run", environ=environ, cwd=tmp_path))
        (tmp_path / "rollout.yaml").write_text(ROLLOUT, encoding="utf-8")
        both = ("-f", "it.yaml", "-f", "rollout.yaml")
        statuses = [part for form in STATUS_FORMATS for part in ("--report", f"{form}=status.{form}")]
        status = run("rollout", "status", *both, "-vv", *statuses, environ=environ, cwd=tmp_path)
        ran.append(run("plan", *both, "-vv", *every, environ=environ, cwd=tmp_path))
    assert [each.code for each in ran] == [0, 0, 1, 2, *[2] * len(FORMATS), 2, 0], [each.err for each in ran]
    assert (status.code, "1 failed" in status.out) == (1, True), status.err
    ran.insert(0, status)
    assert "is not the expected value" in ran[4].out if path == "value" else "has nothing at 'missing'" in ran[4].out
    assert "its run failed: 401" in ran[-2].out
    text = everything(tmp_path, ran)
    assert "Traceback" not in text
    assert [secret for secret in (HEADER, PLAIN_HEADER, PAYLOAD, RESULT) if secret in text] == []
    assert not PRESIGNED.search(text)


def test_the_result_of_a_step_is_shown_only_to_whoever_asks(tmp_path: Path) -> None:
    """A list of runs, a refusal in CI and the error stream have none of it; the output that was asked for has it."""
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("PATH", "value"), encoding="utf-8")
    get = ("get", "executions", "Instance/inventory", "-f", "it.yaml")
    step = (*get, "--step", "Code Block")
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        environ |= {"HEADER": HEADER, "PAYLOAD": PAYLOAD}
        world.sandbox.outcomes.add(steps={"Code Block": {"value": RESULT}}, error=f"401 for {HEADER} with {PAYLOAD}")
        first = run_here("apply", "-f", "it.yaml", "--auto-approve", environ=environ, cwd=tmp_path)
        ci = {**environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        listed = [run_here(*get, "--format", form, environ=environ, cwd=tmp_path) for form in ("text", "json")]
        refused = [run_here(*step, *more, environ=ci, cwd=tmp_path) for more in ((), ("--execution", "any"))]
        missing = run_here(*get, "--step", "No Such Step", environ=environ, cwd=tmp_path)
        shown = [
            run_here(*step, environ=environ, cwd=tmp_path),
            run_here(*step, "--show-in-ci", environ=ci, cwd=tmp_path),
        ]
    assert [each.code for each in (first, *listed, *refused, missing, *shown)] == [1, 0, 0, 1, 1, 1, 0, 0]
    assert ["401 for" in each.out for each in listed] == [True, True]
    assert all("nothing was fetched" in each.err for each in refused)
    assert [json.loads(each.out) for each in shown] == [{"value": RESULT}] * 2
    quiet = everything(tmp_path, [first, *listed, *refused, missing]) + "".join(each.err for each in shown)
    text = quiet + "".join(each.out for each in shown)
    assert RESULT not in quiet
    assert [secret for secret in (HEADER, PLAIN_HEADER, PAYLOAD) if secret in text] == []
    assert not PRESIGNED.search(text)
