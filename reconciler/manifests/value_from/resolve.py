"""``valueFrom``: secrets taken from the environment, from files of the manifest tree, and from commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import real_path
from reconciler.manifests.files.inside import (
    MAX_BYTES,
    MissingFile,
    UnusableFile,
    decoded,
    forbidden,
    is_path,
    named_path,
    text_of,
)
from reconciler.manifests.value_from.command import CommandFailed, never_ended, run_command
from reconciler.manifests.value_from.env_names import without_own
from reconciler.manifests.value_from.secret_files import NoSuchKey, NotReadable, read_data, value_at
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.doubtful_text import is_blank_text, odd_edges
from reconciler.secrets.secret import Secret, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.manifests.value_from.command import Ending
    from reconciler.manifests.value_from.env_names import EnvNames
    from reconciler.manifests.yaml.layers import Layers
    from reconciler.manifests.yaml.source_map import Source
    from reconciler.model.place import Path as ValuePath

TOO_LARGE = ", too large for a secret"
VALUE_FROM = "valueFrom"
KEY = "key"
ODD_EDGES = (
    "secrets begin or end with blanks or line ends, which are sent as part of them; take those out unless they belong "
    "there"
)
WAYS = ("env", "file", "exec")
BYTE_ORDER_MARK = "\ufeff"


class _Unusable(Exception):
    """A secret that cannot be used; ``str()`` is the reason, without the secret."""


class _Missing(_Unusable):
    """A secret that does not exist; ``source`` names where it was looked up."""

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.source = source


@dataclass(slots=True)
class Resolver:
    """Resolves the ``valueFrom`` of a run's manifests.

    A command runs once and a file is read once, however often they are named.
    """

    environ: Mapping[str, str]
    allow_exec: bool = False
    run_commands: bool = True
    keep: bool = False
    """Whether a missing secret is left unresolved instead of being a problem."""
    ending: Ending = never_ended
    """How a command is ended when the run ends early."""
    warnings: list[Diagnostic] = field(default_factory=list)
    """Warnings about the secrets resolved since the list was last cleared."""
    _outputs: dict[tuple[Path, tuple[str, ...]], str | _Unusable] = field(default_factory=dict)
    _files: dict[Path, str] = field(default_factory=dict)
    _data: dict[str, Any] = field(default_factory=dict)
    """The data of each file by its text."""

    def resolve(self, value: Any, origin: Layers, problems: list[Diagnostic], path: ValuePath = ()) -> Any:
        """Return ``value`` with a ``Secret`` in place of each ``valueFrom``; add those that fail to ``problems``."""
        if is_value_from(value):
            source = value[VALUE_FROM]
            way = next(each for each in WAYS if each in source)
            place = (*path, VALUE_FROM, KEY if KEY in source else way)
            try:
                text, what = self._text(way, source, origin, (*path, VALUE_FROM, way))
            except _Missing as missing:
                if not self.keep:
                    problems.append(Diagnostic(str(missing), path=place))
                return Unresolved(missing.source)
            except _Unusable as error:
                problems.append(Diagnostic(str(error), path=place))
                return Unresolved()
            if odd := odd_edges(text):
                message = f"{what} {odd}, which is sent as part of the secret; take it out unless it belongs there"
                self.warnings.append(Diagnostic(message, path=place, topic=ODD_EDGES))
            return Secret(text, _kin(way, source, origin, (*path, VALUE_FROM, way)))
        return _mapped(value, path, lambda item, below: self.resolve(item, origin, problems, below))

    def _text(self, way: str, source: Mapping[str, Any], origin: Layers, place: ValuePath) -> tuple[str, str]:
        """Return a secret's text, and its source in words."""
        named = source[way]
        if way == "env":
            return self._variable(named), f"the environment variable {named}"
        manifest = origin.holder(place).source
        if way == "exec":
            return self._output(tuple(named), manifest.root), f"the output of the command {named[0]!r}"
        if KEY in source:
            what = f"the value at the key {source[KEY]!r} of the file {named}"
            return self._value(named, source[KEY], manifest, what), what
        what = f"the file {named}"
        return _checked(_without_line_end(self._file(named, manifest)), what), what

    def _variable(self, name: str) -> str:
        what = f"the environment variable {name}"
        if name not in self.environ:
            raise _Missing(
                f"{what} is not set; set it, or keep the live secret with --keep-secrets; a plan can do without it "
                "(--without-secrets)",
                what,
            )
        if not self.environ[name]:
            raise _Missing(f"{what} is empty, and an empty secret would blank the live one", what)
        return _checked(self.environ[name].removeprefix(BYTE_ORDER_MARK), what)

    def _value(self, named: str, key: str, manifest: Source, what: str) -> str:
        text = self._file(named, manifest)
        try:
            if text not in self._data:
                self._data[text] = read_data(text)
            return _checked(value_at(self._data[text], key).removeprefix(BYTE_ORDER_MARK), what)
        except NotReadable as error:
            raise _Unusable(f"the file {named} {error}") from None
        except NoSuchKey as error:
            raise _Missing(f"the file {named} {error}", what) from None

    def _file(self, named: str, manifest: Source) -> str:
        what = f"the file {named}"
        try:
            target = named_path(named, manifest)
            if target not in self._files:
                self._files[target] = text_of(target, TOO_LARGE)
            return self._files[target]
        except MissingFile as error:
            raise _Missing(f"{what} {error}", what) from None
        except UnusableFile as error:
            raise _Unusable(f"{what} {error}") from None

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
        what = f"the output of the command {command[0]!r}"
        try:
            data = run_command(command, root, without_own(self.environ), MAX_BYTES, ending=self.ending)
            return _checked(_without_line_end(decoded(data, TOO_LARGE)), what)
        except UnusableFile as error:
            return _Unusable(f"{what} {error}")
        except (CommandFailed, _Unusable) as error:
            return _Unusable(str(error))


def without_secrets(value: Any) -> Any:
    """Return ``value`` with ``Unresolved`` for every ``valueFrom``."""
    return Unresolved() if is_value_from(value) else _mapped(value, (), lambda item, _: without_secrets(item))


def source_problems(value: Any, origin: Layers, names: EnvNames, path: ValuePath = ()) -> Iterator[Diagnostic]:
    """Yield the problems of the sources that a manifest takes its secrets from, whether or not they exist."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from source_problems(item, origin, names, (*path, key))
        taken = value.get(VALUE_FROM)
        if isinstance(taken, dict):
            yield from _taken_problems(taken, origin, names, (*path, VALUE_FROM))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from source_problems(item, origin, names, (*path, index))


def _taken_problems(taken: dict[str, Any], origin: Layers, names: EnvNames, path: ValuePath) -> Iterator[Diagnostic]:
    variable, file = taken.get("env"), taken.get("file")
    if isinstance(variable, str) and (problem := names.problem(variable)):
        yield Diagnostic(problem, path=(*path, "env"))
    if isinstance(file, str) and is_path(file):
        why = forbidden(file, origin.holder((*path, "file")).source, ", or use env or exec")
        if why:
            yield Diagnostic(f"the file {file} {why}", path=(*path, "file"))


def is_value_from(value: Any) -> bool:
    """Return whether a value of a checked manifest is a ``valueFrom``."""
    if not isinstance(value, dict) or set(value) != {VALUE_FROM} or not isinstance(value[VALUE_FROM], dict):
        return False
    source = value[VALUE_FROM]
    if set(source) == {"exec"}:
        named = source["exec"]
        return isinstance(named, list) and bool(named) and all(isinstance(each, str) for each in named)
    if set(source) not in ({"env"}, {"file"}, {"file", KEY}):
        return False
    return is_path(source.get("env", source.get("file"))) and isinstance(source.get(KEY, ""), str)


def _mapped(value: Any, path: ValuePath, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: change(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [change(item, (*path, index)) for index, item in enumerate(value)]
    return value


def _kin(way: str, source: Mapping[str, Any], origin: Layers, place: ValuePath) -> str:
    """Return the group of secrets within which equality may be shown.

    Each file is a group of its own: the author of a manifest could add files with guesses beside a secret one.
    """
    return f"file {real_path(origin.holder(place).source.folder / source[way])}" if way == "file" else ""


def _without_line_end(text: str) -> str:
    """Return a text without the one line end that editors and ``echo`` add."""
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _checked(text: str, what: str) -> str:
    """Return a secret's text; raises ``_Unusable`` for empty or blank text."""
    if not text:
        raise _Unusable(f"{what} is empty, and an empty secret would blank the live one")
    if is_blank_text(text):
        raise _Unusable(f"{what} holds nothing but blanks, and a blank secret would replace the live one")
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise _Unusable(f"{what} is not UTF-8 text")
    return text
