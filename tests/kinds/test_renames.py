"""Names that a definition says a version changed."""

from __future__ import annotations

import pytest

from reconciler.kinds.integration.versions import renames_of


@pytest.mark.parametrize(
    ("definition", "renames"),
    [
        ("name: A\nrenameAttributes: {Old: New, Older: Newer}\n", {"Old": "New", "Older": "Newer"}),
        ("renameAttributes: {Old: [New], 1: x}\n", {}),
        ("renameAttributes: [Old]\n", {}),
        ("renameAttributes: null\n", {}),
        ("- no mapping\n", {}),
        ("{broken", {}),
        ("date: 2026-99-99\nrenameAttributes: {Old: New}\n", {}),
        ("", {}),
        (None, {}),
    ],
)
def test_renames_are_read_from_a_definition(definition: str | None, renames: dict[str, str]) -> None:
    """The old names lead to the new ones, and a text that is no such definition to none."""
    assert renames_of(definition) == renames
