"""Files that a command writes: what is accepted, and the messages for what cannot be written."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.surroundings import leave_ci

from reconciler.errors import UsageError
from reconciler.writing.output import Output, check_distinct, check_writable

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "--report text=x"
INSTEAD = "delete the link, or name a file outside of the checkout"


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A person's machine, and a folder to work in."""
    leave_ci(monkeypatch)
    monkeypatch.chdir(tmp_path)


def _pipe(path: Path) -> object:
    return os.mkfifo(path)


def _socket(path: Path) -> object:
    with socket.socket(socket.AF_UNIX) as listener:
        return listener.bind(str(path))


REFUSED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a folder": ("x", Path.mkdir, "cannot be written: it is a folder; expected the name of a file"),
    "nothing": ("", lambda _: None, "cannot be written: it is a folder; expected the name of a file"),
    "a pipe": ("x", _pipe, "it is a pipe, which cannot be replaced; expected the name of a file"),
    "a socket": ("x", _socket, "it is a socket, which cannot be replaced; expected the name of a file"),
    "a device": ("/dev/null", lambda _: None, "it is a device, which cannot be replaced; expected the name of a file"),
    "standard output": ("-", lambda _: None, "'-' is standard output, which is for the result; name a file"),
    "no folder": ("no/such", lambda _: None, "cannot be written: No such file or directory"),
    "below a file": ("f/x", lambda path: path.parent.write_text(""), "cannot be written: Not a directory"),
    "links in circles": ("x", lambda path: path.symlink_to("x"), "cannot be written: "),
    "a name that is too long": ("x" * 300, lambda _: None, "cannot be written: File name too long"),
    "half a name": ("a\0b", lambda _: None, "cannot be written: embedded null byte"),
}


@pytest.mark.parametrize("act", [Output.check, lambda output: output.write("text")], ids=["checked", "written"])
@pytest.mark.parametrize(("path", "make", "said"), REFUSED.values(), ids=REFUSED)
def test_an_output_that_cannot_be_replaced_is_an_error(
    path: str, make: Callable[[Path], object], said: str, act: Callable[[Output], None], tmp_path: Path
) -> None:
    """Before anything is sent, and again when it is written, the error is one line that names the option."""
    if "\0" not in path:
        make(tmp_path / path) if path else None
    with pytest.raises(UsageError) as refused:
        act(Output(NAME, Path(path)))
    assert str(refused.value).startswith(f"{NAME}: {said}")


def test_root_replaces_no_device() -> None:
    """``/dev/stdout`` and ``/dev/null`` are not replaced by files, whatever they lead to."""
    script = "import sys; from pathlib import Path; from reconciler.writing.output import Output\n"
    script += "Output('--out', Path(sys.argv[1])).write('text')"
    for name in ("/dev/stdout", "/dev/null", "/dev/fd/1", "/proc/self/fd/1"):
        done = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=False)
        assert "which cannot be replaced" in done.stderr
    assert Path("/dev/stdout").is_symlink()
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_is_appended_to(name: str, tmp_path: Path) -> None:
    """Standard output that goes to a file is appended to, and the file stays the same."""
    script = "import sys; from pathlib import Path; from reconciler.writing.output import Output\n"
    script += "print('before'); Output('--report', Path(sys.argv[1]), streams=True).write('report\\n'); print('after')"
    path = tmp_path / "out"
    with path.open("w") as out:
        subprocess.run([sys.executable, "-c", script, name], stdout=out, check=True)
        assert os.fstat(out.fileno()).st_ino == path.stat().st_ino
    assert path.read_text(encoding="utf-8") == "before\nreport\nafter\n"


def test_a_pipe_takes_a_report(tmp_path: Path) -> None:
    """A report may go to a program through a pipe; a pipe that nobody reads is an error, without waiting."""
    os.mkfifo(tmp_path / "pipe")
    output = Output(NAME, Path("pipe"), streams=True)
    output.check()
    with pytest.raises(UsageError, match="no process reads from this pipe"):
        output.write("text")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_text(encoding="utf-8")))
    reader.start()
    text = "long " * 100_000
    while True:
        try:
            output.write(text)
            break
        except UsageError:
            continue  # the reader has not opened it yet
    reader.join(10)
    assert got == [text]


def test_a_full_device_is_found_in_advance() -> None:
    """A full device is an error in advance; one that swallows everything is accepted, even twice."""
    with pytest.raises(UsageError, match=f"{NAME}: cannot be written: No space left on device"):
        Output(NAME, Path("/dev/full"), streams=True).check()
    null = Output(NAME, Path("/dev/null"), streams=True)
    null.check()
    null.write("text")
    check_distinct([null, Output("--report json=/dev/null", Path("/dev/null"), streams=True)])


def test_a_disk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block device is refused: a report would overwrite the data on it."""
    monkeypatch.setattr(Output, "_is_disk", lambda _: True)
    with pytest.raises(UsageError, match="it is a device, which cannot be replaced"):
        Output(NAME, Path("/dev/null"), streams=True).write("text")


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can become somebody else here")
def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    """A read-only file is not replaced."""
    script = "import os, sys; from pathlib import Path; from reconciler.writing.output import Output\n"
    script += "from reconciler.errors import UsageError; os.setuid(65534)\n"
    script += "try: Output('--out x', Path('x')).write('new')\nexcept UsageError as error: print(error)"
    (tmp_path / "x").write_text("old")
    (tmp_path / "x").chmod(0o444)
    tmp_path.chmod(0o777)
    tmp_path.parent.chmod(0o755)
    tmp_path.parent.parent.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "--out x: cannot be written: it is read-only\n", done.stderr
    assert (tmp_path / "x").read_text() == "old"


def test_half_of_a_surrogate_pair_is_written_as_its_escape(tmp_path: Path) -> None:
    """Half of a surrogate pair, which no encoding can hold, is written as its escape."""
    Output(NAME, Path("x")).write('"\ud800é"')
    assert (tmp_path / "x").read_bytes() == b'"\\ud800\xc3\xa9"'


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("other", ["x", "./x", "sub/../x", "link", "folder/x", "ABSOLUTE", "hard"])
def test_two_outputs_are_never_one_file(other: str, there: bool, tmp_path: Path) -> None:
    """Two outputs that are one file, by any names, are an error, and nothing is written."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("x")
    (tmp_path / "folder").symlink_to(".")
    if there:
        (tmp_path / "x").write_text("old")
        (tmp_path / "hard").hardlink_to(tmp_path / "x")
    elif other == "hard":
        (tmp_path / "hard").symlink_to(tmp_path / "x")
    second = Output("--metrics m", tmp_path / "x" if other == "ABSOLUTE" else Path(other))
    with pytest.raises(UsageError, match="--metrics m: it is the same file as --report text=x; give each a file of"):
        check_distinct([Output(NAME, Path("x")), second])
    assert (tmp_path / "x").exists() == there


def test_an_input_is_not_an_output(tmp_path: Path) -> None:
    """A file that the run reads is not replaced, under any name; other files are."""
    for name in ("in", "out"):
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("in")
    check_distinct([Output(NAME, Path("out")), Output("--out new", Path("new"))], [Path("in"), Path("missing")])
    with pytest.raises(UsageError, match="it would replace in, an input of this run; name another file"):
        check_distinct([Output(NAME, Path("link"))], [Path("in")])


def test_all_problems_are_reported_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several outputs that cannot be written are several lines."""
    with pytest.raises(UsageError) as refused:
        check_writable([Output("--out no/1", Path("no/1")), Output("--report no/2", Path("no/2"))])
    assert str(refused.value).splitlines() == [
        "--out no/1: cannot be written: No such file or directory",
        "--report no/2: cannot be written: No such file or directory",
    ]
    monkeypatch.setenv("CI", "true")
    (tmp_path / "link").symlink_to("x")
    with pytest.raises(UsageError) as refused:
        check_distinct([Output(f"--out {path}", Path(path)) for path in ("link", "-", "y")])
    assert str(refused.value).splitlines() == [
        f"--out link: {tmp_path}/link is a link, and in CI links of the checkout are not followed; {INSTEAD}",
        "--out -: '-' is standard output, which is for the result; name a file",
    ]
