"""A small round of every benchmark, so that the benchmarks keep working."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.world import ROOT


@pytest.mark.full
def test_a_small_round_of_all_benchmarks_runs() -> None:
    """Every case gives lines of the table, whatever the figures are."""
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    sys.stdout.write(ran.stdout)
    for case in ("floor, ", "`plan`, 200 instances", "script, three calls", "`apply`, 100 instances", "at 20 requests"):
        assert case in ran.stdout
    assert "| `reconciler --help` |" in ran.stdout
