"""Values that are set live, and that a move to another version would lose or could not keep."""

from __future__ import annotations

from typing import Any

import pytest
from kinds.support import row_id
from support.nodes import node

from reconciler.kinds.instance.operations import InstanceFields
from reconciler.kinds.instance.values_at_risk import lost_values
from reconciler.kinds.variables.codec import Declaration
from reconciler.model.diagnostic import Diagnostic


def gone(key: str, value: str | None, *, stable: str | None = None, **more: Any) -> InstanceFields:
    declared = {"key": key, "stable_key": stable, "default_value": "10"}
    return node(
        InstanceFields, config_variables={"nodes": [{"value": value, "required_config_variable": declared, **more}]}
    )


RENAMED = {
    each.key: each
    for each in (
        Declaration("New Size", "NUMBER", stable_key="size"),
        Declaration("Other", "STRING"),
        Declaration("Count", "NUMBER"),
        Declaration("Was Text", "NUMBER"),
        Declaration("List", "STRING", "VALUELIST"),
        Declaration("Place", "PICKLIST", pick_list=("a", "b")),
        Declaration("Places", "PICKLIST", "VALUELIST", pick_list=("a", "b")),
        Declaration("Free", "PICKLIST"),
        Declaration("When", "SCHEDULE"),
        Declaration("Later", "A_TYPE_OF_TOMORROW"),
        Declaration("Login", "CONNECTION"),
    )
}
BEFORE = {each.key: each for each in (Declaration("Was Text", "STRING"), Declaration("Count", "NUMBER"))}


@pytest.mark.parametrize(
    ("live", "declared", "message"),
    [
        (node(InstanceFields), (), None),
        (gone("Other", "50"), (), None),
        (gone("Old Size", None), (), None),
        (gone("Old Size", "10"), (), None),
        (gone("Old Size", "50"), (), "version 7 has no config variable 'Old Size': its live value is lost"),
        (
            gone("Old Size", "50", stable="other"),
            ("New Size",),
            "version 7 has no config variable 'Old Size': its live value is lost",
        ),
        (
            gone("Old Size", "50", stable="size"),
            (),
            (
                "version 7 renames 'Old Size' to 'New Size': whether the API keeps its live value is not known; "
                "declare 'New Size' to be sure"
            ),
        ),
        (gone("Old Size", "50", stable="size"), ("New Size",), None),
        (
            gone("Old Login", None, inputs={"nodes": [{"value": "", "hasValue": True}]}),
            (),
            "version 7 has no config variable 'Old Login': its live value is lost",
        ),
        (gone("Old Login", None, inputs={"nodes": [{"value": "", "hasValue": False}]}), (), None),
        (gone("Old Size", "50"), ("Old Size",), None),
        (gone("Count", "50"), (), None),
        (
            gone("Count", "many"),
            (),
            "version 7 gives 'Count' the type NUMBER, which the live value is not; declare 'Count'",
        ),
        (gone("Count", "many"), ("Count",), None),
        (
            gone("Was Text", "50"),
            (),
            (
                "version 7 changes the type of 'Was Text' from STRING to NUMBER: whether the API keeps its live value "
                "is not known; declare 'Was Text' to be sure"
            ),
        ),
        (gone("Was Text", "50"), ("Was Text",), None),
        (gone("Was Text", "10"), (), None),
        (gone("List", '["x"]'), (), None),
        (
            gone("List", "x"),
            (),
            "version 7 gives 'List' the type STRING VALUELIST, which the live value is not; declare 'List'",
        ),
        (gone("Place", "b"), (), None),
        (gone("Place", "c"), (), "version 7 has no option of 'Place' that is the live value; declare 'Place'"),
        (
            gone("Places", '["a", "c"]'),
            (),
            "version 7 has no option of 'Places' that is the live value; declare 'Places'",
        ),
        (
            gone("Places", "c"),
            (),
            "version 7 gives 'Places' the type PICKLIST VALUELIST, which the live value is not; declare 'Places'",
        ),
        (gone("Free", "c"), (), None),
        (gone("When", "5 4 * * *"), (), None),
        (gone("Later", "whatever"), (), None),
        (gone("Login", None, inputs={"nodes": [{"value": "x", "hasValue": True}]}), (), None),
    ],
    ids=row_id,
)
def test_values_that_a_new_version_drops_are_warned_of(
    live: InstanceFields, declared: tuple[str, ...], message: str | None
) -> None:
    """A variable that is set is named before the move where the version lacks it, renames it, or cannot keep it."""
    found = list(lost_values(declared, RENAMED, live, "version 7", BEFORE))
    assert found == ([Diagnostic(message, path=("integration", "version"))] if message else [])


@pytest.mark.parametrize("value", ["guess", "no guess"])
@pytest.mark.parametrize("marked", ["before", "after", "by its name"])
def test_a_secret_is_not_held_against_options(value: str, marked: str) -> None:
    """Whether a live secret is among the options of the version to come is not told, whichever version marks it."""
    key = "API Token" if marked == "by its name" else "Word"
    after = Declaration(key, "PICKLIST", pick_list=("guess",), sensitive=marked == "after")
    before = Declaration(key, "PICKLIST", sensitive=marked == "before")
    assert not list(lost_values((), {key: after}, gone(key, value), "version 7", {key: before}))
