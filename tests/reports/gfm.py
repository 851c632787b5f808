"""GitHub-flavoured Markdown, rendered by a real renderer and looked at as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

RENDERER = MarkdownIt("gfm-like", {"html": True, "linkify": True})
OURS = {"details", "summary", "code"}
"""The tags that reports write themselves; all else that comes out as HTML came from a name."""
ACTING = {
    "a mention": r"(?<![\w`])@\w",
    "an issue": r"(?<!\w)(?:#|!|GH-)\d",
    "a commit": r"\b[0-9a-f]{40}\b",
    "an address": r"https?://|www\.",
    "mathematics": r"\$[^$\s]",
    "an emoji's name": r":[a-z_]+:",
}
"""What forges look for in text that is not code."""


@dataclass
class Rendered(HTMLParser):
    """What a reader of a report sees: its visible text, its headings, what is folded, and which links there are."""

    headings: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    """All text that is not code."""
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in {"hr", "br", "img", "input"}:
            return
        self.unclosed.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed, f"</{tag}> closes nothing"
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if re.fullmatch("h[1-6]", next((tag for tag in reversed(self.unclosed) if tag != "code"), "")):
            self.headings[-1] += data
        if "code" not in self.unclosed and "a" not in self.unclosed:
            self.text.append(data)


def rendered(text: str) -> Rendered:
    """Render a report; fails when its HTML is not nested as it should be."""
    found = Rendered()
    found.feed(RENDERER.render(text))
    found.close()
    assert found.unclosed == []
    return found


def tokens(text: str) -> list[Token]:
    return [token for block in RENDERER.parse(text) for token in (block, *(block.children or ()))]


def acting(found: Rendered) -> list[str]:
    """Return what of the text, outside of code, a forge would make something of."""
    text = "\n".join(found.text)
    return [what for what, pattern in ACTING.items() if re.search(pattern, text)]
