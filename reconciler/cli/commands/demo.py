"""``reconciler demo``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import OutputOptions
from reconciler.cli.options.values import Finite
from reconciler.cli.process.streams import is_lost
from reconciler.errors import UsageError


@click.command("demo", cls=Command)
@click.option("--fleet", is_flag=True, help="Forty customers, a bad version, and a rollout that stops by itself.")
@click.option(
    "--pace", type=Finite(0, 60), metavar="SECONDS", default=0.0,
    help="Pause this long after each paragraph and each command, to read along.",
)  # fmt: skip
@click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same.")
def command(*, fleet: bool, pace: float, no_color: bool) -> int:
    """Walk through plan, apply, drift and an upgrade on a sandbox, in less than a minute.

    Every step is checked: exit 1 if one does not do what its text says. No account is needed or used.
    """
    try:
        from reconciler.demo.tenant import clicks, serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the demo needs {error.name}, which is not installed: pip install 'prismatic-reconciler[sandbox]'"
        ) from None
    from reconciler.demo.examples import examples_folder, made_up_secrets
    from reconciler.demo.fleet import FleetScript
    from reconciler.demo.script import Script
    from reconciler.demo.stage import Stage, Unexpected
    from reconciler.demo.stopping import Stopping

    examples = examples_folder() / "fleet" if fleet else examples_folder()
    manifests = examples / "manifests"
    if not manifests.is_dir():
        raise UsageError(f"the demo needs the examples, and there are none in {examples}; install the package anew")
    with (
        Stopping() as stopping,
        TemporaryDirectory(prefix="reconciler-demo-") as scratch,
        serve(examples / "integrations") as (url, token),
        clicks(url, token) as hand,
    ):
        folder = Path(scratch) / "manifests"
        shutil.copytree(manifests, folder)
        tenant = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": token}
        style = OutputOptions(no_color=no_color).style()
        stage = Stage(folder, Path(scratch), tenant, made_up_secrets(), style, stopping, pace)
        try:
            (FleetScript if fleet else Script)(stage, hand).perform(url, _named(manifests))
        except Unexpected:
            # The commands that it shows end with 1 where nobody reads them any more.
            if is_lost(sys.stdout):
                return 1
            raise
    return 0


def _named(path: Path) -> str:
    """Return a path as one names it from the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
