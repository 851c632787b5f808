"""Runs on a forge: annotations at lines of files, a job summary, and a clean stdout."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD

from reconciler.cli.run.forge import SUMMARY_LIMIT, surroundings
from reconciler.reports.markdown.report import marker_of
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.outcome import Outcome, RunContext

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

ALL = ("-f", "all.yaml")
BROKEN = CUSTOMER.replace("description", "descripton")


@pytest.fixture
def summary(shell: Shell) -> Path:
    """The summary file of a step, with the text of an earlier command."""
    shell.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shell.monkeypatch.setenv("GITHUB_WORKSPACE", str(shell.folder))
    path = shell.write("summary.md", "# Before\n")
    shell.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("::")]


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--auto-approve"), ("drift",)])
def test_problems_of_manifests_are_annotated(command: tuple[str, ...], summary: Path, shell: Shell) -> None:
    """Whichever command met it, a problem stands at its line of the file, and in the summary."""
    shell.write("all.yaml", BROKEN)
    ran = shell.run(*command, *ALL)
    assert (ran.code, ran.out) == (1, "")
    (line,) = commands(ran.err)
    assert line.startswith("::error file=all.yaml,line=5,col=27,title=reconciler::unknown key 'descripton'")
    assert "1 problem" in summary.read_text(encoding="utf-8")


def test_stdout_is_the_result_alone(summary: Path, shell: Shell) -> None:
    """With --format json stdout is one document; annotations go to the log by stderr."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", *ALL, "--format", "json")
    assert json.loads(ran.out)["summary"]["create"] == 1
    said = "Customer/ftl FTL Rockets create: new"
    assert commands(ran.err) == [f"::notice file=all.yaml,line=2,col=1,title=reconciler::{said}"]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("# Before\n### Plan: tenant `Sandbox`\n\n**1 to create – 0 unchanged** at ")


def test_files_are_named_from_the_workspace(summary: Path, shell: Shell) -> None:
    """A run in a folder of the repository names files as the repository knows them."""
    shell.write("deploy/all.yaml", BROKEN)
    shell.monkeypatch.chdir(shell.folder / "deploy")
    shell.monkeypatch.setenv("GITHUB_WORKSPACE", str(shell.folder))
    (line,) = commands(shell.run("plan", *ALL).err)
    assert line.startswith("::error file=deploy/all.yaml,line=5")


def test_a_failed_result_is_an_error_at_its_manifest(summary: Path, shell: Shell) -> None:
    """A failed change is annotated at the line that declares it."""
    shell.write("all.yaml", CUSTOMER)
    shell.world.sandbox.faults.add("partial:field=createCustomer,message=permission denied")
    ran = shell.tenant("apply", *ALL, "--auto-approve")
    assert ran.code == 1
    (line,) = commands(ran.err)
    assert line.startswith("::error file=all.yaml,line=2,col=1,title=reconciler::Customer/ftl FTL Rockets failed: ")
    assert "permission denied" in line


def test_no_annotations_are_printed_outside_of_ci(shell: Shell) -> None:
    """Without a forge, a successful plan prints nothing on stderr."""
    shell.monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    shell.write("all.yaml", CUSTOMER)
    assert shell.tenant("plan", *ALL).err == ""


def test_a_summary_fits_into_the_remaining_space(summary: Path, shell: Shell) -> None:
    """A summary keeps within the step's limit, and says what is cut and where the rest is."""
    before = "x" * (SUMMARY_LIMIT - 1000)
    summary.write_text(before, encoding="utf-8")
    shell.monkeypatch.setenv("GITHUB_RUN_ID", "7")
    shell.monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example")
    shell.monkeypatch.setenv("GITHUB_REPOSITORY", "acme/manifests")
    documents = (CUSTOMER.replace("ftl", f"c{number}").replace("FTL", f"Ü{number}") for number in range(30))
    shell.write("all.yaml", "---".join(documents))
    assert shell.tenant("plan", *ALL).code == 0
    text = summary.read_text(encoding="utf-8")
    assert len(text.encode()) <= SUMMARY_LIMIT
    assert "<https://github.example/acme/manifests/actions/runs/7>" in text.removeprefix(before)


def test_a_full_summary_is_left_as_it_is(summary: Path, shell: Shell) -> None:
    """One byte too many, and the forge would show nothing of the step: nothing is added, and that is said."""
    summary.write_text("x" * (SUMMARY_LIMIT - 20), encoding="utf-8")
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", *ALL)
    assert ran.code == 0
    assert "The summary of this step is full" in ran.err
    assert summary.stat().st_size == SUMMARY_LIMIT - 20


def test_a_summary_that_cannot_be_written_costs_nothing_else(summary: Path, shell: Shell) -> None:
    """It was not asked for on the command line, so it is said and the run goes on."""
    shell.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(shell.folder / "no" / "such"))
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", *ALL)
    assert ran.code == 0
    assert "The summary of this step cannot be written: No such file or directory\n" in ran.err


def test_no_secret_is_in_what_a_forge_shows(summary: Path, shell: Shell) -> None:
    """Annotations, summary and the reports for forges show secrets as numbers."""
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    files = [f"{form}=report.{form}" for form in ("markdown", "junit", "codequality")]
    ran = shell.tenant("apply", *ALL, "--auto-approve", *(part for file in files for part in ("--report", file)))
    assert ran.code == 0
    written = [path.read_text(encoding="utf-8") for path in (summary, *shell.folder.glob("report.*"))]
    assert len(written) == 4
    assert WORD not in "".join([ran.out, ran.err, *written])
    assert "(sensitive #1)" in written[0]


def test_a_problem_names_a_live_object_without_its_id(summary: Path, shell: Shell) -> None:
    """The ID of a live object in a problem is in JSON alone, and elsewhere with -v; its name stays."""
    taken = "spec: {name: FTL Rockets, externalId: x620756"
    shell.write("all.yaml", CUSTOMER.replace("spec: {name: FTL Rockets", taken))
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    (row,) = shell.world.rows("customers", externalId="x620756")
    shell.write("all.yaml", CUSTOMER.replace("spec: {name: FTL Rockets", taken.replace("x620756", "other")))
    files = tuple(part for form in FORMATS for part in ("--report", f"{form}=r.{form}"))
    for more, shown in (((), {"json"}), (("-v",), {*FORMATS, "stderr", "summary"})):
        summary.write_text("", encoding="utf-8")
        ran = shell.tenant("plan", *ALL, *files, *more)
        texts = {form: (shell.folder / f"r.{form}").read_text(encoding="utf-8") for form in FORMATS}
        texts |= {"stderr": ran.err, "summary": summary.read_text(encoding="utf-8")}
        assert ran.code == 1
        assert {name for name, text in texts.items() if "x620756" in text} == {*texts}
        assert {name for name, text in texts.items() if row["id"] in text} == shown


def test_a_failed_run_has_the_marker_of_its_project(shell: Shell) -> None:
    """The comment of a plan that failed takes the place of the one before."""
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", "spec: {environments: {prod: {}}}"))
    lasts = []
    for text in (CUSTOMER, BROKEN):
        shell.write("all.yaml", text)
        shell.tenant("plan", "-e", "prod", "--report", "markdown=comment.md")
        lasts.append((shell.folder / "comment.md").read_text(encoding="utf-8").splitlines()[-1])
    assert lasts[0] == lasts[1]
    assert re.fullmatch(r"<!-- reconciler:plan project=acme environment=prod tag=[0-9a-f]{32} -->", lasts[0])


def test_a_markers_tag_is_made_with_a_stretched_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guess of the key costs one scrypt; a run pays it once, and only where a tag is written."""
    calls: list[bytes] = []
    stretch = hashlib.scrypt

    def counted(password: bytes, **more: Any) -> bytes:
        calls.append(password)
        return stretch(password, **more)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    here = surroundings((), {"RECONCILER_FINGERPRINT_KEY": "the key of the pipeline\n", "GITHUB_REF": "refs/1"})
    assert calls == []
    tags = [marker_of(Outcome("plan", project=name, surroundings=here)) for name in ("acme", "acme", "ships")]
    assert calls == [b"the key of the pipeline"]
    assert len({*tags}) == 2
    there = surroundings((), {"RECONCILER_FINGERPRINT_KEY": "the key of the pipeline", "GITHUB_REF": "refs/2"})
    assert marker_of(Outcome("plan", project="acme", surroundings=there)) not in tags


@pytest.mark.parametrize("key", ["summer2025", "\udcff that is long enough"])
def test_a_refused_key_signs_no_marker(key: str) -> None:
    """The report of the run that refuses a key has no tag made with it: without a token, none."""
    plain = Outcome("plan", project="acme")
    environ = {"RECONCILER_FINGERPRINT_KEY": key}
    assert marker_of(replace(plain, surroundings=surroundings((), environ))) == marker_of(plain)
    token = {"PRISM_ACCESS_TOKEN": "a token \udcff"}
    with_token, alone = (
        marker_of(replace(plain, surroundings=surroundings((), each))) for each in ({**environ, **token}, token)
    )
    assert "tag=" in alone
    assert with_token == alone


def test_the_place_of_a_run_is_read_from_the_forges_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder within the repository, and where the whole report is kept, are taken from the forge's environment."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    reports = [("markdown", tmp_path / "x.md"), ("json", tmp_path / "x.json"), ("html", tmp_path / "x.html")]
    assert surroundings((), {}) == RunContext()
    assert surroundings(reports, {}) == RunContext("", str(tmp_path / "x.html"))
    assert surroundings(reports[:2], {"CI": "true", "CI_PROJECT_DIR": str(tmp_path)}) == RunContext(
        "a/b", str(tmp_path / "x.json")
    )
    assert surroundings((), {"CI": "true", "CI_PROJECT_DIR": str(tmp_path / "a" / "b")}).folder == ""
    assert surroundings((), {"CI": "true", "GITHUB_WORKSPACE": str(tmp_path / "c")}).folder == ""
    job = "https://gitlab.example/-/jobs/5"
    assert surroundings(reports, {"CI_JOB_URL": job}).full_report == job
