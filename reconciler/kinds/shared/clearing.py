"""Emptying a secret on purpose: ``{clear: true}``.

A template with a variable that is not set leaves ``password:``, ``password: ""`` or ``password: " "`` behind. Sent as
it stands it would blank a live password, hidden behind ``(sensitive)``. So none of them is taken for a wish: who wants
it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.secrets.surrounding_blanks import is_blank_text

if TYPE_CHECKING:
    from reconciler.model.place import Path

CLEAR: Final = "clear"
CLEARED: Final[dict[str, Any]] = {CLEAR: True}
"""What a manifest says for an empty secret."""
ADVICE = "an empty value would blank the live one: give it one, leave it out, or write {clear: true} to empty it"


def is_clear(value: Any) -> bool:
    """Say whether a manifest's value empties what it stands for."""
    return isinstance(value, dict) and value.keys() == {CLEAR} and value[CLEAR] is True


def is_blank(value: Any) -> bool:
    """Say whether a manifest gives no value where it may have meant to: nothing at all, or nothing to be seen."""
    return value is None or (isinstance(value, str) and is_blank_text(value))


def misused(value: Any) -> bool:
    """Say whether a value is a map that has ``clear`` in it, and not just ``{clear: true}``."""
    return isinstance(value, dict) and CLEAR in value and not is_clear(value)


def blank(value: Any, path: Path = ()) -> Mismatch:
    """Return the mismatch of a blank value."""
    return Mismatch("a value", value, path=path, advice=ADVICE)
