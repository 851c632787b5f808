"""Names of an export's files and folders, made of handles, that every system can check out."""

from __future__ import annotations

_DEVICES = frozenset({
    "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
})  # fmt: skip
"""Windows opens a device instead of a file of this name, with any extension."""


def file_name(handle: str, kind: str, taken: frozenset[str] = frozenset()) -> str:
    """Return a file or folder name for the handle; with the kind, if the name alone has another meaning."""
    return f"{handle}-{kind.lower()}" if handle in _DEVICES | taken else handle
