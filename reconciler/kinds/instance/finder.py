"""The instance that a manifest means: by its customer and ``name``. Others may have its name, or look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import live_customer_id, reference_reads, similar_customers
from reconciler.kinds.instance.links import link_reads
from reconciler.kinds.instance.operations import INSTANCE_NAMES
from reconciler.kinds.instance.reads import INSTANCES, live_instance
from reconciler.kinds.instance.shared_parts import due_reads
from reconciler.kinds.instance.shown_inputs import description_reads
from reconciler.kinds.instance.spec import FIXED, NAME, name_key
from reconciler.kinds.integration.versions import choose_version, contents_of, version_of, version_reads
from reconciler.kinds.shared.by_name import found_by_name, is_taken_along
from reconciler.kinds.shared.look_alikes import objects_looking_like
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks, Names
from reconciler.model.capabilities.versions import Version
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import compared
from reconciler.model.tenant import Collection, Live, Read
from reconciler.secrets.suspicious import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields, InstanceNamesNode
    from reconciler.model.capabilities.names import LookAlike
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

SIMILAR: Collection[InstanceNamesNode] = Collection(
    INSTANCE_NAMES, lambda node: [("of", node.customer.id)], listable=False
)
"""The first hundred instances of a customer, by name: enough to notice one that looks like another."""


def similar_instances(customer: str, view: View) -> Iterator[Read]:
    """Yield what reads the names of a customer's instances, where they were not all listed."""
    if not view.tenant.answered(Read(INSTANCES)):
        yield Read(SIMILAR, ("of", customer), (("customer", customer),))


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    customer, name = live_customer_id(resource.spec, view), resource.spec["name"]

    def objects() -> Iterator[tuple[Live, str]]:
        nodes: list[InstanceNamesNode | InstanceFields] = [
            *view.tenant.find(SIMILAR, ("of", customer)),
            *view.tenant.find(INSTANCES, ("of", customer)),
        ]
        for node in {node.id: node for node in nodes}.values():
            yield Live(NAME, node.id, node.name, node), node.name

    if customer is None:
        return ()
    return objects_looking_like(name, "name", view, (NAME, customer), objects)


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return which instance of the customer has the name already."""
    name = resource.spec.get("name")
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by another instance of the customer ({node.id}), to which no manifest "
            "gives another; correct one of the names",
            path=("name",),
        )
        for node in view.tenant.find(INSTANCES, (live_customer_id(resource.spec, view), name))
    }


NAMES = Names(name_key, _conflicts)
LOOKS = Looks(_alike)


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    yield from reference_reads(resource.spec)
    customer = live_customer_id(resource.spec, view)
    names = (resource.spec["name"], *resource.lifecycle.renamed_from)
    lookups = [_lookup(customer, name) for name in names] if customer else []
    for lookup in lookups:
        yield lookup
        found = view.tenant.find(INSTANCES, lookup.key)
        if not view.tenant.answered(lookup) or (found and not is_taken_along(found, resource, view)):
            break
    if resource.lifecycle.managed:
        live = view.live(resource.address)
        node = live.node if live else None
        spec = compared(resource, FIXED, node).spec
        yield from version_reads(spec, view, node, resource.lifecycle.ignore_changes)
        yield from description_reads(spec, view, node)


def _lookup(customer: str, name: str) -> Read:
    return Read(INSTANCES, (customer, name), (("customer", customer), ("name", name)))


def candidates(resource: Resource, view: View) -> Sequence[Live[InstanceFields]]:
    """Return the instances with the resource's name or, where none has it, with a former one."""
    customer = live_customer_id(resource.spec, view)
    found = found_by_name(resource, view, lambda name: view.tenant.find(INSTANCES, (customer, name)))
    return [live_instance(node) for node in found]


def _check_reads(resource: Resource, view: View) -> Iterator[Read]:
    if resource.lifecycle.absent:
        return
    live = view.live(resource.address)
    yield from link_reads(resource.spec, live.node if live else None)
    if live:
        yield from _due_reads(resource, live.node, view)
        return
    customer = live_customer_id(resource.spec, view)
    yield from similar_instances(customer, view) if customer else similar_customers(resource.spec, view)


def _due_reads(resource: Resource, node: InstanceFields, view: View) -> Iterator[Read]:
    if resource.lifecycle.managed:
        wanted = compared(resource, FIXED, node)
        version = choose_version(wanted.spec, view, node)
        if isinstance(version, Version):
            yield from due_reads(wanted, node, contents_of(version, view).variables, view)


def _secrets(view: View) -> Iterator[str]:
    """Yield the live values of config variables that are marked as secrets or have a secret's name."""
    hidden: dict[str, frozenset[str]] = {}
    for instance in view.tenant.all(INSTANCES):
        version = instance.integration
        if version.id not in hidden:
            declared = contents_of(version_of(version), view).variables.values()
            hidden[version.id] = frozenset(each.key for each in declared if each.hidden or sounds_secret(each.key))
        keys = hidden[version.id]
        for key, variable in live_variables(instance).items() if keys else ():
            if key in keys and variable.value:
                yield variable.value


FINDER = Finder(_reads, candidates, live_instance, _check_reads, _secrets)
