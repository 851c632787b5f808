"""Hostile files: a clear error, in bounded time and memory.

Each is given to the real command in a process of its own that may not have more than so much memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.errors import ManifestErrors
from reconciler.manifests.result import ManifestOptions
from reconciler.options import Options
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMORY = 1_500 * 1024 * 1024
"""Bytes of address space, code and libraries included: a tenth of what the bombs would take."""
SECONDS = 120
"""For one command on a machine that has other things to do; what does not end takes forever."""
LIMITED = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from reconciler.cli import main
main()
"""
CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}\n"
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: a}\nspec: {}\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and special files are POSIX")


def run(folder: Path, *arguments: str, stdin: Any = subprocess.DEVNULL) -> tuple[int, str]:
    """Run the command within its limits; return its exit code and what it said on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments],
        cwd=folder,
        stdin=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "PRISM_ACCESS_TOKEN": "x",
            "PRISMATIC_URL": "http://127.0.0.1:9",
        },
    )
    return done.returncode, done.stderr.decode(errors="replace")


def text(content: str | bytes) -> Callable[[Path], None]:
    def put(folder: Path) -> None:
        (folder / "it.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())

    return put


def laughs(depth: int = 40) -> str:
    lines = ["l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, depth)]
    return "\n".join(lines) + "\n"


def merges(depth: int = 40) -> str:
    lines = ["l0: &l0 {a: 1}"]
    lines += [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 10)}]}}" for n in range(1, depth)]
    return "\n".join(lines) + "\n"


def sparse(folder: Path) -> None:
    with (folder / "it.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "it.yaml")


def link_to(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "it.yaml").symlink_to(target)


def loop_of_folders(folder: Path) -> None:
    (folder / "it.yaml").write_text(CUSTOMER)
    (folder / "a").mkdir()
    (folder / "a" / "b").symlink_to(folder)


def many_ways(folder: Path) -> None:
    """A folder to which there are 2**40 ways, by links from each level to the next."""
    for level in range(40):
        (folder / f"d{level}").mkdir()
        for way in "xy":
            (folder / f"d{level}" / way).symlink_to(folder / f"d{level + 1}")
    (folder / "d40").mkdir()
    (folder / "d40" / "it.yaml").write_text(CUSTOMER.replace("name: A", "nam: A"))


def spec(value: str) -> str:
    return CUSTOMER.replace("{name: A}", value)


def multiplying(folder: Path) -> None:
    (folder / "reconciler.yaml").write_text(PROJECT.replace("{}", f"{{variables: {{x: {'y' * 100_000}}}}}"))
    (folder / "it.yaml").write_text(spec('{name: "' + "${var.x}" * 300_000 + '"}'))


BOMBS: dict[str, tuple[Callable[[Path], None], str]] = {
    "billion laughs": (text(laughs()), "it.yaml:"),
    "billion merges": (text(merges()), "it.yaml:"),
    "cyclic alias": (text(spec("&a [*a]")), "it.yaml:4:"),
    "cyclic mapping": (text(spec("&a {name: *a}")), "it.yaml:4:"),
    "a hundred megabytes": (sparse, "it.yaml:1:1: the file is larger than 10 MiB; split it"),
    "deep in brackets": (text("[" * 1_000_000), "it.yaml:1:"),
    "deep in braces": (text("{a: " * 200_000), "it.yaml:1:"),
    "deep in dashes": (text("- " * 200_000 + "x\n"), "it.yaml:1:"),
    "deep in indents": (text("".join(" " * n + "a:\n" for n in range(2_000))), "it.yaml:"),
    "deep and closed": (text("a: " + "[" * 5_000 + "]" * 5_000), "it.yaml:1:"),
    "not UTF-8": (text(b"name: \xff\xfe\xfa\n"), "it.yaml:1:7: the file is not UTF-8 from here on"),
    "UTF-16": (text(CUSTOMER.encode("utf-16")), "it.yaml:1:1: the file is UTF-16; save it as UTF-8"),
    "UTF-32": (text(CUSTOMER.encode("utf-32-be")), "it.yaml:1:"),
    "nulls": (text(CUSTOMER.replace("name: A", "name: A\0B")), "it.yaml:4:"),
    "nothing but nulls": (text(b"\0" * 1_000_000), "it.yaml:1:1"),
    "binary": (text(bytes(range(256)) * 1000), "the file is not UTF-8 from here on"),
    "a pipe": (pipe, "it.yaml:1:1: it.yaml is a pipe"),
    "a device": (link_to("/dev/zero"), "it.yaml is a"),
    "a link to itself": (link_to("it.yaml"), "it.yaml is nothing that can be read"),
    "a link to nowhere": (link_to("nowhere"), "it.yaml is a link to a file that does not exist"),
    "a loop of folders": (loop_of_folders, "is a link to a folder that holds it, a loop"),
    "very many ways to one file": (many_ways, "unknown key 'nam'"),
    "many empty documents": (text("---\n" * 500_000), "the manifests are empty"),
    "many documents": (text((CUSTOMER + "---\n") * 3_000), "2999 problems"),
    "many errors": (text("".join(f"---\nkind: K{n}\n" for n in range(5_000))), "problems"),
    "many keys": (text(spec("{" + ", ".join(f"k{n}: 1" for n in range(30_000)) + "}")), "unknown key 'k0'"),
    "one key many times": (text(spec("{" + "name: A, " * 50_000 + "}")), "it.yaml:4:"),
    "a long key": (text(spec("{? " + "x" * 900 + " : 1, " + "n" * 1_000_000 + ": 1}")), "it.yaml:4:"),
    "a long kind": (text(CUSTOMER.replace("Customer", "C" * 5_000_000)), "it.yaml:2:"),
    "a long handle": (text(CUSTOMER.replace("name: a", "name: " + "a" * 5_000_000 + "!")), "it.yaml:3:"),
    "a long name of blanks": (text(spec('{name: "' + " " * 4_000_000 + '"}')), "it.yaml:4:"),
    "a long number": (text(spec("{name: " + "9" * 1_000_000 + "}")), "it.yaml:4:"),
    "a long float": (text(spec("{name: 1e" + "9" * 100_000 + "}")), "it.yaml:4:"),
    "a number in base sixty": (text(spec("{nam: " + "1:" * 100_000 + "1}")), "it.yaml:4:"),
    "many variables": (text(spec('{name: "' + "${var.x}" * 300_000 + '"}')), "it.yaml:4:"),
    "a variable that multiplies": (multiplying, "with its variables this is longer than"),
    "a long comment": (text("#" * 9_000_000 + "\n"), "the manifests are empty"),
    "a tag of Python's": (text("!!python/object/apply:os.system [touch pwned]\n"), "it.yaml:1:1"),
    "a directive": (text("%YAML 9.9\n---\n" + CUSTOMER), "it.yaml:"),
    "many anchors": (text(spec("[" + ", ".join(f"&a{n} x" for n in range(50_000)) + "]")), "it.yaml:4:"),
}  # fmt: skip


HEAVY = {
    "a long kind", "a long name of blanks", "billion merges", "deep in dashes", "deep in braces",
    "many anchors", "many documents", "many empty documents", "many errors", "many keys", "many variables", "UTF-32",
    "one key many times", "a long comment", "a long float", "a directive", "a link to nowhere", "cyclic mapping",
    "nothing but nulls",
}  # fmt: skip
"""Those that take the longest, or are much like another."""


CASES = [
    pytest.param(*values, id=name, marks=[pytest.mark.full] if name in HEAVY else []) for name, values in BOMBS.items()
]


@pytest.mark.parametrize(("put", "said"), CASES)
def test_a_hostile_manifest_is_reported_quickly(put: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    """It ends in an error that says what is wrong with which file, in bounded time and memory, and runs nothing."""
    put(tmp_path)
    code, err = run(tmp_path, "validate", "-f", ".")
    assert (code, said in err) == (1, True), err[:2000]
    assert "Traceback" not in err
    assert "MemoryError" not in err
    assert not (tmp_path / "pwned").exists()


NAMED = {
    "a device": ("/dev/zero", "is a device"),
    "endless noise": ("/dev/urandom", "is a device"),
    "a pipe": ("pipe", "is a pipe; send manifests to standard input with -f -"),
}


@pytest.mark.parametrize(("name", "said"), NAMED.values(), ids=NAMED)
def test_devices_and_pipes_are_not_read(name: str, said: str, tmp_path: Path) -> None:
    """A device or a pipe that is named is told so, and nothing is read of it."""
    os.mkfifo(tmp_path / "pipe")
    code, err = run(tmp_path, "validate", "-f", name)
    assert (code, said in err) == (1, True), err[:2000]


def test_endless_standard_input_is_reported(tmp_path: Path) -> None:
    """What never ends on standard input is read as far as a file may go, and no further."""
    with open("/dev/zero", "rb") as endless:  # noqa: PTH123 - a device
        code, err = run(tmp_path, "validate", "-f", "-", stdin=endless)
    assert (code, "<stdin>:1:1: the file is larger than 10 MiB" in err) == (1, True), err[:2000]


def test_a_whole_disk_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that names a folder with far too much in it is told so."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT.replace("{}", "{manifests: [many]}"))
    monkeypatch.setattr("reconciler.manifests.files.finder.MAX_ENTRIES", 1_000)
    for number in range(30):
        folder = tmp_path / "many" / str(number)
        folder.mkdir(parents=True)
        for file in range(50):
            (folder / f"{file}.txt").touch()
    with pytest.raises(ManifestErrors) as caught:
        validate(Options(ManifestOptions(cwd=tmp_path)))
    said = [str(problem) for problem in caught.value.problems]
    assert [each for each in said if "and what was searched before it hold more than 1,000 files; name less" in each]


PLANS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a device": (lambda path: path.symlink_to("/dev/zero"), "it is not a file"),
    "a pipe": (os.mkfifo, "it is not a file"),
    "a folder": (os.mkdir, "it is not a file"),
    "deep": (lambda path: path.write_text("[" * 5_000_000), "this is not a plan"),
    "deep objects": (lambda path: path.write_text('{"a":' * 1_000_000), "this is not a plan"),
    "nulls": (lambda path: path.write_bytes(b"\0" * 1_000_000), "this is not a plan"),
    "a long number": (lambda path: path.write_text('{"formatVersion": ' + "9" * 1_000_000 + "}"), "this is not a plan"),
    "many changes": (
        lambda path: path.write_text(json.dumps({"formatVersion": "1.0", "changes": [{}] * 200_000})),
        "this is not a whole plan",
    ),
}


@pytest.mark.parametrize(("put", "said"), PLANS.values(), ids=PLANS)
def test_a_hostile_saved_plan_is_reported_quickly(put: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    """Also of what is no plan at all just so much is read, and it ends in words."""
    put(tmp_path / "saved.json")
    code, err = run(tmp_path, "apply", "saved.json", "--auto-approve")
    assert (code, said in err) == (1, True), err[:2000]
    assert "Traceback" not in err


def test_a_hostile_project_is_reported_quickly(tmp_path: Path) -> None:
    """What holds for manifests holds for the project file."""
    (tmp_path / "it.yaml").write_text(CUSTOMER)
    for content in (laughs(), "[" * 500_000, "\0" * 100_000, PROJECT.replace("{}", "&a {manifests: *a}")):
        (tmp_path / "reconciler.yaml").write_text(content)
        code, err = run(tmp_path, "validate")
        assert (code, "reconciler.yaml:" in err) == (1, True), err[:2000]
        assert "Traceback" not in err
