"""Names in files that the product writes: whatever they are, its own reader and others read just these back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support.effort import cpu_seconds
from support.odd_names import ODD

from reconciler.manifests.project.lockfile import Lock, lock_text, read_lock
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import build
from reconciler.manifests.yaml.quoting import quoted
from reconciler.model.tenant import Identity
from reconciler.scaffold.project_file import project_text

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.model.diagnostic import Diagnostic

NAMES = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=("Cs",)), max_size=30))


def every_odd(function: object) -> object:
    for name in ODD:
        function = example(name)(function)  # type: ignore[arg-type]
    return function


@given(NAMES)
@every_odd
def test_every_reader_reads_a_text_back(name: str) -> None:
    """By YAML 1.1 and 1.2, as a value, a key, in a list and in a flow map, a text is the same text."""
    for text in (f"[{quoted(name)}]", f"- {quoted(name)}\n"):
        assert own(text) == [name]
        assert yaml.safe_load(text) == [name]
        assert YAML(typ="safe", pure=True).load(text) == [name]
    if len(name) < 200:
        assert own(f"{{{quoted(name)}: {quoted(name)}}}") == {name: name}


def own(text: str) -> object:
    problems: list[Diagnostic] = []
    (node,) = compose(text, "", problems)
    found = build(node, "", problems)
    assert problems == []
    return found


@pytest.mark.parametrize("name", ["Acme Inventory", "acme-inventory", "A/B v2.1", "Every_Data_Type", "production"])
def test_plain_text_is_not_quoted(name: str) -> None:
    """Plain names are not quoted."""
    assert quoted(name) == name


PINS = st.dictionaries(NAMES, st.integers(1, 10**6), max_size=8)


@given(shared=PINS, environments=st.dictionaries(NAMES, PINS, max_size=3))
@example(shared=dict.fromkeys(ODD, 7), environments={})
@example(shared={}, environments={name: {"a": 1} for name in ODD})
@example(shared={"a": 1}, environments={"x": {}})
def test_a_lock_is_read_as_it_was_written(
    shared: dict[str, int], environments: dict[str, dict[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An integration may be called anything: the lock holds its version under that name, in the order of the names."""
    folder: Path = tmp_path_factory.mktemp("lock")
    text = lock_text(Lock(shared, environments))
    (folder / "reconciler.lock").write_bytes(text.encode())
    problems: list[Diagnostic] = []
    assert read_lock(folder, folder, problems) == Lock(shared, environments)
    assert problems == []
    assert list(read_lock(folder, folder, problems).shared) == sorted(shared)
    assert yaml.safe_load(text)["lockVersion"] == (2 if environments else 1)


@given(NAMES, st.sampled_from(ODD))
def test_a_project_file_is_read_as_it_was_written(organization: str, url: str) -> None:
    """A new repository's project is a project, however the organization and its stack are called."""
    written = own(project_text("acme", "production", Identity(url, "id", organization, "user")))
    assert isinstance(written, dict)
    assert written["spec"]["environments"]["production"]["url"] == url


@pytest.mark.parametrize("end", ["=", "==", "\n", "-", " "])
def test_a_long_word_is_quoted_at_once(end: str) -> None:
    """An identifier in base64, and any other text of letters and digits, takes no longer for its length."""
    text = "Q3VzdG9tZXI6NGQw" * 1000 + end
    assert cpu_seconds(lambda: quoted(text)) < 2
    assert yaml.safe_load(quoted(text)) == text
