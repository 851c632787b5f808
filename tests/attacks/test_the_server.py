"""A hostile server: time and memory of a run stay within their limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attacks.hostile_server import ATTACKS, hostile

MEGABYTES = 300
"""Memory that the whole process may take at its peak, Python and its libraries included."""
MEGABYTES_OF_ROWS = 1_500
"""The same for rows that look like those of a large tenant: a run reads 512 MiB of them."""
TIMEOUT = 6
GRACE = 2.0
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: hostile}\nspec: {prune: true}\n"
MANIFEST = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}\n"
MEASURED = """
import json, sys, time
from reconciler.cli import main
# What is loaded only when it is needed is loaded before the clock starts.
import gql, httpx, tenacity, aiolimiter, reconciler.prismatic.connection
started = time.monotonic()
code = 0
try:
    main()
except SystemExit as end:
    code = end.code
# What getrusage says of a process includes the one that it was forked from.
(line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
peak = int(line.split()[1])
print(json.dumps([code, time.monotonic() - started, peak / 1024]), file=sys.__stdout__)
"""
SAMPLE = {
    "an_endless_body", "a_gzip_bomb", "nothing_but_brackets", "a_byte_a_second", "a_trillion_rows", "a_million_errors",
}  # fmt: skip
"""The attacks that ``make test`` tries; the others are in the whole."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by /proc")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def attacked(folder: Path, environ: dict[str, str], *arguments: str) -> tuple[int, float, float, str]:
    """Run a command; return its exit code, the seconds it took, its peak in megabytes, and what it said."""
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **environ}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments],
        cwd=folder,
        env=known,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    code, seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return code, seconds, peak, done.stdout + done.stderr


def load() -> float:
    """Return how much slower than when it is idle this machine is now: processes that want a processor, for each."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    "attack",
    [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.full) for name in ATTACKS],
)
def test_an_attack_on_a_plan_is_bounded(repository: Path, attack: str) -> None:
    """Whatever the API sends, a plan ends in words, within ``--timeout`` and two seconds, in bounded memory."""
    with hostile(ATTACKS[attack]) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": "a-token-of-the-test"}
        before = time.monotonic()
        code, seconds, peak, said = attacked(repository, environ, "plan", "--timeout", str(TIMEOUT))
        whole = time.monotonic() - before
    sys.stdout.write(f"{attack}: {peak:.0f} MB, {seconds:.1f} s (with start-up {whole:.1f} s)\n")
    assert code == 1, said
    assert "Traceback" not in said
    assert "error: " in said
    assert len(said) < 20_000
    assert peak < (MEGABYTES_OF_ROWS if attack == "fat_pages_without_an_end" else MEGABYTES)
    assert seconds < TIMEOUT + GRACE * load()


@pytest.mark.parametrize("attack", ["an_endless_body", "a_gzip_bomb", "a_byte_a_second", "nothing_but_brackets"])
@pytest.mark.full
def test_an_attack_on_the_sign_in_is_bounded(repository: Path, attack: str) -> None:
    """The same holds where a token is renewed, before anything was asked."""
    with hostile(ATTACKS[attack], only="/auth/refresh") as url:
        environ = {"PRISMATIC_URL": url, "PRISM_REFRESH_TOKEN": "a-token-of-the-test"}
        code, seconds, peak, said = attacked(repository, environ, "plan", "--timeout", str(TIMEOUT))
    sys.stdout.write(f"sign-in, {attack}: {peak:.0f} MB, {seconds:.1f} s\n")
    assert code == 1, said
    assert "Traceback" not in said
    assert "a-token-of-the-test" not in said
    assert peak < MEGABYTES
    assert seconds < TIMEOUT + GRACE * load()
