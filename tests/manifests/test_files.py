"""Finding and reading manifest files: encodings, sizes, links, devices."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from manifests.reading import CUSTOMER, INSTANCE, PROJECT, problems, read, write

from reconciler.manifests.files import finder as files_module
from reconciler.manifests.files.finder import File, FileFinder, decoded, file_kind, reason

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Diagnostic

OTHER = CUSTOMER.replace("acme", "other").replace("Acme", "Other")


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """A byte order mark does not count as a character of the first line."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfkindd: x\n")
    assert problems(tmp_path, "a.yaml")[0].startswith("a.yaml:1:1: 'apiVersion' is missing")
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + CUSTOMER.encode())
    assert len(read(tmp_path, "a.yaml").resources) == 1


@pytest.mark.parametrize("data", ["kind: x".encode("utf-16"), "kind: x".encode("utf-16-be"), b"\xff\xfe"])
def test_utf_16_is_named(tmp_path: Path, data: bytes) -> None:
    """A UTF-16 file with a byte order mark is named as UTF-16; without one its NUL characters are reported."""
    (tmp_path / "a.yaml").write_bytes(data)
    (problem,) = problems(tmp_path, "a.yaml")
    assert "UTF-16" in problem or "U+0000" in problem


def test_the_first_byte_that_is_not_utf_8_is_located(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is reported at its column, counted in characters."""
    (tmp_path / "a.yaml").write_bytes("é: 1\nü: ".encode() + b"\xff\n")
    assert problems(tmp_path, "a.yaml") == ["a.yaml:2:4: the file is not UTF-8 from here on; save it as UTF-8"]


def test_a_file_of_more_than_10_mib_is_refused(tmp_path: Path) -> None:
    """A file that is too large is not read to its end."""
    (tmp_path / "a.yaml").write_bytes(b"#" * (10 * 1024 * 1024 + 1))
    assert problems(tmp_path, "a.yaml") == ["a.yaml:1:1: the file is larger than 10 MiB; split it"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe is refused, named or met in a folder, and standard input is offered."""
    os.mkfifo(tmp_path / "a.yaml")
    expected = ["a.yaml:1:1: a.yaml is a pipe; send manifests to standard input with -f -"]
    assert problems(tmp_path, "a.yaml") == expected
    assert problems(tmp_path, ".") == expected


def test_a_device_is_not_read(tmp_path: Path) -> None:
    """An endless device is refused."""
    (problem,) = problems(tmp_path, "/dev/zero")
    assert problem == "/dev/zero:1:1: /dev/zero is a device; name a file or a folder"


def test_a_link_inside_the_tree_is_followed_once(tmp_path: Path) -> None:
    """Links inside the tree are followed, and each target is read once."""
    write(tmp_path, {"m/a.yaml": CUSTOMER, "m/sub/b.yaml": OTHER})
    (tmp_path / "m/again.yaml").symlink_to("a.yaml")
    (tmp_path / "m/zub").symlink_to("sub")
    assert read(tmp_path, "m").sources == ("m/a.yaml", "m/sub/b.yaml")


def test_a_mounted_config_map_is_read(tmp_path: Path) -> None:
    """Files that Kubernetes mounts as links through a hidden folder are read."""
    write(tmp_path, {"m/..2024/a.yaml": CUSTOMER})
    (tmp_path / "m/..data").symlink_to("..2024")
    (tmp_path / "m/a.yaml").symlink_to("..data/a.yaml")
    assert read(tmp_path, "m").sources == ("m/a.yaml",)


def test_a_link_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    """A link out of the manifest tree is reported, whether it leads to a file or a folder."""
    write(tmp_path, {"m/a.yaml": CUSTOMER, "out/b.yaml": OTHER})
    (tmp_path / "m/b.yaml").symlink_to("../out/b.yaml")
    (tmp_path / "m/c").symlink_to("../out")
    assert problems(tmp_path, "m") == [
        "m/b.yaml:1:1: m/b.yaml is a link out of the manifest tree (m); name its target with -f",
        "m/c:1:1: m/c is a link out of the manifest tree (m); name its target with -f",
    ]


def test_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    """In a project, links may lead anywhere in the project's folder."""
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {manifests: [m]}\n", "shared/a.yaml": CUSTOMER})
    (tmp_path / "m").mkdir()
    (tmp_path / "m/a.yaml").symlink_to("../shared/a.yaml")
    assert read(tmp_path).sources == ("reconciler.yaml", "m/a.yaml")


def test_loops_of_links_are_reported(tmp_path: Path) -> None:
    """A folder that holds a link to itself, a link to nothing and a link to itself are reported."""
    write(tmp_path, {"m/a.yaml": CUSTOMER})
    (tmp_path / "m/loop").symlink_to("..", target_is_directory=True)
    (tmp_path / "m/same").symlink_to(".", target_is_directory=True)
    (tmp_path / "m/b.yaml").symlink_to("b.yaml")
    (tmp_path / "m/c.yaml").symlink_to("none.yaml")
    found = problems(tmp_path, "m")
    assert found[0].startswith("m/b.yaml:1:1: m/b.yaml is nothing that can be read (too many levels of symbolic links)")
    assert found[1:] == [
        "m/c.yaml:1:1: m/c.yaml is a link to a file that does not exist; correct the link or delete it",
        "m/loop:1:1: m/loop is a link out of the manifest tree (m); name its target with -f",
        "m/same:1:1: m/same is a link to a folder that holds it, a loop; delete the link",
    ]


def test_overlays_may_be_named_by_links_that_loop(tmp_path: Path) -> None:
    """A loop of links among the overlays is reported, not followed."""
    write(tmp_path, {"a.yaml": CUSTOMER})
    write(tmp_path, {"reconciler.yaml": PROJECT + "spec: {environments: {prod: {overlays: [loop]}}}\n"})
    (tmp_path / "loop").symlink_to("loop")
    assert "too many levels" in problems(tmp_path, environment="prod")[0]


def test_files_named_on_the_command_line_may_be_anywhere(tmp_path: Path) -> None:
    """A folder outside the project is read if -f names it, as a tree of its own."""
    write(tmp_path, {"p/reconciler.yaml": PROJECT + "spec: {}\n", "p/a.yaml": CUSTOMER})
    write(tmp_path, {"shared/i.yaml": INSTANCE + "  configVariables: {K: {valueFrom: {file: ../key}}}\n", "key": "x"})
    (problem,) = problems(tmp_path / "p", ".", "../shared")
    assert problem.startswith("../shared/i.yaml:8:43: the file ../key is outside the manifest tree")


def test_a_vanished_file_is_reported(tmp_path: Path) -> None:
    """A file that cannot be opened is reported with the system's reason."""
    found: list[Diagnostic] = []
    gone = File(tmp_path / "gone.yaml", "gone.yaml", tmp_path)
    assert files_module.read_text(gone, found) is None
    assert str(found[0]) == "gone.yaml:1:1: the file cannot be read: no such file or directory"


def test_a_vanished_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be listed is reported with the system's reason."""

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "m").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    found: list[Diagnostic] = []
    assert list(FileFinder(tmp_path, found).files(Path("m"))) == []
    assert str(found[0]) == "m:1:1: m cannot be read: permission denied"


def test_an_impossible_path_is_reported(tmp_path: Path) -> None:
    """A file name that the system does not allow is reported."""
    assert "file name too long" in problems(tmp_path, "x" * 5000)[0]
    assert file_kind(Path("a\0b")) == "nothing that can be read (embedded null byte)"
    assert reason(ValueError("Odd")) == "odd"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket is refused by name."""
    listening = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(tmp_path)
    with listening:
        listening.bind("s.yaml")
        assert problems(tmp_path, "s.yaml")[0].startswith("s.yaml:1:1: s.yaml is a socket")


def test_text_that_is_too_large_is_refused_from_standard_input() -> None:
    """The size limit holds for standard input too."""
    found: list[Diagnostic] = []
    assert decoded(b"x" * (10 * 1024 * 1024 + 1), "<stdin>", found) is None
    assert "10 MiB" in found[0].message
