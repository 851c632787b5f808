"""What one version of an integration changes of another, and what of it a manifest has to do with."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.integration.version_changes import Listed, VersionChanges, version_changes
from reconciler.kinds.integration.versions import Contents
from reconciler.kinds.variables.codec import Declaration


def contents(*variables: Declaration, flows: tuple[str, ...] = ()) -> Contents:
    return Contents({each.key: each for each in variables}, {name: name for name in flows})


def connection(*inputs: str, **more: Any) -> Declaration:
    return Declaration("Login", "CONNECTION", inputs=dict.fromkeys(inputs, ""), **more)


PICK = Declaration("Place", "PICKLIST", default="a", pick_list=("a", "b"), stable_key="place")
TEXT = Declaration("Text", "STRING", default="")
HELD = VersionChanges(
    renamed=(("Old", "New"),),
    removed=("Gone",),
    options=(Listed("New", ("x",), ()),),
    inputs=(Listed("Login", ("user",), ()),),
    flows=Listed("", ("Sync",), ()),
)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (contents(PICK, TEXT), contents(TEXT, PICK), VersionChanges()),
        (
            contents(PICK),
            contents(Declaration("Place", "PICKLIST", default="b", pick_list=("b", "c"))),
            VersionChanges(defaults=(("Place", "a", "b"),), options=(Listed("Place", ("a",), ("c",)),)),
        ),
        (contents(PICK), contents(Declaration("Place", "PICKLIST", default="a")), VersionChanges()),
        (
            contents(PICK),
            contents(Declaration("Site", "STRING", former=("Place",))),
            VersionChanges(renamed=(("Place", "Site"),), retyped=(("Site", "PICKLIST", "STRING"),)),
        ),
        (
            contents(TEXT),
            contents(Declaration("Text", "STRING")),
            VersionChanges(defaults=(("Text", "", None),)),
        ),
        (
            contents(connection("user", "key"), flows=("One",)),
            contents(connection("user"), flows=("Two",)),
            VersionChanges(inputs=(Listed("Login", ("key",), ()),), flows=Listed("", ("One",), ("Two",))),
        ),
        (contents(connection("user", "key")), contents(connection("user", more_inputs=True)), VersionChanges()),
        (
            contents(Declaration("Word", "CREDENTIAL", default="a")),
            contents(Declaration("Word", "CREDENTIAL", default="b")),
            VersionChanges(defaults=(("Word", "(sensitive)", "(sensitive)"),)),
        ),
    ],
    ids=["nothing", "options", "options unknown", "renamed, retyped", "no default", "inputs", "more inputs", "secrets"],
)  # fmt: skip
def test_versions_are_compared(before: Contents, after: Contents, changes: VersionChanges) -> None:
    """Each kind of change is found, a renamed variable by its new name; what is not known differs in nothing."""
    assert version_changes(before, after) == changes


@pytest.mark.parametrize(
    ("spec", "messages"),
    [
        ({}, []),
        ({"configVariables": {"Old": "y", "Login": {"inputs": {"key": "k"}}}}, ["'Old' is called 'New'"]),
        ({"configVariables": {"Old": "x"}}, ["'Old' is called 'New'", "'Old' has no option 'x' any more"]),
        ({"configVariables": {"Old": ["y", "x"]}}, ["'Old' is called 'New'", "'Old' has no option 'x' any more"]),
        ({"configVariables": {"Old": {"k": "x"}}}, ["'Old' is called 'New'", "'Old' has no option 'x' any more"]),
        ({"configVariables": {"Gone": 1}}, ["'Gone' is gone"]),
        ({"configVariables": {"Login": {"inputs": {"user": "u"}}}}, ["'Login' has no input 'user' any more"]),
        ({"flowConfigs": {"Sync": {}, "Other": {}}}, ["the flow 'Sync' is gone"]),
    ],
)
def test_changes_that_a_manifest_uses_are_reported(spec: dict[str, Any], messages: list[str]) -> None:
    """Of all that changes a manifest hears what it names, with every form of a value looked through."""
    assert [each.message for each in HELD.concerns(spec)] == messages


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (TEXT, None),
        (Declaration("New", "NUMBER"), "'New' is new, has no default, and is not declared"),
        (connection("user"), "'Login' is a new connection, and is not declared"),
        (connection(scoped=True), None),
        (Declaration("New", "NUMBER", user_level=True), None),
    ],
)
def test_new_required_variables_that_a_manifest_lacks_are_reported(added: Declaration, message: str | None) -> None:
    """A new variable is the manifest's matter where nothing else gives it a value."""
    changes = version_changes(contents(), contents(added))
    assert [each.message for each in changes.concerns({})] == ([message] if message else [])
    assert not list(changes.concerns({"configVariables": {added.key: None}}))
