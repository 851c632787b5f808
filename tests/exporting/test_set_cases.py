"""Sets that are made of instances: each case is a file with the instances, and with the texts of their sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from exporting.fleet import made_sets

CASES = sorted((Path(__file__).parent / "set_cases").glob("*.yaml"))
FEWEST_CASES = 25


def fleet(case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the customers and instances of a case, by handle.

    ``customers`` maps handles to what differs from a customer with a name and an external ID made of the handle;
    ``instances`` maps customers to what differs from ``base``, or handles to whole specs with their ``customer``.
    """
    customers = {
        handle: {"name": handle.replace("-", " ").title(), "externalId": f"x-{handle}", **(spec or {})}
        for handle, spec in case["customers"].items()
    }
    customers = {handle: {k: v for k, v in spec.items() if v is not None} for handle, spec in customers.items()}
    base = {"name": "Acme Inventory", "integration": {"name": "Acme Inventory", "version": 3}, **case.get("base", {})}
    instances = {}
    for handle, spec in case["instances"].items():
        own = {"customer": handle, **base, **(spec or {})}
        instances[f"{handle}-instance"] = own
    return customers, instances


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_instances_become_the_sets_of_their_case(file: Path) -> None:
    """The manifests, the files of values and the reasons of those left apart are those of the case."""
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    maker = made_sets(*fleet(case))
    assert [each.texts.manifest for each in maker.made] == case["sets"]
    assert {each.texts.values_file: each.texts.values for each in maker.made if each.texts.values_file} == case.get(
        "values", {}
    )
    assert {each.handle.removesuffix("-instance"): reason for each, reason in maker.apart} == case.get("apart", {})


def test_every_rule_has_its_case() -> None:
    """The cases are at least as many as the rules that the documentation lists."""
    assert len(CASES) >= FEWEST_CASES
