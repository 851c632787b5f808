"""The forge that a run takes place on: where its repository and its log are, and what it shows besides the log.

GitHub Actions shows messages at lines of files (workflow commands in the log, of which it reads both streams) and a
summary of the job (Markdown that is appended to a file). GitLab and others collect reports from files.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.process.terminal import say
from reconciler.errors import UsageError
from reconciler.options import fingerprint_key
from reconciler.prismatic.settings.tokens import ACCESS_VARIABLES, REFRESH_VARIABLES
from reconciler.reports.shared.marker_key import NO_KEY, MarkerKey
from reconciler.reports.shared.outcome import RunContext
from reconciler.writing.ci import checkouts, in_ci

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.reports.shared.outcome import Outcome

SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub takes as the summary of one step; what is longer is refused as a whole."""
MARKER_PLACES = (
    "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REF",
    "CI_SERVER_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID",
)  # fmt: skip
"""What a marker is bound to: one that was copied from another pull request finds nothing."""
WHOLE = ("html", "json", "text")
"""Formats that leave nothing out, the best to read first."""


def surroundings(reports: Sequence[tuple[str, Path]], environ: Mapping[str, str] = os.environ) -> RunContext:
    """Return where the run takes place."""
    return RunContext(_folder(environ, Path.cwd()), _full_report(reports, environ), _marker_key(environ))


def tell_forge(outcome: Outcome) -> None:
    """Show the outcome on the forge's pages; if that fails, print a message and go on."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    from reconciler.reports.ci.findings import workflow_commands

    outcome = outcome.for_people
    for line in workflow_commands(outcome):
        click.echo(line, err=True)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            _append_summary(outcome, Path(summary))
        except OSError as error:
            say(f"The summary of this step cannot be written: {error.strerror}")


def _append_summary(outcome: Outcome, path: Path) -> None:
    from reconciler.reports.markdown.report import markdown

    def measure(text: str) -> int:
        return len(text.encode(errors="backslashreplace"))

    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        room = SUMMARY_LIMIT - file.tell()
        text = markdown(outcome, room, measure)
        if measure(text) <= room:
            file.write(text)
        else:
            say("The summary of this step is full: earlier commands of it left no room.")


def _folder(environ: Mapping[str, str], cwd: Path) -> str:
    """Return the current folder within the repository; empty at its root, and without a forge."""
    for root in checkouts(environ) if in_ci(environ) else ():
        if cwd.resolve().is_relative_to(root.resolve()):
            found = cwd.resolve().relative_to(root.resolve()).as_posix()
            return "" if found == "." else found
    return ""


def _marker_key(environ: Mapping[str, str]) -> MarkerKey:
    """Return the key that signs a comment's marker, bound to the repository and the pull request.

    It is made from a secret that each run of the pipeline has and no author of a pull request knows. With another
    secret, such as a token that was renewed, earlier comments are not found, and a new one is posted.
    """
    # What stays the same for longer comes first.
    tokens = (environ[name] for name in (*REFRESH_VARIABLES, *ACCESS_VARIABLES) if environ.get(name))
    secret = _accepted_key(environ) or next(tokens, "")
    return MarkerKey(secret, tuple(environ.get(name, "") for name in MARKER_PLACES)) if secret else NO_KEY


def _accepted_key(environ: Mapping[str, str]) -> str:
    """Return the key of fingerprints; empty for one that is refused, which could be guessed from a tag."""
    try:
        return fingerprint_key(environ)
    except UsageError:
        return ""


def _full_report(reports: Sequence[tuple[str, Path]], environ: Mapping[str, str]) -> str:
    """Return where the whole report is: the page of the job that keeps it, else the name of the file."""
    if environ.get("GITHUB_ACTIONS") == "true" and environ.get("GITHUB_RUN_ID"):
        server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
        return f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}"
    if environ.get("CI_JOB_URL"):
        return environ["CI_JOB_URL"]
    files = {form: str(path) for form, path in reversed(reports)}
    return next((files[form] for form in WHOLE if form in files), "")
