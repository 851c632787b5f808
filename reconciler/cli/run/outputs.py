"""The files that a command line asks for, checked before anything else is done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.run.measuring import output_of_metrics
from reconciler.cli.run.reporting import output_of_report
from reconciler.errors import GONE, UsageError
from reconciler.manifests.files.finder import STDIN_ARGUMENT
from reconciler.manifests.project.input_files import input_files
from reconciler.writing.output import check_distinct, check_writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.writing.output import Output

OWN_INPUT = Path("/dev/stdin")


def check_files(given: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` where two options name one file, one names a file that the run reads, or no folder is left.

    Comes before anything can fail: a failure is told in the reports, and would be written to these files.
    """
    try:
        Path.cwd()
    except OSError:
        raise UsageError(GONE) from None
    outputs = list(_outputs(given))
    if outputs:
        check_distinct(outputs, _inputs(given))


def check_all_writable(given: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for each file that cannot be written: after an apply it would be too late to say so."""
    check_writable(_outputs(given))


def _outputs(given: Mapping[str, Any]) -> Iterator[Output]:
    if given.get("out"):
        from reconciler.planning.plan_file import output_of_plan

        yield output_of_plan(given["out"])
    if given.get("receipt") and _writes_receipt(given):
        from reconciler.receipts.file import output_of_receipt

        yield output_of_receipt(given["receipt"])
    if given.get("metrics"):
        yield output_of_metrics(given["metrics"])
    yield from (output_of_report(form, path) for form, path in given["reports"])


def _inputs(given: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the files that the run reads; a drift reads a receipt, and an apply also a saved plan."""
    yield from (Path(given[name]) for name in ("saved", "receipt") if given.get(name) and not _is_output(name, given))
    yield from map(Path, given.get("against") or ())
    yield from input_files(given["files"], Path.cwd())
    if STDIN_ARGUMENT in given["files"] and sys.stdin is sys.__stdin__:
        yield OWN_INPUT


def _is_output(name: str, given: Mapping[str, Any]) -> bool:
    return name == "receipt" and _writes_receipt(given)


def _writes_receipt(given: Mapping[str, Any]) -> bool:
    """Say whether the receipt is written: by a drift only to remember what it told a webhook, by a plan never."""
    return "explain" not in given and ("notify" not in given or given["notify"] is not None)
