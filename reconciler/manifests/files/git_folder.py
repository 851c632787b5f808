"""Git's own folder, by whatever name a file system takes for it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = frozenset({".git", "git~1"})


def is_gits(parts: Iterable[str]) -> bool:
    """Say whether one of the parts of a path names git's folder, as some file system or other reads it.

    Some take no notice of case, of characters that are not seen, of dots and blanks at the end, or of what follows a
    colon; NTFS knows the folder by a short name as well.
    """
    return any(_as_read(part) in _NAMES for part in parts)


def _as_read(name: str) -> str:
    if not name.isascii():
        seen = "".join(each for each in name if unicodedata.category(each) not in {"Cf", "Cc", "Mn"})
        name = unicodedata.normalize("NFKC", seen)
    return name.partition(":")[0].rstrip(" .").casefold()
