"""Which customers a set has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reconciler.manifests.sets.origin import CUSTOMERS, OVERRIDES
from reconciler.manifests.sets.summary import LeftOut
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import SetCustomer
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.suggest import Suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.manifests.overlays import Manifest
    from reconciler.model.place import Path

CUSTOMER = "Customer"
TENANT = "tenant"
STAND_IN = SetCustomer("example-customer", "Example Customer", "example-customer")
"""The customer for which a set is checked where its customers cannot be read."""
_NO_HANDLE = re.compile(r"[^a-z0-9._-]+")
_NO_ENV = re.compile(r"[^A-Z0-9]")


def handle_of(text: str) -> str:
    """Return a live customer's external ID or name as a handle; empty if it has no letters and digits of ASCII.

    >>> handle_of("ACME & Sons, Inc."), handle_of("../x"), handle_of("日本")
    ('acme-sons-inc', 'x', '')
    """
    return _NO_HANDLE.sub("-", text.lower()).strip("-._")


def env_of(handle: str) -> str:
    """Return a handle as a part of an environment variable's name.

    >>> env_of("ftl-rockets.eu")
    'FTL_ROCKETS_EU'
    """
    return _NO_ENV.sub("_", handle.upper())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that a set can have, and how its instance refers to it."""

    customer: SetCustomer
    reference: str | Mapping[str, str]
    absent: bool = False
    """Whether its manifest deletes it."""
    former: tuple[str, ...] = ()
    """The names that it had, by its manifest: in the tenant it may still have one of them."""


@dataclass
class Customers:
    """All customers that the sets of a run can choose from: those of the manifests, or those of the tenant."""

    candidates: Mapping[str, Candidate]
    tenant: bool = False
    problems: Sequence[str] = ()
    """Why the candidates cannot be told apart."""
    declared_as: Mapping[str, str] = field(default_factory=dict)
    """By the handle of a manifest, the handle that the live customer has in a set."""

    @cached_property
    def suggestions(self) -> Suggestions:
        return Suggestions(self.candidates, listed_as="customers")

    def unknown(self, handle: str) -> str:
        """Return the message about a handle that no customer has."""
        where = "of the tenant has" if self.tenant else "is declared with"
        if handle in self.declared_as:
            advice = f"the customer of this manifest is called {self.declared_as[handle]!r} in a set from: tenant"
        else:
            advice = self.suggestions.sentence(handle)
        return f"no customer {where} the handle {safe(handle)!r}; {advice}"


def declared_customers(manifests: Iterable[Manifest]) -> Customers:
    """Return the customers that the manifests declare. An invalid manifest, which is reported, counts as well."""
    found: dict[str, Candidate] = {}
    for manifest in manifests:
        if manifest.kind != CUSTOMER or manifest.address is None:
            continue
        handle = manifest.data["metadata"]["name"]
        spec, lifecycle = (_map(manifest.data.get(key)) for key in ("spec", "lifecycle"))
        labels = spec.get("labels")
        customer = SetCustomer(
            handle,
            _text(spec.get("name")) or handle,
            _text(spec.get("externalId")),
            tuple(filter(None, map(_text, labels if isinstance(labels, list) else ()))),
        )
        former = lifecycle.get("renamedFrom")
        found[handle] = Candidate(
            customer,
            handle,
            absent=lifecycle.get("state") == "absent",
            former=tuple(filter(None, map(_text, former if isinstance(former, list) else ()))),
        )
    return Customers(found)


def live_customers(live: Iterable[SetCustomer], declared: Customers) -> Customers:
    """Return the customers of the tenant; one that a manifest declares is referred to by the manifest's handle."""
    live = list(live)
    manifests = _manifests_of(live, declared)
    found: dict[str, Candidate] = {}
    problems, declared_as = [], {}
    for customer in live:
        named = f"{safe(customer.name)!r}"
        if not customer.handle:
            problems.append(f"the name of the customer {named} makes no handle; give it an external ID in Prismatic")
            continue
        manifest = manifests.get(_key(customer))
        reference: str | dict[str, str] = _reference(customer)
        if manifest:
            reference = manifest.customer.handle
            declared_as[reference] = customer.handle
        other = found.setdefault(
            customer.handle, Candidate(customer, reference, absent=bool(manifest and manifest.absent))
        )
        if other.customer is not customer:
            problems.append(
                f"the customers {safe(other.customer.name)!r} and {named} have the same handle, {customer.handle!r};"
                " change the external ID of one of them in Prismatic"
            )
    return Customers(found, tenant=True, problems=problems, declared_as=declared_as)


def _manifests_of(live: Sequence[SetCustomer], declared: Customers) -> dict[tuple[str, str], Candidate]:
    """Return the manifest of each live customer that has one, by the customer's key; a manifest means one customer.

    That is the one with its external ID, else with its name, else with a former name: what the plan finds for it, too.
    """
    by_key = {_key(each): each for each in live}
    by_name = {each.name: each for each in live}
    renaming: dict[str, list[Candidate]] = {}
    for manifest in declared.candidates.values():
        for name in manifest.former:
            renaming.setdefault(name, []).append(manifest)
    meant: dict[str, SetCustomer | None] = {}

    def named(name: str, own: SetCustomer) -> SetCustomer | None:
        found = by_name.get(name)
        return None if found and own.external_id and found.external_id else found

    def meant_by(manifest: Candidate) -> SetCustomer | None:
        own = manifest.customer
        if own.handle not in meant:
            meant[own.handle] = None  # the answer on the way, in a circle of renames
            found = by_key.get(_key(own)) if own.external_id else None
            meant[own.handle] = found or by_names(manifest)
        return meant[own.handle]

    def by_names(manifest: Candidate) -> SetCustomer | None:
        own = manifest.customer
        found = named(own.name, own)
        others = [each for each in renaming.get(own.name, ()) if each is not manifest]
        if found and all(meant_by(each) is not found for each in others):
            return found
        return next(filter(None, (named(name, own) for name in manifest.former)), found)

    found: dict[tuple[str, str], Candidate] = {}
    for manifest in declared.candidates.values():
        if customer := meant_by(manifest):
            found.setdefault(_key(customer), manifest)
    return found


def stand_in() -> Customers:
    """Return one customer in place of those of the tenant, which were not read."""
    return Customers({STAND_IN.handle: Candidate(STAND_IN, _reference(STAND_IN))}, tenant=True)


def _key(customer: SetCustomer) -> tuple[str, str]:
    return ("externalId", customer.external_id) if customer.external_id else ("name", customer.name)


def _reference(customer: SetCustomer) -> dict[str, str]:
    return {"externalId": customer.external_id} if customer.external_id else {"name": customer.name}


@dataclass(slots=True)
class Choice:
    """The customers that a set chooses, and what is wrong with how it does."""

    chosen: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)


def choose(spec: Mapping[str, Any], customers: Customers, *, complete: bool = True, countable: bool = True) -> Choice:
    """Return the customers of a set, in the order of their handles.

    Unless ``complete``, some manifests could not be read, and customers that are missing are not reported. Unless
    ``countable``, a part of the choice is invalid, and how many are chosen is not checked.
    """
    wanted: Mapping[str, Any] = spec["customers"]
    labels = [label.casefold() for label in wanted.get("labels", ())]
    names, excluded = set(wanted.get("names", ())), set(wanted.get("exclude", ()))
    choice = Choice()
    choice.problems += (Diagnostic(each, path=CUSTOMERS) for each in customers.problems)
    for handle in sorted(customers.candidates):
        candidate = customers.candidates[handle]
        why = _left_out(candidate, labels, names, excluded)
        if why:
            choice.left_out.append(LeftOut(candidate.customer, why))
        else:
            choice.chosen.append(candidate)
    if complete:
        unknown = [*_names_problems(wanted, customers)]
        choice.problems += unknown or (_count_problems(wanted, choice) if countable else ())
        others = [*_unknown(wanted.get("exclude", ()), (*CUSTOMERS, "exclude"), customers)]
        (choice.warnings if customers.tenant else choice.problems).extend(others)
    _check_overrides(spec, customers, choice, complete=complete)
    return choice


def _left_out(candidate: Candidate, labels: Sequence[str], names: set[str], excluded: set[str]) -> str:
    """Return why a customer is not in a set; empty if it is."""
    customer = candidate.customer
    if candidate.absent:
        return "its manifest deletes it (state: absent)"
    if customer.handle in excluded:
        return "listed in exclude"
    if customer.handle in names or not (labels or names):
        return ""
    if not labels:
        return "not listed in names"
    has = {label.casefold() for label in customer.labels}
    lacking = [label for label in labels if label not in has]
    return f"lacks the label {', '.join(map(repr, lacking))}" if lacking else ""


def _names_problems(wanted: Mapping[str, Any], customers: Customers) -> Iterator[Diagnostic]:
    yield from _unknown(wanted.get("names", ()), (*CUSTOMERS, "names"), customers)
    for number, handle in enumerate(wanted.get("names", ())):
        path = (*CUSTOMERS, "names", number)
        if handle in customers.candidates and customers.candidates[handle].absent:
            message = f"the customer {handle!r} is deleted (state: absent), so it is no member; take it out"
            yield Diagnostic(message, path=path)
        elif handle in wanted.get("exclude", ()):
            message = f"the customer {handle!r} is listed in names and in exclude; take it out of one of them"
            yield Diagnostic(message, path=path)


def _unknown(handles: Iterable[str], path: Path, customers: Customers) -> Iterator[Diagnostic]:
    for number, handle in enumerate(handles):
        if handle not in customers.candidates:
            yield Diagnostic(customers.unknown(handle), path=(*path, number))


def _count_problems(wanted: Mapping[str, Any], choice: Choice) -> Iterator[Diagnostic]:
    found, least = len(choice.chosen), wanted.get("atLeast", 1)
    if found >= least:
        return
    of = f"of {counted(found + len(choice.left_out), 'customer')}"
    if "atLeast" in wanted:
        message = (
            f"only {found} {of} are chosen, and atLeast expects {least}; correct labels and names, or lower atLeast"
        )
        yield Diagnostic(message, path=(*CUSTOMERS, "atLeast"))
    else:
        message = f"none {of} is chosen; correct labels and names, or allow an empty set with atLeast: 0"
        yield Diagnostic(message, path=CUSTOMERS, key=True)


def _check_overrides(spec: Mapping[str, Any], customers: Customers, choice: Choice, *, complete: bool) -> None:
    overrides = spec.get("overrides", {})
    if not overrides:
        return
    chosen = {each.customer.handle for each in choice.chosen}
    why = {each.customer.handle: each.reason for each in choice.left_out}
    for handle in overrides:
        path = (*OVERRIDES, handle)
        if handle in why:
            message = f"the override has no effect: the customer {handle!r} is not in the set ({why[handle]})"
            choice.warnings.append(Diagnostic(message, path=path, key=True))
        elif handle not in chosen and complete:
            found = Diagnostic(customers.unknown(handle), path=path, key=True)
            (choice.warnings if customers.tenant else choice.problems).append(found)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
