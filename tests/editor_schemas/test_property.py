"""Manifests that a plan accepts are valid by the schemas for editors, for any tenant."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from convergence.run import more
from editor_schemas.written import written
from exporting.exported import export
from hypothesis import given, settings
from support.generate import cases
from support.world import World

if TYPE_CHECKING:
    from support.case import Case


def _errors(validator: object, documents: list[object]) -> list[object]:
    return [(error.absolute_path, error.message) for each in documents for error in validator.iter_errors(each)]  # type: ignore[attr-defined]


def check_manifests(case: Case) -> None:
    """A manifest that converges is valid, also as an overlay of itself."""
    with World() as world, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case.furnish(world)
        options = more(case, world, folder)
        world.plan(case.text, **options)
        schemas = written(world, folder, case.text, **options)
        schemas.check()
        assert not schemas.notes
        assert not _errors(schemas.manifest, case.documents)
        assert not _errors(schemas.overlay, case.documents)


def check_export(case: Case) -> None:
    """An export is valid, with and without defaults."""
    with World() as world, tempfile.TemporaryDirectory() as name:
        case.furnish(world)
        for full in (False, True):
            folder = Path(name) / str(full)
            export(world, folder / "manifests", full=full)
            schemas = written(world, folder, folder / "manifests", keep_secrets=True)
            files = (folder / "manifests").rglob("*.yaml")
            documents = [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
            assert documents or not case.customers
            assert not _errors(schemas.manifest, documents)


@settings(max_examples=4)
@given(case=cases())
def test_manifests_that_a_plan_accepts_are_valid(case: Case) -> None:
    """Every manifest that a plan accepts is valid by the schemas of its tenant."""
    check_manifests(case)


@settings(max_examples=3)
@given(case=cases())
def test_every_export_is_valid(case: Case) -> None:
    """Every export is valid by the schemas of its tenant."""
    check_export(case)


@pytest.mark.full
@settings(max_examples=20)
@given(case=cases())
def test_many_manifests_that_a_plan_accepts_are_valid(case: Case) -> None:
    """The same as in the short suite, for more tenants."""
    check_manifests(case)
    check_export(case)
