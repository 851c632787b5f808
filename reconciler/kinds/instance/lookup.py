"""The live instance that a monitor refers to: by the handle of its manifest, or by its name and its customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.lookup import live_customer_id, reference_problems, reference_reads
from reconciler.kinds.instance.reads import INSTANCES, live_instance
from reconciler.kinds.instance.spec import NAME
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Read
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def instance_reads(named: Any, view: View) -> Iterator[Read]:
    """Yield the look-ups of an instance that is in no manifest."""
    if isinstance(named, dict):
        yield from reference_reads(named)
        customer = live_customer_id(named, view)
        if customer:
            yield _of_customer(customer)


def _of_customer(customer: str) -> Read[InstanceFields]:
    # All of the customer's: several monitors may name several of them, and a wrong name has a suggestion.
    return Read(INSTANCES, ("of", customer), (("customer", customer),))


def live_reference(named: Any, view: View) -> Live[InstanceFields] | None:
    """Return the live instance, or ``None`` while there is none or more than one."""
    if isinstance(named, str):
        return view.live(f"{NAME}/{named}")
    found = _outside(named, view)
    return live_instance(found[0]) if len(found) == 1 else None


def _outside(named: Any, view: View) -> Sequence[InstanceFields]:
    customer = live_customer_id(named, view) if isinstance(named, dict) else None
    return view.tenant.find(INSTANCES, (customer, named["name"])) if customer else ()


def instance_problems(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """Yield what is wrong with an instance that is in no manifest: none has that name, or several have."""
    named = spec.get("instance")
    if not isinstance(named, dict):
        return
    problems = reference_problems(named, view)
    if problems:
        yield from (Diagnostic(each.message, path=("instance", *each.path)) for each in problems)
        return
    customer, found = live_customer_id(named, view), _outside(named, view)
    if len(found) == 1:
        return
    if customer is None:
        message = (
            f"the customer {named['customer']!r} does not exist yet, and so has no instance {named['name']!r}; declare "
            "the instance, and refer to its manifest by handle"
        )
    elif found:
        identifiers = ", ".join(node.id for node in found)
        alike = f"{len(found)} instances of the customer have the name {named['name']!r}"
        message = f"{alike}, and only their IDs differ ({identifiers})"
    else:
        names = [node.name for node in view.tenant.find(INSTANCES, ("of", customer))]
        near = did_you_mean(named["name"], names, listed_as="instances of the customer")
        message = f"the customer has no instance {named['name']!r}; {near}"
    yield Diagnostic(message, path=("instance", "name"))
