"""Definitions of integrations: the platform's own YAML, read from files, every problem at its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestErrors
from reconciler.kinds.integration.unpublished_version import SHAPE, UNIQUE, unpublished_version
from reconciler.manifests.files.finder import File, file_kind, real_path
from reconciler.manifests.files.load import DocumentLoader
from reconciler.manifests.yaml.layers import Layers
from reconciler.manifests.yaml.sensitive_keys import sensitive_keys
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.kinds.integration.versions import UnpublishedVersion
    from reconciler.model.place import Place


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition: its file, the name of its integration, the place of that name, and the version it describes."""

    file: str
    name: str
    place: Place
    version: UnpublishedVersion


def read_definitions(files: Sequence[str], cwd: Path) -> tuple[Definition, ...]:
    """Return the definitions of files; raises ``ManifestErrors`` with every problem of all of them."""
    problems: list[Diagnostic] = []
    found = [definition for file in files if (definition := _read(file, cwd, problems))]
    first: dict[str, Definition] = {}
    for definition in found:
        other = first.setdefault(definition.name, definition)
        if other is not definition:
            message = f"two definitions are of the integration {definition.name!r}, the other one is at {other.place}"
            problems.append(Diagnostic(message, definition.place))
    if problems:
        raise ManifestErrors(problems)
    return tuple(found)


def _read(file: str, cwd: Path, problems: list[Diagnostic]) -> Definition | None:
    path = cwd / file
    kind = file_kind(path)
    if kind != "file":
        what = "does not exist" if kind == "missing" else f"is {kind}; expected a definition's file"
        problems.append(Diagnostic(f"--against {file}: {what}"))
        return None
    before = len(problems)
    document = DocumentLoader(problems).only(File(path, file, real_path(path.parent)), "a definition")
    if document is None or len(problems) > before:
        return None
    origin = Layers((document,))
    wrong = list(_wrong(document.data))
    problems += (each.at(origin) for each in wrong)
    if wrong:
        return None
    version = unpublished_version(document.data, file)
    return Definition(file, version.name, origin.place(("name",)), version)


def _wrong(data: Any) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with a definition's shape, or else with its names."""
    if not isinstance(data, dict):
        yield Diagnostic("a definition is a map with a name, flows and requiredConfigVars", path=())
        return
    from reconciler.manifests.schema.failure import Validator
    from reconciler.manifests.schema.messages import explain

    wrong = explain(Validator(SHAPE).iter_errors(data), sensitive_keys())
    yield from wrong
    if not wrong:
        for what, (where, name) in UNIQUE.items():
            yield from _repeated(data, where, name, what)


def _repeated(data: Mapping[str, Any], where: str, name: str, what: str) -> Iterator[Diagnostic]:
    seen = set()
    for index, each in enumerate(data.get(where) or ()):
        if each[name] in seen:
            yield Diagnostic(f"two {what} are called {each[name]!r}; rename one of them", path=(where, index, name))
        seen.add(each[name])
