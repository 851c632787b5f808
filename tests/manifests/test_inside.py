"""Nothing that a project names lies outside its folder, or in git's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from manifests.reading import CUSTOMER, INSTANCE, PROJECT, problems, read, write

CASES = yaml.safe_load(Path(__file__).with_name("paths.yaml").read_text(encoding="utf-8"))
REFUSED = [path for paths in CASES["refused"].values() for path in paths]
MANIFESTS = ["a.yaml"]
OVERLAY = "kind: Customer\nmetadata: {name: acme}\nspec: {description: taken}\n"
SECRET = "word-that-is-elsewhere"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with files outside, in git's folder, and links to both; returns the project's folder."""
    whole = CUSTOMER.replace("name: acme", "name: taken")
    folders = [
        "p/sub",
        "p/.github",
        "p/.gitignore-folder",
        "p/git",
        "p/x.git",
        "p/..sub",
        "p/sub/..x",
        "other",
        "p-other",
    ]
    write(tmp_path, {f"{folder}/x.yaml": whole for folder in folders})
    write(tmp_path, {f"p/{name}/config": SECRET for name in (".git", "sub/.git", ".GIT", "git~1")})
    write(tmp_path, {"p/far/deep/x.yaml": whole, "secret": SECRET, "p/~sub/x.yaml": whole, "p/.git/x.yaml": whole})
    for link, target in {"inside": "sub", "out": "..", "gitlink": ".git", "far/deep/up": "../../.."}.items():
        (tmp_path / "p" / link).symlink_to(target)
    return tmp_path / "p"


def project(tree: Path, spec: dict[str, object]) -> None:
    write(tree, {"reconciler.yaml": f"{PROJECT}spec: {yaml.safe_dump(spec, default_flow_style=True)}"})


@pytest.mark.parametrize("path", REFUSED)
def test_manifests_outside_are_refused(tree: Path, path: str) -> None:
    """Manifests outside the project's folder are reported at the listed path, and not read."""
    project(tree, {"manifests": ["a.yaml", path]})
    write(tree, {"a.yaml": CUSTOMER})
    (problem,) = problems(tree)
    assert problem.startswith("reconciler.yaml:4:")
    assert "SECRET" not in problem


@pytest.mark.parametrize("path", REFUSED)
def test_overlays_outside_are_refused(tree: Path, path: str) -> None:
    """Overlays outside the project's folder are reported, and not read."""
    project(tree, {"manifests": ["a.yaml"], "environments": {"e": {"overlays": [path]}}})
    write(tree, {"a.yaml": CUSTOMER})
    (problem,) = problems(tree, environment="e")
    assert problem.startswith("reconciler.yaml:")


@pytest.mark.parametrize("options", [{}, {"without_secrets": True}], ids=["plan", "validate"])
@pytest.mark.parametrize("path", [path for path in REFUSED if path.rstrip("/") == path])
def test_secrets_outside_are_refused(tree: Path, path: str, options: dict[str, bool]) -> None:
    """A secret file outside the project's folder is refused, also offline, and whether or not it exists."""
    write(
        tree, {"a.yaml": f"{INSTANCE}  configVariables: {{K: {{valueFrom: {{file: {yaml.safe_dump(path)[:-1]}}}}}}}\n"}
    )
    project(tree, {"manifests": ["a.yaml"]})
    text = f"{INSTANCE}  configVariables:\n    K:\n      valueFrom:\n        file: {path!r}\n"
    write(tree, {"a.yaml": text.replace("'", '"') if "\\" not in path else text.replace("\\\\", "\\")})
    (problem,) = problems(tree, **options)
    assert problem.startswith("a.yaml:11:15: the file ")
    assert "is not a file" not in problem
    assert SECRET not in problem


@pytest.mark.parametrize("path", CASES["allowed"])
def test_paths_inside_are_followed(tree: Path, path: str) -> None:
    """A folder with a similar name and a link that stays inside are read."""
    path = path.replace("~sub/..", "sub/../~sub")
    project(tree, {"manifests": [path]})
    assert [resource.handle for resource in read(tree).resources] == ["taken"]


@pytest.mark.parametrize("link", ["gitlink", "out", "far"])
def test_links_that_a_search_meets_are_not_followed(tree: Path, link: str) -> None:
    """A link that leads out of the tree or into git's folder is refused at its own path."""
    project(tree, {"manifests": ["m"]})
    write(tree, {"m/a.yaml": CUSTOMER})
    (tree / "m" / "link").symlink_to({"gitlink": "../.git", "out": "../..", "far": "../far/deep/up"}[link])
    (problem,) = problems(tree)
    assert problem.startswith("m/link:1:1: m/link is a link ")


def test_a_tree_without_a_project_follows_the_same_rules(tree: Path) -> None:
    """A folder that -f names may be anywhere; its manifests may name no file outside it."""
    write(tree.parent, {"other/x.yaml": f"{INSTANCE}  configVariables: {{K: {{valueFrom: {{file: ../secret}}}}}}\n"})
    (problem,) = problems(tree, "../other")
    assert "the file ../secret is outside the manifest tree" in problem


@pytest.mark.parametrize("name", ["reconciler.yaml", "reconciler.lock"])
def test_the_project_itself_and_its_lock_are_no_links_out(tree: Path, name: str) -> None:
    """A project file or a lock that is a link out of the folder is not read: nothing of its target is shown."""
    project(tree, {"manifests": ["a.yaml"]})
    write(tree, {"a.yaml": CUSTOMER})
    write(tree.parent, {"elsewhere": f"{SECRET}: {SECRET}\n"})
    (tree / name).unlink(missing_ok=True)
    (tree / name).symlink_to("../elsewhere")
    found = problems(tree)
    assert [problem for problem in found if problem.startswith(f"{name}:1:1: this is a link out of ")]
    assert SECRET not in "".join(found)


def test_a_project_may_be_reached_by_a_link(tree: Path) -> None:
    """A project's folder may itself be a link; the files in it count as inside."""
    project(tree, {"manifests": ["sub"]})
    (tree.parent / "q").symlink_to("p")
    assert [resource.handle for resource in read(tree.parent, "q").resources] == ["taken"]


def test_a_project_may_live_below_a_folder_of_gits(tmp_path: Path) -> None:
    """Only the path below the project's folder is checked: the checkout itself may be anywhere."""
    folder = tmp_path / ".git" / "worktrees" / "p"
    write(folder, {"reconciler.yaml": f"{PROJECT}spec: {{}}\n", "m/a.yaml": CUSTOMER})
    assert len(read(folder).resources) == 1
