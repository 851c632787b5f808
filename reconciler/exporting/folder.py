"""The folder that manifests are written into: new files, new documents at the end of old ones, and edits in place."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.exporting.parts import Parts
from reconciler.exporting.saved import Saved
from reconciler.exporting.yaml_text import read_back
from reconciler.manifests.files.finder import file_kind
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reconciler.exporting.merging import Edit


@dataclass(slots=True)
class Folder:
    """Collects what is to be written, by file; nothing is written before :meth:`write`."""

    root: Path
    fresh: bool = False
    """Whether files begin empty, whatever they hold."""
    texts: dict[Path, str] = field(default_factory=dict)
    """What each touched file is to hold."""
    _continued: set[Path] = field(default_factory=set)
    """Files that are known to hold a document."""
    _saved: dict[Path, Saved] = field(default_factory=dict)
    """How files that are there are saved, and go on to be."""

    def append(self, path: str, text: str) -> Path:
        """Add a document to a file of the folder, at its end; return the file."""
        file = self.root / path
        before = self.text(file)
        if before and not before.endswith("\n"):
            before += "\n"
        if file not in self._continued and before and read_back(before):
            self._continued.add(file)
        separator = "---\n" if file in self._continued else ""
        self._continued.add(file)
        self.texts[file] = f"{before}{separator}{text}"
        return file

    def edit(self, file: Path, edits: Iterable[tuple[Edit, Any]]) -> list[Edit]:
        """Set values in the documents of a file, everything else staying as it is; return those that cannot be set."""
        refused = []
        parts = Parts.of(self.text(file))
        for edit, value in edits:
            path = (*edit.document.prefix, "spec", *edit.path)
            if not parts.set(edit.document.index, path, value):
                refused.append(edit)
        if parts.text != self.text(file):
            self.texts[file] = parts.text
        return refused

    def drop(self, file: Path, document: int, lines: str) -> None:
        """Take lines that stand with a document, a comment, out of a file; do nothing where they are not there."""
        parts = Parts.of(self.text(file))
        if parts.drop(document, lines):
            self.texts[file] = parts.text

    def write(self) -> list[Path]:
        """Write every file that is not what it should be; return which."""
        texts = self.texts
        changed = [file for file, text in texts.items() if self.on_disk(file) != text]
        outputs = {file: Output(f"--out {self.root}: {file}", file) for file in changed}
        for output in outputs.values():
            output.resolved()
        for file, output in outputs.items():
            output.write(self._saved.get(file, Saved()).whole(texts[file]), folders=True)
        return changed

    def text(self, file: Path) -> str:
        """Return what a file is to hold, or holds; empty where there is none. Raises ``UsageError``."""
        if file in self.texts or self.fresh:
            return self.texts.get(file, "")
        return self.on_disk(file)

    def on_disk(self, file: Path) -> str:
        """Return what a file holds; empty where there is none. Raises ``UsageError``."""
        try:
            text = file.read_bytes().decode("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except UnicodeDecodeError:
            raise UsageError(f"--out {self.root}: {file} is not UTF-8 text; save it as UTF-8") from None
        except OSError as error:
            raise UsageError(f"--out {self.root}: {file} cannot be read: {error.strerror}") from None
        self._saved[file] = saved = Saved.of(text)
        return saved.plain(text)


def listed(path: str, paths: Sequence[str], root: Path) -> str:
    """Return the path of a new file such that it is among those that a project lists (``paths``).

    Raises ``UsageError`` where files alone are listed, so that nothing new could be.
    """
    plain = [posixpath.normpath(each) for each in paths]
    if any(each in {".", path} or path.startswith(f"{each}/") for each in plain):
        return path
    for each in plain:
        if file_kind(root / each) in {"folder", "missing"} and not each.startswith(".."):
            return f"{each}/{path}"
    raise UsageError(
        f"--out {root}: there is no place for new manifests, since reconciler.yaml lists files alone; list a folder in "
        "spec.manifests"
    )
