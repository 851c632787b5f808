"""Which resources a run is about: addresses, globs of addresses, and names of customers, integrations and labels."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.graph import Addresses
from reconciler.text.plural import counted
from reconciler.text.suggest import MOST_LISTED, Suggestions, did_you_mean, most_like, own_nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource

CUSTOMER, LABEL = "customer", "label"
Facets = dict[str, set[str]]


def is_glob(target: str) -> bool:
    """Return whether a target is a pattern: no address has one of these characters."""
    return any(each in target for each in "*?[")


def addresses_of(target: str, addresses: Iterable[str]) -> list[str]:
    """Return the addresses that a target means.

    >>> addresses_of("Instance/inventory.*", ["Customer/acme", "Instance/inventory.acme"])
    ['Instance/inventory.acme']
    """
    return [each for each in addresses if (fnmatchcase(each, target) if is_glob(target) else each == target)]


def unknown_names(
    wanted: Mapping[str, Iterable[str]], facets: Iterable[Mapping[str, Collection[str]]], nothing: str
) -> list[str]:
    """Return a message for each wanted name that nothing has; ``nothing`` is its beginning, such as "no manifest"."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    customers: dict[frozenset[str], None] = {}
    for each in facets:
        for facet in wanted:
            known[facet].update(each.get(facet, ()))
        customers[frozenset(each.get(CUSTOMER, ()))] = None

    def meant(facet: str, name: str) -> str:
        return customer_suggestion(name, customers) if facet == CUSTOMER else did_you_mean(name, known[facet])

    return [
        f"--{facet} {name}: {nothing} has this {facet}; {meant(facet, name)}"
        for facet, names in wanted.items()
        for name in names
        if name not in known[facet]
    ]


def customer_suggestion(name: str, customers: Iterable[Collection[str]], of_them: str = "") -> str:
    """Return the end of a message about an unknown customer: which one may be meant, and how many there are.

    ``customers`` are the names of each: its handle, its name, its external ID, as far as they are known. Fewer names of
    one that has more elsewhere are no customer of their own.

    >>> customer_suggestion("acm", [{"acme", "a-1"}, {"a-1"}, {"nordlys"}])
    "did you mean 'acme'? 2 customers: 'acme', 'nordlys'"
    """
    known = [own_nearest(name, names) for names in _largest(customers)]
    count = f"{counted(len(known), 'customer')}{f' {of_them}' if of_them else ''}"
    if len(known) <= MOST_LISTED:
        return did_you_mean(name, known, listed_as=count)
    suggestions = Suggestions(known)
    if suggestions.nearest(name):
        return f"{suggestions.sentence(name)} (there are {count})"
    return f"the nearest of {count}: {', '.join(map(repr, most_like(name, known)))}"


def _largest(found: Iterable[Collection[str]]) -> list[frozenset[str]]:
    """Return the sets of names that are no part of another one."""
    ordered = sorted({frozenset(each) for each in found if each}, key=lambda names: (-len(names), sorted(names)))
    by_name: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    whole = []
    for each in ordered:
        if not any(each < other for other in by_name[next(iter(each))]):
            whole.append(each)
            for one in each:
                by_name[one].append(each)
    return whole


def has_names(facets: Mapping[str, Collection[str]], wanted: Mapping[str, Collection[str]]) -> bool:
    """Return whether something has one of the wanted names of each facet; a facet without names wants nothing."""
    return all(not names or not set(names).isdisjoint(facets.get(facet, ())) for facet, names in wanted.items())


def selected(
    targets: Sequence[str], wanted: Mapping[str, Sequence[str]], resources: Sequence[Resource], kinds: Registry
) -> tuple[str, ...]:
    """Return the targets of a run as addresses; none if nothing restricts it, which means all resources.

    ``wanted`` are names by facet, such as ``{"customer": ["FTL Rockets"]}``: a resource needs one name of each facet,
    and must be one of the targets if there are any. Raises ``UsageError`` for a glob or a name that matches nothing,
    and if nothing meets all conditions: an empty selection must never mean everything.
    """
    addresses = [each.address for each in resources]
    restricting = {facet: [_plain(facet, name) for name in names] for facet, names in wanted.items() if names}
    unmatched = [each for each in targets if is_glob(each) and not addresses_of(each, addresses)]
    problems = [f"--target {each}: no manifest has such an address; {_known(addresses)}" for each in unmatched]
    facets = facets_of(resources, kinds) if restricting else {}
    problems += unknown_names(restricting, facets.values(), "no manifest")
    if problems:
        raise UsageError("\n".join(problems))
    named = _expanded(targets, addresses)
    if not restricting:
        return tuple(named)
    chosen = [each.address for each in resources if has_names(facets[each.address], restricting)]
    if targets:
        chosen = _narrowed(named, chosen, Addresses(resources))
    if not chosen:
        options = " and ".join([*(f"--{facet}" for facet in restricting), *(["--target"] if targets else [])])
        raise UsageError(f"no manifest meets {options} together; leave one of them out")
    return tuple(chosen)


def _expanded(targets: Iterable[str], addresses: Sequence[str]) -> list[str]:
    """Return the targets, with the addresses that each glob means."""
    return list(dict.fromkeys(one for each in targets for one in _meant(each, addresses)))


def _narrowed(targets: Iterable[str], chosen: Iterable[str], known: Addresses) -> list[str]:
    """Return what the targets mean of the chosen addresses.

    The parts of an open resource are not known yet: a target that may be one of them stays as it is, so that it does
    not come to mean all of them.
    """
    allowed = frozenset(chosen)
    found = {
        target if target.startswith(f"{address}.") else address: None
        for target in targets
        for address in known.meant(target)
        if address in allowed
    }
    return list(found)


def _meant(target: str, addresses: Iterable[str]) -> list[str]:
    return addresses_of(target, addresses) if is_glob(target) else [target]


def facets_of(resources: Sequence[Resource], kinds: Registry) -> dict[str, Facets]:
    """Return the names of each resource by facet, by address: its own, and those of what it belongs to."""
    by_address = {each.address: each for each in resources}
    made: dict[str, Facets] = {}

    def facets(resource: Resource) -> Facets:
        if resource.address in made:
            return made[resource.address]
        found = made[resource.address] = defaultdict(set)
        spec = kinds[resource.kind].spec
        for facet, names in spec.facets(resource.handle, resource.spec).items():
            found[facet].update(_plain(facet, name) for name in names)
        if resource.membership:
            customer = resource.membership.customer
            found[CUSTOMER].update(filter(None, (customer.handle, customer.name, customer.external_id)))
            found[LABEL].update(_plain(LABEL, label) for label in customer.labels)
        for reference in spec.references(resource.spec):
            owner = by_address.get(reference.address) if reference.parent else None
            for facet, more in facets(owner).items() if owner else ():
                found[facet] |= more
        return found

    for resource in resources:
        facets(resource)
    return made


def _plain(facet: str, name: str) -> str:
    """Return a name as it is compared; labels come back from the API in lower case."""
    return name.lower() if facet == LABEL else name


def _known(addresses: Sequence[str]) -> str:
    kinds = sorted({each.partition("/")[0] for each in addresses})
    return f"there are manifests of {', '.join(kinds)}" if kinds else "there are no manifests"
