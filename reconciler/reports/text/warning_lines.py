"""Warnings as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.topics import by_topic
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.reports.shared.style import Style


def warning_lines(warnings: Sequence[Diagnostic], style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield the warnings; several of one topic as one line, unless everything is asked for."""
    if not warnings:
        return
    yield style.bold("Warnings")
    alone, together = (warnings, {}) if verbose else by_topic(warnings)
    yield from (style.warn(f"  ! {safe(str(warning.named()))}") for warning in alone)
    for topic, found in together.items():
        yield style.warn(f"  ! {len(found)} {safe(topic)}; -v lists them")
    yield ""
