"""A new repository: what it is to be like, and its files with what happens where one exists already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.tenant import Identity
    from reconciler.scaffold.forge import Forge
    from reconciler.scaffold.origin import PackageOrigin


@dataclass(frozen=True, slots=True)
class Repository:
    """The settings of a new repository; ``forge`` is the one whose pipeline it gets, for merges into ``branch``."""

    identity: Identity
    project: str
    environment: str
    forge: Forge
    branch: str
    origin: PackageOrigin
    """The repository of reconciler itself, from which the pipeline installs it."""
    secrets: Sequence[str]
    """The names of the environment variables that the manifests take secrets from."""


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
