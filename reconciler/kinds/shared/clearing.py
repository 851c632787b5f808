"""Emptying a secret on purpose: ``{clear: true}``.

A template with an unset variable leaves ``password:``, ``password: ""`` or ``password: " "`` behind. Sent as it is, it
would blank a live password, and the plan would show only ``(sensitive)``. So a blank is an error, and a password is
emptied by ``{clear: true}`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.doubtful_text import is_blank_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.model.place import Path

CLEAR: Final = "clear"
CLEARED: Final[dict[str, Any]] = {CLEAR: True}
"""What a manifest says for an empty secret."""
ADVICE = "an empty value would blank the live one: declare a value, leave it out, or write {clear: true} to empty it"


def is_clear(value: Any) -> bool:
    """Return whether a manifest's value is ``{clear: true}``."""
    return isinstance(value, dict) and value.keys() == {CLEAR} and value[CLEAR] is True


def is_blank(value: Any) -> bool:
    """Return whether a manifest's value is missing by mistake, perhaps: null, empty, or blanks only."""
    return value is None or (isinstance(value, str) and is_blank_text(value))


def blank_texts(texts: Iterable[tuple[Path, Any]]) -> Iterator[Diagnostic]:
    """Yield a problem for each text, by its path, that holds only blanks."""
    for path, value in texts:
        if isinstance(value, str) and is_blank(value):
            message = "holds nothing but blanks, and would blank the live one; give it a value, or leave it out"
            yield Diagnostic(message, path=path)


def misused(value: Any) -> bool:
    """Return whether a value is a map with ``clear`` in it that is not ``{clear: true}``."""
    return isinstance(value, dict) and CLEAR in value and not is_clear(value)


def blank(value: Any, path: Path = ()) -> Mismatch:
    """Return the mismatch of a blank value."""
    return Mismatch("a value", value, path=path, advice=ADVICE)
