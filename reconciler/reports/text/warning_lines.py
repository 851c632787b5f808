"""Warnings as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.topics import by_topic
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.reports.shared.style import Style
    from reconciler.reports.shared.topics import Member


def warning_lines(
    warnings: Sequence[Diagnostic], style: Style, *, verbose: bool, members: Mapping[str, Member] | None = None
) -> Iterator[str]:
    """Yield the warnings; several of one topic or of members of a set as one line, unless everything is asked for."""
    if not warnings:
        return
    yield style.bold("Warnings")
    alone, together = (warnings, []) if verbose else by_topic(warnings, members)
    yield from (style.warn(f"  ! {safe(str(warning.named()))}") for warning in alone)
    for topic in together:
        where = f"{safe(str(topic.place))}: " if topic.place else ""
        yield style.warn(f"  ! {where}{len(topic.found)} {safe(topic.text)}; -v lists them")
    yield ""
