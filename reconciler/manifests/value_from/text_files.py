"""``{file: F}``: a text that a manifest keeps in a file beside it, such as the payload of a test.

The text is no secret, and becomes part of the manifest: a saved plan no longer applies after the file has changed.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import MEBIBYTE, file_kind, real_path, reason
from reconciler.manifests.files.inside import OUTSIDE, is_path, path_problem
from reconciler.manifests.files.unreadable_files import sealed_by
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconciler.manifests.yaml.layers import Layers
    from reconciler.model.place import Path as ValuePath

MAX_BYTES = MEBIBYTE
FILE = "file"


class _Unreadable(Exception):
    """A file whose text cannot be used; ``str()`` is the reason."""


def with_file_texts(spec: Any, paths: Iterable[ValuePath], origin: Layers, problems: list[Diagnostic]) -> Any:
    """Return the spec with the text of each file in place of ``{file: F}`` at the paths.

    What cannot be read is added to ``problems``, by its path in the manifest, and stays as it is written.
    """
    for path in paths:
        named, whole = _at(spec, (*path, FILE)), ("spec", *path, FILE)
        try:
            text = _text(named, origin, whole)
        except _Unreadable as error:
            problems.append(Diagnostic(str(error), path=whole))
        else:
            spec = _replaced(spec, path, text)
    return spec


def _at(value: Any, path: ValuePath) -> Any:
    for part in path:
        value = value[part]
    return value


def _replaced(value: Any, path: ValuePath, text: str) -> Any:
    """Return a copy of the value with a text at the path; other parts are shared."""
    if not path:
        return text
    first, *rest = path
    if isinstance(value, list):
        return [_replaced(item, tuple(rest), text) if index == first else item for index, item in enumerate(value)]
    return {**value, first: _replaced(value[first], tuple(rest), text)}


def _text(named: Any, origin: Layers, place: ValuePath) -> str:
    """Return a file's text; raises ``_Unreadable``."""
    if not is_path(named) or not named.strip():
        raise _Unreadable("'file' must be the name of a file: text on one line")
    source = origin.holder(place).source
    why = path_problem(named, source.folder, source.root)
    if why:
        what = "is outside the manifest tree; move it below the manifests" if why == OUTSIDE else why
        raise _Unreadable(f"the file {named} {what}")
    return _decoded(_read(real_path(source.folder / named), named), named)


def _read(target: Path, named: str) -> bytes:
    kind = file_kind(target)
    if kind == "missing":
        raise _Unreadable(
            f"the file {named} does not exist (looked for beside the manifest); create it, or correct the path"
        )
    if kind != "file":
        raise _Unreadable(f"the file {named} is {'a folder' if kind == 'folder' else kind}, not a file")
    try:
        with target.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Unreadable(f"the file {named} cannot be read: {reason(error)}") from None


def _decoded(data: bytes, named: str) -> str:
    """Return UTF-8 as text, without the byte order mark that some editors add."""
    if len(data) > MAX_BYTES:
        raise _Unreadable(f"the file {named} is larger than {MAX_BYTES // MEBIBYTE} MiB; send a smaller payload")
    sealed = sealed_by(data)
    if sealed:
        raise _Unreadable(f"the file {named} {sealed}")
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise _Unreadable(f"the file {named} is UTF-16; save it as UTF-8")
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise _Unreadable(f"the file {named} is not UTF-8 text") from None
