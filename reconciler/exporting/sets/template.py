"""The template of a set: the value that most members have at each place, and keys for what differs everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.exporting.handles import slug
from reconciler.exporting.sets.patch import Inexpressible, leaves, override
from reconciler.exporting.sets.patterns import PLACEHOLDER, best, filled, identity
from reconciler.manifests.sets.csv_rows import COLUMN
from reconciler.manifests.value_from.resolve import VALUE_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.place import Path
    from reconciler.model.resource import SetCustomer

NULL_LINES = 10
"""An instance leaves the set for a ``null`` rather than that so many other members state what they have instead."""


class Member(NamedTuple):
    """An instance that may become a member: its customer, and its spec without the reference to the customer."""

    customer: SetCustomer
    spec: Mapping[str, Any]


Found = tuple[Member, Any]
"""A member with its value at some path."""


@dataclass(slots=True)
class Template:
    """A template with the values and overrides that make each member of it, by the customer's handle."""

    spec: dict[str, Any]
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    misfits: dict[str, str] = field(default_factory=dict)
    """Why an instance cannot be a member, by the handle of its customer."""


def template_of(members: Sequence[Member], is_entry: Callable[[Path, Any], bool]) -> Template:
    """Return the template of instances.

    ``is_entry`` says of a path and its value whether it is an entry of a map that is managed part by part, such as one
    config variable: where it differs everywhere, it becomes a value as a whole.
    """
    maker = _Maker(is_entry)
    spec = maker.map([(member, member.spec) for member in members], ())
    made = Template(spec, maker.values)
    for member in members:
        handle = member.customer.handle
        values = made.values.get(handle, {})
        try:
            patch = override(spec, member.spec, partial(fill, customer=member.customer, values=values))
        except Inexpressible as reason:
            made.misfits[handle] = f"{'.'.join(map(str, reason.path))} is null, which an override cannot state"
            continue
        if 2 * leaves(patch) > leaves(dict(member.spec)):
            made.misfits[handle] = "it differs from the other members in most of its values"
        elif patch:
            made.overrides[handle] = patch
    return made


def fill(value: Any, customer: SetCustomer, values: Mapping[str, Any]) -> Any:
    """Return a template's value for a member. The whole text ``${values.KEY}`` becomes the value with its type."""
    whole = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    if whole and whole["key"]:
        return values.get(whole["key"])
    return filled(value, customer)


class _Maker:
    def __init__(self, is_entry: Callable[[Path, Any], bool]) -> None:
        self._is_entry = is_entry
        self._keys: dict[str, str] = {}
        """The key of each column, by the identity of its values: equal columns are one."""
        self.values: dict[str, dict[str, Any]] = {}

    def map(self, found: Sequence[Found], path: Path) -> dict[str, Any]:
        """Return the map that most members have at a path; ``found`` are those with a map there."""
        made: dict[str, Any] = {}
        for key in in_order(each for _, each in found):
            there = [(member, each[key]) for member, each in found if key in each]
            if self._is_mostly_null(there, len(found)):
                made[key] = None
            elif 2 * len(there) > len(found):
                made[key] = self._value([each for each in there if each[1] is not None], (*path, key))
        return made

    def _is_mostly_null(self, there: Sequence[Found], members: int) -> bool:
        """Return whether the template has ``null``: no override can state one, but each can state something else."""
        nulls = sum(value is None for _, value in there)
        return nulls > 0 and members - nulls <= NULL_LINES * nulls

    def _value(self, there: Sequence[Found], path: Path) -> Any:
        maps = [(member, value) for member, value in there if isinstance(value, dict)]
        if 2 * len(maps) > len(there):
            return self._map_or_key(maps, there, path)
        choice = best([(member.customer, value) for member, value in there if not isinstance(value, dict)])
        if 2 * choice.served >= len(there) or not self._may_be_key(there, path):
            return choice.value
        return self._key(there, path)

    def _map_or_key(self, maps: Sequence[Found], there: Sequence[Found], path: Path) -> Any:
        """Return a map part by part, or a key where most members would have to state what differs in theirs."""
        if self._may_be_key(there, path, entries_only=True):
            trial = _Maker(self._is_entry)
            made = trial.map(maps, path)
            if 2 * sum(_differs(made, value, member, trial.values) for member, value in maps) >= len(maps):
                return self._key(there, path)
        return self.map(maps, path)

    def _may_be_key(self, there: Sequence[Found], path: Path, *, entries_only: bool = False) -> bool:
        """Return whether the values at a path may come from the file of values.

        References to secrets may not: they stay in sight. Neither may a number or boolean that the product itself
        defines, such as a version: who reads the set compares it with that of others.
        """
        if VALUE_FROM in path or any(_has_reference(value) for _, value in there):
            return False
        if all(self._is_entry(path, value) for _, value in there):
            return True
        return not entries_only and all(isinstance(value, (str, list)) for _, value in there)

    def _key(self, there: Sequence[Found], path: Path) -> str:
        column = {member.customer.handle: value for member, value in there}
        key = self._keys.setdefault(identity(column), self._named(path))
        for handle, value in column.items():
            self.values.setdefault(handle, {})[key] = value
        return f"${{values.{key}}}"

    def _named(self, path: Path) -> str:
        """Return a free key, after the last name of the path; a file of values has a column for the handle already."""
        base = slug(str(path[-1])) or "value"
        base = f"{base}-value" if base == COLUMN else base
        taken, key, number = set(self._keys.values()), base, 2
        while key in taken:
            key, number = f"{base}-{number}", number + 1
        return key


def _differs(made: Mapping[str, Any], value: Any, member: Member, values: Mapping[str, Mapping[str, Any]]) -> bool:
    own = values.get(member.customer.handle, {})
    try:
        return bool(override(made, value, partial(fill, customer=member.customer, values=own)))
    except Inexpressible:
        return True


def _has_reference(value: Any) -> bool:
    """Return whether a value is, or contains, a ``valueFrom``."""
    if isinstance(value, list):
        return any(map(_has_reference, value))
    return isinstance(value, dict) and (VALUE_FROM in value or any(map(_has_reference, value.values())))


def in_order(maps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the keys of all maps, each after the key that it follows in the first map that has it."""
    order: list[str] = []
    known: set[str] = set()
    for each in maps:
        if known.issuperset(each):
            continue
        position = 0
        for key in each:
            if key in known:
                position = order.index(key) + 1
            else:
                order.insert(position, key)
                known.add(key)
                position += 1
    return order
