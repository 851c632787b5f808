"""Files of many documents: an edit changes one document and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.exporting import folder as folders
from reconciler.exporting import splicing as module
from reconciler.exporting.folder import Folder
from reconciler.exporting.splicing import Parts
from reconciler.exporting.yaml_text import read_back

if TYPE_CHECKING:
    from pathlib import Path

MANY = 40


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n---\na: 2\n---\na: 3\n",
        "---\n# first\na: 1\n--- # second\na: 2\n\n---\t# third\na: 3\n",
        "%YAML 1.2\n---\na: 1\n...\n---\na: 2\n---\na: 3",
        "a: 1\n...\n# between\n---\na: 2\n---\na: |\n  text\n  ---\n  more\n",
    ],
)
def test_a_document_is_edited_wherever_it_is(text: str) -> None:
    """Only the value of the document that is meant changes, however the documents are told apart."""
    parts = Parts.of(text)
    assert parts.text == text
    before = read_back(text)
    assert parts.set(1, ("a",), 9)
    assert read_back(parts.text) == [before[0], {"a": 9}, before[2]]
    assert parts.text == text.replace("a: 2", "a: 9")


def test_editing_time_is_linear_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that are added to a file, and edits in it, do not each read the whole of it."""
    read: list[int] = []

    def counted(text: str) -> list[object]:
        read.append(len(text))
        return read_back(text)

    monkeypatch.setattr(folders, "read_back", counted)
    monkeypatch.setattr(module, "read_back", counted)
    folder = Folder(tmp_path)
    for number in range(MANY):
        folder.append("team.yaml", f"a: {number}\n")
    text = folder.text(tmp_path / "team.yaml")
    assert len(read_back(text)) == MANY
    parts = Parts.of(text)
    for number in range(MANY):
        assert parts.set(number, ("a",), "other")
    assert sum(read) < 10 * len(parts.text)
