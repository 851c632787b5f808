"""Names of files and folders that an export makes of handles: such as every system can check out."""

from __future__ import annotations

_DEVICES = frozenset({
    "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
})  # fmt: skip
"""Windows opens a device instead of a file of this name, whatever its extension."""


def file_name(handle: str, kind: str, taken: frozenset[str] = frozenset()) -> str:
    """Return the handle as the name of a file or folder; with its kind where the name alone means something else."""
    return f"{handle}-{kind.lower()}" if handle in _DEVICES | taken else handle
