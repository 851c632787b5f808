"""The sets of a run: their members, what is said of them, and what is wrong with them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from reconciler.manifests.schema.schemas import set_kinds
from reconciler.manifests.sets.customers import (
    TENANT,
    Choice,
    choose,
    declared_customers,
    live_customers,
    stand_in,
)
from reconciler.manifests.sets.filling import Compiler
from reconciler.manifests.sets.members import MemberMaker
from reconciler.manifests.sets.origin import TEMPLATE
from reconciler.manifests.sets.summary import SetSummary
from reconciler.manifests.sets.valid_parts import SetParts
from reconciler.manifests.sets.values import read_values
from reconciler.manifests.sets.wanted_types import WantedTypes
from reconciler.manifests.yaml.limits import MOST_IN_MEMBERS
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from reconciler.manifests.overlays import Manifest
    from reconciler.manifests.schema.check import Checker
    from reconciler.manifests.sets.customers import Candidate, Customers
    from reconciler.manifests.sets.members import EnvOwners
    from reconciler.manifests.sets.values import Values
    from reconciler.model.resource import SetCustomer

_NOT_READ = (
    "the members are customers of the tenant, which is not read here: the template was checked with one customer in "
    "their place"
)


@dataclass(slots=True)
class Expansion:
    """Expands the sets of a run into manifests of their members."""

    checker: Checker
    cwd: Path
    declared: Customers
    live: Callable[[], Customers] | None = None
    """Reads the customers of the tenant; ``None`` where they are not read."""
    complete: bool = True
    """Whether all manifests could be read, so that a customer that is missing does not exist."""
    members: list[Manifest] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    """The addresses of all members, also of those that are invalid."""
    stand_ins: set[str] = field(default_factory=set)
    """The addresses of members in place of customers that were not read."""
    unexpanded: set[str] = field(default_factory=set)
    """The addresses of invalid sets, whose members are unknown."""
    summaries: list[SetSummary] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    _characters: int = 0
    _env_owners: EnvOwners = field(default_factory=dict)

    def expand(self, parts: SetParts) -> None:
        """Add the members of a set. Of an invalid one, which has none, check the valid parts."""
        manifest, origin = parts.manifest, parts.manifest.origin
        spec = manifest.data["spec"]
        tenant = spec["customers"].get("from") == TENANT
        read = parts.source and (self.live is not None or not tenant)
        customers = (self.live or stand_in)() if tenant else self.declared
        choice = choose(spec, customers, complete=self.complete, countable=parts.choice) if read else Choice()
        # With a customer in place of those that are unknown the template is checked all the same.
        known = read and parts.choice and bool(choice.chosen or not choice.problems)
        self.problems += (each.at(origin) for each in choice.problems)
        self.warnings += (each.at(origin, address=manifest.address) for each in choice.warnings)
        values = read_values(spec, origin, self.cwd, self.problems)
        values.complete = values.complete and parts.values
        if read and self.complete:
            self._check_rows(manifest, values, customers)
        maker = MemberMaker(
            manifest,
            values,
            Compiler(WantedTypes(self.checker.schema(set_kinds()[str(manifest.kind)])), tenant),
            self._env_owners,
            for_anybody=not known,
        )
        chosen = choice.chosen if known else [*stand_in().candidates.values()]
        if parts.valid:
            self._add(maker, chosen)
        else:
            deque(maker.make(chosen), maxlen=0)
        self.problems += maker.problems
        self.warnings += maker.warnings
        if not parts.valid:
            return
        handles = tuple(each.customer.handle for each in chosen) if known else ()
        self.summaries.append(
            SetSummary(str(manifest.address), origin.start, handles, tuple(choice.left_out), known=known)
        )
        if not known:
            self.warnings.append(Diagnostic(_NOT_READ, origin.start, manifest.address))

    def may_have(self, address: str) -> bool:
        """Return whether an address is a set's, or may be that of a member of an invalid set."""
        sets = self.unexpanded | {each.address for each in self.summaries}
        return address in sets or _may_be_of(address, self.unexpanded)

    def may_mean(self, address: str) -> bool:
        """Return whether an address may be that of a member, or stand for one, of a set whose members are unknown."""
        unread = {each.address for each in self.summaries if not each.known}
        return any(address == _like_a_member(each) for each in (*self.unexpanded, *unread)) or _may_be_of(
            address, self.unexpanded | unread
        )

    def _check_rows(self, manifest: Manifest, values: Values, customers: Customers) -> None:
        """Report values of customers that do not exist; those of a tenant may be deleted without notice."""
        unknown = values.unknown(customers)
        if customers.tenant:
            self.warnings += (replace(each, address=manifest.address) for each in unknown)
        else:
            self.problems += unknown

    def _add(self, maker: MemberMaker, chosen: Sequence[Candidate]) -> None:
        addresses = {maker.address_of(each.customer) for each in chosen}
        self.addresses |= addresses
        if maker.for_anybody:
            self.stand_ins |= addresses
        for member in maker.make(chosen):
            if self._characters + maker.characters > MOST_IN_MEMBERS:
                message = (
                    f"with this the members of all sets come to more than {MOST_IN_MEMBERS:,} characters of text; use"
                    " smaller values, or a smaller template"
                )
                if self._characters <= MOST_IN_MEMBERS:  # else an earlier set was the one too many
                    maker.problems.append(Diagnostic(message, maker.manifest.origin.place(TEMPLATE, key=True)))
                break
            self.members.append(member)
        self._characters += maker.characters


def _like_a_member(set_address: str) -> str:
    """Return the address of a set with the kind of its members.

    >>> _like_a_member("InstanceSet/inventory")
    'Instance/inventory'
    """
    kind, _, handle = set_address.partition("/")
    return f"{set_kinds()[kind]}/{handle}"


def _may_be_of(address: str, sets: Iterable[str]) -> bool:
    """Return whether an address may be that of a member of one of the sets."""
    return any(address.startswith(f"{_like_a_member(each)}.") for each in sets)


def expand(
    sets: Iterable[tuple[Manifest, Sequence[Diagnostic]]],
    manifests: Iterable[Manifest],
    checker: Checker,
    cwd: Path,
    read_tenant: Callable[[], Sequence[SetCustomer]] | None,
    *,
    complete: bool,
) -> Expansion:
    """Return the expansion of the sets of a run, among all of its manifests.

    Each set comes with what its schema finds wrong. ``read_tenant`` is called once, and only where a set is of the
    tenant's customers.
    """
    declared = declared_customers(manifests)
    live = cache(lambda: live_customers(read_tenant(), declared)) if read_tenant else None
    expansion = Expansion(checker, cwd, declared, live, complete)
    for manifest, wrong in sets:
        if parts := SetParts.of(manifest, wrong):
            expansion.expand(parts)
        if wrong and manifest.address:
            expansion.unexpanded.add(manifest.address)
    return expansion
