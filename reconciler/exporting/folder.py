"""The folder that manifests are written into: new files, new documents at the end of old ones, and edits in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.exporting.splicing import spliced
from reconciler.exporting.yaml_text import read_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reconciler.exporting.merging import Edit
    from reconciler.kinds.resource import Path as ValuePath


@dataclass(slots=True)
class Folder:
    """Collects what is to be written, by file; nothing is written before :meth:`write`."""

    root: Path
    texts: dict[Path, str] = field(default_factory=dict)
    """What each touched file is to hold."""

    def append(self, path: str, text: str) -> Path:
        """Add a document to a file of the folder, at its end; return the file."""
        file = self.root / path
        before = self._text(file)
        if before and not before.endswith("\n"):
            before += "\n"
        separator = "---\n" if before and read_back(before) else ""
        self.texts[file] = f"{before}{separator}{text}"
        return file

    def edit(self, file: Path, edits: Iterable[tuple[Edit, Any]]) -> list[Edit]:
        """Set values in the documents of a file, everything else staying as it is; return those that cannot be set."""
        refused = []
        for edit, value in edits:
            before = self._text(file)
            path = (*edit.document.prefix, "spec", *edit.path)
            expected = read_back(before)
            _set(expected[edit.document.index], path, value)
            after = spliced(before, edit.document.index, path, value)
            if read_back(after) == expected:
                self.texts[file] = after
            else:
                refused.append(edit)
        return refused

    def write(self, more: Mapping[str, str]) -> list[Path]:
        """Write every file that is not what it should be, ``more`` (texts by path) included; return which."""
        texts = self.texts | {self.root / path: text for path, text in more.items()}
        changed = [file for file, text in texts.items() if self._on_disk(file) != text]
        for file in changed:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(texts[file], encoding="utf-8", newline="\n")
            except OSError as error:
                raise UsageError(f"--out {self.root}: {file} cannot be written: {error.strerror}") from None
        return changed

    def _text(self, file: Path) -> str:
        return self.texts[file] if file in self.texts else self._on_disk(file)

    @staticmethod
    def _on_disk(file: Path) -> str:
        return file.read_text(encoding="utf-8") if file.exists() else ""


def _set(data: Any, path: ValuePath, value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[path[-1]] = value
