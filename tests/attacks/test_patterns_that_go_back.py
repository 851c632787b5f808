"""Regular expressions of the product take linear time on hostile text."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from functools import partial
from itertools import chain, islice, product
from pathlib import Path
from re import _constants as of  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

import pytest
from support.effort import cpu_seconds

from reconciler.manifests.yaml import common_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCHEMA_FILES = sorted((Path(__file__).parents[2] / "schemas").glob("*.json"))
ROOMS = ("kinds", "prismatic", "reports", "manifests", "planning", "applying", "exporting", "receipts")
USE = r"\.(fullmatch|match|search|sub|finditer|findall|split)\("
LENGTH = 40_000
SECONDS = 0.4
"""Of the processor; a pattern that goes back again and again takes seconds for a text of that length."""
MOST = 12
SAMPLE = ("kinds", "prismatic")
"""The rooms whose patterns ``make test`` tries; the others are in the whole."""


def patterns() -> dict[str, tuple[re.Pattern[Any], str]]:
    """Return the patterns that modules keep, each with how it is used: ``search`` stands for all that look anywhere."""
    found = {}
    for room in ROOMS:
        package = importlib.import_module(f"reconciler.{room}")
        for info in pkgutil.walk_packages(package.__path__, f"reconciler.{room}."):
            module = importlib.import_module(info.name)
            source = inspect.getsource(module)
            for name, value in vars(module).items():
                if not (those := [*kept(value)]):
                    continue
                # Of patterns in a tuple the name is not known under which they are used.
                uses = set(re.findall(rf"\b{name}{USE}", source) or re.findall(rf"\bpattern{USE}", source))
                for number, each in enumerate(those):
                    use = "fullmatch" if uses <= {"fullmatch", "match"} else "search"
                    found[f"{info.name.removeprefix('reconciler.')}.{name}.{number}"] = (each, use)
    # These are compiled when the first file is read; a text that reaches the second always ends with a line break.
    for name, use in (("_BLANK", "fullmatch"), ("_LINE", "lines")):
        found[f"manifests.yaml.common_form.{name}"] = (re.compile(getattr(common_form, name), re.VERBOSE), use)
    return found


def of_schemas(value: Any) -> Iterator[str]:
    """Yield the patterns of a schema, which any text of a manifest is compared with."""
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        yield from value.get("patternProperties", ())
        yield from chain.from_iterable(map(of_schemas, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(of_schemas, value))


def kept(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        yield from chain.from_iterable(map(kept, value))


def samples(parsed: Iterable[tuple[Any, Any]], longest: int) -> list[str]:
    """Return texts that a pattern matches, one for each of its branches, nothing and something for what may repeat."""
    parts = [part_samples(kind, value, longest) for kind, value in parsed]
    return ["".join(each) for each in islice(product(*parts), MOST)]


def part_samples(kind: Any, value: Any, longest: int) -> list[str]:
    match kind:
        case of.LITERAL:
            found = [chr(value)]
        case of.NOT_LITERAL:
            found = ["x" if value != ord("x") else "y"]
        case of.IN:
            found = [member(value)]
        case of.ANY:
            found = ["x"]
        case of.BRANCH:
            found = [each for branch in value[1] for each in samples(branch, longest)]
        case of.SUBPATTERN:
            found = samples(value[-1], longest)
        case of.MAX_REPEAT | of.MIN_REPEAT | of.POSSESSIVE_REPEAT:
            least, most, repeated = value
            counts = sorted({max(least, 1), least, min(most, least + longest)}, reverse=True)
            found = [each * count for each in samples(repeated, longest)[:4] for count in counts]
        case of.ASSERT | of.ASSERT_NOT | of.AT | of.GROUPREF:
            found = [""]
        case _:
            pytest.fail(f"no text is made for {kind} of a regular expression yet: add a case for it above")
    return found


CATEGORIES = {of.CATEGORY_DIGIT: "7", of.CATEGORY_SPACE: " ", of.CATEGORY_WORD: "w", of.CATEGORY_NOT_SPACE: "w"}


def member(value: list[tuple[Any, Any]]) -> str:
    """Return a character of a class."""
    common = next((each for each in "wA7 -_.:/=+\"'%$&" if belongs(each, value)), None)
    first: Any = next(item for kind, item in value if kind is not of.NEGATE)
    return common or chr(first[0] if isinstance(first, tuple) else first)


def belongs(character: str, value: list[tuple[Any, Any]]) -> bool:
    inside = False
    for kind, item in value:
        if kind is of.LITERAL:
            inside = inside or ord(character) == item
        elif kind is of.RANGE:
            inside = inside or item[0] <= ord(character) <= item[1]
        elif kind is of.CATEGORY and item in CATEGORIES:
            inside = inside or CATEGORIES[item] == character
    return inside != (value[0][0] is of.NEGATE)


def attempts(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Yield texts that begin to match again and again: each beginning of a match, over and over."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    whole = {each for longest in (0, 3) for each in samples(parser.parse(source, pattern.flags & ~re.UNICODE), longest)}
    units = {each[:end] for each in whole for end in range(1, min(len(each), 60) + 1)}
    for unit in sorted(units):
        for before in ("", "-", " "):
            repeated = (before + unit) * (LENGTH // len(before + unit))
            yield repeated
            if not before:
                yield repeated + "\n!"


SCHEMAS = {text: None for path in SCHEMA_FILES for text in of_schemas(json.loads(path.read_text(encoding="utf-8")))}
PATTERNS = {**patterns(), **{f"schemas.{text}": (re.compile(text), "search") for text in SCHEMAS}}


def every_match(pattern: re.Pattern[Any]) -> Callable[[Any], None]:
    """Return a function that finds each match of the pattern in a text, and keeps none."""

    def read(data: Any) -> None:
        for _ in pattern.finditer(data):
            pass

    return read


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name.startswith(SAMPLE) else pytest.mark.full) for name in PATTERNS],
)
def test_a_pattern_takes_linear_time(name: str) -> None:
    """Beginnings of a match, each over and over, are read in a moment: by every pattern that a module keeps."""
    pattern, use = PATTERNS[name]
    for text in attempts(pattern):
        data: Any = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
        data += "\n" if use == "lines" else data[:0]
        read = pattern.fullmatch if use == "fullmatch" else every_match(pattern)
        assert cpu_seconds(partial(read, data)) < SECONDS, f"{text[:80]!r}…"


def test_patterns_are_found_in_every_room() -> None:
    """The search for patterns finds those of each room, of the schemas, and a pattern that goes back is found out."""
    assert {name.split(".")[0] for name in PATTERNS} >= {"kinds", "prismatic", "reports", "manifests", "schemas"}
    slow = re.compile(r"\beyJ[\w-]{10,}\.[\w-]{5,}")
    assert any(text.startswith("-eyJ-eyJ") for text in attempts(slow))
