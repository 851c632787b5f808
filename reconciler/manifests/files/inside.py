"""Files that a manifest or project names: the check that they lie inside its folder and outside git's, and their text.

Authors of manifests can write any path and add links to the repository. A path on the command line is the operator's,
and is not restricted.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import MEBIBYTE, file_kind, real_path, reason
from reconciler.manifests.files.git_folder import is_gits
from reconciler.manifests.files.unreadable_files import sealed_by

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.manifests.yaml.source_map import Source

MAX_BYTES = MEBIBYTE
OUTSIDE = "lies outside"
_DRIVE = re.compile(r"[A-Za-z]:")


class UnusableFile(Exception):
    """A file that cannot be used; ``str()`` is the reason, in words that follow the file's name."""


class MissingFile(UnusableFile):
    """A file that does not exist."""


def is_path(value: object) -> bool:
    """Return whether a value of an unchecked document can be a path on any system."""
    return isinstance(value, str) and not any(unicodedata.category(each) in {"Cc", "Cs"} for each in value)


def path_problem(named: str, folder: Path, root: Path) -> str | None:
    """Return why a path must not be followed, in words that follow the path; ``None`` for an allowed path.

    ``named`` is the path as written, relative to ``folder``. With links followed it must lie in ``root``; it need not
    exist.
    """
    if "\\" in named:
        return "has a backslash; write / between the names of folders"
    if named.startswith(("/", "~")) or _DRIVE.match(named):
        return "is not a relative path; write it relative to this file's folder"
    if is_gits(named.split("/")):
        return "is in git's own folder, which holds credentials and no manifests"
    real, inside = real_path(folder / named), real_path(root)
    if not real.is_relative_to(inside):
        return OUTSIDE
    if is_gits(real.relative_to(inside).parts):
        return "leads into git's own folder, which holds credentials and no manifests"
    return None


def forbidden(named: str, source: Source, instead: str = "") -> str | None:
    """Return why a manifest must not name a path; ``None`` for an allowed one, whether or not it exists.

    ``instead`` ends the advice about a path outside of the tree.
    """
    why = path_problem(named, source.folder, source.root)
    return f"is outside the manifest tree; move it below the manifests{instead}" if why == OUTSIDE else why


def named_path(named: str, source: Source) -> Path:
    """Return the real path of a file that a manifest names; raises ``UnusableFile``."""
    if why := forbidden(named, source):
        raise UnusableFile(why)
    path = real_path(source.folder / named)
    kind = file_kind(path)
    if kind == "missing":
        raise MissingFile("does not exist (looked for beside the manifest); create it, or correct the path")
    if kind != "file":
        raise UnusableFile(f"is {'a folder' if kind == 'folder' else kind}, not a file")
    return path


def text_of(path: Path, if_too_large: str) -> str:
    """Return the text of a file; raises ``UnusableFile``."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableFile(f"cannot be read: {reason(error)}") from None
    return decoded(data, if_too_large)


def decoded(data: bytes, if_too_large: str) -> str:
    """Return UTF-8 as text, without the byte order mark that some editors add; raises ``UnusableFile``."""
    if len(data) > MAX_BYTES:
        raise UnusableFile(f"is larger than {MAX_BYTES // MEBIBYTE} MiB{if_too_large}")
    if sealed := sealed_by(data):
        raise UnusableFile(sealed)
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in data:
        raise UnusableFile("is UTF-16 or holds NUL characters; save it as UTF-8")
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableFile("is not UTF-8 text") from None
