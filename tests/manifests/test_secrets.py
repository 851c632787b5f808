"""Secrets that manifests take from files and commands."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from manifests.reading import INSTANCE, PROJECT, problems, read, text_problems, write

from reconciler.manifests.value_from import command
from reconciler.manifests.value_from.command import CommandFailed, run_command
from reconciler.manifests.value_from.resolve import Resolver, is_value_from
from reconciler.manifests.yaml.layers import Document, Layers
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.place import Place
from reconciler.secrets.secret import Secret


def with_value(value: str) -> str:
    """Return an instance with one config variable."""
    return f"{INSTANCE}  configVariables:\n    K: {value}\n"


def only_value(folder: Path, *arguments: str, **options: Any) -> Any:
    """Return the one config variable of the one instance."""
    (resource,) = read(folder, *arguments, **options).resources
    return resource.spec["configVariables"]["K"]


def python(script: str) -> str:
    """Return a ``valueFrom.exec`` that runs a Python script."""
    return f"{{valueFrom: {{exec: ['{sys.executable}', -c, \"{script}\"]}}}}"


@pytest.mark.parametrize(
    ("data", "secret"),
    [
        (b"hush", "hush"),
        (b"hush\n", "hush"),
        (b"hush\r\n", "hush"),
        (b"hush\n\n", "hush\n"),
        (b"hush\r", "hush\r"),
        (b" a\nb ", " a\nb "),
        ("ü".encode(), "ü"),
        (b"x" * 1024 * 1024, "x" * 1024 * 1024),
    ],
)
def test_a_file_gives_its_text_without_its_last_line_break(tmp_path: Path, data: bytes, secret: str) -> None:
    """A secret file's text is the secret, without one final line break."""
    write(tmp_path, {"m/sub/a.yaml": with_value("{valueFrom: {file: ../key}}")})
    (tmp_path / "m/key").write_bytes(data)
    assert only_value(tmp_path, "m") == Secret(secret)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * (1024 * 1024 + 1), "the file key is larger than 1 MiB, too large for a secret"),
        (b"\xff", "the file key is not UTF-8 text"),
        (b"\r\n", "the file key is empty, and an empty secret would blank the live one"),
    ],
)
def test_a_file_that_is_no_secret_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """A file that is too large, not text or empty is refused, and not quoted."""
    write(tmp_path, {"a.yaml": with_value("{valueFrom: {file: key}}")})
    (tmp_path / "key").write_bytes(data)
    assert problems(tmp_path, "a.yaml") == [f"a.yaml:9:27: {said}"]


def test_a_link_out_of_the_tree_gives_no_secret(tmp_path: Path) -> None:
    """A link inside the tree to a file outside it counts as outside."""
    write(tmp_path, {"m/a.yaml": with_value("{valueFrom: {file: key}}"), "key": "hush"})
    (tmp_path / "m/key").symlink_to("../key")
    assert "outside the manifest tree" in problems(tmp_path, "m")[0]
    assert only_value(tmp_path, ".") == Secret("hush")


def test_a_pipe_gives_no_secret(tmp_path: Path) -> None:
    """A secret file must be a regular file."""
    write(tmp_path, {"a.yaml": with_value("{valueFrom: {file: key}}")})
    os.mkfifo(tmp_path / "key")
    assert problems(tmp_path, "a.yaml") == ["a.yaml:9:27: the file key is a pipe, not a file"]


def test_an_unreadable_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret file that cannot be opened is reported with the system's reason."""
    write(tmp_path, {"a.yaml": with_value("{valueFrom: {file: key}}"), "key": "hush"})
    opened = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "key":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert problems(tmp_path, "a.yaml") == ["a.yaml:9:27: the file key cannot be read: permission denied"]


def test_the_tree_of_a_project_is_its_folder(tmp_path: Path) -> None:
    """In a project a secret file may lie anywhere in the project's folder."""
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {manifests: [m]}\n", "secrets/key": "hush"})
    write(tmp_path, {"m/a.yaml": with_value("{valueFrom: {file: ../secrets/key}}")})
    assert only_value(tmp_path) == Secret("hush")


def test_standard_input_takes_files_from_the_current_folder(tmp_path: Path) -> None:
    """For standard input the current folder is the manifest tree."""
    write(tmp_path, {"key": "hush"})
    assert text_problems(tmp_path, with_value("{valueFrom: {file: key}}")) == []
    assert "outside" in text_problems(tmp_path / "..", with_value("{valueFrom: {file: ../key}}"))[0]


def test_an_overlays_file_is_looked_for_beside_the_overlay(tmp_path: Path) -> None:
    """A secret file that an overlay names is relative to the overlay."""
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {environments: {prod: {overlays: [o]}}}\n"})
    write(tmp_path, {"m/a.yaml": with_value("old"), "o/prod/key": "hush", "o/prod/a.yaml": (
        "kind: Instance\nmetadata: {name: inventory}\nspec: {configVariables: {K: {valueFrom: {file: key}}}}\n"
    )})  # fmt: skip
    assert only_value(tmp_path, environment="prod") == Secret("hush")


def test_a_command_gives_what_it_writes(tmp_path: Path) -> None:
    """A command's output is the secret; it runs in the root of the tree with the run's environment."""
    write(tmp_path, {"m/sub/a.yaml": with_value(python("import os; print(os.getcwd(), os.environ['GREETING'])"))})
    secret = only_value(tmp_path, "m", allow_exec=True, environ={"GREETING": "hello"})
    assert secret == Secret(f"{tmp_path.resolve() / 'm'} hello")


def test_a_command_runs_once(tmp_path: Path) -> None:
    """The same command in many places runs once in a run."""
    script = python("open('log', 'a').write('x'); print('hush')")
    write(tmp_path, {"m/a.yaml": with_value(f"[{script}, {script}]"), "m/sub/b.yaml": with_value(script).replace(
        "inventory", "other").replace("name: Inventory", "name: Other")})  # fmt: skip
    resources = read(tmp_path, "m", allow_exec=True).resources
    assert resources[0].spec["configVariables"]["K"] == [Secret("hush"), Secret("hush")]
    assert resources[1].spec["configVariables"]["K"] == Secret("hush")
    assert (tmp_path / "m/log").read_text() == "x"


def test_a_failing_command_runs_once(tmp_path: Path) -> None:
    """A failing command runs once, however often manifests name it."""
    script = python("open('log', 'a').write('x'); raise SystemExit(2)")
    write(tmp_path, {"a.yaml": with_value(f"[{script}, {script}]")})
    assert len(problems(tmp_path, "a.yaml", allow_exec=True)) == 2
    assert (tmp_path / "log").read_text() == "x"


def test_a_command_does_not_see_standard_input(tmp_path: Path) -> None:
    """A command cannot read standard input."""
    script = "import sys; print(repr(sys.stdin.read()))"
    assert run_command((sys.executable, "-c", script), tmp_path, {}, 100) == b"''\n"


@pytest.mark.parametrize(
    "script",
    [
        "import time; time.sleep(60)",
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        "import os, sys, time; os.close(1); time.sleep(60)",
    ],
)
def test_a_command_that_does_not_end_is_ended(tmp_path: Path, script: str) -> None:
    """A command that takes too long is killed, with every process that it started."""
    started = time.monotonic()
    with pytest.raises(CommandFailed, match="did not end within"):
        run_command((sys.executable, "-c", script), tmp_path, {}, 100, seconds=0.5)
    assert time.monotonic() - started < 20


def test_background_processes_of_a_command_are_not_waited_for(tmp_path: Path) -> None:
    """The time limit holds although a process in another session keeps the output open."""
    child = "import time; time.sleep(30)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{child}'], start_new_session=True)"
    started = time.monotonic()
    with pytest.raises(CommandFailed, match="did not end within"):
        run_command((sys.executable, "-c", script), tmp_path, {}, 100, seconds=3)
    assert time.monotonic() - started < 25


def test_output_that_cannot_be_read_is_no_empty_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system while reading is reported as what it is, also if the command itself succeeded."""
    started: list[subprocess.Popen[bytes]] = []

    class Unreadable(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise OSError(errno.EBADF, f"Bad file descriptor ({size})")

    class WithUnreadable(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            assert self.stdout
            self.stdout.close()
            self.stdout = Unreadable()  # type: ignore[assignment]  # as far as it is read here
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", WithUnreadable)
    with pytest.raises(CommandFailed, match=r"^the output of the command '.*' cannot be read: bad file descriptor"):
        run_command((sys.executable, "-c", "pass"), tmp_path, {}, 100)
    assert [process.returncode for process in started] == [0]


def test_a_late_reader_takes_no_output_of_the_next_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a reader has not ended, its stream stays open, so that no other stream gets its number."""
    go_on = threading.Event()
    streams: list[io.FileIO] = []

    class Late(io.FileIO):
        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.reads += 1
            if self.reads > 1:
                go_on.wait(20)
            return super().read(size) or b""

    class WithLate(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            assert self.stdout
            late = Late(os.dup(self.stdout.fileno()))
            self.stdout.close()
            self.stdout = late
            streams.append(late)

    monkeypatch.setattr(subprocess, "Popen", WithLate)
    monkeypatch.setattr(command, "LEFT_BEHIND", 0.05)
    assert run_command((sys.executable, "-c", "print('first')"), tmp_path, {}, 100).split() == [b"first"]
    assert not streams[0].closed
    assert run_command((sys.executable, "-c", "print('second')"), tmp_path, {}, 100).split() == [b"second"]
    assert streams[0].fileno() != streams[1].fileno()
    go_on.set()
    for _ in range(200):
        if all(stream.closed for stream in streams):
            break
        time.sleep(0.05)
    assert all(stream.closed for stream in streams)


def test_an_impossible_command_name_is_reported(tmp_path: Path) -> None:
    """A command with a NUL in it cannot be run, and is not a traceback."""
    with pytest.raises(CommandFailed, match="cannot be run"):
        run_command(("a\0b",), tmp_path, {}, 100)


def test_a_command_in_a_deleted_folder_is_reported(tmp_path: Path) -> None:
    """A deleted folder is reported as the reason."""
    with pytest.raises(CommandFailed, match="no such file or directory"):
        run_command((sys.executable,), tmp_path / "gone", {}, 100)


@pytest.mark.parametrize(
    "value",
    [
        {"valueFrom": {}},
        {"valueFrom": {"env": 1}},
        {"valueFrom": {"env": "A", "file": "b"}},
        {"valueFrom": {"vault": "x"}},
        {"valueFrom": {"exec": "x"}},
        {"valueFrom": {"exec": []}},
        {"valueFrom": {"exec": [1]}},
        {"valueFrom": {"file": "a\0b"}},
        {"valueFrom": "x"},
        {"valueFrom": {"env": "A"}, "x": 1},
        {},
        "valueFrom",
    ],
)
def test_only_a_valid_value_from_is_resolved(value: Any) -> None:
    """A value that another schema accepts is plain data, unless it is a valid ``valueFrom``."""
    assert not is_value_from(value)
    origin = Layers((Document(Source("f", Path(), Path(), "{}"), 0, (), Place("f"), {}),))
    assert Resolver({}).resolve(value, origin, []) == value
