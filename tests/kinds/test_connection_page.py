"""The tables of docs/connections.md: each row is what ``compare_connection`` does."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.nodes import node
from support.world import ROOT

from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.variables.codec import Declaration
from reconciler.kinds.variables.connections import compare_connection
from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.secrets.secret import Secret, Unresolved, reveal

if TYPE_CHECKING:
    from reconciler.kinds.variables.connections import ConnectionComparison

PAGE = (ROOT / "docs" / "connections.md").read_text(encoding="utf-8")
DECLARED = Declaration("Login", "CONNECTION", inputs={"host": "", "other": ""})
LINK = "onPremiseResourceId"
MANIFEST = {
    "not declared": {},
    "value": {"host": Secret("declared")},
    "`{clear: true}`": {"host": CLEARED},
    "`valueFrom`, `--without-secrets`": {"host": Unresolved()},
    "`valueFrom` has no value, `--keep-secrets`": {"host": Unresolved("the environment variable HOST")},
}
LIVE = {
    "readable": {"value": "live", "has_value": True},
    "readable, equal": {"value": "declared", "has_value": True},
    "readable, different": {"value": "live", "has_value": True},
    "write-only, set": {"value": "", "has_value": True},
    "not set": {"value": "", "has_value": False},
}
CONDITION = {
    "": {"known": lambda *_: False},
    "no key": {},
    "the fingerprint matches": {"known": lambda *_: True},
    "no matching fingerprint": {"known": lambda *_: False},
    "`--resend-secrets`": {"known": lambda *_: True, "resend": True},
}
SENT = {"declared value": "declared", "empty text": "", "left out": None}
OTHER = {"name": "other", "type": "VALUE", "value": "before", "has_value": True}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of each row of the table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|--")]


def shown(found: ConnectionComparison) -> set[str]:
    """Return what a plan shows of the input ``host``, in the words of the page."""
    return {
        *(["change"] if ("inputs", "host") in [change.path for change in found.fields.changed] else []),
        *(["warning: may be lost"] if "host" in {*found.inputs.at_risk, *found.inputs.left_out} else []),
        *(["warning: emptied"] if "host" in found.inputs.cleared else []),
        *(["warning: cannot be compared"] if "host" in found.inputs.unverified else []),
    }


def words(cell: str) -> set[str]:
    """Return what a cell says that a plan shows; that it is refused is decided elsewhere."""
    return {word for word in cell.removesuffix(", and the plan is refused").split(", ") if word not in {"", "nothing"}}


def compared(manifest: dict[str, Any], live: dict[str, Any], condition: str, **more: Any) -> ConnectionComparison:
    nodes = [{"name": "host", "type": "VALUE", **live}, OTHER]
    spec = {"inputs": manifest, **more}
    return compare_connection(DECLARED, spec, node(LiveVariable, inputs={"nodes": nodes}), **CONDITION[condition])


def values(found: ConnectionComparison) -> dict[str, str]:
    """Return the inputs that a write carries."""
    return {each["name"]: each["value"] for each in json.loads(reveal((found.wire or {})["values"]))}


@pytest.mark.parametrize("row", rows("One input"), ids=lambda row: "; ".join(row[:3]))
def test_one_input_does_what_its_row_says(row: list[str]) -> None:
    """An input starts a write, travels in one and is shown as its row says, by itself and beside another change."""
    manifest, live, condition, starts, in_a_write, cell = row
    always, _, beside = cell.removesuffix(")").partition("(")
    alone = compared(MANIFEST[manifest], LIVE[live], condition)
    assert ("values" in (alone.wire or {})) == (starts == "yes")
    assert shown(alone) == words(always.strip())
    written = compared({**MANIFEST[manifest], "other": "after"}, LIVE[live], condition)
    assert values(written).get("host") == SENT.get(in_a_write, LIVE[live]["value"])
    assert shown(written) == (words(beside) or words(always.strip()))


@pytest.mark.parametrize("row", rows("The whole connection"), ids=lambda row: "; ".join(row[:2]))
def test_a_connection_is_written_as_its_row_says(row: list[str]) -> None:
    """Inputs are written when one of them starts a write, the link when it differs."""
    starts, differs, carries = row
    manifest = {"host": "declared"} if starts == "yes" else {"host": "live"}
    link = {LINK: "agent"} if differs == "yes" else {}
    found = compared(manifest, LIVE["readable"], "", **link)
    assert (LINK in (found.wire or {})) == ("the link" in carries)
    assert ("values" in (found.wire or {})) == ("all inputs" in carries)
    assert (found.wire is None) == carries.startswith("nothing")


@pytest.mark.parametrize(
    ("default", "value", "written"),
    [
        ("same", "same", None),
        ("same", "new", {"host": "new", "other": "o"}),
        ("same", CLEARED, {"host": "", "other": "o"}),
        ("", CLEARED, None),
    ],
)
def test_a_new_connection_starts_with_defaults(default: str, value: Any, written: dict[str, str] | None) -> None:
    """Only what differs from the default starts a write, which carries the other defaults too."""
    declared = Declaration("Login", "CONNECTION", inputs={"host": default, "other": "o"})
    found = compare_connection(declared, {"inputs": {"host": value}}, None)
    assert (values(found) if found.wire else None) == written


def test_every_case_has_a_row() -> None:
    """The table has each sort of manifest value beside each sort of live input that can differ for it."""
    named = {(manifest, live.split(",")[0]) for manifest, live, *_ in rows("One input")}
    assert named == set(product(MANIFEST, ("readable", "write-only", "not set")))
