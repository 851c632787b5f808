"""``reconciler sandbox``: what its options do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.sandbox.data.variants import Variants
from reconciler.sandbox.faults.fault import KINDS, OPTIONS

if TYPE_CHECKING:
    from cli.shell import Shell


def test_the_variants_are_listed(shell: Shell) -> None:
    """One line each, in three columns: the name, the values with the default first, and what it decides."""
    ran = shell.run("sandbox", "--list-variants")
    assert (ran.code, ran.err) == (0, "")
    rows = [re.split(r" {2,}", line) for line in ran.out.splitlines()]
    assert rows[0] == ["VARIANT", "VALUES, DEFAULT FIRST", "WHAT IT DECIDES"]
    meanings = Variants.meanings()
    assert rows[1:] == [[name, ", ".join(values), meanings[name]] for name, values in Variants.choices().items()]


def test_the_faults_are_listed(shell: Shell) -> None:
    """One line each, and one for each option, with what it does."""
    ran = shell.run("sandbox", "--list-faults")
    assert (ran.code, ran.err) == (0, "")
    faults, options = ([re.split(r" {2,}", line) for line in part.splitlines()] for part in ran.out.split("\n\n"))
    assert faults == [["FAULT", "WHAT HAPPENS"], *map(list, KINDS.items())]
    assert options == [["OPTION", "WHAT IT DOES"], *map(list, OPTIONS.items())]
