"""Equal warnings of many resources, reported once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from reconciler.model.diagnostic import Diagnostic
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from reconciler.model.place import Place
    from reconciler.model.resource import SetCustomer

Item = TypeVar("Item")
Key = TypeVar("Key", bound="Hashable")
SOME = 9
"""Of more names so many are shown, where not all are asked for."""
FEW = 3
"""Up to so many equal warnings of different resources are each reported by itself."""
NAMED = 3
"""How many names a warning of many members has: here the message counts."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a set: the set's address, and the customer."""

    set_address: str
    customer: SetCustomer


@dataclass(frozen=True, slots=True)
class Topic:
    """Several warnings that are reported as one; ``place`` is theirs, if they have one in common."""

    text: str
    found: Sequence[Diagnostic]
    place: Place | None = None
    customers: tuple[str, ...] = ()
    """The handles of those that the warning is equal for, to the letter."""

    @property
    def line(self) -> str:
        return f"{len(self.found)} {self.text}"


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Return the items by their keys; groups and members are in the order of the items."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def some(found: Sequence[Item], most: int = SOME, *, whole: bool = False) -> Sequence[Item]:
    """Return the first of many; a list that only one or two would be left out of is returned whole."""
    return found if whole or len(found) <= most + 2 else found[:most]


def by_topic(
    warnings: Iterable[Diagnostic], members: Mapping[str, Member] | None = None
) -> tuple[Sequence[Diagnostic], Sequence[Topic]]:
    """Return the single warnings in their order, and the repeated ones: those of one topic, and those of one set.

    ``members`` are the members of sets, by address. Warnings with one message at one place that many members have are
    of one set, also if each names its own customer. Of other resources, many with one message are reported as one.
    """
    warnings = list(warnings)
    topics = grouped(warnings, lambda warning: (warning.topic, *_of_set(warning, members or {})))
    together = {key: found for key, found in topics.items() if any(key) and len(found) > 1}
    alone = [warning for found in (topics[key] for key in topics if key not in together) for warning in found]
    by_message = grouped((each for each in alone if each.address), lambda each: each.message)
    equal = [found for found in by_message.values() if len(found) > FEW]
    repeated = {id(warning) for found in (*together.values(), *equal) for warning in found}
    known = sorted((Topic(key[0], found) for key, found in together.items() if key[0]), key=lambda topic: topic.text)
    shared = [_shared(found, members or {}) for key, found in together.items() if not key[0]]
    same = [Topic(f"resources: {found[0].message}", found) for found in equal]
    return [warning for warning in warnings if id(warning) not in repeated], [*shared, *known, *same]


def _of_set(warning: Diagnostic, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return the set, the message and the place of a member's warning without a topic; empty for any other."""
    member = members.get(warning.address or "")
    if warning.topic or member is None or warning.address is None:
        return ()
    from reconciler.reports.shared.mentions import without_mentions

    message = without_mentions(warning.message, warning.address, member.customer)
    return (member.set_address, message, str(warning.place))


def _shared(found: Sequence[Diagnostic], members: Mapping[str, Member]) -> Topic:
    """Return the topic of a warning that many members of a set have; names in it are those of the first."""
    from reconciler.text.natural import natural

    found = sorted(found, key=lambda each: natural(members[each.address or ""].customer.handle))
    who = [members[each.address or ""] for each in found]
    names = [each.customer.handle for each in who]
    first = found[0]
    same = len({each.message for each in found}) == 1
    message = first.message if same else f"{first.message} ({names[0]})"
    text = f"customers of {who[0].set_address} ({listed(names, len(some(names, NAMED)))}): {message}"
    return Topic(text, found, first.place, tuple(each.customer.handle for each in who) if same else ())


def summarized(warnings: Iterable[Diagnostic], members: Mapping[str, Member] | None = None) -> list[Diagnostic]:
    """Return the single warnings, then one for each topic, at the place of its first: many would crowd out the rest."""
    alone, together = by_topic(warnings, members)
    topics = (Diagnostic(topic.line, topic.found[0].place) for topic in together)
    return [*(warning.named() for warning in alone), *topics]
