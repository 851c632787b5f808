"""Equal warnings of many resources, reported once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

Item = TypeVar("Item")
Key = TypeVar("Key", bound="Hashable")


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Return the items by their keys; groups and members are in the order of the items."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def by_topic(warnings: Iterable[Diagnostic]) -> tuple[Sequence[Diagnostic], Mapping[str, Sequence[Diagnostic]]]:
    """Return the single warnings in their order, and the repeated ones by topic."""
    warnings = list(warnings)
    topics = grouped(warnings, lambda warning: warning.topic)
    together = {topic: found for topic, found in sorted(topics.items()) if topic and len(found) > 1}
    return [warning for warning in warnings if warning.topic not in together], together


def summarized(warnings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the single warnings, then one for each topic, at the place of its first: many would crowd out the rest."""
    alone, together = by_topic(warnings)
    topics = (Diagnostic(f"{len(found)} {topic}", found[0].place) for topic, found in together.items())
    return [*(warning.named() for warning in alone), *topics]
