"""Hostile manifests: reading them takes time and memory in proportion to their size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.errors import ManifestErrors
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.sets import expansion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.manifests.files.manifest import Manifest

    from reconciler.manifests.result import Manifests
    from reconciler.manifests.sets.customers import Candidate

START = "apiVersion: reconciler/v1\nkind: "
MANY = 6_000


def customer(number: int, **fields: object) -> str:
    spec = {"name": f"Customer {number}", "externalId": f"e{number}", **fields}
    return f"{START}Customer\nmetadata: {{name: c{number}}}\nspec: {spec}\n"


def instance(number: int, of: str) -> str:
    spec = f"{{customer: {of}, name: I {number}, integration: {{name: A, version: 1}}}}"
    return f"{START}Instance\nmetadata: {{name: i{number}}}\nspec: {spec}\n"


def swelling(number: int) -> str:
    """Return a document whose aliases stand for nearly as much as one document may hold."""
    lists = "".join(
        f"    {name}: &{name} [{', '.join([f'*{before}'] * 10) if before else ', '.join('1' * 10)}]\n"
        for before, name in (("", "a"), ("a", "b"), ("b", "c"), ("c", "d"))
    )
    spec = f"  customer: {{name: x}}\n  name: n\n  integration: {{name: A, version: 1}}\n  configVariables:\n{lists}"
    return f"{START}Instance\nmetadata: {{name: i{number}}}\nspec:\n{spec}    e: [*d, *d, *d, *d, *d, *d, *d]\n"


SWELLING: dict[str, tuple[int, Callable[[int], list[str]]]] = {
    "many documents": (MANY, lambda count: [customer(number) for number in range(count)]),
    "one of many has a secret": (
        MANY,
        lambda count: [*(customer(number) for number in range(1, count)), instance(0, "c1") + "# valueFrom ${var.x}\n"],
    ),
    "many names of nobody": (
        MANY,
        lambda count: [
            *(customer(number) for number in range(count // 2)),
            *(instance(number, f"d{number}") for number in range(count // 2)),
        ],
    ),
    "many misspelt fields": (MANY, lambda count: [customer(number, descripton=number) for number in range(count)]),
    "many declared twice": (MANY, lambda count: [customer(number // 2) for number in range(count)]),
    "aliases over many documents": (160, lambda count: [swelling(number) for number in range(count)]),
}


def _cpu_seconds(folder: Path, text: str) -> float:
    """Validate a file in a process of its own; return the processor's seconds that it took."""
    (folder / "it.yaml").write_text(text, encoding="utf-8")
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", "validate", "-f", "it.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    after = os.times()
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.skipif(os.name != "posix", reason="Windows does not count the time of children")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "many documents" else pytest.mark.full) for name in SWELLING]
)
def test_reading_time_is_linear_in_the_number_of_documents(tmp_path: Path, name: str) -> None:
    """Four times the documents take no more than six times as long: measured in one run, so on any machine.

    The machine's other work may disturb a measurement, so one of three that is within the bound is enough. By the
    square it would be sixteen times in each.
    """
    count, make = SWELLING[name]
    few, many = ("---\n".join(make(each)) for each in (count // 4, count))
    _cpu_seconds(tmp_path, customer(0))
    measured = []
    for _ in range(3):
        start = _cpu_seconds(tmp_path, customer(0))
        fewer, more = (_cpu_seconds(tmp_path, text) - start for text in (few, many))
        measured.append(more / max(fewer, start / 2))
        if measured[-1] < 6:
            return
    raise AssertionError(measured)


BIG = "b" * 1_000_000
PROJECT = f"{START}Project\nmetadata: {{name: p}}\nspec: {{variables: {{big: '{BIG}'}}}}\n"
KEYS = "\U0001f511" * 500_000
MEGABYTES = 300
"""Memory that the process may take at its peak, Python and its libraries included."""
SECONDS = 10.0
MEASURED = """
import json, sys, time
from reconciler.cli import main
started = time.process_time()
try:
    main()
finally:
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(json.dumps([time.process_time() - started, int(line.split()[1]) / 1024]), file=sys.__stdout__)
"""


def variables(number: int, value: str) -> str:
    """Return a document in which a text stands nine times."""
    values = "".join(f"    v{index}: {value}\n" for index in range(9))
    spec = f"  customer: c1\n  name: I {number}\n  integration: {{name: A, version: 1}}\n  configVariables:\n{values}"
    return f"{START}Instance\nmetadata: {{name: i{number}}}\nspec:\n{spec}"


def aliases(anchored: str, count: int) -> str:
    """Return a document in which an alias stands many times."""
    return variables(0, "x") + f"    a: &a {anchored}\n    b: [{', '.join(['*a'] * count)}]\n"


def documents(make: Callable[[int], str], count: int) -> str:
    return "---\n".join([customer(1), *(make(number) for number in range(count))])


OF_VARIABLES = "with this the variables of all manifests come to more than 10,485,760 characters of text; use them less"
OF_ALIASES = "the aliases of this document and those before it expand to more than 10,485,760 characters of text; use"
TEXTS: dict[str, tuple[Callable[[], str], str]] = {
    "a variable in many values": (
        lambda: documents(lambda number: variables(number, "'${var.big}'"), 150),
        f"it.yaml:33:9: {OF_VARIABLES}",
    ),
    "a variable within many texts": (
        lambda: documents(lambda number: variables(number, "'a ${var.big}'"), 150),
        f"it.yaml:33:9: {OF_VARIABLES}",
    ),
    "a long text": (lambda: aliases(f"'{BIG}'", 1_500), f"it.yaml:1:1: {OF_ALIASES}"),
    "a short text": (lambda: aliases(f"'{'a' * 99}'", 1_500_000), f"it.yaml:1:1: {OF_ALIASES}"),
    "a text of another script": (lambda: aliases(f"'{KEYS}'", 1_500), f"it.yaml:1:1: {OF_ALIASES}"),
    "a list": (lambda: aliases(f"['{BIG}']", 1_500), f"it.yaml:1:1: {OF_ALIASES}"),
    "a key": (lambda: aliases(f"{{{'a' * 1_000}: 1}}", 40_000), f"it.yaml:1:1: {OF_ALIASES}"),
    "a merged map": (
        lambda: aliases(f"{{k: '{BIG}'}}", 0) + "".join(f"    m{n}: {{<<: *a}}\n" for n in range(1_500)),
        f"it.yaml:1:1: {OF_ALIASES}",
    ),
    "aliases of many documents": (
        lambda: documents(lambda number: aliases(f"'{'a' * 1_000}'", 999).replace("i0", f"i{number}"), 90),
        OF_ALIASES,
    ),
    "as much as there may be": (lambda: aliases(f"'{KEYS}'", 20), ""),
}
"""Texts that expand to far more than is written, with the messages about them."""


def validated(folder: Path, text: str) -> tuple[float, float, str]:
    """Validate a file; return the processor's seconds, the peak in megabytes, and what was said."""
    (folder / "it.yaml").write_text(text, encoding="utf-8")
    (folder / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "validate", "-f", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    *_, last = done.stdout.splitlines()
    seconds, peak = json.loads(last)
    return seconds, peak, done.stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by /proc")
@pytest.mark.parametrize("name", TEXTS)
def test_expanded_variables_and_aliases_are_bounded(tmp_path: Path, name: str) -> None:
    """What variables and aliases stand for is bounded over a run, at a place, in little memory and a few seconds."""
    make, said = TEXTS[name]
    seconds, peak, err = validated(tmp_path, make())
    assert said in err
    assert ("characters of text" in err) == bool(said)
    assert peak < MEGABYTES
    assert seconds < SECONDS


def test_text_that_is_written_out_does_not_count_as_expanded(tmp_path: Path) -> None:
    """Documents without aliases may hold as much as files may, also after others have used up what aliases may."""
    used_up = aliases(f"'{BIG}'", 9)
    written = variables(1, f"'{'a' * 600_000}'")
    _, _, err = validated(tmp_path, "---\n".join([customer(1), used_up, written]))
    assert "characters" not in err


LIMIT = 5_000
"""Characters of all members, instead of as many as a test would take long for."""


def instance_set(name: str, size: int) -> str:
    """Return a set whose template has this many characters in a text that is another one for each customer."""
    text = f"${{customer.handle}} {'x' * size}"
    template = f"{{name: {name}, integration: {{name: A, version: 1}}, configVariables: {{T: '{text}'}}}}"
    return (
        f"{START}InstanceSet\nmetadata: {{name: {name}}}\nspec:\n  customers: {{from: manifests}}\n"
        f"  template: {template}\n"
    )


@pytest.mark.parametrize(
    ("sizes", "too_large"),
    [((200, 200), None), ((1_000, 10), "one"), ((400, 400), "two"), ((10, 1_000), "two")],
)
def test_the_members_of_all_sets_together_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, int], too_large: str | None
) -> None:
    """The set with which the members become too large is named once, at its template; smaller ones are expanded."""
    monkeypatch.setattr(expansion, "MOST_IN_MEMBERS", LIMIT)
    sets = [instance_set(name, size) for name, size in zip(("one", "two"), sizes, strict=True)]
    text = "---\n".join([*(customer(number) for number in range(3)), *sets])
    (tmp_path / "it.yaml").write_text(text, encoding="utf-8")

    def read() -> Manifests:
        return read_manifests(ManifestOptions(files=("it.yaml",), cwd=tmp_path), default_registry())

    if too_large is None:
        assert sum(resource.kind == "Instance" for resource in read().resources) == 6
        return
    with pytest.raises(ManifestErrors) as caught:
        read()
    (problem,) = caught.value.problems
    assert "the members of all sets come to more than 5,000 characters of text" in problem.message
    assert problem.place
    lines = text.splitlines()
    assert lines[problem.place.line - 1].startswith(f"  template: {{name: {too_large}")


def test_no_more_members_are_made_than_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the members are too large no further one is kept, however many customers there are."""
    monkeypatch.setattr(expansion, "MOST_IN_MEMBERS", LIMIT)
    made: list[Manifest] = []
    keep = expansion.MemberMaker.make

    def make(maker: expansion.MemberMaker, chosen: Sequence[Candidate]) -> Iterator[Manifest]:
        for member in keep(maker, chosen):
            made.append(member)
            yield member

    monkeypatch.setattr(expansion.MemberMaker, "make", make)
    text = "---\n".join([*(customer(number) for number in range(100)), instance_set("one", 1_000)])
    (tmp_path / "it.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestErrors, match="characters of text"):
        read_manifests(ManifestOptions(files=("it.yaml",), cwd=tmp_path), default_registry())
    assert len(made) == 3
