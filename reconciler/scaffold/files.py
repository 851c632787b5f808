"""The files of a new repository, and what happens where a file exists already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FileRole(Enum):
    """The part of the repository that a file belongs to, which decides what happens to an existing file."""

    MANIFESTS = "manifests"
    """Another file in its place is an error, and nothing is written."""
    SECRETS = "secrets"
    """The list of secrets, which is appended to an existing one."""
    REST = "rest"
    """An existing file is kept."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file: its path below the repository's folder, with ``/``, and its text."""

    path: str
    text: str
    part: FileRole = FileRole.REST
    if_kept: str = ""
    """The advice for a user who keeps another file in its place."""
