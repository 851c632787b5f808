"""Replacing a file: as a whole or not at all, with every error of the disk, the folder and the file system."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from reconciler.writing import replacing
from reconciler.writing.replacing import check_replaceable, replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = b"old " * 2000
NEW = b"new " * 20000


@contextmanager
def limited(most: int) -> Iterator[None]:
    """Limit the size of files of this process, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def mounted(path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Mount a file over another, as a container does; where that is not allowed, simulate the system's errors."""
    path.touch()
    if subprocess.run(["mount", "--bind", str(source), str(path)], capture_output=True, check=False).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", str(path)], check=True)
        return
    path.unlink()
    path.hardlink_to(source)

    def busy(*_: object, **__: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", busy)
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An existing file."""
    path = tmp_path / "file"
    path.write_bytes(OLD)
    return path


@pytest.mark.parametrize("size", [0, 4096, 8001, len(NEW) - 1])
def test_a_full_disk_leaves_the_old_file_whole(size: int, file: Path) -> None:
    """A file that cannot be written completely changes nothing, and leaves no other file behind."""
    with limited(size), pytest.raises(OSError, match="File too large"):
        replace(file, NEW)
    assert file.read_bytes() == OLD
    assert [each.name for each in file.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("reserves", [True, False])
@pytest.mark.parametrize("size", [8000, 8001, len(NEW) - 1])
def test_a_full_disk_leaves_a_file_whole_that_is_written_in_place(
    size: int, reserves: bool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Space is reserved before a file is written in place; without that, its old content is restored."""

    def unable(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    _refuse_new_files(monkeypatch, errno.EROFS)
    if not reserves:
        monkeypatch.setattr(os, "posix_fallocate", unable)
    with limited(size), pytest.raises(OSError, match="File too large"):
        replace(file, NEW)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize("data", [NEW, b"short", b""])
def test_a_mounted_file_is_written_in_place(data: bytes, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is mounted into a container cannot be replaced, and is written in place."""
    path = file.with_name("mounted")
    with mounted(path, file, monkeypatch):
        check_replaceable(path)
        replace(path, data, private=True)
        assert path.read_bytes() == data
        assert file.read_bytes() == data
        assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in file.parent.iterdir()) == ["file", "mounted"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_file_in_a_read_only_folder_is_written_in_place(
    number: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writable file in a folder that is not writable is written in place."""
    _refuse_new_files(monkeypatch, number)
    check_replaceable(file)
    replace(file, NEW)
    assert file.read_bytes() == NEW


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT])
def test_a_file_that_cannot_be_created_is_an_error(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that does not exist and cannot be created gives the system's error."""
    _refuse_new_files(monkeypatch, number)
    for action in (check_replaceable, lambda path: replace(path, NEW)):
        with pytest.raises(OSError, match=os.strerror(number)) as caught:
            action(tmp_path / "new")
        assert caught.value.errno == number


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_is_no_reason_to_write_in_place(number: int, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the old file is left alone."""
    _refuse_new_files(monkeypatch, number)
    with pytest.raises(OSError, match=os.strerror(number)):
        replace(file, NEW)
    assert file.read_bytes() == OLD


def _busy(*_: object) -> None:
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _refuse_new_files(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    opening = os.open

    def refusing(path: object, flags: int, *args: object, **more: object) -> int:
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return opening(path, flags, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755])
def test_a_file_keeps_its_mode(mode: int, file: Path) -> None:
    """A replaced file keeps its mode; only the owner can read a private one."""
    file.chmod(mode)
    replace(file, NEW)
    assert file.stat().st_mode & 0o777 == mode
    replace(file, NEW, private=True)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    """A new file is as readable as the umask allows, and only the owner can read a private one."""
    replace(tmp_path / "new", NEW)
    (tmp_path / "other").touch()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode
    replace(tmp_path / "private", NEW, private=True)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(file: Path) -> None:
    """A file that root replaces keeps its owner."""
    os.chown(file, 1234, 2345)
    replace(file, NEW)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_a_link_that_replaces_the_file_meanwhile_is_not_followed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that becomes a link after its check is replaced itself; a folder that becomes a link is refused."""
    outside = file.with_name("outside")
    outside.write_bytes(OLD)
    file.unlink()
    file.symlink_to(outside)
    replace(file, NEW)
    assert (outside.read_bytes(), file.is_symlink(), file.read_bytes()) == (OLD, False, NEW)
    file.unlink()
    file.symlink_to(outside)
    monkeypatch.setattr(replacing._Folder, "rename", _busy)
    with pytest.raises(OSError, match="symbolic"):
        replace(file, NEW)
    assert outside.read_bytes() == OLD
    folder = file.with_name("folder")
    folder.symlink_to(file.parent)
    with pytest.raises(NotADirectoryError):
        replace(folder / "new", NEW)


def test_the_check_changes_nothing(file: Path) -> None:
    """The check whether a file can be written leaves the file and its folder unchanged."""
    before = file.stat()
    check_replaceable(file)
    check_replaceable(file.with_name("new"))
    assert file.stat() == before
    assert [each.name for each in file.parent.iterdir()] == ["file"]


def test_the_check_finds_a_full_disk(file: Path) -> None:
    """The check finds a full disk."""
    with limited(0), pytest.raises(OSError, match="File too large"):
        check_replaceable(file)
    assert [each.name for each in file.parent.iterdir()] == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="names are counted otherwise there")
@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "-", "--out", "a\nb", ".hidden", "\udcff"])
def test_the_longest_file_name_is_replaced(name: str, tmp_path: Path) -> None:
    """The temporary file's name does not depend on the file's, so it is never too long."""
    replace(tmp_path / name, OLD)
    replace(tmp_path / name, NEW)
    assert (tmp_path / name).read_bytes() == NEW
