"""Fingerprints: keyed, short, in lower case, alike for nothing but the same secret in the same place."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.fingerprints import (
    IN_ONE_LABEL,
    LENGTH,
    Fingerprinter,
    as_labels,
    fingerprint_labels,
    tags_on,
)
from reconciler.model.reserved_labels import FINGERPRINTS

KEY = "the key of the case"
MAKER = Fingerprinter.of(KEY)
PLACE = ("T3Jn", "gitops:acme", "Instance/inventory")
TAGS = st.sets(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=LENGTH, max_size=LENGTH), max_size=23)


def test_a_tag_stays_the_same_from_version_to_version() -> None:
    """Tags are kept on objects for years: how they are made is fixed, to the letter."""
    assert MAKER.within(*PLACE).tag("Acme User/Pass", "password", "hunter2") == "5cqycywjhk3v"


def test_a_tag_is_the_beginning_of_an_hmac_under_the_stretched_key() -> None:
    """It is HMAC-SHA256, by a key stretched with scrypt, over an unambiguous spelling of the place and the value."""
    stretched = hashlib.scrypt(
        KEY.encode(), salt=b"reconciler fingerprints 1", n=2**14, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32
    )
    digest = hmac.new(stretched, json.dumps([*PLACE, "a", "b", "c"]).encode(), "sha256").digest()
    tag = MAKER.within(*PLACE).tag("a", "b", "c")
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    bits = "".join(f"{alphabet.index(each):05b}" for each in tag)
    assert int(bits, 2) == int.from_bytes(digest[:8]) >> 4


@pytest.mark.parametrize(
    "other",
    [
        Fingerprinter.of("another key of the case").within(*PLACE).tag("A", "password", "x"),
        MAKER.within("other", *PLACE[1:]).tag("A", "password", "x"),
        MAKER.within(PLACE[0], "gitops:other", PLACE[2]).tag("A", "password", "x"),
        MAKER.within(*PLACE[:2], "Instance/other").tag("A", "password", "x"),
        MAKER.within(*PLACE).tag("B", "password", "x"),
        MAKER.within(*PLACE).tag("A", "secret", "x"),
        MAKER.within(*PLACE).tag("A", "password", "y"),
        MAKER.within(*PLACE).tag("A", "passwordx", ""),
        MAKER.within(*PLACE).tag("A", "password"),
        MAKER.within(*PLACE[:2]).tag(PLACE[2] + "A", "password", "x"),
    ],
)
def test_the_same_secret_has_another_tag_anywhere_else(other: str) -> None:
    """Another key, tenant, project, object, variable or input has another tag, so that equal secrets do not show."""
    assert other != MAKER.within(*PLACE).tag("A", "password", "x")


def test_the_key_is_not_in_the_repr() -> None:
    """What makes tags shows neither the key nor what it was stretched to."""
    assert KEY not in repr(MAKER.within(*PLACE))
    assert "_key" not in repr(MAKER)


@given(TAGS)
def test_labels_hold_any_tags(tags: set[str]) -> None:
    """Tags are found again in their labels, however many, in any order and in any case the API gives them back."""
    labels = as_labels(tags)
    assert tags_on(label.lower() for label in labels) == tags
    assert all(label == label.lower() and len(label) <= 75 for label in labels)
    assert len(labels) == -(-len(tags) // IN_ONE_LABEL)
    assert as_labels(sorted(tags, reverse=True)) == labels


@given(st.lists(st.text(max_size=80) | st.from_regex(rf"{FINGERPRINTS}[a-z2-7]*", fullmatch=True), max_size=5))
def test_any_other_label_holds_no_tag(labels: list[str]) -> None:
    """Whatever labels there are: only whole tags are read from them, and only from those that are ours."""
    assert all(len(tag) == LENGTH for tag in tags_on(labels))
    assert tags_on(label for label in labels if not label.startswith(FINGERPRINTS)) == frozenset()
    assert fingerprint_labels(labels) == {label for label in labels if label.startswith(FINGERPRINTS)}


@given(st.text(max_size=40))
def test_any_text_has_a_tag(text: str) -> None:
    """Whatever a secret is, its tag is twelve letters of base 32."""
    tag = MAKER.tag(text)
    assert len(tag) == LENGTH
    assert tags_on(as_labels([tag])) == {tag}
