"""The files that a run writes, each named by its option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.writing.output import Output

if TYPE_CHECKING:
    from pathlib import Path


def output_of_plan(path: Path) -> Output:
    """Return the file of a plan to save, which only its owner may read."""
    return Output(f"--out {path}", path, private=True)


def output_of_receipt(path: Path) -> Output:
    """Return the file of a receipt to write, which only its owner may read."""
    return Output(f"--receipt {path}", path, private=True)


def output_of_metrics(path: Path) -> Output:
    return Output(f"--metrics {path}", path)


def output_of_report(form: str, path: Path) -> Output:
    """Return the file of a report; unlike others it may be a pipe or a terminal."""
    return Output(f"--report {form}={path}", path, streams=True)
