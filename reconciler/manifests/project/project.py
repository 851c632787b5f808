"""The Project: ``reconciler.yaml``, found, read and checked; its manifests, ownership, environments and guardrails."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import MEBIBYTE, PROJECT_FILES, STDIN_ARGUMENT, FileFinder, file_kind, real_path
from reconciler.manifests.files.inside import is_path, path_problem
from reconciler.manifests.placeholders import in_project
from reconciler.manifests.yaml import common_form
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import LOCK_FILE
from reconciler.model.place import Place
from reconciler.model.reserved_labels import FINGERPRINTS, HELD, RESERVED
from reconciler.secrets.suspicious import sounds_secret
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.manifests.files.load import DocumentLoader
    from reconciler.manifests.schema.check import Checker
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.kind import Kind, Registry

Variable = str | int | float | Decimal | bool
PROTECTED_LABEL = "gitops:protected"
PRUNE_ALIASES = {"users": "User"}
"""``prune.users: true`` is the older way to write ``prune.children: [User]``."""
GUARDRAIL_ALIASES = {"allowDeleteCustomers": "Customer"}
"""``guardrails.allowDeleteCustomers: true`` is the older way to write ``guardrails.allowDelete: [Customer]``."""
LARGEST_GLANCE = MEBIBYTE
"""The bytes of a project file that are read where only its name is needed."""


@dataclass(frozen=True, slots=True)
class Guardrails:
    """Deletions that a plan may contain without an option, and the failures that end a run.

    ``max_delete_percent`` is of the owned objects.
    """

    allow_delete: frozenset[str] = frozenset()
    """The guarded kinds whose objects may be deleted."""
    max_delete_percent: float = 10
    max_failures: int | None = None
    """How many failures of one cause end an apply; ``None``: the project does not say."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: its tenant, its overlays in the order of merging, and its variables.

    ``organization`` is the ID or the name of the tenant's organization, ``url`` the address of its stack.
    """

    name: str
    organization: str | None = None
    url: str | None = None
    overlays: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """A checked ``reconciler.yaml``; paths are relative to ``folder``.

    ``ownership_label`` is ``None`` where the project owns nothing (``ownership: none``).
    """

    name: str
    folder: Path
    manifests: tuple[str, ...] = (".",)
    ownership_label: str | None = None
    prune: bool = False
    prune_children: frozenset[str] = frozenset()
    """The kinds without labels whose objects are pruned below owned objects."""
    guardrails: Guardrails = field(default_factory=Guardrails)
    heal: bool = False
    """Whether ``watch`` changes back what differs, where a manifest does not say."""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    default_environment: str | None = None
    show_inputs: tuple[str, ...] = ()
    """The inputs of connections that are no secrets, each by its name or as ``CONNECTION.INPUT``."""

    @classmethod
    def parse(cls, data: Mapping[str, Any], folder: Path) -> Project:
        """Return the project of a document that its schema accepts."""
        name, spec = data["metadata"]["name"], data["spec"]
        prune = spec.get("prune", False)
        prune = prune if isinstance(prune, dict) else {"enabled": prune}
        rails = spec.get("guardrails", {})
        ownership = spec.get("ownership") or {"label": f"{RESERVED}{name}"}
        label = None if ownership == "none" else str(ownership["label"])
        allow_delete = _kinds(rails, "allowDelete", GUARDRAIL_ALIASES)
        return cls(
            name=name,
            folder=folder,
            manifests=tuple(spec.get("manifests", (".",))),
            ownership_label=label,
            prune=prune["enabled"],
            prune_children=_kinds(prune, "children", PRUNE_ALIASES),
            guardrails=Guardrails(allow_delete, float(rails.get("maxDeletePercent", 10)), rails.get("maxFailures")),
            heal=spec.get("drift") == "heal",
            variables=dict(spec.get("variables", {})),
            environments={key: _environment(key, value) for key, value in spec.get("environments", {}).items()},
            default_environment=spec.get("defaultEnvironment"),
            show_inputs=tuple(spec.get("showInputs", ())),
        )


def _kinds(data: Mapping[str, Any], key: str, aliases: Mapping[str, str]) -> frozenset[str]:
    """Return the kinds that a list, or an older true instead of it, names."""
    return frozenset([*data.get(key, ()), *(kind for alias, kind in aliases.items() if data.get(alias))])


def _environment(name: str, data: Mapping[str, Any]) -> Environment:
    url = data.get("url")
    return Environment(
        name,
        data.get("organization"),
        url.rstrip("/") if url else None,
        tuple(data.get("overlays", ())),
        dict(data.get("variables", {})),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ProjectFile:
    """A project as it was read; ``project`` is ``None`` when it is invalid.

    The other fields are read from the unchecked document, so that a mistake elsewhere in it neither hides the manifests
    nor turns overlays into manifests.
    """

    document: Document
    project: Project | None

    @property
    def origin(self) -> Layers:
        return Layers((self.document,))

    @property
    def folder(self) -> Path:
        return self.document.source.folder

    @property
    def manifests(self) -> list[str]:
        """The paths of the manifests, relative to the folder."""
        listed = self._spec.get("manifests")
        return _paths(listed) if isinstance(listed, list) else ["."]

    @property
    def overlays(self) -> frozenset[Path]:
        """The real paths of every environment's overlays."""
        return frozenset(real_path(self.folder / path) for path in _overlays(self._spec))

    @property
    def _spec(self) -> dict[str, Any]:
        return as_map(as_map(self.document.data).get("spec"))


def project_paths(arguments: Sequence[str], cwd: Path) -> Iterator[Path]:
    """Yield the project files that the arguments name, or whose folders they name; else the current folder's."""
    for argument in arguments or ("",):
        path = Path(argument)
        if argument == STDIN_ARGUMENT:
            continue
        if file_kind(cwd / path) == "folder":
            yield from (path / name for name in PROJECT_FILES if file_kind(cwd / path / name) == "file")
        elif path.name in PROJECT_FILES and file_kind(cwd / path) == "file":
            yield path


@dataclass(frozen=True, slots=True)
class Glance:
    """The readable parts of a project file that may be invalid otherwise."""

    name: str | None = None
    default_environment: str | None = None
    environments: frozenset[str] = frozenset()


def glance_at_project(arguments: Sequence[str], cwd: Path) -> Glance:
    """Return the name and environments of a run's project, unchecked.

    They show which project a failure belongs to when its manifests could not be read.
    """
    for path in project_paths(arguments, cwd):
        document = as_map(glance(cwd / path))
        spec = as_map(document.get("spec"))
        name, default = as_map(document.get("metadata")).get("name"), spec.get("defaultEnvironment")
        return Glance(_text(name), _text(default), frozenset(map(str, as_map(spec.get("environments")))))
    return Glance()


def declared_environments(arguments: Sequence[str], cwd: Path, kinds: Registry) -> list[str]:
    """Return the names of the environments that a run's project declares; none where the project is invalid."""
    from reconciler.manifests.files.load import DocumentLoader
    from reconciler.manifests.schema.check import Checker

    cwd = cwd.absolute()
    file = read_project(list(project_paths(arguments, cwd)), FileFinder(cwd, []), DocumentLoader([]), Checker(kinds))
    return list(file.project.environments) if file and file.project else []


def glance(path: Path) -> Any:
    """Return the unchecked data at the beginning of a project file; ``None`` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_GLANCE)
        roots = common_form.documents(content.decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if roots and len(roots) == 1:
        return roots[0].data
    import yaml

    try:
        return yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def unused_project(arguments: Sequence[str], cwd: Path) -> Path | None:
    """Return the project file beside or above the files that the arguments name; ``None`` without one.

    The search ends at the root of a repository. The path is relative to the current folder if it lies inside.
    """
    for argument in arguments:
        start = cwd if argument == STDIN_ARGUMENT else real_path(cwd / argument)
        for folder in (start, *start.parents):
            for name in PROJECT_FILES:
                if file_kind(folder / name) == "file":
                    found, here = folder / name, real_path(cwd)
                    return found.relative_to(here) if found.is_relative_to(here) else found
            if file_kind(folder / ".git") != "missing":
                break
    return None


def read_project(
    paths: Sequence[Path], finder: FileFinder, loader: DocumentLoader, checker: Checker
) -> ProjectFile | None:
    """Return the project of the only project file; ``None`` without one, or when it is not one YAML document."""
    files = [file for path in paths for file in finder.files(path)]
    if not files:
        return None
    for extra in files[1:]:
        message = f"a run has one project, and {files[0].shown} is already one; name only one of the two"
        loader.problems.append(Diagnostic(message, Place(extra.shown)))
    if path_problem(files[0].path.name, files[0].path.parent, files[0].path.parent):
        message = "this is a link out of its folder; put the project itself here, or name its own folder with -f"
        loader.problems.append(Diagnostic(message, Place(files[0].shown)))
        return None
    document = loader.only(files[0], "a Project")
    return _checked(document, checker, loader.problems) if document else None


def _checked(document: Document, checker: Checker, problems: list[Diagnostic]) -> ProjectFile:
    origin = Layers((document,))
    found = list(_problems(document, origin, checker))
    problems += found
    return ProjectFile(document, None if found else Project.parse(document.data, real_path(document.source.folder)))


def _problems(document: Document, origin: Layers, checker: Checker) -> Iterator[Diagnostic]:
    wrong = checker.project_problems(document.data, origin.spelling)
    yield from (each.at(origin) for each in wrong)
    if wrong:
        return
    yield from (each.at(origin) for each in in_project(document.data["spec"]))
    yield from _kind_problems(document.data["spec"], origin, checker)
    project = Project.parse(document.data, document.source.folder)
    if project.ownership_label == PROTECTED_LABEL:
        yield Diagnostic(
            f"this project's ownership label would be {PROTECTED_LABEL}, which marks protected objects;"
            " rename the project, or set spec.ownership.label",
            origin.place(("metadata", "name")),
        )
    if (project.ownership_label or "").startswith(FINGERPRINTS):
        yield Diagnostic(
            f"labels that begin with {FINGERPRINTS} hold fingerprints of secrets; choose another ownership label",
            origin.place(("spec", "ownership", "label")),
        )
    if (project.ownership_label or "").startswith(HELD):
        yield Diagnostic(
            f"labels that begin with {HELD} hold objects back from a manifest; choose another ownership label",
            origin.place(("spec", "ownership", "label")),
        )
    if project.prune and project.ownership_label is None:
        yield Diagnostic(
            "prune deletes objects with the project's ownership label, and with ownership: none no object has one;"
            " turn prune off, or set an ownership label",
            origin.place(("spec", "prune")),
        )
    for number, name in enumerate(project.show_inputs):
        if sounds_secret(name.rpartition(".")[2]):
            yield Diagnostic(
                f"an input with the name of a secret is never shown; take {name!r} out of showInputs",
                origin.place(("spec", "showInputs", number)),
            )
    default = project.default_environment
    if default is not None and default not in project.environments:
        yield Diagnostic(
            f"unknown environment {default!r}; {did_you_mean(default, project.environments, listed_as='declared')}",
            origin.place(("spec", "defaultEnvironment")),
        )


def _kind_problems(spec: dict[str, Any], origin: Layers, checker: Checker) -> Iterator[Diagnostic]:
    """Yield the problems of the lists of kinds: unknown ones, and a list beside its older form."""
    no_child = "objects of the kind {!r} are no children without labels"
    free = "objects of the kind {!r} may be deleted anyway"
    lists = (
        ("prune", "children", PRUNE_ALIASES, _has_children, no_child, "kinds of children"),
        ("guardrails", "allowDelete", GUARDRAIL_ALIASES, _is_guarded, free, "guarded kinds"),
    )
    for section, key, aliases, is_meant, needless, listed_as in lists:
        data = as_map(spec.get(section))
        kinds = [kind.name for kind in checker.kinds if is_meant(kind)] if data.get(key) else []
        for number, name in enumerate(data.get(key, ())):
            if name not in kinds:
                wrong = needless.format(name) if name in checker.names else f"unknown kind {name!r}"
                message = f"{wrong}; {did_you_mean(name, kinds, listed_as=listed_as)}"
                yield Diagnostic(message, origin.place(("spec", section, key, number)))
        for alias in aliases.keys() & data.keys() if key in data else ():
            older = f"{section}.{alias} is the older form of {key}: [{aliases[alias]}]"
            yield Diagnostic(f"{older}; remove one of the two", origin.place(("spec", section, alias), key=True))


def _has_children(kind: Kind) -> bool:
    return kind.parent is not None and kind.parent.children is not None


def _is_guarded(kind: Kind) -> bool:
    return kind.deletion.guarded


def as_map(value: Any) -> dict[str, Any]:
    """Return a value of an unchecked document where it is a map, else an empty one."""
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def input_files(arguments: Sequence[str], cwd: Path) -> Iterator[Path]:
    """Yield the paths of the manifests, the project, its lock and overlays; problems are ignored."""
    finder = FileFinder(cwd, [])
    for path in project_paths(arguments, cwd):
        yield path
        yield path.parent / LOCK_FILE
        folder, spec = (cwd / path).parent, as_map(as_map(glance(cwd / path)).get("spec"))
        for listed in (*_paths(spec.get("manifests", ["."])), *_overlays(spec)):
            if not path_problem(listed, folder, folder):
                yield from (Path(file.shown) for file in finder.files(path.parent / listed))
    yield Path(LOCK_FILE)
    for argument in arguments:
        if argument != STDIN_ARGUMENT:
            yield from (Path(file.shown) for file in finder.files(Path(argument)))


def _overlays(spec: dict[str, Any]) -> list[str]:
    """Return the paths of every environment's overlays in an unchecked project."""
    return [path for each in as_map(spec.get("environments")).values() for path in _paths(as_map(each).get("overlays"))]


def _paths(listed: Any) -> list[str]:
    return [path for path in listed if is_path(path)] if isinstance(listed, list) else []
