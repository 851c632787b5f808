"""Laws of the codec, for values of every type: nothing is left to do after a write, and no change goes unseen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kinds.meaning import CRON, LISTS, MAPPINGS, PAIRS, SCALARS, forms, json_data, json_meaning, texts
from kinds.server import JSON_MANNERS, MANNERS, as_sent
from kinds.support import declare, live

from reconciler.kinds.variables.codec import compare, has_default
from reconciler.kinds.variables.values import same_json
from reconciler.model.answers import python_name
from reconciler.secrets.doubtful_text import is_blank_text
from reconciler.secrets.secret import Secret, reveal

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.meaning import Sort

    from reconciler.kinds.variables.fragments import LiveVariable

GROUPS = {
    **{sort.form: (sort,) for sort in SCALARS},
    "SCHEDULE": (CRON,),
    "VALUELIST": LISTS,
    "KEYVALUELIST from a mapping": MAPPINGS,
    "KEYVALUELIST from pairs": PAIRS,
}
"""Each scalar type by itself; the lists of one sort together, their item's type drawn."""
COARSE = {"scalars": (*SCALARS, CRON), "VALUELIST": LISTS, "KEYVALUELIST": (*MAPPINGS, *PAIRS)}


def draw_sort(data: st.DataObject, group: str) -> Sort:
    return data.draw(st.sampled_from(GROUPS[group]))


def wire_text(form: str, value: Any) -> str:
    """Return what is sent to give a new variable a value."""
    found = compare(declare(form), value, None)
    assert found.wire is not None
    return str(reveal(found.wire.text))


def stored(text: str) -> LiveVariable:
    """Return the live variable that a written text makes; a schedule runs then."""
    return live(text, schedule_type="CUSTOM")


def manners(form: str) -> tuple[Callable[[str], str], ...]:
    data_type, _, collection = form.partition(" ")
    return JSON_MANNERS if collection else MANNERS.get(data_type, (as_sent,))


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
def test_a_write_converges(group: str, data: st.DataObject) -> None:
    """Whatever a manifest says, once it is sent, and however the API gives it back, the next plan is empty."""
    sort = draw_sort(data, group)
    value = data.draw(sort.values)
    sent = wire_text(sort.form, value)
    for manner in manners(sort.form):
        assert compare(declare(sort.form), value, stored(manner(sent))).same, manner.__name__


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
def test_a_difference_is_reported_exactly_if_the_meaning_differs(group: str, data: st.DataObject) -> None:
    """A live value and another wanted one differ if and only if they mean different things."""
    sort = draw_sort(data, group)
    before = data.draw(sort.values)
    after = data.draw(st.one_of(sort.values, st.just(before)))
    found = compare(declare(sort.form), after, stored(wire_text(sort.form, before)))
    assert (found.wire is not None) == (sort.meaning(before) != sort.meaning(after))
    if found.wire is not None and not found.sensitive:
        assert found.before != found.after


@given(sort=st.sampled_from(SCALARS), data=st.data())
def test_a_change_of_one_list_item_is_a_difference(sort: Sort, data: st.DataObject) -> None:
    """In a long list, one item that means something else makes the list differ."""
    items = data.draw(st.lists(sort.values, min_size=1, max_size=6))
    index = data.draw(st.integers(0, len(items) - 1))
    other = data.draw(sort.values.filter(lambda value: sort.meaning(value) != sort.meaning(items[index])))
    form = f"{sort.form} VALUELIST"
    changed = [*items[:index], other, *items[index + 1 :]]
    assert compare(declare(form), changed, live(wire_text(form, items))).wire is not None


@given(sort=st.sampled_from(MAPPINGS), data=st.data())
def test_a_mapping_means_its_pairs_in_any_order(sort: Sort, data: st.DataObject) -> None:
    """However the API orders the pairs of a mapping, it is the same mapping."""
    value = data.draw(sort.values)
    shuffled = data.draw(st.permutations(json.loads(wire_text(sort.form, value))))
    assert compare(declare(sort.form), value, live(json.dumps(shuffled))).same


@given(texts, st.sampled_from(["STRING", "CODE", "CREDENTIAL"]))
def test_text_travels_as_it_is(value: str, form: str) -> None:
    """Text reaches the API character by character; a secret that is blank goes nowhere."""
    assume(form != "CREDENTIAL" or not is_blank_text(value))
    assert wire_text(form, value) == value


@given(forms)
def test_json_travels_with_its_meaning(value: Any) -> None:
    """A JSON form's text parses to what the manifest says."""
    assert json_meaning(json.loads(wire_text("JSONFORM", value))) == json_meaning(value)


@given(sort=st.sampled_from(LISTS), data=st.data())
def test_a_list_travels_item_by_item(sort: Sort, data: st.DataObject) -> None:
    """A list reaches the API as an array of as many items, scalars as text."""
    value = data.draw(sort.values)
    sent = json.loads(wire_text(sort.form, value))
    assert len(sent) == len(value)
    assert all(isinstance(item, (str, list, dict)) for item in sent)


@given(json_data, json_data)
def test_json_is_the_same_when_it_means_the_same(one: Any, other: Any) -> None:
    """Comparing JSON is comparing meanings, in either direction."""
    expected = json_meaning(one) == json_meaning(other)
    assert same_json(one, other) == expected
    assert same_json(other, one) == expected
    assert same_json(one, json.loads(json.dumps(one)))


@pytest.mark.parametrize("group", COARSE)
@given(data=st.data(), text=st.one_of(st.none(), st.text(max_size=20), json_data.map(json.dumps)))
def test_every_live_text_can_be_parsed(group: str, data: st.DataObject, text: str | None) -> None:
    """Whatever the API says, it compares without an error, and one write then settles it."""
    sort = data.draw(st.sampled_from(COARSE[group]))
    value = data.draw(sort.values)
    found = compare(declare(sort.form), value, live(text))
    settled = text if found.wire is None else str(reveal(found.wire.text))
    more = {python_name(key): text for key, text in (found.wire.schedule or {}).items()} if found.wire else {}
    assert compare(declare(sort.form), value, live(settled, **more)).same
    assert has_default(declare(sort.form, default=text), live(text, schedule_type="custom")) in {True, False}


@given(sort=st.sampled_from(SCALARS), data=st.data())
def test_a_secret_compares_as_its_value_does(sort: Sort, data: st.DataObject) -> None:
    """A value from a secret, its text or its JSON, differs where the plain value would, and sends the same text."""
    value = data.draw(sort.values)
    sent = wire_text(sort.form, value)
    declared = declare(sort.form)
    secret = Secret(sent)
    assert compare(declared, secret, live(sent)).same
    found = compare(declared, secret, None)
    assert found.sensitive
    assert found.wire is not None
    assert reveal(found.wire.text) == sent


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
def test_the_quick_comparison_agrees_with_the_full_one(group: str, data: st.DataObject) -> None:
    """What is taken for the same at a glance is the same by the rules of its type."""
    sort = draw_sort(data, group)
    value = data.draw(sort.values)
    other = data.draw(st.one_of(sort.values, st.just(value)))
    manner = data.draw(st.sampled_from(manners(sort.form)))
    declared, node = declare(sort.form), stored(manner(wire_text(sort.form, other)))
    if declared.agrees(value, node):
        assert declared.codec.same(declared.codec.parse(value), declared.codec.read(node.value))
