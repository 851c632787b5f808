"""What objects are called in reports: without IDs, which many may read in the log of a CI and nobody understands."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from reconciler.model.capabilities.ownership import THE_ORGANIZATION
from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from reconciler.planning.plan import Change, Orphan, Plan


_ID = r"(?:[A-Z][A-Za-z]+/)?[A-Za-z0-9+/]{8,}={0,2}"
_IN_BRACKETS = re.compile(rf" \(({_ID}(?:, {_ID})*)\)")
_ASK = "-v shows their IDs"
_LIVE_ID = re.compile(rb"(?!Organization:)[A-Z][A-Za-z]+:[!-~]+")


def without_live_ids(text: str) -> str:
    """Return a message without the IDs in brackets after the names of live objects, or after how many there are.

    Where it had several, it ends with how to see them: they may be all that tells the objects apart. IDs of
    organizations stay: projects declare them.

    >>> without_live_ids("the name is taken by another customer (Q3VzdG9tZXI6MQ==), say (nothing)")
    'the name is taken by another customer, say (nothing)'
    >>> without_live_ids("2 customers have the name 'A': 'A' (Q3VzdG9tZXI6MQ==), 'A' (Q3VzdG9tZXI6Mg==)")
    "2 customers have the name 'A': 'A', 'A'; -v shows their IDs"
    """
    left_out: set[str] = set()

    def without(found: re.Match[str]) -> str:
        identifiers = found[1].split(", ")
        if not all(map(_is_live_id, identifiers)):
            return found[0]
        left_out.update(identifiers)
        return ""

    readable = _IN_BRACKETS.sub(without, text)
    return f"{readable}; {_ASK}" if len(left_out) > 1 else readable


def _is_live_id(text: str) -> bool:
    # A kind can stand before the ID, and an ID can have a slash of its own.
    return any(map(_decodes, (text, text.partition("/")[2])))


def _decodes(text: str) -> bool:
    try:
        return _LIVE_ID.fullmatch(b64decode(text, validate=True)) is not None
    except ValueError:
        return False


def by_customer(change: Change) -> tuple[bool, Hashable]:
    """Return the sort key by which reports order changes: what the organization owns, then customer by customer.

    Changes of one customer keep their order in the plan.
    """
    return (change.group != THE_ORGANIZATION, natural(change.group))


def heading_of(group: str) -> str:
    """Return the heading of what belongs to a customer, or to none.

    >>> heading_of("acme"), heading_of("the organization")
    ('acme', 'The organization')
    """
    return group.capitalize() if group == THE_ORGANIZATION else group


def orphan_shown(orphan: Orphan) -> str:
    """Return an object that no manifest declares, with its customer, as ``Change.shown`` does."""
    own = not orphan.group or orphan.group == orphan.name
    return f"{orphan.kind} {orphan.name!r}" + ("" if own else f" of {orphan.group!r}")


def without_ids(plan: Plan) -> Callable[[str], str]:
    """Return what replaces the IDs of a plan's undeclared objects in a text by what the objects are called."""
    shown: dict[str, str] = {}
    for change in (*plan, *plan.later):
        if change.source is None and change.live:
            shown |= _replacements(f"{change.kind.name}/{change.live.id}", change.live.id, change.shown)
    for orphan in plan.orphans:
        shown |= _replacements(orphan.address, orphan.id, orphan_shown(orphan))
    if not shown:
        return without_live_ids
    beginnings = {" (" if each.startswith(" (") else each[: each.index("/") + 1] for each in shown}
    begins = re.compile("|".join(map(re.escape, sorted(beginnings, key=len, reverse=True))))
    lengths = sorted({len(each) for each in shown}, reverse=True)

    def readable(text: str) -> str:
        # One pattern of all of them would try thousands at each place.
        parts, end = [], 0
        for start in (found.start() for found in begins.finditer(text)):
            known = next((each for length in lengths if (each := text[start : start + length]) in shown), "")
            if known and start >= end:
                parts += [text[end:start], shown[known]]
                end = start + len(known)
        return without_live_ids("".join([*parts, text[end:]]))

    return readable


def _replacements(address: str, identifier: str, shown: str) -> dict[str, str]:
    return {address: shown, f" ({identifier})": ""} if identifier else {}
