"""Git's own folder, under every name that some file system accepts for it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = frozenset({".git", "git~1"})


def is_gits(parts: Iterable[str]) -> bool:
    """Return whether one part of a path names git's folder on some file system.

    File systems may ignore case, invisible characters, dots and blanks at the end, and everything after a colon; NTFS
    also has a short name for the folder.
    """
    return any(_as_read(part) in _NAMES for part in parts)


def _as_read(name: str) -> str:
    if not name.isascii():
        seen = "".join(each for each in name if unicodedata.category(each) not in {"Cf", "Cc", "Mn"})
        name = unicodedata.normalize("NFKC", seen)
    return name.partition(":")[0].rstrip(" .").casefold()
