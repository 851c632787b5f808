"""From drafts to sets: which drafts become members, and what the set of each group says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.exporting.handles import handle as free_handle
from reconciler.exporting.sets.grouping import FEWEST, Named, groups
from reconciler.exporting.sets.patterns import PLACEHOLDER
from reconciler.exporting.sets.template import Member, template_of
from reconciler.manifests.sets.customers import env_of
from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.exporting.drafts import Draft
    from reconciler.exporting.outside import Outside
    from reconciler.exporting.sets.grouping import Group
    from reconciler.exporting.sets.template import Template
    from reconciler.model.capabilities.export import SetForm
    from reconciler.model.place import Path
    from reconciler.model.resource import SetCustomer

TOO_FEW = f"fewer than {FEWEST} of its integration are alike"


@dataclass(frozen=True, slots=True)
class SetDraft:
    """A set that is to be written; ``members`` are its drafts by the handle of their customer, in natural order."""

    form: SetForm
    handle: str
    group: str
    template: Template
    members: Mapping[str, Draft]
    specs: Mapping[str, Mapping[str, Any]]
    """The spec of each member without the reference to its customer, with ``valueFrom`` for each secret."""

    @property
    def address(self) -> str:
        return f"{self.form.kind}/{self.handle}"


@dataclass(slots=True)
class Designed:
    """The sets, and the drafts that stay manifests of their own although others are alike, with the reason."""

    sets: list[SetDraft] = field(default_factory=list)
    apart: list[tuple[Draft, str]] = field(default_factory=list)


@dataclass(slots=True)
class Designer:
    """Makes sets of the drafts of one kind, each of a declared customer.

    ``is_entry`` says of a path of a spec and its value whether it is an entry of a map that is managed part by part.
    """

    form: SetForm
    is_entry: Callable[[Path, Any], bool]
    customers: Mapping[str, SetCustomer]
    """All declared customers, by handle."""
    outside: Outside
    taken: set[str]
    """The handles that no new set may have."""
    made: Designed = field(default_factory=Designed)

    def design(self, drafts: Sequence[Draft]) -> Designed:
        """Return the sets of drafts."""
        by_id = {draft.live.id: draft for draft in drafts}
        found, reasons = groups([self._named(draft) for draft in drafts])
        for group in found:
            self._design(group, {each.customer.handle: by_id[str(each.key)] for each in group.members})
        self.made.apart += [(by_id[str(key)], reason) for key, reason in reasons.items()]
        return self.made

    def _named(self, draft: Draft) -> Named:
        return Named(draft.live.id, self.form.group(draft.spec), self._customer(draft), draft.live.name)

    def _customer(self, draft: Draft) -> SetCustomer:
        return self.customers[draft.spec[self.form.owner]]

    def _design(self, group: Group, drafts: dict[str, Draft]) -> None:
        """Make the set of a group, without those that do not fit, if enough are left."""
        words = PLACEHOLDER.sub(" ", group.pattern)
        self._leave_doubles(drafts)
        handle = free_handle([words, f"{words} {group.group}"], self.taken, otherwise=group.group)
        members = {each: self._member(drafts[each], handle) for each in sorted(drafts, key=natural)}
        while len(members) >= FEWEST:
            template = template_of(list(members.values()), self.is_entry)
            if not template.misfits:
                kept = {each: drafts[each] for each in members}
                specs = {each: member.spec for each, member in members.items()}
                self.made.sets.append(SetDraft(self.form, handle, group.group, template, kept, specs))
                return
            for each, reason in template.misfits.items():
                del members[each]
                self._leave(drafts[each], handle, reason)
        for each in members:
            self._leave(drafts[each], handle, TOO_FEW)
        self.taken.discard(handle)

    def _leave_doubles(self, drafts: dict[str, Draft]) -> None:
        """Take out customers whose secrets would get the names of another's variables."""
        first: dict[str, str] = {}
        for each in sorted(drafts, key=natural):
            other = first.setdefault(env_of(each), each)
            if other != each:
                self.made.apart.append((drafts.pop(each), f"${{customer.env}} is the same for {other!r} and {each!r}"))

    def _member(self, draft: Draft, handle: str) -> Member:
        customer = self._customer(draft)
        spec = {key: value for key, value in draft.spec.items() if key != self.form.owner}
        address = _address(draft, handle, customer.handle)
        return Member(customer, self.outside.referring(spec, address, (), handle, env_of(customer.handle)))

    def _leave(self, draft: Draft, handle: str, reason: str) -> None:
        self.outside.forget(_address(draft, handle, self._customer(draft).handle), ())
        self.made.apart.append((draft, reason))

    def give_up(self, made: SetDraft, reason: str) -> None:
        """Leave all members of a set manifests of their own."""
        self.made.sets.remove(made)
        for draft in made.members.values():
            self._leave(draft, made.handle, reason)


def _address(draft: Draft, handle: str, customer: str) -> str:
    return f"{draft.kind.name}/{handle}.{customer}"
