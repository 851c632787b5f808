"""A new repository, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.exporting.outside import EXAMPLE_FILE
from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.scaffold.editors import editor_files
from reconciler.scaffold.files import FileRole, NewFile
from reconciler.scaffold.git import git_files
from reconciler.scaffold.pipelines import pipeline
from reconciler.scaffold.project_file import project_text
from reconciler.scaffold.readme import ReadmeFacts, readme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.tenant import Identity
    from reconciler.scaffold.forge import Forge
    from reconciler.scaffold.pipelines import Setting


@dataclass(frozen=True, slots=True)
class Repository:
    """The settings of a new repository; ``forge`` is the one whose pipeline it gets."""

    identity: Identity
    project: str
    forge: Forge
    setting: Setting

    def pipeline(self, secrets: Sequence[str]) -> list[NewFile]:
        """Return the files of its pipeline."""
        return pipeline(self.forge, self.setting, secrets)

    def files(self, exported: Mapping[str, str], secrets: Sequence[str], schemas: Mapping[str, str]) -> list[NewFile]:
        """Return its files, the Project last: a folder is a repository of ours when all the rest is there.

        ``exported`` are the texts of an export by path, ``secrets`` the environment variables that these name, and
        ``schemas`` the texts of the JSON Schemas by file name.
        """
        environment, origin = self.setting.environment, self.setting.origin
        manifests = [NewFile(path, text, FileRole.MANIFESTS) for path, text in exported.items() if path != EXAMPLE_FILE]
        listed = exported.get(EXAMPLE_FILE)
        return [
            *manifests,
            *([NewFile(EXAMPLE_FILE, listed, FileRole.SECRETS)] if listed else []),
            *git_files(),
            *editor_files(schemas),
            *self.pipeline(secrets),
            readme(ReadmeFacts(self.identity, self.project, environment, self.forge, len(secrets), origin)),
            NewFile(PROJECT_FILE, project_text(self.project, environment, self.identity), FileRole.MANIFESTS),
        ]
