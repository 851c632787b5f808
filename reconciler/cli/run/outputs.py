"""The files that a command line names, checked before anything else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import GONE, UsageError
from reconciler.manifests.files.finder import STDIN_ARGUMENT
from reconciler.manifests.project.project import input_files
from reconciler.writing.output import check_distinct
from reconciler.writing.outputs import output_of_metrics, output_of_plan, output_of_receipt, output_of_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.cli.options.shared import OutputOptions
    from reconciler.writing.output import Output

OWN_INPUT = Path("/dev/stdin")


def outputs_of(output: OutputOptions, *, plan: Path | None = None, receipt: Path | None = None) -> Sequence[Output]:
    """Return the files that a run writes: a saved plan, a receipt, metrics, and every report."""
    return [
        *([output_of_plan(plan)] if plan else []),
        *([output_of_receipt(receipt)] if receipt else []),
        *([output_of_metrics(output.metrics)] if output.metrics else []),
        *(output_of_report(form, path) for form, path in output.reports),
    ]


def check_files(outputs: Sequence[Output], manifests: Sequence[str], inputs: Iterable[Path | None] = ()) -> None:
    """Raise ``UsageError`` if two outputs are one file, an output is also read, or the current folder is gone.

    ``manifests`` are the arguments of ``-f``; ``inputs`` are the other files that the run reads. Call it before
    anything can fail: a failure is written to the reports, and so to these files.
    """
    try:
        Path.cwd()
    except OSError:
        raise UsageError(GONE) from None
    if outputs:
        check_distinct(outputs, _inputs(manifests, inputs))


def _inputs(manifests: Sequence[str], inputs: Iterable[Path | None]) -> Iterator[Path]:
    yield from filter(None, inputs)
    yield from input_files(manifests, Path.cwd())
    if STDIN_ARGUMENT in manifests and sys.stdin is sys.__stdin__:
        yield OWN_INPUT
