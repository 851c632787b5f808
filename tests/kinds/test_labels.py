"""Labels: whole sets in lower case, of which those that begin ``gitops:`` are ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import row_id
from support.nodes import node

from reconciler.kinds.customer.operations import CustomerFields
from reconciler.kinds.shared.labels import compare_labels, wanted_labels
from reconciler.model.capabilities.differ import FieldChange, Fields
from reconciler.model.reserved_labels import RESERVED
from reconciler.model.tenant import Live

OURS = "gitops:shop"
Labels = list[str] | None


def labelled(labels: Labels) -> Live[CustomerFields]:
    return Live("Customer", "c-1", "FTL", node(CustomerFields, labels=labels))


def compared(declared: Labels, live: Live[CustomerFields] | None) -> Fields:
    """Return the labels that a manifest declares, compared in full."""
    found = Fields(include_unchanged=True)
    compare_labels(declared, live, found)
    return found


@pytest.mark.parametrize(
    ("declared", "present", "required", "unwanted", "written"),
    [
        (None, None, [], [], None),
        (None, ["a"], [], [], None),
        ([], None, [], [], None),
        ([], ["a"], [], [], []),
        (["A"], ["a"], [], [], None),
        (["b", "A"], ["a"], [], [], ["a", "b"]),
        (["a", "A"], ["a"], [], [], None),
        (["a"], None, [], [], ["a"]),
        (None, ["a"], [OURS], [], ["a", OURS]),
        (None, None, ["GitOps:Shop"], [], [OURS]),
        (["a"], ["a", OURS], [OURS], [], None),
        (["a"], [OURS], [], [], ["a", OURS]),
        ([], [OURS], [], [], None),
        (["a"], ["a", OURS], [], [OURS], ["a"]),
        (["a"], ["a", "gitops:other"], [OURS], ["GITOPS:OTHER"], ["a", OURS]),
        (["a", "gitops:forged"], ["a"], [], [], None),
        (["GitOps:Shop"], [OURS, "b"], [], [], [OURS]),
        (None, ["a", "GitOps:Shop"], [OURS], [], None),
    ],
    ids=row_id,
)
def test_the_whole_set_is_written_or_nothing(
    declared: Labels, present: Labels, required: list[str], unwanted: list[str], written: Labels
) -> None:
    """Declared labels over ours, in lower case and sorted, and no write where that is what is there."""
    assert wanted_labels(declared, present, required, unwanted) == written


@pytest.mark.parametrize(
    ("declared", "live", "change"),
    [
        (None, labelled(["a"]), []),
        (["A"], labelled(["a", OURS]), []),
        ([], None, []),
        ([], labelled(None), []),
        (["gitops:forged"], labelled([]), []),
        (["b", "A"], labelled(["a"]), [FieldChange(("labels",), ["a"], ["a", "b"])]),
        (["a"], labelled([]), [FieldChange(("labels",), [], ["a"])]),
        (["a"], None, [FieldChange(("labels",), None, ["a"])]),
        ([], labelled(["a", OURS]), [FieldChange(("labels",), ["a"], [])]),
    ],
    ids=row_id,
)
def test_a_plan_shows_the_declared_labels_alone(
    declared: Labels, live: Live[CustomerFields] | None, change: list[FieldChange]
) -> None:
    """Our own labels are no part of what a manifest changes."""
    assert compared(declared, live).changed == change


def test_a_new_object_has_no_labels() -> None:
    """Without an object the set to write is the declared and the required one."""
    assert wanted_labels(["b"], None, [OURS]) == ["b", OURS]
    assert wanted_labels(None, None) is None


names = st.sampled_from(["a", "A", "b", "gitops:x", "GitOps:Y", "gitops:", "gitopsy"])
sets = st.lists(names, max_size=5)
maybe = st.none() | sets


@given(declared=maybe, present=maybe, required=sets, unwanted=sets)
def test_one_write_settles_the_labels(
    declared: Labels, present: Labels, required: list[str], unwanted: list[str]
) -> None:
    """Once written, in whatever case and order they come back, nothing is left to write or to show."""
    written = wanted_labels(declared, present, required, unwanted)
    after = present if written is None else written
    clash = {label.lower() for label in unwanted} & {label.lower() for label in declared or ()}
    assert wanted_labels(declared, [label.upper() for label in after or ()], required, unwanted) is None
    ordinary = {label.lower() for label in required if not label.lower().startswith(RESERVED)}
    if not clash and not ordinary:
        assert compared(declared, labelled(after)).changed == []


@given(declared=maybe, present=maybe)
def test_a_manifest_neither_sets_nor_drops_a_reserved_label(declared: Labels, present: Labels) -> None:
    """The labels that begin ``gitops:`` are the same before and after, whatever a manifest declares."""
    written = wanted_labels(declared, present)
    reserved = {label.lower() for label in present or () if label.lower().startswith(RESERVED)}
    lowered = [label.lower() for label in written or ()]
    after = reserved if written is None else {label for label in lowered if label.startswith(RESERVED)}
    assert after == reserved
    for change in compared(declared, labelled(present)).changed:
        assert not [label for label in change.before + change.after if label.startswith(RESERVED)]


@given(declared=maybe, present=maybe, required=sets, unwanted=sets)
def test_required_labels_are_added_and_unwanted_removed(
    declared: Labels, present: Labels, required: list[str], unwanted: list[str]
) -> None:
    """What must be there is there, and what must not be is not, unless it must be as well."""
    written = wanted_labels(declared, present, required, unwanted)
    after = {label.lower() for label in (present if written is None else written) or ()}
    must = {label.lower() for label in required}
    assert must <= after
    assert not ({label.lower() for label in unwanted} - must) & after


def test_labels_that_stay_keep_their_case() -> None:
    """Where the API keeps the case of labels, those that are there are given back as they are spelt."""
    present = ["EU West", "Tier:1"]
    assert wanted_labels(None, present, ["gitops:ours"]) == ["EU West", "Tier:1", "gitops:ours"]
    assert wanted_labels(["eu west", "New"], present) == ["EU West", "new"]
    assert wanted_labels(["eu west", "TIER:1"], present) is None
