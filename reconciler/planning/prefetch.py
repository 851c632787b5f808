"""Reading the objects that a plan needs: the kinds are asked for reads, round by round, until none asks for more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.manifests.checks.consistency import renames
from reconciler.model.pins import Pins
from reconciler.model.view import View
from reconciler.planning.permissions import permission_reads
from reconciler.planning.unfolding import part_reads, parts_of
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.model.answers import Node
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read, Reader, Tenant
    from reconciler.planning.orphans import Pruning
    from reconciler.planning.unfolding import PartsByAddress

NOTHING_PINNED = Pins()


@dataclass(frozen=True, slots=True)
class Reading:
    """A tenant as far as it was read. ``reader`` reads more of it, for objects of the registry's kinds."""

    registry: Registry
    tenant: Tenant
    reader: Reader
    resend_secrets: bool = False
    shows_inputs: bool = False
    governed: Callable[[str], bool] = lambda _: False
    """Return whether a rollout decides when the resource with an address is changed."""
    left_out: Sequence[Resource] = ()
    """Declared resources that are not planned."""

    def read(self, reads: Iterable[Read]) -> None:
        """Answer the reads that the tenant cannot answer yet."""
        self.reader(self.tenant, list(dict.fromkeys(reads)))

    def read_all(self, wanted: Callable[[], Iterable[Read]]) -> None:
        """Read until the tenant can answer all that is wanted; ``wanted`` is called again after each answer."""
        for reads in read_rounds(self.tenant, wanted):
            self.reader(self.tenant, reads)

    def view(self, resources: Iterable[Resource] = (), pins: Pins = NOTHING_PINNED) -> View:
        """Return the kinds' view of the tenant, also of what is read later."""
        view = view_of(self.tenant, resources, self.registry, pins)
        return replace(
            view,
            resend_secrets=self.resend_secrets,
            shows_inputs=self.shows_inputs,
            governed=self.governed,
            left_out=self.left_out,
        )

    def read_parts(
        self, resources: Sequence[Resource], pruning: Pruning | None = None, pins: Pins = NOTHING_PINNED
    ) -> PartsByAddress:
        """Return the resources that each open one means, from a reading of what planning them needs.

        ``pruning`` is that of ``read_for``, so that its reads travel with these.
        """
        if not any(each.open for each in resources):
            return {}
        view = self.view(resources, pins)
        self.read_all(lambda: next_reads(resources, self.registry, view, pruning))
        return parts_of(resources, self.registry, view)

    def read_for(
        self, resources: Sequence[Resource], pruning: Pruning | None = None, pins: Pins = NOTHING_PINNED
    ) -> View:
        """Read the objects that planning the resources needs, and return the view of them.

        ``pruning``: read also the objects that may be orphans.
        """
        view = self.view(resources, pins)
        self.read_all(lambda: next_reads(resources, self.registry, view, pruning, checks=True))
        return view


def view_of(tenant: Tenant, resources: Iterable[Resource], registry: Registry, pins: Pins = NOTHING_PINNED) -> View:
    """Return the kinds' view of a tenant: its objects, and the live object of each address.

    The view stays valid while the tenant is read: after each answer, live objects are looked up anew.
    """
    by_address = {resource.address: resource for resource in resources}
    renaming = renames(by_address.values(), registry)
    cache, by_id, by_kind = object(), object(), object()

    def live(address: str) -> Live | None:
        known: dict[str, Live | None] = tenant.derived(cache, dict)
        if address not in known and address in by_address:
            known[address] = None  # the answer for look-ups on the way, in a circle of renames
            resource = by_address[address]
            candidates = registry[resource.kind].finder.candidates(resource, view)
            known[address] = candidates[0] if len(candidates) == 1 else None
        return known.get(address)

    def taken_along(address: str) -> frozenset[str]:
        return frozenset(found.id for each in renaming.get(address, ()) if (found := live(each)))

    def address_of(identifier: str) -> str | None:
        found: dict[str, str] = tenant.derived(by_id, lambda: {each.id: at for at in by_address if (each := live(at))})
        return found.get(identifier)

    def of_kind(name: str) -> Sequence[Resource]:
        found: dict[str, list[Resource]] = tenant.derived(by_kind, lambda: defaultdict(list))
        if not found:
            for resource in by_address.values():
                found[resource.kind].append(resource)
        return found.get(name, ())

    view = View(tenant, live, pins, taken_along, address_of, by_address.get, of_kind)
    return view


def read_rounds(tenant: Tenant, wanted: Callable[[], Iterable[Read]]) -> Iterator[list[Read]]:
    """Yield the reads to answer next, until the tenant can answer all that are wanted.

    An answer may lead to further reads, so ``wanted`` is called again after each round. The caller answers the reads
    of a round before it asks for the next.

    Example::

        for reads in read_rounds(tenant, lambda: kind.reads(resource, view)):
            connection.read(tenant, reads)
    """
    while pending := _pending(wanted(), tenant):
        yield pending


def _pending(reads: Iterable[Read], tenant: Tenant) -> list[Read]:
    """Return the reads that the tenant cannot answer yet, each once."""
    return [each for each in dict.fromkeys(reads) if not tenant.answered(each)]


def next_reads(
    resources: Sequence[Resource],
    registry: Registry,
    view: View,
    pruning: Pruning | None = None,
    *,
    checks: bool = False,
) -> list[Read]:
    """Return the reads that are needed next, as far as the answers so far show; none when everything is known.

    ``checks``: include the reads that only checks of the resources need.

    Reads for pruning travel with look-ups in the same collection, so that one list can answer both. Without such
    look-ups they come after all others.
    """
    tenant = view.tenant
    asked = dict.fromkeys(
        each
        for one in resources
        for each in (*registry[one.kind].finder.reads(one, view), *part_reads(one, registry, view))
    )
    pending = _pending(asked, tenant)
    if pruning:
        due = {each.collection for each in pending}
        everything = resources if pruning.deletes else ()  # only a deletion asks what is claimed
        claimed = {live.id for resource in everything if (live := view.live(resource.address))}
        more = _pending((each for each in pruning.reads(registry, view, claimed) if each not in asked), tenant)
        pending += (each for each in more if not due or each.collection in due)
    if checks and not pending:
        # Checks come last: only after all other reads is it known which objects exist and which are to be created.
        wanted = (
            each
            for one in resources
            for kind in (registry[one.kind],)
            for each in (*kind.finder.check_reads(one, view), *permission_reads(kind, one, view))
        )
        pending = _pending(wanted, tenant)
    return pending


def refusals(reads: Iterable[Read], tenant: Tenant) -> list[str]:
    """Return why the API refuses the reads, each reason once, as whole sentences."""
    if tenant.open:
        return []
    return list(dict.fromkeys(reason for read in reads if (reason := _unseen(read, tenant))))


def _unseen(read: Read, tenant: Tenant) -> str | None:
    refusal, gap = tenant.refusal(read), tenant.gap(read)
    if refusal:
        return f"the API does not let this token read {refusal}"
    return gap.reason if gap and not _found(read, tenant) else None


def _found(read: Read, tenant: Tenant) -> Sequence[Node]:
    return tenant.all(read.collection) if read.key is None else tenant.find(read.collection, read.key)


def lookups(resource: Resource, registry: Registry, view: View) -> list[str]:
    """Return the queries that look for a resource, as text, each with what it found."""
    found_by = []
    for read in dict.fromkeys(registry[resource.kind].finder.reads(resource, view)):
        found = _found(read, view.tenant)
        arguments = ", ".join(f"{name}: {value}" for name, value in read.arguments)
        count = counted(len(found), "object") if found else "nothing"
        found_by.append(f"{read.collection.operation.field}({arguments}): {count}")
    return found_by
