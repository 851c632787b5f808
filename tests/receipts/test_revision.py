"""The commit in a receipt: recorded only if the manifests that were read are the commit's."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.needs import needs_git

from reconciler.receipts import revision
from reconciler.receipts.revision import OURS, VARIABLES, find_revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENVIRON = {"PATH": os.environ.get("PATH", "")}
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=main")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *IDENTITY, *arguments]
    environ = {**ENVIRON, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environ)
    return ran.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with two manifests, a file beside them, and all of it committed."""
    folder = tmp_path / "repository"
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "manifests" / "b.yaml").write_text("b: 1\nb2: 2\n", encoding="utf-8")
    (folder / "manifests" / "values.csv").write_text("x,y\n", encoding="utf-8")
    (folder / "README.md").write_text("read me\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def found(folder: Path, *names: str, environ: dict[str, str] | None = None) -> str | None:
    files = [folder / name for name in names or ("manifests/a.yaml", "manifests/b.yaml")]
    return find_revision({**ENVIRON, **(environ or {})}, files, [folder / "manifests"], folder / "receipt.json")


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", VARIABLES)
def test_without_a_repository_the_commit_is_that_of_the_ci_system(name: str, tmp_path: Path) -> None:
    """Each system's variable is taken where there is nothing to look at; what is no name of a commit is not."""
    files = [tmp_path / "all.yaml"]
    assert find_revision({name: "1a2b3c"}, files) == "1a2b3c"
    assert find_revision({name: "\x1b[31m"}, files) is None
    assert find_revision({}, files) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [("v1.2-3-gabc", "v1.2-3-gabc"), ("abc-dirty", None), ("abc.dirty", None), ("abc+dirty", None), ("a b", None)],
)
def test_the_environment_overrides_the_commit(told: str, expected: str | None, tmp_path: Path) -> None:
    """RECONCILER_REVISION is taken as it is, unless it says itself that the tree was not clean."""
    assert find_revision({OURS: told, VARIABLES[0]: "1a2b3c"}, [tmp_path / "all.yaml"]) == expected


@needs_git
def test_a_clean_checkout_s_commit_is_named(checkout: Path) -> None:
    """The commit that is checked out is named, whatever the CI system says that it runs for."""
    head = git(checkout, "rev-parse", "HEAD")
    assert found(checkout) == head
    assert found(checkout, environ={"GITHUB_SHA": "1a2b3c"}) == head


MOVES: dict[str, Callable[[Path], object]] = {
    "a manifest was changed": lambda at: write(at, "manifests/a.yaml", "a: 2\n"),
    "a manifest was changed to as many bytes": lambda at: write(at, "manifests/a.yaml", "a: 3\n"),
    "a manifest was changed and staged": lambda at: (write(at, "manifests/a.yaml", "a: 2\n"), git(at, "add", ".")),
    "a manifest was deleted": lambda at: (at / "manifests/b.yaml").unlink(),
    "a manifest became a link": lambda at: (
        (at / "manifests/a.yaml").unlink(),
        write(at, "other.yaml", "a: 1\n"),
        (at / "manifests/a.yaml").symlink_to(at / "other.yaml"),
    ),
    "a file beside them was changed": lambda at: write(at, "manifests/values.csv", "x,z\n"),
    "there is no commit any more": lambda at: git(at, "update-ref", "-d", "HEAD"),
}


@needs_git
@pytest.mark.parametrize("move", MOVES)
def test_a_dirty_tree_names_no_commit(move: str, checkout: Path) -> None:
    """What was applied is then of no commit, also when the CI system names one."""
    MOVES[move](checkout)
    names = [f"manifests/{path.name}" for path in sorted((checkout / "manifests").glob("*.yaml"))]
    assert found(checkout, *names) is None
    assert found(checkout, *names, environ={"GITHUB_SHA": "1a2b3c"}) is None


@needs_git
def test_a_manifest_that_is_not_in_the_commit_names_none(checkout: Path) -> None:
    """Untracked, or ignored by git: what was read is not the commit's."""
    write(checkout, "manifests/new.yaml", "n: 1\n")
    assert found(checkout, "manifests/a.yaml", "manifests/new.yaml") is None
    write(checkout, ".gitignore", "new.yaml\n")
    assert found(checkout, "manifests/a.yaml", "manifests/new.yaml") is None


@needs_git
def test_changes_of_other_files_do_not_count(checkout: Path) -> None:
    """Receipts, plans and reports beside the manifests, and files elsewhere, leave the tree clean."""
    head = git(checkout, "rev-parse", "HEAD")
    write(checkout, "receipt.json", "{}")
    write(checkout, "manifests/plan.json", "{}")
    write(checkout, "README.md", "changed\n")
    assert found(checkout) == head


@needs_git
def test_a_committed_receipt_may_change(checkout: Path) -> None:
    """A receipt that is kept among the manifests is written by every apply, and does not make the tree unclean."""
    write(checkout, "manifests/receipt.json", "{}")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "receipt")
    write(checkout, "manifests/receipt.json", "{...}")
    files, roots = [checkout / "manifests/a.yaml"], [checkout / "manifests"]
    assert find_revision(ENVIRON, files, roots) is None
    assert find_revision(ENVIRON, files, roots, checkout / "manifests/receipt.json") == git(
        checkout, "rev-parse", "HEAD"
    )


@needs_git
def test_it_is_the_manifests_repository_that_counts(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from another repository, with git led elsewhere by the environment, it is still the manifests' commit."""
    other = tmp_path / "other"
    write(other, "manifests/a.yaml", "a: 9\n")
    git(other, "init", "-q")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "other")
    monkeypatch.chdir(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    led = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    assert found(checkout, environ=led) == git(checkout, "rev-parse", "HEAD")
    mixed = [checkout / "manifests/a.yaml", other / "manifests/a.yaml"]
    assert find_revision(ENVIRON, mixed) is None


@needs_git
def test_a_shallow_clone_is_a_checkout_like_any_other(checkout: Path, tmp_path: Path) -> None:
    """A clone of one commit, with other line ends, is clean; its pull request's merge commit is what is checked out."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{checkout}", str(clone))
    assert found(clone) == git(clone, "rev-parse", "HEAD")
    (clone / "manifests" / "a.yaml").write_bytes(b"a: 1\r\n")
    assert found(clone) == git(clone, "rev-parse", "HEAD")


@needs_git
def test_a_submodule_s_manifests_are_of_its_own_commit(checkout: Path, tmp_path: Path) -> None:
    """Manifests within a submodule are of the submodule's commit; with others beside it they are of no one commit."""
    outer = tmp_path / "outer"
    write(outer, "manifests/top.yaml", "t: 1\n")
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(checkout), "manifests/inner")
    git(outer, "add", ".")
    git(outer, "commit", "-q", "-m", "outer")
    inner = outer / "manifests" / "inner" / "manifests"
    assert find_revision(ENVIRON, [inner / "a.yaml"], [inner]) == git(checkout, "rev-parse", "HEAD")
    assert find_revision(ENVIRON, [outer / "manifests/top.yaml", inner / "a.yaml"], [outer / "manifests"]) is None


@needs_git
def test_manifests_from_a_stream_are_of_no_commit(checkout: Path) -> None:
    """What came through standard input was made of something, and nobody can look at what."""
    assert find_revision({**ENVIRON, "GITHUB_SHA": "1a2b3c"}, [checkout / "<stdin>"]) is None


HOSTILE = {
    "a file system monitor": ("core.fsmonitor", "{program}"),
    "a pager": ("core.pager", "{program}"),
    "a pager of the command": ("pager.ls-tree", "{program}"),
    "hooks": ("core.hooksPath", "{hooks}"),
    "a filter": ("filter.evil.clean", "{program}"),
    "a long filter": ("filter.evil.process", "{program}"),
    "a diff": ("diff.external", "{program}"),
    "an ssh": ("core.sshCommand", "{program}"),
    "an alias": ("alias.ls-tree", "!{program}"),
    "an alias of rev-parse": ("alias.rev-parse", "!{program}"),
    "an editor": ("core.editor", "{program}"),
    "an upload pack": ("remote.origin.uploadpack", "{program}"),
}


@needs_git
@pytest.mark.parametrize("dirty", [False, True], ids=["clean", "dirty"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_program_that_a_repository_configures_is_run(name: str, dirty: bool, checkout: Path, tmp_path: Path) -> None:
    """Whoever wrote the checkout's configuration, attributes and hooks gets nothing run, and the answer is right."""
    head = git(checkout, "rev-parse", "HEAD")
    mark, program = tmp_path / "ran", tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "post-checkout", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(program, hooks / hook)
        shutil.copy(program, checkout / ".git" / "hooks" / hook)
    key, value = HOSTILE[name]
    git(checkout, "config", key, value.format(program=program, hooks=hooks))
    write(checkout, ".git/info/attributes", "* filter=evil diff=evil\n")
    if dirty:
        write(checkout, "manifests/a.yaml", "a: 3\n")
    os.utime(checkout / "manifests" / "b.yaml", (1, 1))
    assert found(checkout) == (None if dirty else head)
    assert not mark.exists()


@needs_git
def test_a_clone_that_lacks_objects_fetches_none(checkout: Path, tmp_path: Path) -> None:
    """A partial clone whose remote is a command does not get it run."""
    mark = tmp_path / "ran"
    (tree,) = git(checkout, "rev-parse", "HEAD:manifests").split()
    (checkout / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    for key, value in {
        "remote.origin.url": f"ext::sh -c 'touch {mark}'",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "tree:0",
        "extensions.partialClone": "origin",
        "core.repositoryformatversion": "1",
        "protocol.ext.allow": "always",
    }.items():
        git(checkout, "config", key, value)
    assert found(checkout) is None
    assert not mark.exists()


@needs_git
def test_a_program_called_git_in_the_repository_is_not_run(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of the checkout that is called git is not asked, also when the search path leads to it."""
    mark, own = tmp_path / "ran", checkout / "bin" / "git"
    write(checkout, "bin/git", f"#!/bin/sh\ntouch {mark}\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{own.parent}{os.pathsep}{os.environ['PATH']}")
    assert found(checkout) is None
    assert not mark.exists()


@needs_git
def test_git_receives_no_secret(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment git gets what it needs to start, and no token."""
    given: list[dict[str, str]] = []
    run = subprocess.run

    def watched(*arguments: object, **how: object) -> object:
        given.append(how["env"])  # type: ignore[arg-type]  # it is one
        return run(*arguments, **how)  # type: ignore[call-overload]  # passed on as they are

    monkeypatch.setattr(revision.subprocess, "run", watched)
    assert found(checkout, environ={"PRISM_ACCESS_TOKEN": "secret", "ACME_PASSWORD": "secret"})
    assert given
    assert not [each for each in given if "secret" in each.values()]


def test_without_git_a_repository_names_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can look whether the tree is clean, no commit is named; a git that fails is no error."""
    (tmp_path / ".git").mkdir()
    environ, files = {"GITHUB_SHA": "1a2b3c"}, [tmp_path / "all.yaml"]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_revision(environ, files) is None
    monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path.parent / "nothing"))
    assert find_revision(environ, files) is None
