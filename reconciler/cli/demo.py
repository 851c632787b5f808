"""``reconciler demo``."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.options import style_of
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@click.command("demo")
@click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same.")
def command(*, no_color: bool) -> int:
    """Watch it all at work, on a sandbox: plan, apply, drift, an upgrade. Takes less than a minute.

    Every step is checked: exit 1 when one does not do what is said of it. No account is needed, and none is used.
    """
    try:
        from reconciler.demo.tenant import clicks, serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the demo needs {error.name}, which is not installed: pip install 'prismatic-reconciler[sandbox]'"
        ) from None
    from reconciler.demo.examples import examples_folder, made_up_secrets
    from reconciler.demo.script import Script
    from reconciler.demo.stage import Stage

    examples = examples_folder()
    manifests = examples / "manifests"
    if not manifests.is_dir():
        raise UsageError(f"the demo needs the examples, and there are none in {examples}; install the package anew")
    with (
        _ended_by_sigterm(),
        TemporaryDirectory(prefix="reconciler-demo-") as scratch,
        serve(examples / "integrations") as (url, token),
        clicks(url, token) as hand,
    ):
        folder = Path(scratch) / "manifests"
        shutil.copytree(manifests, folder)
        tenant = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": token}
        stage = Stage(folder, Path(scratch), tenant, made_up_secrets(), style_of({"no_color": no_color}))
        Script(stage, hand).perform(url, _named(manifests))
    return 0


def _named(path: Path) -> str:
    """Return a path as one names it from the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Take SIGTERM like Ctrl-C, so that a command that runs just then is ended too."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
