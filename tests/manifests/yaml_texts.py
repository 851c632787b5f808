"""Texts in many forms of YAML, right and wrong, for tests that read each of them in two ways."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import yaml
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

NUMBERS = "1 -5 +5 0 00 007 1_000 0o17 0x1F 0b1 .5 1. 1.10 0.5 1e3 1E-3 -0 -0.0 .inf -.INF .nan 1e400 9007199254740993"
WORDS = "yes No on off y true True TRUE tRUE false null Null ~ = 2024-05-01 2024-05-01T10:00:00Z 12:30:00 <<"
SCALARS = [
    *NUMBERS.split(), *WORDS.split(), "9" * 420, "", "a", "b c", "b  c", "é", "日本", "a:b", "a #b", "a#b", "# note",
    "http://h:1/p?q#f", "0 */2 * * *", "*a", "&a b", "!!str 1", "!x y", "@a", "`a", "%a", "- z", "-", "-z", "? z",
    "x: y", "x:", ":x", "|x", ">", "'q'", "''", "'it''s'", "'a' b", "'a'#b", '"q"', '""', r'"\n\"\\\/"', r'"\u00e9"',
    r'"\x41"', r'"\ud83d\ude00"', '"a"  # note', '"a"#b', "a\tb", "\\d+", "$x", "${var.x}", "(a)", "a, b", "a]",
    "a}", "^a", "<a>",
]  # fmt: skip
ORDINARY = ["a", "b c", "true", "12", "0.5", "https://h/p", "'q'", '"q"', "[a, b]", "{k: v}", "no", "null"]
BLOCKS = [
    "|\n{}  t\n", "|\n{} t\n", "|\n{}  t\n\n{}   u\n\n",
    "|-\n{}  t\n{}    u\n", "|+\n{}  k\n\n\n", "|\n\n{}  t\n", "|2\n{}  t\n",
    "| # note\n{}  t\n", "|\n{} t\n{}# u\n", ">\n{}  f\n{}  g\n", ">-\n{}  f\n\n{}  g\n", ">\n{}  f\n{}    g\n",
    ">+\n{}  f\n{}  g\n\n", "|\n", ">-\n{}  f: g\n", "|-\n{}  - a\n{}  # b", "a\n{}  b", '"a\n{}  b"', "\n{}  a",
    "[\n{}  a]",
]  # fmt: skip
KEYS = [
    "a", "b", "c c", "d?", '"e"', "'f'", "name", "n", "1k", "on", "é", "a.b/c-d", "$k", "(k)", "true", "12", "~", "<<",
    "? k", "k ", '"q" ', "&a k", "!t k", "k:l", "k#l", "k #l", ".k", "-k", "[k]", "{k}", '"a\\u0062"', "1.5",
    "a" * 1_100,
]  # fmt: skip
LINES = [
    "", " ", "# note", "  # note", "---", "--- ", "--- # note", "--- a", "...", "%YAML 1.2", "%TAG ! x", "- a", "- - b",
    "-", "- ", "- k: v", "  - k: v", "    l: w", "-   k: v", "\tk: v", "k:\tv", "text", "  text", "k: v", "  k: v", "}",
    "<<: *a", "? k", ": v", "&a", "- [a]", "- {a: 1}", "- |", "- 'q'", "k: &a", "k: *a", "\ufeffk: v", "k: \x07",
]  # fmt: skip
CHARACTERS = [
    *" \n:-#'\"[]{},|>&*!%@`?\\ab1.0~<=\t\r", "  ", "\n  ", "\n- ", ": ", " #", "---\n", "\r\n", "é", "\u2028", "\x85",
    "\xa0", "\ufeff", "\x00", "\n\n",
]  # fmt: skip
BEGINNINGS = [
    "", "a: ", "a:\n", "a:\n- ", "a: 1\n", "a: [", "a: {b", "a: |\n", "a: >-\n b\n", "a:\n  b:\n  ", "a:\n- b: 1\n ",
    'a: "', "a: '", "---\n",
]  # fmt: skip
"""What :func:`short` continues in every way."""


def short(length: int) -> Iterator[str]:
    """Yield every text of a beginning and up to ``length`` characters."""
    for beginning, size in product(BEGINNINGS, range(length + 1)):
        for characters in product("a: -\n#\"[]{},|1'>", repeat=size):
            yield beginning + "".join(characters)


def found() -> Iterator[str]:
    """Yield the YAML files of the repository, and the texts within them, most of which are manifests."""
    for folder in ("examples", "tests"):
        for path in sorted((ROOT / folder).rglob("*.y*ml")):
            if "node_modules" not in path.parts:
                text = path.read_text(encoding="utf-8", errors="replace")
                yield text
                yield from _texts(_loaded(text))


def _loaded(text: str) -> Any:
    try:
        return list(yaml.load_all(text, yaml.CBaseLoader))
    except yaml.YAMLError:
        return None


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str) and "\n" in data:
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(item)


def made(random: Random, samples: list[str]) -> str:
    """Return a text: lines from here and there, a tree, or a sample, changed in up to three places."""
    sort = random.random()
    if sort < 0.2:
        text = "\n".join(" " * random.choice((0, 0, 2, 4)) + random.choice(LINES) for _ in range(random.randint(1, 8)))
    else:
        text = _tree(random, 0) if sort < 0.7 else random.choice(samples)
    if random.random() < 0.1:
        text += "---\n" + _tree(random, 0)
    for _ in range(random.choice((0, 0, 0, 1, 1, 1, 2, 3))):
        text = _changed(text, random) or text
    return text.replace("\n", "\r\n") if random.random() < 0.05 else text


def _tree(random: Random, column: int, depth: int = 0) -> str:
    """Return a map in the form of manifests, in which a value is sometimes odd."""
    lines = []
    for key in random.sample(KEYS[:13] if random.random() < 0.9 else KEYS, random.randint(1, 4)):
        sort = random.random() + depth / 10
        if sort < 0.25:
            value = "\n" + _tree(random, column + random.choice((1, 2, 2, 4)), depth + 1)
        elif sort < 0.4:
            value = "\n" + _list(random, column + random.choice((0, 0, 2)), depth + 1)
        else:
            value = f" {_value(random, column)}\n"
        lines.append(f"{' ' * column}{key}:{value}")
        if random.random() < 0.1:
            lines.append(" " * random.choice((0, column, column + 2)) + random.choice(("# note\n", "\n")))
    return "".join(lines)


def _list(random: Random, column: int, depth: int) -> str:
    items = []
    for _ in range(random.randint(1, 3)):
        dash = random.choice(("- ", "- ", "-   "))
        below = column + len(dash)
        inner = _tree(random, below, depth + 1)[below:] if random.random() < 0.4 else f"{_value(random, column)}\n"
        items.append(" " * column + dash + inner)
    return "".join(items)


def _value(random: Random, column: int) -> str:
    sort = random.random()
    if sort < 0.7:
        return random.choice(ORDINARY)
    if sort < 0.8:
        return random.choice(SCALARS)
    return _brackets(random) if sort < 0.92 else random.choice(BLOCKS).replace("{}", " " * column)


def _brackets(random: Random, depth: int = 0) -> str:
    sort = random.random()
    if sort < 0.3 or depth > 3:
        return random.choice(ORDINARY if random.random() < 0.6 else SCALARS)
    comma = ", " if random.random() < 0.9 else random.choice((",", " , ", ",,"))
    parts = [_brackets(random, depth + 1) for _ in range(random.randint(0, 3))]
    if sort < 0.6:
        return f"[{comma.join(parts)}]"
    colon = ": " if random.random() < 0.9 else random.choice((":", " : ", ""))
    keys = random.sample(KEYS[:9] if random.random() < 0.9 else KEYS, len(parts))
    return f"{{{comma.join(key + colon + part for key, part in zip(keys, parts, strict=True))}}}"


def _changed(text: str, random: Random) -> str:
    """Return the text with a character or a line put in, taken out, replaced, doubled or moved."""
    at, sort = random.randrange(len(text) + 1), random.random()
    if sort < 0.5:
        taken = random.choice((0, 0, 1, 1, 2))
        return text[:at] + (random.choice(CHARACTERS) if sort < 0.35 else "") + text[at + taken :]
    lines = text.split("\n")
    line = random.randrange(len(lines))
    lines[line : line + 1] = random.choice(
        (
            [],
            [lines[line], random.choice(lines)],
            [lines[line], random.choice(LINES)],
            [" " * random.choice((1, 2, 4)) + lines[line]],
            [lines[line][random.choice((1, 2)) :]],
        )
    )
    return "\n".join(lines)
