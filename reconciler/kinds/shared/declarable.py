"""Live values that a manifest can hold."""

from __future__ import annotations

from typing import Any

from reconciler.model.capabilities.export import Undeclarable
from reconciler.secrets.doubtful_text import is_blank_text
from reconciler.secrets.secret import Secret

DEEPEST = 60
"""Levels of nesting that a value may have: manifests are read to a hundred."""


def secret_of(text: str) -> Secret:
    """Return a text as a ``Secret``. Raises ``Undeclarable`` for a text that no ``valueFrom`` can hold."""
    if "\0" in text:
        raise Undeclarable("it holds a NUL, which no environment variable can hold")
    if is_blank_text(text):
        raise Undeclarable("it holds only blanks, and a valueFrom cannot")
    check_writable(text)
    return Secret(text)


def check_writable(value: Any, depth: int = 0) -> None:
    """Raise ``Undeclarable`` for a value that YAML cannot hold, or that a manifest would read as something else."""
    if depth > DEEPEST:
        raise Undeclarable(f"it is nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        if "valueFrom" in value:
            raise Undeclarable("it has a key 'valueFrom', which a manifest would read as a reference to a secret")
        for key in value:
            check_writable(key, depth)
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            check_writable(item, depth + 1)
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Undeclarable("it holds half of a character (a lone surrogate)")
