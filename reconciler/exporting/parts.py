"""The text of a manifest file in parts, one for each document, so that an edit parses only its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from reconciler.exporting.splicing import spliced
from reconciler.exporting.yaml_text import read_back

if TYPE_CHECKING:
    from reconciler.model.place import Path

_BEGINNING = re.compile(r"^(?=---(?:\s|$))", re.MULTILINE)


@dataclass(slots=True)
class Parts:
    """The parts of a text; ``places`` holds the part of each document and its position there."""

    texts: list[str]
    places: list[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a text in parts; as one part if the first lines of its documents do not separate them."""
        texts = _BEGINNING.split(text)
        documents = [read_back(each) for each in texts]
        if [each for part in documents for each in part] != read_back(text):
            texts, documents = [text], [read_back(text)]
        places = [(part, index) for part, found in enumerate(documents) for index in range(len(found))]
        return cls(texts, places)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def set(self, document: int, path: Path, value: Any) -> bool:
        """Set a value in a document; return whether that worked without changing anything else."""
        part, index = self.places[document]
        before = self.texts[part]
        expected = read_back(before)
        _set(expected[index], path, value)
        after = spliced(before, index, path, value)
        if read_back(after) != expected:
            return False
        self.texts[part] = after
        return True

    def drop(self, document: int, lines: str) -> bool:
        """Remove a comment from the part of a document; return whether it had it."""
        part, _ = self.places[document]
        before = self.texts[part]
        after = before.replace(lines, "", 1)
        if after == before or read_back(after) != read_back(before):
            return False
        self.texts[part] = after
        return True


def _set(data: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[path[-1]] = value
