"""A new repository, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.exporting.outside import EXAMPLE_FILE
from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.scaffold.files import FileRole, NewFile
from reconciler.scaffold.pipelines import pipeline
from reconciler.scaffold.project_file import project_text
from reconciler.scaffold.readme import readme
from reconciler.scaffold.settings import settings_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.scaffold.files import Repository


def repository_files(repository: Repository, exported: Mapping[str, str], schemas: Mapping[str, str]) -> list[NewFile]:
    """Return its files, the Project last: a folder is a repository of ours when all the rest is there.

    ``exported`` are the texts of an export by path, ``schemas`` those of the JSON Schemas by file name.
    """
    manifests = [NewFile(path, text, FileRole.MANIFESTS) for path, text in exported.items() if path != EXAMPLE_FILE]
    listed = exported.get(EXAMPLE_FILE)
    project = project_text(repository.project, repository.environment, repository.identity)
    return [
        *manifests,
        *([NewFile(EXAMPLE_FILE, listed, FileRole.SECRETS)] if listed else []),
        *settings_files(schemas),
        *pipeline(repository),
        readme(repository),
        NewFile(PROJECT_FILE, project, FileRole.MANIFESTS),
    ]
