"""Secrets of a member that a rollout sets back, the former and the new ones, are in no output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.serving import run, served
from support.world import World

from reconciler.reports.registry import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from support.serving import Ran

OLD = ["hq7TzP-of-old-password", "wR3kLm-of-old-string", "xB9nVd-of-old-list"]
NEW = ["Jc5yGs-new-word-to-pass", "Ud2fNq-new-text", "Mz8eKa-new-item"]
NAMES = ("PASSWORD", "TEXT", "LIST")
POLICY = """
apiVersion: reconciler/v1
kind: Rollout
metadata: {name: inventory}
spec:
  instances: {integration: Acme Inventory}
  waves: [{name: canary, customers: {names: [acme]}}, {name: rest}]
  onFailure: rollback
---
"""
MANIFEST = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: CUSTOMER}
spec: {name: CUSTOMER}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: CUSTOMER-inventory}
spec:
  customer: CUSTOMER
  name: Inventory
  integration: {name: Acme Inventory, version: VERSION}
  configVariables:
    Acme Inventory Endpoint: https://acme.example
    My String: {valueFrom: {env: TEXT}}
    My List: [{valueFrom: {env: LIST}}]
    Batch Size: SIZE
    Acme Inventory User/Pass: {inputs: {username: me, password: {valueFrom: {env: PASSWORD}}}}
---
"""


def manifests(version: int, policy: str = POLICY) -> str:
    one = MANIFEST.replace("VERSION", str(version)).replace("SIZE", str(10 * version))
    return policy + one.replace("CUSTOMER", "acme") + one.replace("CUSTOMER", "nordlys")


def everything(folder: Path, ran: list[Ran]) -> str:
    written = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    return "\n".join([*written, *(each.out + each.err for each in ran)])


@pytest.mark.parametrize("key", ["", "a-fingerprint-key-of-32-characters"])
def test_no_secret_of_a_member_that_goes_back_is_in_any_output(key: str, tmp_path: Path) -> None:
    """Plans, applies, drifts, explanations and statuses of a rollback show neither the former nor the new secrets."""
    every = [part for form in FORMATS for part in ("--report", f"{form}={form}.report")]
    file = tmp_path / "it.yaml"
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        environ |= {"RECONCILER_FINGERPRINT_KEY": key} if key else {}
        file.write_text(manifests(1, ""), encoding="utf-8")
        old = {**environ, **dict(zip(NAMES, OLD, strict=True))}
        ran = [run("apply", "-f", "it.yaml", "--auto-approve", environ=old, cwd=tmp_path)]
        for row in world.rows("instances", isSystem=0):
            assert world.sandbox.seed.values(row["id"])["My String"] == OLD[1]
        file.write_text(manifests(2), encoding="utf-8")
        world.sandbox.outcomes.add(version=2, deploy=f"The password {NEW[0]} was refused.")
        new = {**environ, **dict(zip(NAMES, NEW, strict=True))}
        explain = ("plan", "-f", "it.yaml", "-vv", "--explain", "Instance/acme-inventory")
        ran += [
            run(*explain, environ=new, cwd=tmp_path),
            run("plan", "-f", "it.yaml", "-vv", "--out", "saved.json", *every, environ=new, cwd=tmp_path),
            run("apply", "saved.json", "-vv", "--auto-approve", *every, "--receipt", "r", environ=new, cwd=tmp_path),
            run("drift", "-f", "it.yaml", "-vv", *every, "--receipt", "r", environ=new, cwd=tmp_path),
            run(*explain, environ=new, cwd=tmp_path),
            run("rollout", "status", "-f", "it.yaml", "--format", "json", environ=new, cwd=tmp_path),
            run("rollout", "retry", "inventory", "-f", "it.yaml", "--auto-approve", environ=new, cwd=tmp_path),
        ]
        ran.append(run("plan", "-f", "it.yaml", "-vv", *every, environ=new, cwd=tmp_path))
    assert [each.code for each in ran] == [0, 0, 0, 1, 0, 0, 1, 0, 0], [each.err for each in ran]
    text = everything(tmp_path, ran)
    assert "Traceback" not in text
    assert "went back to version 1" in ran[3].out
    assert [secret for secret in (*OLD, *NEW) if secret in text] == []
