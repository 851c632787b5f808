"""Impossible arguments and environment variables: numbers, times, bytes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cli.shell import CUSTOMER, INSTANCE, PROJECT
from support.matrix import matrix

if TYPE_CHECKING:
    from cli.shell import Shell

CASES = yaml.safe_load((Path(__file__).parent / "odd_arguments.yaml").read_text(encoding="utf-8"))
LONGEST = 5000


def arguments(text: str) -> list[str]:
    r"""Return a line's arguments as a process gets them; ``\xNN`` is a byte, which is half a character to Python."""
    words = shlex.split(text.replace("HUGE", "9" * LONGEST).replace("LONG", "x" * LONGEST))
    return [re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(0xDC00 + int(found[1], 16)), word) for word in words]


@pytest.mark.parametrize("case", CASES, ids=[case["run"] for case in CASES])
def test_an_impossible_argument_gets_a_message(case: dict[str, Any], shell: Shell) -> None:
    """An impossible argument is reported in one line that names it; none ends in a traceback."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    shell.world.seed.customer("FTL Rockets", description="Live")
    ran = shell.run(*arguments(case["run"]))
    expected = case.get("code", 1)
    assert ran.code in (expected if isinstance(expected, list) else [expected]), ran
    if "says" in case:
        assert re.search(case["says"], ran.err), ran.err
        assert bool(ran.out) == case.get("planned", False)
    assert not shell.world.mutations


VARIABLES = (
    "PRISM_ACCESS_TOKEN", "PRISMATIC_URL", "WORD", "PRISM_PROFILE", "RECONCILER_FINGERPRINT_KEY",
    "RECONCILER_ENVIRONMENT", "RECONCILER_NOTIFY_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "HOME",
    "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI", "TERM", "COLUMNS", "TZ", "LANG",
)  # fmt: skip
VALUES = {
    "half a character": "\udcff\udcfe",
    "nothing": "",
    "a line break": "a\nb",
    "long": "x" * 70_000,
    "a number": "-1",
}


@pytest.mark.parametrize(("name", "value"), matrix(VARIABLES, VALUES))
def test_an_impossible_variable_gets_a_message(name: str, value: str, shell: Shell) -> None:
    """Whatever a variable holds, a plan and a drift end with an exit code of theirs, and show no traceback."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    shell.monkeypatch.setenv(name, VALUES[value])
    for command in ("plan", "drift"):
        ran = shell.run(command)
        assert ran.code in {0, 1, 2}, ran
        assert ran.code != 1 or ran.err.strip(), "an error without a word"
        assert "Traceback" not in ran.err
    assert not shell.world.mutations
