"""For any fleet, the sets of an export give each member its own spec, and everything else stays a manifest."""

from __future__ import annotations

from typing import Any

from exporting.fleet import SECRET, checker, made_sets
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.exporting.outside import Outside
from reconciler.exporting.sets.patterns import identity
from reconciler.exporting.sets.proving import UNPROVEN, expanded
from reconciler.kinds.instance.export import SETS
from reconciler.secrets.secret import Secret

PIECES = [
    "eu",
    "us",
    "${customer.name}",
    "$",
    "${values.a}",
    "$${customer.x}",
    "${var.x}",
    "ext-",
    "=1",
    " ",
    "a,b",
    "\n",
    "é",
]
KEYS = ["Region", "Batch Size", "Odd ${values.k}", "Mapping", "customer", "Schedule"]


@st.composite
def texts(draw: st.DrawFn, number: int) -> str:
    """Draw a text in which the customer's own texts occur often."""
    own = [f"ext-{number}", f"c{number}", f"Customer {number}", f"C{number}"]
    return "".join(draw(st.lists(st.sampled_from([*PIECES, *own]), max_size=3)))


def scalars(number: int) -> st.SearchStrategy[Any]:
    return st.one_of(texts(number), st.sampled_from([None, True, 1, 2, 0.5, number, SECRET]))


def values(number: int) -> st.SearchStrategy[Any]:
    inner = st.dictionaries(st.sampled_from(["a", "b", "${values.a}"]), scalars(number), max_size=2)
    return st.one_of(scalars(number), st.lists(texts(number), max_size=2), inner)


@st.composite
def fleets(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw customers and their instances, most of which have most of a common configuration."""
    size = draw(st.integers(5, 9))
    common = draw(st.dictionaries(st.sampled_from(KEYS), values(99), max_size=4))
    customers: dict[str, Any] = {}
    instances: dict[str, Any] = {}
    for number in range(size):
        customers[f"c{number}"] = {"name": f"Customer {number}", "labels": draw(st.lists(st.just("shop"), max_size=1))}
        if draw(st.integers(0, 5)):
            customers[f"c{number}"]["externalId"] = f"ext-{number}"
        if not draw(st.integers(0, 7)):
            continue
        own = draw(st.dictionaries(st.sampled_from(KEYS), values(number), max_size=2))
        spec: dict[str, Any] = {
            "customer": f"c{number}",
            "name": draw(st.sampled_from(["Inventory"] * 6 + [f"Customer {number} Inventory"])),
            "integration": {"name": "Acme", "version": draw(st.sampled_from([1, 1, 1, 2]))},
            "configVariables": {**common, **own},
        }
        for key in draw(st.lists(st.sampled_from(KEYS), max_size=1)):
            spec["configVariables"].pop(key, None)
        if not draw(st.integers(0, 4)):
            spec["description"] = draw(texts(number))
        instances[f"i{number}"] = spec
    return customers, instances


@settings(max_examples=50)
@given(fleet=fleets())
def test_sets_give_each_member_its_own_spec(fleet: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Expanded as every run expands them, sets have just the specs of their drafts; no set has to be given up."""
    customers, instances = fleet
    outside = Outside()
    maker = made_sets(customers, instances, outside)
    assert UNPROVEN not in {reason for _, reason in maker.apart}
    known = [SETS.customer(handle, spec) for handle, spec in customers.items()]
    members = set()
    for made in maker.made:
        found = expanded(made.texts, "Instance", known, checker())
        assert found is not None
        assert set(found) == set(made.draft.members)
        for handle, draft in made.draft.members.items():
            assert _without_references(found[handle]) == _without_secrets(draft.spec)
            members.add(draft.handle)
    apart = {draft.handle for draft, _ in maker.apart}
    assert not members & apart
    assert len(members) == sum(len(made.draft.members) for made in maker.made)
    named = [name for given in outside.names.values() for _, name in given]
    assert len(named) == len(set(named))
    assert "canary" not in "".join(f"{made.texts.manifest}{made.texts.values}" for made in maker.made)


@settings(max_examples=20)
@given(fleet=fleets())
def test_sets_do_not_depend_on_the_order_of_instances(fleet: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The same fleet makes the same texts, although the API may list it in another order."""
    customers, instances = fleet
    again = made_sets(customers, dict(reversed(instances.items())))
    before = made_sets(customers, instances)
    assert [each.texts for each in again.made] == [each.texts for each in before.made]


def _without_references(value: Any) -> str:
    return identity(_mapped(value, lambda each: isinstance(each, dict) and set(each) == {"valueFrom"}))


def _without_secrets(value: Any) -> str:
    return identity(_mapped(value, lambda each: isinstance(each, Secret)))


def _mapped(value: Any, is_secret: Any) -> Any:
    if is_secret(value):
        return SECRET
    if isinstance(value, dict):
        return {key: _mapped(item, is_secret) for key, item in value.items()}
    return [_mapped(item, is_secret) for item in value] if isinstance(value, list) else value
