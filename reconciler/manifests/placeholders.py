"""Text that looks like a placeholder for a variable and is none: it would reach the API as it is.

``${var.NAME}`` is the only form that is filled in. ``var`` in another form is an error, for which there is an escape:
``var`` is no name in JavaScript, so that no code has it. All else is a warning, since there may be an object that is
called so: words near to ``var``, as in ``${env.NAME}``, and in names any ``${``. A text with a backtick is code: in
template strings of JavaScript any ``${…}`` belongs there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.model.place import Path

BLANKS = r"[\s\u200b-\u200f\u2060\ufeff]*"
SIGN = "${var."
ESCAPABLE = rf"\$\{{{BLANKS}var(?![\w$-])"
"""Begins what somebody means to be a variable, well-formed or not; ``var`` is no name in JavaScript."""
_ESCAPABLE = re.compile(ESCAPABLE)
_MEANT = re.compile(rf"(?P<escape>\$?)(?P<text>{ESCAPABLE}|\$\{{{BLANKS}(?P<other>(?i:var)){BLANKS}[.:\[])")
_WORDS = "vars|variables?|env|environments?|values|customer|secrets?|project|params?|parameters?|config"
_NEAR = re.compile(rf"(?<!\$)\$\{{{BLANKS}(?i:{_WORDS}){BLANKS}[.:\[]|\$\{{\{{")
_OTHER = re.compile(rf"(?:\{{\{{?|\$\(|[$#%@<]\{{?){BLANKS}var\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)")
_ANY = re.compile(r"(?<!\$)\$\{")
_GLANCE = re.compile(r"\$\{|var\.", re.IGNORECASE)
FREE = frozenset({"configVariables", "flowConfigs", "inputs", "headers", "payloadTemplate", "description"})
"""Keys below which any text may stand."""

FOREIGN = (("metadata", "annotations"), ("metadata", "labels"))


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What looks like a placeholder in one document: errors, and what may be meant as it is."""

    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)


def may_have_placeholders(text: str) -> bool:
    """Say whether a file may have anything to look at; escapes hide what they stand for."""
    return "\\" in text or _GLANCE.search(text) is not None


def look_alikes(data: Any, names: Collection[str]) -> Placeholders:
    """Return what looks like a placeholder for one of the variables ``names`` in a manifest, and is none."""
    found = Placeholders()
    for path, text, is_key in _texts(data, ()):
        if "exec" in path or path[:2] in FOREIGN:
            continue  # arguments of a command, which may be a script, and what other tools keep there
        if is_key:
            if _MEANT.search(text):
                found.warnings.append(
                    Diagnostic(
                        "variables are filled into values, not into keys; write the key in full", path=path, key=True
                    )
                )
            continue
        odd = dict.fromkeys(match["text"] for match in _MEANT.finditer(text) if _is_misspelt(match))
        message = "is not a variable; write ${var.NAME} without blanks, or $${var… for the literal text"
        found.errors.extend(Diagnostic(f"{_quoted(each)} {message}", path=path) for each in odd)
        if not odd:
            found.warnings.extend(Diagnostic(message, path=path) for message in dict.fromkeys(_near(path, text, names)))
    return found


def escaped(text: str) -> str:
    """Return how a manifest writes a text, so that nothing in it is filled in or refused."""
    return _ESCAPABLE.sub(lambda match: f"${match[0]}", text)


def in_project(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield the variables that the Project's own texts refer to: none is filled in there."""
    for path, text, _ in _texts(spec, ("spec",)):
        match = next((match for match in _MEANT.finditer(text) if not match["escape"]), None)
        if match and "variables" in path:
            yield Diagnostic(
                f"{_quoted(match['text'])}: a variable cannot refer to another one; write its value", path=path
            )
        elif match:
            yield Diagnostic(
                f"{_quoted(match['text'])}: variables are filled into manifests and overlays, not here", path=path
            )


def _is_misspelt(match: re.Match[str]) -> bool:
    """Say whether a variable is not written as one, in a form that can be escaped, and is not."""
    return not (match["other"] or match["escape"] or match.string.startswith(SIGN, match.start("text")))


def _near(path: Path, text: str, names: Collection[str]) -> Iterator[str]:
    """Yield a warning of each part of a text that is like a variable, as far as it is no code."""
    free = not FREE.isdisjoint(path)
    near = [match[0] for match in _OTHER.finditer(text) if match["name"] in names and not _is_filled(match)]
    if not free or "`" not in text:
        near += [match[0] for match in _NEAR.finditer(text)]
        near += [match["text"] for match in _MEANT.finditer(text) if match["other"]]
    if not near and not free:
        near = _unfilled(text)
    for each in near:
        yield f"{_quoted(each)} is not a variable and is sent as plain text; a variable is written ${{var.NAME}}"


def _is_filled(match: re.Match[str]) -> bool:
    """Say whether the match is part of ``${var.NAME}``, which is filled in, escaped, or reported elsewhere."""
    start = match.start()
    return match[0].startswith("${") or match.string[max(start - 1, 0) : start + 1] == "${"


def _unfilled(text: str) -> list[str]:
    found = (match for match in _ANY.finditer(text) if not text.startswith(SIGN, match.start()))
    return [match[0] for match in found][:1]


def _quoted(text: str) -> str:
    """Return the beginning of a placeholder as a message quotes it: what follows may be a secret."""
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
