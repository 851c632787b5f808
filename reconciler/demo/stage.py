"""The stage of the demo: it prints the narration, runs the product's commands, and checks what they did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from reconciler.errors import ReconcilerError
from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from reconciler.demo.stopping import Stopping
    from reconciler.reports.shared.style import Style

WIDEST = 80
"""Columns of the narration, also on a wider terminal."""
STANDARD_OUTPUT = 1
OF_ANOTHER_TENANT = ("PRISM_", "PRISMATIC_", "RECONCILER_")
"""Prefixes of variables that could point the demo at a tenant of the user."""


class Unexpected(ReconcilerError):
    """A step of the demo did not do what the narration describes."""


@dataclass(frozen=True, slots=True)
class CommandReport:
    """The outcome of a command: its JSON report, empty if it wrote none."""

    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> Mapping[str, int]:
        return dict(self.report.get("summary", {}))

    def fields(self, address: str) -> dict[str, tuple[Any, Any]]:
        """Return the changed fields of one resource, each before and after, by dotted path."""
        changes = [change for change in self.report.get("changes", ()) if change["address"] == address]
        return {
            ".".join(map(str, each["path"])): (each["before"], each["after"])
            for change in changes
            for each in change["fields"]
        }

    def live_id(self, address: str) -> str:
        """Return the live ID of a resource that was applied."""
        return next(str(each["outcome"]["id"]) for each in self.report["results"] if each["address"] == address)


@dataclass(slots=True)
class Stage:
    """The demo's folders and environment: ``folder`` holds the manifests, ``scratch`` the reports that are checked."""

    folder: Path
    scratch: Path
    tenant: Mapping[str, str]
    """The environment variables that name the sandbox."""
    made_up: Mapping[str, str]
    """The environment variables that hold the secrets of the manifests."""
    style: Style
    stopping: Stopping
    pace: float = 0.0
    """Seconds to wait after each paragraph and each command, for who reads along."""
    steps: int = 0

    @property
    def secrets(self) -> Collection[str]:
        return self.made_up.values()

    def perform(self, acts: Mapping[str, Callable[[Stage], None]]) -> None:
        """Perform one act after another, each under its title."""
        for title, act in acts.items():
            self.step(title)
            act(self)

    def step(self, title: str) -> None:
        self.steps += 1
        click.echo("\n\n" + self.style.bold(f"── {self.steps}. {title} ".ljust(self._width, "─")))

    @property
    def _width(self) -> int:
        return min(WIDEST, self.style.width or WIDEST)

    def say(self, text: str) -> None:
        """Print a paragraph, and leave time to read it."""
        click.echo("\n" + textwrap.fill(text, self._width, break_on_hyphens=False, break_long_words=False))
        self._pause()

    def show(self, *lines: str) -> None:
        """Print lines as they are, as far as they fit."""
        click.echo("\n" + laid_out("\n".join(f"  {line}" for line in lines), self.style.width))
        self._pause()

    def _pause(self) -> None:
        if self.pace:
            sys.stdout.flush()
            time.sleep(self.pace)

    def run(self, *arguments: str, exits: int = 0, reports: bool = True) -> CommandReport:
        """Print and run a command of the product; raise ``Unexpected`` if its exit code is not ``exits``.

        ``reports``: the command can write a JSON report, by which the demo checks what it did.
        """
        click.echo("\n" + self.style.bold(f"$ reconciler {' '.join(arguments)}"))
        path = self.scratch / "report.json"
        path.unlink(missing_ok=True)
        hidden = ("--report", f"json={path}") if reports else ()
        sys.stdout.flush()
        code = self._carry_out([sys.executable, "-m", "reconciler", *arguments, *hidden])
        if code:
            click.echo(self.style.dim(f"(exit code {code})"))
        self._pause()
        self.expect(code == exits, f"'reconciler {arguments[0]}' to exit {exits}, and it exited {code}")
        return CommandReport(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})

    def _carry_out(self, command: Sequence[str]) -> int:
        """Run a command and return its exit code; kill it if the demo is stopped."""
        process = None
        try:
            with self.stopping.held():
                # Both streams go to the same output: a log keeps their order.
                process = subprocess.Popen(  # noqa: S603 - our own command, with arguments of our own
                    command,
                    cwd=self.folder,
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stderr=STANDARD_OUTPUT,
                )
            return process.wait()
        finally:
            if process and process.poll() is None:
                process.kill()
                process.wait()

    def show_file(self, name: str, first: str, last: str) -> None:
        """Print the part of a manifest from one line to the line before another one."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        texts = [line.strip() for line in lines]
        self.show(name, *lines[texts.index(first) : texts.index(last)])

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace ``before`` in a manifest, and print the lines that change."""
        path = self.folder / name
        old = path.read_text(encoding="utf-8").splitlines()
        new = [line.replace(before, after) for line in old]
        self.expect(old != new, f"{name} to contain {before!r}")
        path.write_text("\n".join(new) + "\n", encoding="utf-8")
        differing = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
        self.show(
            name,
            *(self.style.action("delete", f"- {one.strip()}") for one, _ in differing),
            *(self.style.action("create", f"+ {other.strip()}") for _, other in differing),
        )

    @staticmethod
    def expect(holds: bool, what: str) -> None:
        """Raise ``Unexpected`` unless the narration is true."""
        if not holds:
            raise Unexpected(f"the demo did not do what it describes: expected {what}")

    def _environment(self) -> dict[str, str]:
        """Return the environment of the commands. It names the sandbox, and no tenant of the user."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_ANOTHER_TENANT)}
        return {**kept, **self.tenant, **self.made_up}
