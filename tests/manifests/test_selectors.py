"""Selectors restrict a run to a part of the manifests, and never to nothing or to everything by mistake."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.reading import read_text

from reconciler.errors import ManifestErrors, UsageError
from reconciler.kinds.registry import default_registry
from reconciler.manifests.graph import declared_targets
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.selectors import selected

if TYPE_CHECKING:
    from reconciler.manifests.result import Manifests

TABLE = yaml.safe_load((Path(__file__).parent / "selectors.yaml").read_text(encoding="utf-8"))
MANIFESTS: str = TABLE["manifests"]
FACETS = ("customer", "integration", "label")
NAMES = ["ftl-rockets", "FTL Rockets", "nordlys", "zzz-9", "Acme Inventory", "CRM Contacts", "canary", "WEST", "nobody"]
TARGETS = ["Instance/*", "User/lisa", "InstanceSet/inventory", "Customer/*", "*", "Nothing/*"]


def options(case: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a case."""
    named = {f"only_{facet}s": tuple(case.get(facet, ())) for facet in FACETS}
    return {**named, "targets": tuple(case.get("targets", ()))}


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_a_run_is_about_what_is_selected(tmp_path: Path, case: dict[str, Any]) -> None:
    """Names of one option add up, options narrow each other, and what matches nothing is an error."""
    if "error" in case:
        with pytest.raises(UsageError) as raised:
            read_text(tmp_path, MANIFESTS, **options(case))
        assert str(raised.value).startswith(case["error"])
    else:
        assert set(read_text(tmp_path, MANIFESTS, **options(case)).targets) == set(case["selected"])


@pytest.fixture(scope="module")
def everything() -> Manifests:
    return read_manifests(ManifestOptions(("-",), stdin=io.StringIO(MANIFESTS), environ={}), default_registry())


@given(
    wanted=st.fixed_dictionaries({facet: st.lists(st.sampled_from(NAMES), max_size=2) for facet in FACETS}),
    targets=st.lists(st.sampled_from(TARGETS), max_size=2),
)
def test_a_selection_is_never_empty(everything: Manifests, wanted: dict[str, list[str]], targets: list[str]) -> None:
    """A selection has at least one resource or is an error, and more options never select more."""
    resources, kinds = everything.resources, default_registry()
    restricted = bool(targets) or any(wanted.values())
    try:
        found = selected(targets, wanted, resources, kinds)
    except UsageError:
        assert restricted
        return
    assert bool(found) == restricted
    for facet in FACETS:
        fewer = {**wanted, facet: []}
        wider = selected(targets, fewer, resources, kinds)
        assert not wider or set(declared_targets(found, resources)) <= set(declared_targets(wider, resources))


def test_mistakes_come_before_names_that_may_depend_on_them(tmp_path: Path) -> None:
    """A customer whose manifest is wrong is not reported as unknown, too."""
    wrong = MANIFESTS.replace("name: Nordlys", "nam: Nordlys")
    with pytest.raises(ManifestErrors) as raised:
        read_text(tmp_path, wrong, only_customers=("Nordlys",))
    assert "unknown key 'nam'" in str(raised.value.problems[0])


def test_only_the_secrets_of_the_selection_are_resolved(tmp_path: Path) -> None:
    """Whoever applies one customer needs the secrets of that customer alone."""
    secret = """\
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: secretive}
spec:
  customer: nordlys
  name: Secretive
  integration: {name: CRM Contacts, version: 1}
  configVariables: {Word: {valueFrom: {env: NOT_SET}}}
"""
    with pytest.raises(ManifestErrors, match="NOT_SET"):
        read_text(tmp_path, MANIFESTS + secret, only_customers=("Nordlys",))
    assert read_text(tmp_path, MANIFESTS + secret, only_customers=("FTL Rockets",)).targets
