"""Manifests that mean harm cost time in proportion to their size, not to its square."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = "apiVersion: reconciler/v1\nkind: "
MANY = 6_000


def customer(number: int, **fields: object) -> str:
    spec = {"name": f"Customer {number}", "externalId": f"e{number}", **fields}
    return f"{START}Customer\nmetadata: {{name: c{number}}}\nspec: {spec}\n"


def instance(number: int, of: str) -> str:
    spec = f"{{customer: {of}, name: I {number}, integration: {{name: A, version: 1}}}}"
    return f"{START}Instance\nmetadata: {{name: i{number}}}\nspec: {spec}\n"


def swelling(number: int) -> str:
    """Return a document whose aliases stand for nearly as much as one document may hold."""
    lists = "".join(
        f"    {name}: &{name} [{', '.join([f'*{before}'] * 10) if before else ', '.join('1' * 10)}]\n"
        for before, name in (("", "a"), ("a", "b"), ("b", "c"), ("c", "d"))
    )
    spec = f"  customer: {{name: x}}\n  name: n\n  integration: {{name: A, version: 1}}\n  configVariables:\n{lists}"
    return f"{START}Instance\nmetadata: {{name: i{number}}}\nspec:\n{spec}    e: [*d, *d, *d, *d, *d, *d, *d]\n"


SWELLING: dict[str, tuple[int, Callable[[int], list[str]]]] = {
    "many documents": (MANY, lambda count: [customer(number) for number in range(count)]),
    "one of many has a secret": (
        MANY,
        lambda count: [*(customer(number) for number in range(1, count)), instance(0, "c1") + "# valueFrom ${var.x}\n"],
    ),
    "many names of nobody": (
        MANY,
        lambda count: [
            *(customer(number) for number in range(count // 2)),
            *(instance(number, f"d{number}") for number in range(count // 2)),
        ],
    ),
    "many misspelt fields": (MANY, lambda count: [customer(number, descripton=number) for number in range(count)]),
    "many declared twice": (MANY, lambda count: [customer(number // 2) for number in range(count)]),
    "aliases over many documents": (160, lambda count: [swelling(number) for number in range(count)]),
}


def _cpu_seconds(folder: Path, text: str) -> float:
    """Validate a file in a process of its own; return the processor's seconds that it took."""
    (folder / "it.yaml").write_text(text, encoding="utf-8")
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "validate", "-f", "it.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    after = os.times()
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.skipif(os.name != "posix", reason="Windows does not count the time of children")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "many documents" else pytest.mark.full) for name in SWELLING]
)
def test_time_grows_with_the_number_of_documents(tmp_path: Path, name: str) -> None:
    """Four times the documents take no more than six times as long: measured in one run, so on any machine."""
    count, make = SWELLING[name]
    _cpu_seconds(tmp_path, customer(0))
    start = _cpu_seconds(tmp_path, customer(0))
    fewer = _cpu_seconds(tmp_path, "---\n".join(make(count // 4))) - start
    more = _cpu_seconds(tmp_path, "---\n".join(make(count))) - start
    assert more < 6 * max(fewer, start / 2)
