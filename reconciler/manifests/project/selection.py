"""From ``-f`` and ``--environment`` to the documents of a run: its project, environment, manifests and overlays."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import PROJECT_FILES, STDIN_ARGUMENT, FileFinder, file_kind, real_path
from reconciler.manifests.files.inside import OUTSIDE, path_problem
from reconciler.manifests.files.load import DocumentLoader
from reconciler.manifests.project.project import glance_at_project, project_paths, read_project, unused_project
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.pasted_tokens import quoted, shown
from reconciler.text.plural import listed
from reconciler.text.suggest import MOST_LISTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import TextIO

    from reconciler.manifests.files.finder import File
    from reconciler.manifests.project.project import Environment, Project, ProjectFile
    from reconciler.manifests.schema.check import Checker
    from reconciler.manifests.yaml.layers import Document, Layers
    from reconciler.model.place import Path as ValuePath

VARIABLE = "RECONCILER_ENVIRONMENT"
OPTION = "--environment"


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The documents of a run, and its project and environment.

    ``complete`` is false when some files could not be read. ``settled`` is false when the project or the environment is
    invalid, so that the variables and overlays are unknown.
    """

    project: Project | None
    environment: Environment | None
    documents: Sequence[Document]
    overlays: Sequence[Document]
    sources: Sequence[str]
    complete: bool
    settled: bool
    whole: bool = True
    """Whether the documents include all manifests that the project lists."""
    origin: Layers | None = None
    """The places of the project's values."""
    unused: Path | None = None
    """The project file beside or above the arguments, where they do not name it."""


def select(
    arguments: Sequence[str],
    choice: Choice | None,
    cwd: Path,
    stdin: TextIO | None,
    checker: Checker,
    *,
    may_be_empty: bool = False,
) -> tuple[Selection, list[Diagnostic]]:
    """Read the documents that ``arguments`` name (files, folders and ``-``; without any, the project of ``cwd``).

    ``choice`` is the environment that the user asked for. With ``may_be_empty`` a folder may hold no manifests, or not
    exist yet. Returns the selection and the problems: all of the project, and of the manifests those of reading them.
    """
    problems: list[Diagnostic] = []
    loader = DocumentLoader(problems)
    paths = list(project_paths(arguments, cwd))
    if not arguments and not paths:
        problems.append(
            Diagnostic("there is no reconciler.yaml here; name the manifests with -f FILE, -f FOLDER or -f -")
        )
    file = read_project(paths, FileFinder(cwd, problems), loader, checker)
    settled = not problems
    left_out = frozenset(real_path(cwd / path) for path in paths) | (file.overlays if file else frozenset())
    chosen, known = choose_environment(choice, file, problems) if settled else (None, False)
    settled = settled and known
    inputs = _Inputs(cwd, FileFinder(cwd, problems, left_out), loader, file, may_be_empty)
    documents = inputs.documents(arguments, stdin)
    overlays = _Inputs(cwd, FileFinder(cwd, problems), loader, file).overlays(file, chosen) if file and chosen else []
    return Selection(
        project=file.project if file else None,
        environment=chosen,
        documents=documents,
        overlays=overlays,
        sources=loader.sources,
        complete=loader.complete and settled,
        settled=settled,
        whole=inputs.whole(),
        origin=file.origin if file else None,
        unused=None if paths else unused_project(arguments, cwd),
    ), problems


@dataclass(slots=True)
class _Inputs:
    """Reads the manifests or the overlays of a run."""

    cwd: Path
    finder: FileFinder
    loader: DocumentLoader
    project: ProjectFile | None
    may_be_empty: bool = False
    paths: set[Path] = field(default_factory=set)
    """The real paths of the files that were read."""
    listed: bool = False
    """Whether the files that the project lists were all asked for."""

    def documents(self, arguments: Sequence[str], stdin: TextIO | None) -> list[Document]:
        documents = []
        for argument in dict.fromkeys(arguments or ("",)):
            if argument == STDIN_ARGUMENT:
                documents += self._standard_input(stdin)
            else:
                documents += self._read(self._files(argument, alone=len(arguments) <= 1))
        return documents

    def overlays(self, project: ProjectFile, environment: Environment) -> list[Document]:
        path = ("spec", "environments", environment.name, "overlays")
        return self._read(self._listed(project, environment.overlays, path))

    def _read(self, files: Iterator[File]) -> list[Document]:
        documents: list[Document] = []
        for file in files:
            self.paths.add(real_path(file.path))
            documents += self.loader.file(file)
        return documents

    def whole(self) -> bool:
        """Return whether all files that the project lists were read."""
        if self.project is None or self.listed:
            return True
        finder = FileFinder(self.cwd, [], self.finder.left_out)
        folder = Path(self.project.document.source.shown).parent
        inside = [each for each in self.project.manifests if not self._why_not(each)]
        listed = (file for each in inside for file in finder.files(folder / each))
        return all(real_path(file.path) in self.paths for file in listed)

    def _files(self, argument: str, *, alone: bool) -> Iterator[File]:
        """Yield the files of one argument; a project's folder, or its file alone, means the files that it lists."""
        path = self.cwd / argument
        is_project_file = path.name in PROJECT_FILES
        home = path.parent if is_project_file else path
        if self.project and real_path(home) == real_path(self.project.folder) and (alone or not is_project_file):
            self.listed = True
            yield from self._listed(self.project, self.project.manifests, ("spec", "manifests"))
        elif argument and not (self.project and is_project_file):
            yield from self._argument(argument)

    def _argument(self, argument: str) -> Iterator[File]:
        path = Path(argument)
        before = self.finder.met, len(self.loader.problems)
        yield from self.finder.files(path, self._root(path))
        if not self.may_be_empty and before == (self.finder.met, len(self.loader.problems)):
            message = f"{self.finder.show(path)}: there are no manifests (*.yaml, *.yml) in this folder"
            self.loader.problems.append(Diagnostic(message))

    def _listed(self, project: ProjectFile, named: Sequence[str], path: ValuePath) -> Iterator[File]:
        """Yield the files under the paths that the project lists at ``path``."""
        folder = Path(project.document.source.shown).parent
        for number, each in enumerate(named):
            before = self.finder.met, len(self.loader.problems)
            missing, wrong = file_kind(self.cwd / folder / each) == "missing", None
            if missing and self.may_be_empty:
                continue
            if why := self._why_not(each):
                outside = "lies outside the project's folder; move it inside, or name it with -f"
                wrong = f"{each!r} {outside if why == OUTSIDE else why}"
            elif missing:
                wrong = f"no file or folder {each!r} exists beside reconciler.yaml; correct the path"
            else:
                yield from self.finder.files(folder / each, self._root(folder / each))
                if project.project and not self.may_be_empty and before == (self.finder.met, len(self.loader.problems)):
                    wrong = f"there are no manifests (*.yaml, *.yml) in {each!r}"
            if wrong:
                self.loader.problems.append(Diagnostic(wrong, project.origin.place((*path, number))))

    def _why_not(self, listed: str) -> str | None:
        """Return why the project may not list a path."""
        return path_problem(listed, self.project.folder, self.project.folder) if self.project else None

    def _root(self, path: Path) -> Path | None:
        """Return the project's folder as the manifest tree of a path inside it; ``None`` for any other path."""
        folder = real_path(self.project.folder) if self.project else None
        return folder if folder and real_path(self.cwd / path).is_relative_to(folder) else None

    def _standard_input(self, stdin: TextIO | None) -> list[Document]:
        if stdin is None:
            self.loader.problems.append(Diagnostic("-f -: there is no standard input to read"))
            return []
        return self.loader.stream(stdin, self.project.folder if self.project else self.cwd)


@dataclass(frozen=True, slots=True)
class Choice:
    """The environment that a user asked for; ``source`` is the option or variable that names it."""

    name: str
    source: str


def choice_of(option: str | None, environ: Mapping[str, str]) -> Choice | None:
    """Return the environment of the command line, else that of ``RECONCILER_ENVIRONMENT``.

    An empty variable names none.
    """
    if option is not None:
        return Choice(option, OPTION)
    name = environ.get(VARIABLE, "").strip()
    return Choice(name, VARIABLE) if name else None


def choose_environment(
    choice: Choice | None, file: ProjectFile | None, problems: list[Diagnostic]
) -> tuple[Environment | None, bool]:
    """Return the environment of a run, and whether the choice is valid; add a problem where it is not.

    Without a ``choice`` it is the project's default. A project with environments needs one of the two: without overlays
    and variables its manifests describe no tenant, and the token's organization would not be checked.
    """
    project = file.project if file else None
    if choice is None and (project is None or not project.environments):
        return None, True
    if file is None or project is None:
        problems.append(Diagnostic(_without_project(choice)))
        return None, False
    name = choice.name if choice else project.default_environment
    if name is not None and name in project.environments:
        return project.environments[name], True
    if choice is None:
        message = (
            f"this project declares environments, and none is chosen; choose one with {OPTION} or {VARIABLE}, or set"
            f" spec.defaultEnvironment; declared: {_names_listed(project.environments)}"
        )
    else:
        # Without a guess: a name like production's is no reason to plan production.
        said = "" if choice.source == OPTION else f" in {choice.source}"
        message = f"unknown environment {quoted(choice.name)}{said}; declared: {_names_listed(project.environments)}"
    problems.append(Diagnostic(message, file.origin.place(("spec", "environments"), key=True)))
    return None, False


def _names_listed(names: Collection[str]) -> str:
    return listed([*map(repr, names)], MOST_LISTED) or "none"


def _without_project(choice: Choice | None) -> str:
    name, source = (shown(choice.name), choice.source) if choice else ("", OPTION)
    advice = "no Project declares it; add a reconciler.yaml to the manifests, or name its folder with -f"
    return f"{source} {name}: {advice}" if source == OPTION else f"{source} is {name}: {advice}, or unset the variable"


def scope_of(
    arguments: Sequence[str], cwd: Path, choice: Choice | None, *, chosen_only: bool = False
) -> tuple[str | None, str | None]:
    """Return the names of a run's project and environment, ``None`` where one is not known.

    They are for the reports of a run whose manifests could not be read. ``chosen_only``: the project's default
    environment is not meant.
    """
    found = glance_at_project(arguments, cwd)
    if choice:
        return found.name, choice.name if choice.name in found.environments else shown(choice.name)
    return found.name, None if chosen_only else found.default_environment
