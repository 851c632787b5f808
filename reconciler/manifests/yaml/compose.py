"""Text → YAML nodes, with libyaml where PyYAML has it and in plain Python where not.

The nodes carry their places; :mod:`reconciler.manifests.yaml.construct` turns them into data.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from reconciler.manifests.yaml.limits import MAX_DEPTH
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = ":plain:"
"""The tag of a scalar without quotes or tag; compared with ``is``, since a file could hold an equal tag."""
STR = ":str:"
COLLECTION = ":collection:"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAKS = {"\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P"}
"""Characters that are line breaks in YAML 1.1, whose readers fold or drop them, and plain characters in YAML 1.2."""
_CRON = re.compile(r"(?:^|[\s\[{,])(\*[^\s#,{}\[\]]*(?:[ \t]+[-*/?,#LW0-9A-Za-z]+){4,5})[ \t]*(?=[]}#,]|$)")
SECOND = "second occurrence"
"""PyYAML's message about an anchor that is defined twice; the context says more."""
_HINTS = (
    ("cannot start any token", "a tab for indentation, or text that begins with @, ` or %, which needs quotes"),
    ("mapping values are not allowed", "is the indentation right? text that contains ': ' needs quotes"),
    ("did not find expected ',' or", "a bracket that is not closed, or a missing comma"),
    ("unexpected end of stream", "a quote that is not closed"),
    ("did not find expected key", "is the indentation right?"),
    ("expected '-' indicator", "is the indentation right? a list and keys cannot stand side by side"),
    ("expected node content", "a value is missing, or a bracket is not closed"),
    ("incompatible YAML document", "manifests are YAML 1.2; take the %YAML line out"),
    ("expected <block end>", "is the indentation right?"),
    ("could not find expected ':'", "a key without its colon, or text over several lines that needs quotes"),
    ("unknown escape character", r"within double quotes write a backslash as \\"),
    ("alphabetic or numeric character", "text that begins with * or & needs quotes; so does a cron expression"),
    ("undefined alias", "an alias (*name) needs its anchor (&name) before it; text that begins with * needs quotes"),
    ("found duplicate anchor", "each anchor (&name) can be given once in a document"),
    ("undefined tag handle", "tags are not supported; text that begins with ! needs quotes"),
)


class _Rules:
    """The rules of both composers: scalars stay text, and nesting is limited."""

    _depth = 0

    def descend_resolver(self, parent: Any, index: Any) -> None:
        del index
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {MAX_DEPTH} levels", parent.start_mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        del value
        if kind is not yaml.ScalarNode:
            return COLLECTION
        return PLAIN if implicit[0] else STR


class _PythonComposer(_Rules, Reader, Scanner, Parser, Composer):
    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


def python_composer() -> type[Any]:
    """Return the composer in plain Python, which is slow but always available."""
    return _PythonComposer


@cache
def composer() -> type[Any]:
    """Return the fastest composer of this installation."""
    try:
        from yaml._yaml import CParser
    except ImportError:  # pragma: no cover - PyYAML without libyaml; python_composer() itself is tested
        return _PythonComposer
    return type("_FastComposer", (_Rules, CParser), {})


def compose(text: str, file: str, problems: list[Diagnostic], using: type[Any] | None = None) -> Iterator[yaml.Node]:
    """Yield the root node of each document of ``text``, up to the first place that is not YAML, which is reported."""
    strange = _UNPRINTABLE.search(text)
    if strange:
        place = place_at(text, strange.start(), file)
        problems.append(Diagnostic(_about_character(strange[0]), place))
        return
    try:
        parser = (using or composer())(text)
        while parser.check_node():
            yield parser.get_node()
    except yaml.MarkedYAMLError as error:
        problems.append(_problem(error, file, text))


def _about_character(character: str) -> str:
    escaped = _LINE_BREAKS.get(character)
    if escaped is None:
        return f"the character U+{ord(character):04X} is not allowed in YAML; take it out"
    return (
        f"the character U+{ord(character):04X} ends a line for some readers of YAML, and not for others; take it out, "
        f"or write it as {escaped} within double quotes"
    )


def _line(text: str, number: int) -> str:
    lines = text.split("\n", number + 1)
    return lines[number] if number < len(lines) else ""


def _problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    if mark and (schedule := _CRON.search(_line(text, mark.line))):
        message = (
            f'not valid YAML: text that begins with * needs quotes; put the cron expression in quotes: "{schedule[1]}"'
        )
        return Diagnostic(message, Place(file, mark.line + 1, schedule.start(1) + 1))
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    said = next(text for text in (error.problem, error.context, "it cannot be read") if text and text != SECOND)
    said = said.partition(";")[0]
    if said.startswith("nested deeper"):
        return Diagnostic(f"{said}; manifests need only a few", place)
    hint = next((f" ({hint})" for sign, hint in _HINTS if sign in said), "")
    return Diagnostic(f"not valid YAML: {said}{hint}", place)
