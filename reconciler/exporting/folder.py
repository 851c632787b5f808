"""The folder that manifests are written into: new files, new documents at the end of old ones, and edits in place."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from reconciler.errors import UsageError
from reconciler.exporting.splicing import Parts
from reconciler.exporting.yaml_text import read_back
from reconciler.manifests.files.finder import file_kind
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reconciler.exporting.merging import Edit
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.place import Path as ValuePath


MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Saved:
    r"""The byte order mark and line ends of a file, kept when it is written again.

    ``Saved(mark=True, ends="\r\n")`` is how editors on Windows save a text.
    """

    mark: bool = False
    ends: str = "\n"

    @classmethod
    def of(cls, whole: str) -> Self:
        """Return how a file's text is saved; lines that end in different ways are left as they are."""
        text = whole.removeprefix(MARK)
        windows = "\r" in text and text.count("\r\n") == text.count("\r") == text.count("\n")
        old = "\r" in text and "\n" not in text
        return cls(text != whole, "\r\n" if windows else "\r" if old else "\n")

    def plain(self, whole: str) -> str:
        """Return a file's text without its mark, with lines that end in line feeds."""
        text = whole.removeprefix(MARK) if self.mark else whole
        return text.replace(self.ends, "\n")

    def whole(self, text: str) -> str:
        return f"{MARK if self.mark else ''}{text.replace(chr(10), self.ends)}"


@dataclass(slots=True)
class Folder:
    """Collects the new content of files; only :meth:`write` writes."""

    root: Path
    fresh: bool = False
    """Whether files begin empty, regardless of their content."""
    option: str = "--out"
    """The option that messages name."""
    texts: dict[Path, str] = field(default_factory=dict)
    """The new content of each touched file."""
    _continued: set[Path] = field(default_factory=set)
    """Files that are known to hold a document."""
    _saved: dict[Path, Saved] = field(default_factory=dict)
    """The encoding and line ends of existing files, which stay."""

    @property
    def named(self) -> str:
        return f"{self.option} {self.root}"

    def append(self, path: str, text: str) -> None:
        """Add a document to a file of the folder, at its end."""
        file = self.root / path
        before = self.text(file)
        if before and not before.endswith("\n"):
            before += "\n"
        if file not in self._continued and before and read_back(before):
            self._continued.add(file)
        separator = "---\n" if file in self._continued else ""
        self._continued.add(file)
        self.texts[file] = f"{before}{separator}{text}"

    def edit(self, file: Path, edits: Iterable[tuple[Edit, Any]]) -> list[Edit]:
        """Set values in the documents of a file, everything else staying as it is; return those that cannot be set."""
        refused = []
        parts = Parts.of(self.text(file))
        for edit, value in edits:
            path = (*edit.document.prefix, "spec", *edit.within, *edit.path)
            if not parts.set(edit.document.index, path, value):
                refused.append(edit)
        if parts.text != self.text(file):
            self.texts[file] = parts.text
        return refused

    def rename(self, file: Path, names: Iterable[tuple[int, ValuePath, str]]) -> list[bool]:
        """Give keys of a file other names, each by its document and path; return which were renamed.

        One that cannot be renamed without changing something else stays.
        """
        parts = Parts.of(self.text(file))
        renamed = [parts.rename(document, path, name) for document, path, name in names]
        if any(renamed):
            self.texts[file] = parts.text
        return renamed

    def drop(self, file: Path, document: int, lines: str) -> None:
        """Remove the lines of a comment beside a document from a file, if the file has them."""
        parts = Parts.of(self.text(file))
        if parts.drop(document, lines):
            self.texts[file] = parts.text

    def write(self) -> list[Path]:
        """Write every file whose content changed; return these files."""
        texts = self.texts
        changed = [file for file, text in texts.items() if self.on_disk(file) != text]
        outputs = {file: Output(f"{self.named}: {file}", file) for file in changed}
        for output in outputs.values():
            output.resolved()
        for file, output in outputs.items():
            output.write(self._saved.get(file, Saved()).whole(texts[file]), folders=True)
        return changed

    def text(self, file: Path) -> str:
        """Return the new or present content of a file; empty if it does not exist. Raises ``UsageError``."""
        if file in self.texts or self.fresh:
            return self.texts.get(file, "")
        return self.on_disk(file)

    def on_disk(self, file: Path) -> str:
        """Return the content of a file; empty if it does not exist. Raises ``UsageError``."""
        try:
            text = file.read_bytes().decode("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except UnicodeDecodeError:
            raise UsageError(f"{self.named}: {file} is not UTF-8 text; save it as UTF-8") from None
        except OSError as error:
            raise UsageError(f"{self.named}: {file} cannot be read: {error.strerror}") from None
        self._saved[file] = saved = Saved.of(text)
        return saved.plain(text)


def file_of(document: Document) -> Path:
    """Return the file that a document is in."""
    source = document.source
    return source.folder / source.shown.rpartition("/")[2]


def listed(path: str, paths: Sequence[str], root: Path) -> str:
    """Return the path of a new file, below a folder that the project lists (``paths``).

    Raises ``UsageError`` if the project lists only files.
    """
    plain = [posixpath.normpath(each) for each in paths]
    if any(each in {".", path} or path.startswith(f"{each}/") for each in plain):
        return path
    for each in plain:
        if file_kind(root / each) in {"folder", "missing"} and not each.startswith(".."):
            return f"{each}/{path}"
    raise UsageError(
        f"--out {root}: new manifests have no place, since reconciler.yaml lists only files; list a folder in "
        "spec.manifests"
    )


def relative(file: Path, root: Path) -> str | None:
    """Return a file's path below the root with ``/``, or ``None`` where it is elsewhere."""
    resolved, base = file.resolve(), root.resolve()
    return resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else None
