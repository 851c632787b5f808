"""``valueFrom``: secrets taken from the environment, from files of the manifest tree, and from commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.kind import Complaint
from reconciler.kinds.secret import Secret, Unresolved
from reconciler.manifests.ending import never_ended
from reconciler.manifests.env_names import without_own
from reconciler.manifests.files import file_kind, real_path, reason
from reconciler.manifests.inside import OUTSIDE, is_path, path_problem
from reconciler.manifests.sealed import sealed_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.kinds.resource import Path as ValuePath
    from reconciler.manifests.ending import Ending
    from reconciler.manifests.env_names import EnvNames
    from reconciler.manifests.locate import Layers
    from reconciler.manifests.source import Source

MAX_BYTES = 1024 * 1024
VALUE_FROM = "valueFrom"


class _Unusable(Exception):
    """A secret that cannot be used; ``str()`` says why, without the secret."""


class _Missing(_Unusable):
    """A secret that is not there; ``source`` names where it was looked for."""

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.source = source


@dataclass(slots=True)
class Resolver:
    """Resolves the ``valueFrom`` of a run's manifests; a command runs once, however often it is named."""

    environ: Mapping[str, str]
    allow_exec: bool = False
    run_commands: bool = True
    keep: bool = False
    """Whether what is not there is left unresolved without a complaint."""
    ending: Ending = never_ended
    """How a command is ended with the run."""
    _outputs: dict[tuple[Path, tuple[str, ...]], str | _Unusable] = field(default_factory=dict)

    def resolve(self, value: Any, origin: Layers, complaints: list[Complaint], path: ValuePath = ()) -> Any:
        """Return ``value`` with a ``Secret`` for every ``valueFrom``; what cannot be resolved is complained of."""
        if is_value_from(value):
            (way,) = value["valueFrom"]
            place = (*path, "valueFrom", way)
            try:
                text = self._text(way, value["valueFrom"][way], origin, place)
                return Secret(text, self._kin(way, value["valueFrom"][way], origin, place))
            except _Missing as missing:
                if not self.keep:
                    complaints.append(Complaint(place, str(missing)))
                return Unresolved(missing.source)
            except _Unusable as error:
                complaints.append(Complaint(place, str(error)))
                return Unresolved()
        return _mapped(value, path, lambda item, below: self.resolve(item, origin, complaints, below))

    def _text(self, way: str, named: Any, origin: Layers, place: ValuePath) -> str:
        if way == "env":
            return self._variable(named)
        source = origin.holder(place).source
        return _file(named, source) if way == "file" else self._output(tuple(named), source.root)

    @staticmethod
    def _kin(way: str, named: Any, origin: Layers, place: ValuePath) -> str:
        """Return among which others it may show that a secret is the same.

        A file is kin to itself alone: whoever writes manifests may put files with guesses beside one that is secret.
        """
        return f"file {real_path(origin.holder(place).source.folder / named)}" if way == "file" else ""

    def _variable(self, name: str) -> str:
        if name not in self.environ:
            raise _Missing(
                f"the environment variable {name} is not set; set it, or run with --keep-secrets or --without-secrets",
                f"the environment variable {name}",
            )
        if not self.environ[name]:
            raise _Missing(
                f"the environment variable {name} is empty, and an empty secret would blank the live one",
                f"the environment variable {name}",
            )
        if any("\ud800" <= each <= "\udfff" for each in self.environ[name]):
            raise _Unusable(f"the environment variable {name} is not UTF-8 text")
        return self.environ[name]

    def _output(self, command: tuple[str, ...], root: Path) -> str:
        if not self.allow_exec:
            raise _Missing(
                "valueFrom.exec runs a command; allow that with --allow-exec",
                f"without --allow-exec, the output of the command {command[0]!r}",
            )
        if not self.run_commands:
            return ""
        key = (root, command)
        if key not in self._outputs:
            self._outputs[key] = self._run(command, root)
        output = self._outputs[key]
        if isinstance(output, _Unusable):
            raise output
        return output

    def _run(self, command: tuple[str, ...], root: Path) -> str | _Unusable:
        from reconciler.manifests.command import CommandFailed, run_command

        try:
            return _usable(
                run_command(command, root, without_own(self.environ), MAX_BYTES, ending=self.ending),
                f"the output of the command {command[0]!r}",
            )
        except CommandFailed as error:
            return _Unusable(str(error))
        except _Unusable as error:
            return error


def without_secrets(value: Any) -> Any:
    """Return ``value`` with ``Unresolved`` for every ``valueFrom``."""
    return Unresolved() if is_value_from(value) else _mapped(value, (), lambda item, _: without_secrets(item))


def source_problems(value: Any, origin: Layers, names: EnvNames, path: ValuePath = ()) -> Iterator[Complaint]:
    """Yield what is wrong with where a manifest takes its secrets from, whether or not there is anything there."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from source_problems(item, origin, names, (*path, key))
        taken = value.get(VALUE_FROM)
        if isinstance(taken, dict):
            yield from _taken_problems(taken, origin, names, (*path, VALUE_FROM))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from source_problems(item, origin, names, (*path, index))


def _taken_problems(taken: dict[str, Any], origin: Layers, names: EnvNames, path: ValuePath) -> Iterator[Complaint]:
    variable, file = taken.get("env"), taken.get("file")
    if isinstance(variable, str) and (problem := names.problem(variable)):
        yield Complaint((*path, "env"), problem)
    if isinstance(file, str) and is_path(file):
        source = origin.holder((*path, "file")).source
        why = path_problem(file, source.folder, source.root)
        if why:
            advice = "; move it below the manifests, or use env or exec" if why == OUTSIDE else ""
            what = "is outside the manifest tree" if why == OUTSIDE else why
            yield Complaint((*path, "file"), f"the file {file} {what}{advice}")


def is_value_from(value: Any) -> bool:
    """Say whether a value of a checked manifest stands for one from outside."""
    if not isinstance(value, dict) or set(value) != {"valueFrom"} or not isinstance(value["valueFrom"], dict):
        return False
    ((way, named),) = value["valueFrom"].items() if len(value["valueFrom"]) == 1 else ((None, None),)
    if way == "exec":
        return isinstance(named, list) and bool(named) and all(isinstance(each, str) for each in named)
    return way in {"env", "file"} and is_path(named)


def _mapped(value: Any, path: ValuePath, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: change(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [change(item, (*path, index)) for index, item in enumerate(value)]
    return value


def _file(named: str, source: Source) -> str:
    target = real_path(source.folder / named)
    # Whoever named it was told of it before; a link that was put there since is not followed.
    if path_problem(named, source.folder, source.root):
        raise _Unusable(f"the file {named} is outside the manifest tree")
    kind = file_kind(target)
    if kind == "missing":
        raise _Missing(f"the file {named} does not exist (looked for beside the manifest)", f"the file {named}")
    if kind != "file":
        raise _Unusable(f"the file {named} is {'a folder' if kind == 'folder' else kind}, not a file")
    try:
        with target.open("rb") as stream:
            return _usable(stream.read(MAX_BYTES + 1), f"the file {named}")
    except OSError as error:
        raise _Unusable(f"the file {named} cannot be read: {reason(error)}") from None


def _usable(data: bytes, what: str) -> str:
    """Return a secret's bytes as text, its last line break left out."""
    if len(data) > MAX_BYTES:
        raise _Unusable(f"{what} is larger than 1 MiB, too large for a secret")
    sealed = sealed_by(data)
    if sealed:
        raise _Unusable(f"{what} {sealed}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _Unusable(f"{what} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not text:
        raise _Unusable(f"{what} is empty, and an empty secret would blank the live one")
    return text
