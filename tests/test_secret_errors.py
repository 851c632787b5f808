"""Failing secret commands and interrupted runs reveal no secret."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.serving import run, served
from support.world import World

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-on-the-side-7Gk2pQ"
MANIFEST = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: {name: FTL}
  name: Types
  integration: {name: Every Data Type}
  configVariables: {A String: {valueFrom: VALUE}}
"""
SIGNED_IN = {"PRISM_ACCESS_TOKEN": CANARY, "PRISMATIC_URL": "http://127.0.0.1:9"}
SAYS = f"import sys; sys.stdout.write('{CANARY}'); sys.stdout.flush(); sys.stderr.write('denied: {CANARY}');"
FAILING = {
    "exit code": (SAYS + "sys.exit(3)", "failed with exit code 3; run it by hand to see why"),
    "killed": (SAYS + "import os; os.kill(os.getpid(), 9)", "failed with exit code -9"),
    "too much": (SAYS + "sys.stdout.write('x' * 2_000_000)", "is larger than 1 MiB"),
    "no text": (SAYS + "sys.stdout.buffer.write(b'\\xff')", "is not UTF-8 text"),
    "nothing": (f"import sys; sys.stderr.write('{CANARY}')", "is empty"),
}


@pytest.mark.parametrize(("script", "said"), FAILING.values(), ids=FAILING)
def test_output_of_a_failing_secret_command_is_not_shown(script: str, said: str, tmp_path: Path) -> None:
    """What a failing command wrote, on either stream, is in nothing that is said; that it failed, and how, is."""
    (tmp_path / "give.py").write_text(script)
    value = f"{{exec: [{sys.executable}, give.py]}}"
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("VALUE", value))
    ran = run("plan", "-f", ".", "--allow-exec", "-vv", environ=SIGNED_IN, cwd=tmp_path)
    assert (ran.code, said in ran.err) == (1, True), ran.err
    assert CANARY not in ran.out + ran.err


def test_a_secret_command_does_not_run_without_permission(tmp_path: Path) -> None:
    """Without --allow-exec a manifest's command leaves no trace of having run."""
    value = f"{{exec: [{sys.executable}, -c, \"open('ran', 'w')\"]}}"
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("VALUE", value))
    ran = run("plan", "-f", ".", environ=SIGNED_IN, cwd=tmp_path)
    assert (ran.code, "allow that with --allow-exec" in ran.err) == (1, True)
    assert not (tmp_path / "ran").exists()


def test_an_environment_variable_of_invalid_bytes_is_reported(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are no secret, and none of them is shown."""
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("VALUE", "{env: ODD}"))
    ran = run("plan", "-f", ".", environ={**SIGNED_IN, "ODD": f"{CANARY}\udcff"}, cwd=tmp_path)
    assert (ran.code, "the environment variable ODD is not UTF-8 text" in ran.err) == (1, True), ran.err
    assert CANARY not in ran.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_shows_no_secret(number: signal.Signals, tmp_path: Path) -> None:
    """Ended by a signal in the middle of a write, with everything told that can be, it keeps its secrets."""
    (tmp_path / "it.yaml").write_text(MANIFEST.replace("VALUE", "{env: SECRET}"))
    with World(token=CANARY) as world, served(world.sandbox) as url:
        world.seed.customer("FTL")
        world.sandbox.faults.add("delay:field=createInstance,seconds=3")
        process = subprocess.Popen(
            [sys.executable, "-m", "reconciler", "apply", "-f", ".", "--auto-approve", "-vv", "--format", "json"],
            cwd=tmp_path,
            env={
                **os.environ,
                "HOME": str(tmp_path),
                "PRISMATIC_URL": url,
                "PRISM_ACCESS_TOKEN": CANARY,
                "SECRET": CANARY,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr
        seen = []
        for line in process.stderr:
            seen.append(line)
            if "create" in line and "Types" in line:
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert CANARY not in "".join(seen) + out + err
