"""Which live texts can be said as a secret that comes from outside the manifests."""

from __future__ import annotations

import pytest

from reconciler.kinds.variables.plain_values import secret_of
from reconciler.model.capabilities.export import Undeclarable


@pytest.mark.parametrize("text", [" ", "\t\n", "\xa0", "\u200b", "\u2028", "\x80", "a\0b"])
def test_a_secret_that_no_variable_can_hold_is_left_out(text: str) -> None:
    """Blanks of every kind are refused where a secret is read, so an export must not ask for them."""
    with pytest.raises(Undeclarable):
        secret_of(text)


def test_any_other_secret_is_declared() -> None:
    """One letter between blanks is enough."""
    assert secret_of(" \u200bx\n").reveal() == " \u200bx\n"
