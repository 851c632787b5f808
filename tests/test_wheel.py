"""The wheel holds everything that the product needs at run time."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.serving import served
from support.world import World

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("schemas", "examples")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder into which a wheel of this tree was unpacked, the way an installation does it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the product as it is installed there, far from the source tree, with ``more`` in its environment."""
    environ = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", **more}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=site.parent, env=environ, capture_output=True, text=True, check=False)


def test_the_wheel_holds_every_file_read_at_run_time(site: Path) -> None:
    """Every schema, example and GraphQL document of the source tree is in the wheel, byte for byte."""
    sources = {f"reconciler/{path.relative_to(ROOT)}": path for each in SHIPPED for path in (ROOT / each).rglob("*.*")}
    sources |= {str(path.relative_to(ROOT)): path for path in (ROOT / "reconciler").rglob("*.graphql")}
    sources |= {str(path.relative_to(ROOT)): path for path in (ROOT / "reconciler").rglob("*.toml")}
    sources |= {str(path.relative_to(ROOT)): path for path in (ROOT / "reconciler").rglob("templates/*")}
    assert len(sources) > 20
    different = [name for name, path in sources.items() if (site / name).read_bytes() != path.read_bytes()]
    assert not different


def test_the_wheel_has_the_man_pages_where_man_looks(site: Path) -> None:
    """An installation puts each page into ``share/man/man1``, which pipx links to where ``man`` finds it."""
    (shared,) = site.glob("*.data/data/share/man/man1")
    pages = {path.name: path.read_bytes() for path in (ROOT / "man").iterdir()}
    assert {path.name: path.read_bytes() for path in shared.iterdir()} == pages
    assert "reconciler-plan.1" in pages


def test_the_wheel_works_outside_of_the_source_tree(site: Path) -> None:
    """Unpacked elsewhere, it is the wheel's own code that runs, and it finds its schemas and examples."""
    found = run(site, "-c", "import reconciler; print(reconciler.__file__)")
    assert found.stdout.startswith(str(site))
    examples = site / "reconciler" / "examples" / "manifests"
    checked = run(site, "-m", "reconciler", "validate", "-f", str(examples), "--without-secrets")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "Instances" in checked.stdout
    assert run(site, "-m", "reconciler", "schema").stdout.startswith("{")


def test_an_installed_wheel_begins_a_repository(site: Path, tmp_path: Path) -> None:
    """Recipes, schemas and texts of a new repository are in the wheel: what it writes is what a checkout does."""
    with World() as world, served(world.sandbox) as url:
        signed_in = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
        ran = run(site, "-m", "reconciler", "init", str(tmp_path / "installed"), **signed_in)
        assert (ran.returncode, ran.stderr) == (0, "")
        here = run(ROOT, "-m", "reconciler", "init", str(tmp_path / "checkout"), **signed_in)
        assert here.returncode == 0, here.stderr
    installed, checkout = (
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in (tmp_path / "installed", tmp_path / "checkout")
    )
    assert installed == checkout
    assert Path(".github/workflows/plan.yml") in installed
