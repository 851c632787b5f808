"""Equal warnings of many places, reported together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic


def by_topic(warnings: Iterable[Diagnostic]) -> tuple[Sequence[Diagnostic], Mapping[str, Sequence[Diagnostic]]]:
    """Return the single warnings in their order, and the repeated ones by topic."""
    warnings = list(warnings)
    topics: dict[str, list[Diagnostic]] = defaultdict(list)
    for warning in warnings:
        if warning.topic:
            topics[warning.topic].append(warning)
    together = {topic: found for topic, found in sorted(topics.items()) if len(found) > 1}
    return [warning for warning in warnings if warning.topic not in together], together
