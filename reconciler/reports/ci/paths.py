"""Names of files, as a forge knows them."""

from __future__ import annotations

import posixpath


def in_repository(file: str, folder: str) -> str:
    """Return a file's path from the repository's root, for one named from ``folder`` in it; ``/`` between names."""
    path = posixpath.normpath(posixpath.join(folder, file.replace("\\", "/")))
    return path.removeprefix("./")
