"""The files that a run reads its manifests from, so that no output overwrites one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import STDIN_ARGUMENT, FileFinder
from reconciler.manifests.files.inside import path_problem
from reconciler.manifests.project.project_file import as_map, glance, project_paths
from reconciler.model.pins import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def input_files(arguments: Sequence[str], cwd: Path) -> Iterator[Path]:
    """Yield the paths of the manifests, the project, its lock and overlays; problems are ignored."""
    finder = FileFinder(cwd, [])
    for path in project_paths(arguments, cwd):
        yield path
        yield path.parent / LOCK_FILE
        folder = (cwd / path).parent
        for listed in (each for each in _listed(glance(cwd / path)) if not path_problem(each, folder, folder)):
            yield from (Path(file.shown) for file in finder.files(path.parent / listed))
    yield Path(LOCK_FILE)
    for argument in arguments:
        if argument != STDIN_ARGUMENT:
            yield from (Path(file.shown) for file in finder.files(Path(argument)))


def _listed(project: Any) -> Iterator[str]:
    """Yield the paths of manifests and overlays that an unchecked project lists."""
    spec = as_map(as_map(project).get("spec"))
    overlays = [as_map(each).get("overlays") for each in as_map(spec.get("environments")).values()]
    for paths in (spec.get("manifests", ["."]), *overlays):
        if isinstance(paths, list):
            yield from (path for path in paths if isinstance(path, str))
