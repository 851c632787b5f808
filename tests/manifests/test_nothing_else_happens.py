"""Any input is read as manifests or refused with our own errors."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.broken_cases import broken_cases
from manifests.reading import CUSTOMER, INSTANCE, text_problems
from support.effort import cpu_seconds

from reconciler.errors import ManifestErrors
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions

HERE = Path(__file__).parent
INGREDIENTS = yaml.safe_load((HERE / "ingredients.yaml").read_text(encoding="utf-8"))
PIECES, WORDS = st.sampled_from(INGREDIENTS["pieces"]), st.sampled_from(INGREDIENTS["words"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def read_anything(text: str) -> None:
    """Read a text as manifests; it must be valid, or have problems with places."""
    found = text_problems(HERE, text)
    assert all(problem and "\n" not in problem for problem in found)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text at all raises anything but ``ManifestErrors``."""
    read_anything(text)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_mixture_of_manifests_is_read_or_refused(text: str) -> None:
    """Pieces of manifests in any order raise nothing but ``ManifestErrors``."""
    read_anything(text)


@given(DATA)
def test_any_data_is_read_or_refused(data: object) -> None:
    """No YAML data raises anything but ``ManifestErrors``."""
    read_anything(yaml.safe_dump(data, allow_unicode=True))


@given(st.sampled_from([CUSTOMER, INSTANCE]), st.integers(0, 120), st.integers(0, 20), st.text(max_size=3))
def test_any_change_of_a_manifest_is_read_or_refused(text: str, start: int, length: int, new: str) -> None:
    """A valid manifest with one value replaced raises nothing but ``ManifestErrors``."""
    read_anything(text[:start] + new + text[start + length :])


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes on standard input raise anything but ``ManifestErrors``."""
    options = ManifestOptions(files=("-",), stdin=io.TextIOWrapper(io.BytesIO(data)), environ={}, cwd=HERE)
    with pytest.raises(ManifestErrors):
        read_manifests(options, default_registry())


def test_every_problem_of_a_file_names_its_place(tmp_path: Path) -> None:
    """Every message about a file of the table begins with its place."""
    for case in broken_cases():
        for error in case.errors:
            elsewhere = ("-", "there is no", "the manifests", "nope", "m:", "RECONCILER_ENVIRONMENT is")
            about_a_file = not error.startswith(elsewhere)
            assert not about_a_file or error.split(": ")[0].count(":") == 2, (case.name, error)


def test_thousands_of_manifests_are_read_in_seconds(tmp_path: Path) -> None:
    """Three thousand manifests take seconds, not minutes."""
    text = "---\n".join(
        CUSTOMER.replace("acme", f"c{number}").replace("Acme", f"Customer {number}") for number in range(3000)
    )
    problems: list[str] = []
    assert cpu_seconds(lambda: problems.extend(text_problems(tmp_path, text))) < 15
    assert problems == []
