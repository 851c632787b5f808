"""Text that looks like a variable but is not filled in: it would reach the API unchanged.

Only ``${var.NAME}`` is filled in. ``var`` in any other form is an error, which ``$$`` escapes: ``var`` is a reserved
word in JavaScript, so no code has ``${var``. Everything else is a warning, since it may be meant: words like ``var``,
as in ``${env.NAME}``, and any ``${`` in a name. Text with a backtick is taken for JavaScript, whose template strings
use ``${…}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.model.place import Path

BLANKS = r"[\s\u200b-\u200f\u2060\ufeff]*"
SIGN = "${var."
ESCAPABLE = rf"\$\{{{BLANKS}var(?![\w$-])"
"""The beginning of a variable, well-formed or not; ``var`` is no name in JavaScript."""
_ESCAPABLE = re.compile(ESCAPABLE)
_MEANT = re.compile(rf"(?P<escape>\$?)(?P<text>{ESCAPABLE}|\$\{{{BLANKS}(?P<other>(?i:var)){BLANKS}[.:\[])")
_WORDS = "vars|variables?|env|environments?|values|customer|secrets?|project|params?|parameters?|config"
_NEAR = re.compile(rf"(?<!\$)\$\{{{BLANKS}(?i:{_WORDS}){BLANKS}[.:\[]|\$\{{\{{")
_OTHER = re.compile(rf"(?:\{{\{{?|\$\(|[$#%@<]\{{?){BLANKS}var\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)")
_ANY = re.compile(r"(?<!\$)\$\{")
FREE = frozenset({"configVariables", "flowConfigs", "inputs", "headers", "payloadTemplate", "description"})
"""Keys below which any text is allowed."""

FOREIGN = (("metadata", "annotations"), ("metadata", "labels"))


def may_have_placeholders(text: str) -> bool:
    """Return whether a file may have variables or anything like them; escapes may hide some."""
    return "\\" in text or "${" in text or "var." in text.lower()


def look_alikes(data: Any, names: Collection[str]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return the texts of a manifest that look like one of the variables ``names`` but are not filled in.

    They are errors, or warnings where the text may be meant.
    """
    errors, warnings = [], []
    for path, text, is_key in _texts(data, ()):
        if "exec" in path or path[:2] in FOREIGN:
            continue  # a command's arguments may be a script; other tools own annotations and labels
        if is_key:
            if _MEANT.search(text):
                message = "variables are filled into values, not into keys; write the key in full"
                warnings.append(Diagnostic(message, path=path, key=True))
            continue
        odd = dict.fromkeys(match["text"] for match in _MEANT.finditer(text) if _is_misspelt(match))
        message = "is not a variable; write ${var.NAME} without blanks, or $${var… for the literal text"
        errors += [Diagnostic(f"{_quoted(each)} {message}", path=path) for each in odd]
        if not odd:
            warnings += [Diagnostic(message, path=path) for message in dict.fromkeys(_near(path, text, names))]
    return errors, warnings


def escaped(text: str) -> str:
    """Return a text as a manifest must write it for nothing in it to be filled in or refused."""
    return _ESCAPABLE.sub(lambda match: f"${match[0]}", text)


def in_project(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield a problem for each variable that the Project's own texts refer to: none is filled in there."""
    for path, text, _ in _texts(spec, ("spec",)):
        match = next((match for match in _MEANT.finditer(text) if not match["escape"]), None)
        if match:
            wrong = "variables are filled into manifests and overlays, not here"
            if "variables" in path:
                wrong = "a variable cannot refer to another one; write its value"
            yield Diagnostic(f"{_quoted(match['text'])}: {wrong}", path=path)


def _is_misspelt(match: re.Match[str]) -> bool:
    """Return whether the match is a misspelt variable that is not escaped."""
    return not (match["other"] or match["escape"] or match.string.startswith(SIGN, match.start("text")))


def _near(path: Path, text: str, names: Collection[str]) -> Iterator[str]:
    """Yield a warning for each part of a text that looks like a variable and is not code."""
    free = not FREE.isdisjoint(path)
    near = [match[0] for match in _OTHER.finditer(text) if match["name"] in names and not _is_filled(match)]
    if not free or "`" not in text:
        near += [match[0] for match in _NEAR.finditer(text)]
        near += [match["text"] for match in _MEANT.finditer(text) if match["other"]]
    if not near and not free:
        near = [match[0] for match in _ANY.finditer(text) if not text.startswith(SIGN, match.start())][:1]
    for each in near:
        yield f"{_quoted(each)} is not a variable and is sent as plain text; a variable is written ${{var.NAME}}"


def _is_filled(match: re.Match[str]) -> bool:
    """Return whether the match is part of ``${var.NAME}``, which is filled in, escaped or reported elsewhere."""
    start = match.start()
    return match[0].startswith("${") or match.string[max(start - 1, 0) : start + 1] == "${"


def _quoted(text: str) -> str:
    """Return the beginning of a placeholder for a message; the rest may be a secret."""
    return repr(f"{text}…")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """Yield each text and each key of a value, with its path, and whether it is a key."""
    if isinstance(value, str):
        if "${" in value or "var." in value:
            yield path, value, False
    elif isinstance(value, dict):
        for key, item in value.items():
            if "${" in key:
                yield (*path, key), key, True
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
