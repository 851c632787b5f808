"""Equal warnings of many places, reported together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def by_topic(warnings: Iterable[Diagnostic]) -> tuple[Sequence[Diagnostic], Mapping[str, Sequence[Diagnostic]]]:
    """Return the single warnings in their order, and the repeated ones by topic."""
    warnings = list(warnings)
    topics: dict[str, list[Diagnostic]] = defaultdict(list)
    for warning in warnings:
        if warning.topic:
            topics[warning.topic].append(warning)
    together = {topic: found for topic, found in sorted(topics.items()) if len(found) > 1}
    return [warning for warning in warnings if warning.topic not in together], together


def summarized(warnings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the single warnings, then one for each topic, at the place of its first: many would crowd out the rest."""
    alone, together = by_topic(warnings)
    topics = (Diagnostic(f"{len(found)} {topic}", found[0].place) for topic, found in together.items())
    return [*(warning.named() for warning in alone), *topics]
