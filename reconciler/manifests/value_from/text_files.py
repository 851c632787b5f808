"""``{file: F}``: a text that a manifest keeps in a file beside it, such as the payload of a test.

The text is no secret, and becomes part of the manifest: a saved plan no longer applies after the file has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.inside import UnusableFile, is_path, named_path, text_of
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.manifests.yaml.layers import Layers
    from reconciler.model.place import Path as ValuePath

FILE = "file"


def with_file_texts(spec: Any, paths: Iterable[ValuePath], origin: Layers, problems: list[Diagnostic]) -> Any:
    """Return the spec with the text of each file in place of ``{file: F}`` at the paths.

    What cannot be read is added to ``problems``, by its path in the manifest, and stays as it is written.
    """
    for path in paths:
        named, whole = _at(spec, (*path, FILE)), ("spec", *path, FILE)
        if not is_path(named) or not named.strip():
            problems.append(Diagnostic("'file' must be the name of a file: text on one line", path=whole))
            continue
        try:
            text = text_of(named_path(named, origin.holder(whole).source), "; send a smaller payload")
        except UnusableFile as error:
            problems.append(Diagnostic(f"the file {named} {error}", path=whole))
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
