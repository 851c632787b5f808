"""``reconciler sandbox``: what its options do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.sandbox.variants import Variants

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
