"""Changes that are alike as one group: those of each set of instances, and those of other resources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.applying.results import IN_PART
from reconciler.model.resource import SetCustomer
from reconciler.reports.shared.alike_fields import alike_fields, own_values
from reconciler.reports.shared.fields import leaves_of
from reconciler.reports.shared.mentions import without_mentions
from reconciler.reports.shared.repeated import ALIKE
from reconciler.reports.shared.topics import NAMED, Member, grouped, some
from reconciler.text.causes import cause_of
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.manifests.sets.summary import LeftOut
    from reconciler.model.place import Place
    from reconciler.planning.masking import Mask
    from reconciler.planning.members import PlannedSet
    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fields import Leaf

REASONED = frozenset({"deploy", "delete", "adopt", "forget"})
"""Actions that no field explains."""
LAST = ("create", "forget", "delete")
"""The actions whose groups come after the others, in this order."""
MANY = 12
"""From this many on, changes of no set are one group also if each has values of its own, as new objects have."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes with the same actions, result and fields; ``rows`` are the fields, with the values of the first one."""

    entries: tuple[Entry, ...]
    rows: tuple[Leaf, ...] = ()
    each: tuple[tuple[Leaf, ...], ...] = ()
    """The fields of each change, with its own values."""
    remarks: tuple[str, ...] = ()
    """What is said about every one of them. A remark that differs only in the names of its customer is the first's."""

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def change(self) -> Change:
        return self.entries[0].change

    @property
    def word(self) -> str:
        return self.first.word

    @property
    def set_address(self) -> str:
        return set_of(self.change)

    @property
    def customers(self) -> list[SetCustomer]:
        return [customer_of(entry.change) for entry in self.entries]

    @property
    def in_words(self) -> str:
        """How many changes these are, in words: one for each customer of a set, unless a manifest means several."""
        member = self.change.resource.membership if self.change.resource else None
        if member is None:
            return counted(len(self.entries), self.change.kind.name)
        return counted(len(self.entries), "member" if member.unfolded else "customer")

    @property
    def separate(self) -> bool:
        """Whether each member is shown by itself, however many there are: what is deleted cannot be brought back."""
        return self.change.deletes

    def customer(self, at: int) -> SetCustomer:
        return customer_of(self.entries[at].change)

    @property
    def creates(self) -> bool:
        return "create" in self.change.actions

    @property
    def missing(self) -> bool:
        """Whether the members do not exist, which their fields would not explain."""
        return self.first.command == "drift" and self.change.live is None

    @property
    def shown_rows(self) -> tuple[Leaf, ...]:
        return () if self.missing else self.rows

    def own(self, at: int) -> tuple[Leaf, ...]:
        """Return the fields of one change whose values are not those of all."""
        if self.missing:
            return ()
        return tuple(row for row, all_have in zip(self.each[at], self.rows, strict=True) if all_have.values > 1)

    def own_remarks(self, entry: Entry) -> list[str]:
        """Return what is said about one change and not about all."""
        return [each for each in entry.sayings if each not in self.remarks and each != entry.origin]

    def apart_from(self, main: Group | None) -> tuple[Leaf, ...] | None:
        """Return the rows that ``main`` has not, ``None`` unless this group has all rows of ``main`` and more."""
        if main is None or self is main:
            return None
        known = {row.key for row in main.rows}
        same_actions = (self.word, self.change.actions, self.remarks) == (main.word, main.change.actions, main.remarks)
        if not same_actions or not {row.label for row in main.rows} <= {row.label for row in self.rows}:
            return None
        rest = tuple(row for row in self.rows if row.key not in known)
        return rest if 0 < len(rest) < len(self.rows) else None

    def beside(self, main: Group | None) -> tuple[tuple[Leaf, ...], str]:
        """Return the rows to show below ``main``, and the words that say so if this group is described by it."""
        rows = self.apart_from(main)
        if rows is None or main is None:
            return self.shown_rows, ""
        return rows, f", like the {len(main.entries)} above but with:"


@dataclass(frozen=True, slots=True)
class Fleet:
    """One set: the groups of its changes, the largest first, and the members and customers without one."""

    address: str
    groups: tuple[Group, ...]
    size: int
    """All members of the set."""
    unchanged: tuple[SetCustomer, ...] = ()
    not_planned: int = 0
    """Members that the plan is not about."""
    later: int = 0
    """Members that wait in a rollout and are listed apart: in a drift."""
    left_out: tuple[LeftOut, ...] = ()
    place: Place | None = None
    noun: str = "customer"
    """What a member is called: a manifest may mean several objects of one customer."""

    @property
    def changed(self) -> int:
        return sum(len(group.entries) for group in self.groups)

    @property
    def main(self) -> Group | None:
        """The group that others are described by: the largest that is as planned."""
        return next((group for group in self.groups if not group.first.bad), None)

    @property
    def counts(self) -> str:
        """How many members have a change, in words."""
        command = self.groups[0].first.command if self.groups else "plan"
        verb = {"plan": "change", "drift": "differ"}.get(command, "")
        verb = f" {verb}{'s' if self.changed == 1 else ''}" if verb else ""
        return f"{self.changed} of {counted(self.size, 'member')}{verb}"

    @property
    def at_rest(self) -> str:
        """How many members have no change, and how many are left to others, in words."""
        members = counted(self.size, "member")
        apart = {"not in this plan": self.not_planned, "in a rollout": self.later}
        said = "".join(f", {count} {what}" for what, count in apart.items() if count)
        return f"{len(self.unchanged)} of {members} unchanged{said}" if said else f"{members} unchanged"

    @property
    def reasons(self) -> dict[str, list[SetCustomer]]:
        """The customers that are left out, by the reason."""
        by_reason = grouped(self.left_out, lambda each: each.reason)
        return {reason: [each.customer for each in found] for reason, found in by_reason.items()}


def customer_of(change: Change) -> SetCustomer:
    """Return the customer of a member's change; what is no member has only its own names.

    A manifest may mean several objects of one customer: there the handle is that of the member.
    """
    member = change.resource.membership if change.resource else None
    if member and member.unfolded:
        return replace(member.customer, handle=member_handle(change.address, member.set_address))
    return member.customer if member else SetCustomer(change.address, change.name)


def member_handle(address: str, set_address: str) -> str:
    """Return what distinguishes a member from the others of its set.

    >>> member_handle("Kind/failed.ftl.sync", "Kind/failed")
    'ftl.sync'
    """
    return address.partition("/")[2].removeprefix(f"{set_address.partition('/')[2]}.")


def set_of(change: Change) -> str:
    """Return the address of the set that a change is of; empty for what has a manifest of its own."""
    member = change.resource.membership if change.resource else None
    return member.set_address if member else ""


def members_of(plan: Plan | None) -> dict[str, Member]:
    """Return the members of the sets of a plan, changed or not, by address."""
    found: dict[str, Member] = {}
    for each in plan.sets if plan else ():
        found |= {address: Member(each.address, customer) for address, customer in each.members.items()}
    changed = (change for change in plan or () if set_of(change))
    return found | {change.address: Member(set_of(change), customer_of(change)) for change in changed}


def concerned(changes: Iterable[Change]) -> str:
    """Return whose changes these are, members of a set together: ``9 customers of InstanceSet/inventory (acme, …)``."""
    parts = []
    for address, found in grouped(changes, set_of).items():
        names = [customer_of(change).handle if address and len(found) > 1 else change.address for change in found]
        some_of_them = listed(names, len(some(names, NAMED)))
        alone = not address or len(found) == 1
        parts.append(some_of_them if alone else f"{counted(len(found), 'customer')} of {address} ({some_of_them})")
    return "; ".join(parts)


def sorted_by_set(found: Iterable[Entry], plan: Plan | None, mask: Mask) -> tuple[list[Fleet], list[Entry]]:
    """Return the changes of sets, by set, and the others in their order; ``plan`` knows the members without a change.

    Of a set each change is in exactly one group.
    """
    by_set = grouped(found, lambda entry: set_of(entry.change))
    others = by_set.pop("", [])
    known = {each.address: each for each in (plan.sets if plan else ())}
    addresses = sorted({*by_set, *known}, key=natural)
    later = {change.address for change in (plan.later if plan else ())}
    return [_fleet(each, by_set.get(each, []), known.get(each), mask, later) for each in addresses], others


def together(found: Iterable[Entry], mask: Mask) -> tuple[list[Group], list[Entry]]:
    """Return changes of no set: those alike as groups, the largest first, and the others. A deletion stands alone.

    Otherwise a reader would read the same lines for each customer.
    """
    found = list(found)
    by_kind = grouped((entry for entry in found if not entry.change.deletes), lambda entry: entry.change.kind.name)
    groups = [group for same in by_kind.values() for group in groups_of(same, mask) if _is_large(group)]
    groups.sort(key=lambda group: (not group.first.bad, -len(group.entries)))
    apart = {entry.change.address for group in groups for entry in group.entries}
    return groups, [entry for entry in found if entry.change.address not in apart]


def _is_large(group: Group) -> bool:
    each_its_own = any(row.values > 1 for row in group.rows)
    return len(group.entries) >= (MANY if each_its_own else ALIKE)


def _fleet(
    address: str, found: Sequence[Entry], known: PlannedSet | None, mask: Mask, later: AbstractSet[str]
) -> Fleet:
    found = sorted(found, key=lambda entry: natural(customer_of(entry.change).handle))
    groups = groups_of(found, mask)
    if known is None:
        return Fleet(address, groups, len(found))
    changed = {entry.change.address for entry in found}
    same = (customer for member, customer in known.members.items() if member not in changed | later)
    unchanged = tuple(sorted(same, key=lambda customer: natural(customer.handle)))
    compared = len(changed | {*known.members})
    size = max(known.size, compared)
    waiting = len(known.members.keys() & later)
    left_out = tuple(sorted(known.left_out, key=lambda each: natural(each.customer.handle)))
    noun = "member" if known.unfolded else "customer"
    return Fleet(address, groups, size, unchanged, size - compared, waiting, left_out, known.place, noun)


def groups_of(found: Iterable[Entry], mask: Mask) -> tuple[Group, ...]:
    """Return the groups, failures and then the largest first; creations and deletions come last."""
    shaped = [(entry, tuple(leaves_of(entry.change, mask))) for entry in found]
    own = own_values(rows for _, rows in shaped)
    alike = grouped(shaped, lambda each: (_words(each[0]), tuple(row.shape for row in each[1])))
    groups = [
        _group(members, rows)
        for same in alike.values()
        for members, rows in alike_fields(same, own, lambda member: customer_of(member.change).handle, _whose(same))
    ]
    return tuple(sorted(groups, key=lambda group: (*_severity(group), _rank(group), -len(group.entries))))


def _whose(same: Sequence[tuple[Entry, tuple[Leaf, ...]]]) -> str:
    """Return whose values differ where each has its own: the customers' of a set, else the objects'."""
    change = same[0][0].change
    return "customer" if set_of(change) else change.kind.name


def _group(members: Sequence[tuple[Entry, tuple[Leaf, ...]]], rows: tuple[Leaf, ...]) -> Group:
    found = tuple(entry for entry, _ in members)
    return Group(found, rows, tuple(each for _, each in members), _common(found))


def as_one(groups: Sequence[Group]) -> Group:
    """Return groups whose fields are not shown as one group without fields."""
    found = tuple(entry for group in groups for entry in group.entries)
    return Group(found, each=((),) * len(found), remarks=_common(found))


def causes(found: Iterable[Entry]) -> list[Group]:
    """Return the results by what they say, failures first: many often have one cause."""
    same = grouped(found, lambda entry: (set_of(entry.change), entry.change.kind.name, _words(entry)))
    groups = [Group(tuple(each), remarks=_common(each)) for each in same.values()]
    return sorted(groups, key=lambda group: (*_severity(group), -len(group.entries)))


def _words(entry: Entry) -> tuple[str, ...]:
    """Return what has to be equal for two changes to be alike, besides their fields."""
    change = entry.change
    if entry.command == "drift":
        # Not the remarks: the time of the last change outside differs for nearly every object.
        return (entry.word, entry.origin)
    said = (change.reason, *entry.said) if entry.result is None else (*entry.result.messages, *entry.result.notes)
    return (entry.word, *change.actions, *(_plain(each, entry) for each in said))


def _common(found: Sequence[Entry]) -> tuple[str, ...]:
    """Return the remarks that every one has; of one that differs in the names, that of the first, with its name."""
    plain = Counter(said for entry in found for said in {_plain(each, entry) for each in entry.sayings})
    exact = Counter(said for entry in found for said in {*entry.sayings})
    first = found[0].change
    return tuple(
        each if exact[each] == len(found) else f"{each} ({customer_of(first).handle})"
        for each in found[0].sayings
        if plain[_plain(each, found[0])] == len(found)
    )


def _plain(text: str, entry: Entry) -> str:
    """Return a text without the names of its object, for comparison: of a failure only the cause."""
    change = entry.change
    if entry.bad and not set_of(change):
        return cause_of(text, (change.name, change.address))
    return without_mentions(text, change.address, customer_of(change), change.live.id if change.live else "")


def _severity(group: Group) -> tuple[bool, bool]:
    """Return the sort key by which failures come first, before what the end of the run left changed in part."""
    return (not group.first.bad, group.word == IN_PART)


def _rank(group: Group) -> int:
    return max((LAST.index(action) + 1 for action in group.change.actions if action in LAST), default=0)
