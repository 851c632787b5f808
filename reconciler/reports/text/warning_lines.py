"""Warnings as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.topics import by_topic
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.reports.shared.style import Style
    from reconciler.reports.shared.topics import Member, Topic


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
        yield from map(style.warn, _topic_lines(topic, style))
    yield ""


def _topic_lines(topic: Topic, style: Style) -> list[str]:
    if topic.place is None:
        return [f"  ! {len(topic.found)} {safe(topic.text)}; -v lists them"]
    from reconciler.text.wrapping import wrapped

    line = f"  ! {safe(str(topic.place))}: {len(topic.found)} {safe(topic.text)}; -v lists them"
    return wrapped(line, style.width)
