"""Files that commands write: not through links in CI, no two on one path, checked before an apply."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, PROJECT

from reconciler.writing import replacing

if TYPE_CHECKING:
    from cli.shell import Shell

ALL = ("-f", "all.yaml")
YES = (*ALL, "--auto-approve")
SECRET = "word-of-somebody-else"
OUTPUTS = {
    "plan --out": ("plan", *ALL, "--out", "{}"),
    "plan --report": ("plan", *ALL, "--report", "markdown={}"),
    "plan --metrics": ("plan", *ALL, "--metrics", "{}"),
    "apply --receipt": ("apply", *YES, "--receipt", "{}"),
    "apply --report": ("apply", *YES, "--report", "json={}"),
    "apply --metrics": ("apply", *YES, "--metrics", "{}"),
    "drift --report": ("drift", *ALL, "--report", "junit={}"),
    "drift --metrics": ("drift", *ALL, "--metrics", "{}"),
    "validate --report": ("validate", *ALL, "--report", "html={}"),
}


def arguments(name: str, path: str) -> list[str]:
    return [each.replace("{}", path) for each in OUTPUTS[name]]


@pytest.fixture
def ci(shell: Shell) -> Shell:
    """A CI job with a customer in its checkout, and a file outside that it must not touch."""
    shell.folder.joinpath("checkout").mkdir()
    shell.write(".bashrc", SECRET)
    shell.folder /= "checkout"
    shell.monkeypatch.chdir(shell.folder)
    shell.monkeypatch.setenv("CI", "true")
    shell.write("all.yaml", CUSTOMER)
    return shell


@pytest.mark.parametrize("way", ["out", "folder/.bashrc"])
@pytest.mark.parametrize("name", OUTPUTS)
def test_in_ci_nothing_is_written_through_a_link_of_the_checkout(name: str, way: str, ci: Shell) -> None:
    """A committed link, as the file or as its folder, is refused before anything is sent."""
    (ci.folder / "out").symlink_to("../.bashrc")
    (ci.folder / "folder").symlink_to("..")
    ran = ci.run(*arguments(name, way))
    assert (ran.code, ran.out) == (1, "")
    assert f"{ci.folder / way.partition('/')[0]} is a link, and in CI links of the checkout are not followed" in ran.err
    assert (ci.folder.parent / ".bashrc").read_text(encoding="utf-8") == SECRET
    assert ci.world.sandbox.log.requests == 0


@pytest.mark.parametrize("command", ["lock", "export", "init", "schema", "sandbox --state", "sandbox --log"])
def test_in_ci_no_command_writes_through_a_link_of_the_checkout(command: str, ci: Shell) -> None:
    """The lock, manifests, a new repository, schemas and the sandbox's files are no exception."""
    (ci.folder.parent / "elsewhere").mkdir()
    (ci.folder / "out").symlink_to("../elsewhere")
    (ci.folder / "file").symlink_to("../.bashrc")
    (ci.folder / "reconciler.lock").symlink_to("../locked")
    listed = "apiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: i}\nspec: {customer: ftl, name: I, "
    ci.write("all.yaml", CUSTOMER + "---\n" + listed + "integration: {name: Every Data Type, version: latest}}\n")
    before = {path for path in ci.folder.parent.rglob("*") if path.is_file()}
    line = {
        "lock": ["lock", *ALL],
        "export": ["export", "--out", "out"],
        "init": ["init", "out"],
        "schema": ["schema", "--out", "out"],
        "sandbox --state": ["sandbox", "--port", "0", "--state", "file"],
        "sandbox --log": ["sandbox", "--port", "0", "--log", "file"],
    }[command]
    ci.world.seed.customer("Nordlys")
    ran = ci.run(*line)
    assert ran.code == 1
    assert "is a link, and in CI links of the checkout are not followed" in ran.err
    assert {path for path in ci.folder.parent.rglob("*") if path.is_file()} == before
    assert (ci.folder.parent / ".bashrc").read_text(encoding="utf-8") == SECRET


@pytest.mark.parametrize("name", OUTPUTS)
def test_on_a_persons_machine_links_are_followed(name: str, shell: Shell) -> None:
    """A link's target is replaced, and the link stays; the second time as well."""
    shell.write("all.yaml", CUSTOMER)
    (shell.folder / "there").mkdir()
    (shell.folder / "out").symlink_to("there/file")
    for _ in range(2):
        assert shell.run(*arguments(name, "out")).code in {0, 2}
        assert (shell.folder / "out").is_symlink()
        assert (shell.folder / "there" / "file").stat().st_size
        assert [path.name for path in (shell.folder / "there").iterdir()] == ["file"]


PAIRS = [
    ("plan", "--out", "x", "--report", "json=x"),
    ("plan", "--report", "json=x", "--report", "text=./x"),
    ("plan", "--metrics", "x", "--report", "json=sub/../x"),
    ("plan", "--out", "x", "--metrics", "x"),
    ("apply", "--auto-approve", "--receipt", "x", "--report", "json=x"),
    ("apply", "--auto-approve", "--receipt", "x", "--metrics", "link"),
    ("drift", "--metrics", "x", "--report", "junit=x"),
    ("drift", "--notify", "http://127.0.0.1:9/x", "--receipt", "x", "--report", "json=x"),
    ("validate", "--report", "json=x", "--report", "html=x"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_two_outputs_on_one_path_are_a_mistake(pair: tuple[str, ...], shell: Shell) -> None:
    """It is said before anything is sent, and neither is written."""
    shell.write("all.yaml", CUSTOMER)
    (shell.folder / "sub").mkdir()
    (shell.folder / "link").symlink_to("x")
    ran = shell.run(pair[0], *ALL, *pair[1:])
    assert (ran.code, ran.out) == (1, "")
    assert "it is the same file as --" in ran.err
    assert "give each a file of its own" in ran.err
    assert not (shell.folder / "x").exists()
    assert shell.world.sandbox.log.requests == 0


INPUTS = {
    "a manifest": (("plan", *ALL, "--report", "json=all.yaml"), "all.yaml"),
    "a broken manifest": (("plan", "-f", "broken.yaml", "--report", "json=broken.yaml"), "broken.yaml"),
    "a manifest of a folder": (("plan", "-f", ".", "--out", "all.yaml"), "all.yaml"),
    "a manifest of the project": (("apply", "--auto-approve", "--receipt", "all.yaml"), "all.yaml"),
    "the project": (("validate", "--report", "text=reconciler.yaml"), "reconciler.yaml"),
    "the lock": (("plan", "--metrics", "reconciler.lock"), "reconciler.lock"),
    "an overlay": (("plan", "-e", "staging", "--out", "overlay/o.yaml"), "overlay/o.yaml"),
    "an overlay of another environment": (("plan", "--out", "overlay/o.yaml"), "overlay/o.yaml"),
    "the saved plan": (("apply", "saved.json", "--auto-approve", "--report", "json=saved.json"), "saved.json"),
    "the receipt of a drift": (("drift", *ALL, "--receipt", "saved.json", "--report", "json=saved.json"), "saved.json"),
    "by a link": (("plan", *ALL, "--report", "json=link"), "all.yaml"),
}


@pytest.mark.parametrize(("line", "name"), INPUTS.values(), ids=INPUTS)
def test_an_input_file_is_not_overwritten(line: tuple[str, ...], name: str, shell: Shell) -> None:
    """A manifest, the project, its lock, an overlay, a saved plan and a receipt are no place for an output."""
    project = PROJECT.replace("spec: {}", "spec: {environments: {staging: {overlays: [overlay]}}}")
    for path, text in {
        "all.yaml": CUSTOMER,
        "broken.yaml": "kind: [",
        "reconciler.yaml": project,
        "reconciler.lock": "",
        "overlay/o.yaml": CUSTOMER,
        "saved.json": "{}",
    }.items():
        shell.write(path, text)
    (shell.folder / "link").symlink_to("all.yaml")
    before = (shell.folder / name).read_bytes()
    ran = shell.run(*line)
    assert (ran.code, ran.out) == (1, "")
    assert f"it would replace {name}, an input of this run; name another file" in ran.err
    assert (shell.folder / name).read_bytes() == before
    assert shell.world.sandbox.log.requests == 0


UNWRITABLE = {
    "a report": ("--report", "json=no/such"),
    "a report to a full device": ("--report", "json=/dev/full"),
    "a report to a folder": ("--report", "json=."),
    "metrics": ("--metrics", "no/such"),
    "a receipt": ("--receipt", "no/such"),
    "a receipt to a device": ("--receipt", "/dev/null"),
    "a receipt to standard output": ("--receipt", "-"),
}


@pytest.mark.parametrize("more", UNWRITABLE.values(), ids=UNWRITABLE)
def test_an_unwritable_file_stops_an_apply_before_it_begins(more: tuple[str, str], shell: Shell) -> None:
    """After an apply it would be too late: nothing is sent."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.run("apply", *YES, *more)
    assert (ran.code, ran.out) == (1, "")
    assert f"error: {' '.join(more)}: " in ran.err
    assert "Traceback" not in ran.err
    assert shell.world.sandbox.log.requests == 0


@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_an_empty_receipt_file_counts_as_missing(text: str, shell: Shell) -> None:
    """A file that was made for the receipt, as a container's mount needs one, is written like a new one."""
    shell.write("all.yaml", CUSTOMER)
    shell.write("receipt.json", text)
    assert "causes of the differences are unknown" in shell.tenant("drift", *ALL, "--receipt", "receipt.json").out
    ran = shell.tenant("apply", *YES, "--receipt", "receipt.json")
    assert ran.code == 0, ran
    assert '"Customer/ftl"' in (shell.folder / "receipt.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n", "\ufeff"])
def test_an_empty_lock_file_counts_as_missing(text: str, shell: Shell) -> None:
    """An empty file locks nothing: it is no error to plan with, and a lock is written into it."""
    shell.write("reconciler.lock", text)
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant("plan", *ALL).code == 0
    listed = "---\napiVersion: reconciler/v1\nkind: Instance\nmetadata: {name: i}\nspec: {customer: ftl, name: I, "
    shell.write("all.yaml", CUSTOMER + listed + "integration: {name: Every Data Type, version: latest}}\n")
    ran = shell.run("lock", *ALL)
    assert ran.code == 0, ran
    assert "Every Data Type: " in (shell.folder / "reconciler.lock").read_text(encoding="utf-8")


def test_bind_mounted_files_are_written(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container whose files are mounted by themselves, each command writes in place what it cannot replace."""

    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(replacing._Folder, "rename", busy)
    shell.write("all.yaml", CUSTOMER)
    for name in OUTPUTS:
        path = shell.write("out", "")
        before = path.stat().st_ino
        ran = shell.run(*arguments(name, "out"))
        assert ran.code in {0, 2}, ran
        assert path.stat().st_size, name
        assert path.stat().st_ino == before
    assert sorted(each.name for each in shell.folder.iterdir()) == ["all.yaml", "out"]
