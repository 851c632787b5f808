"""The files of a new repository, and how each gives way to what is there already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FileRole(Enum):
    """What a file is part of; that decides what happens where there is another file in its place."""

    MANIFESTS = "manifests"
    """The repository would not be what it says: nothing at all is written."""
    SECRETS = "secrets"
    """The list of secrets, which goes on where an existing one ends."""
    REST = "rest"
    """What is there is kept."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file: its path below the repository's folder, with ``/``, and its text."""

    path: str
    text: str
    part: FileRole = FileRole.REST
    if_kept: str = ""
    """What whoever keeps another file in its place has to know."""
