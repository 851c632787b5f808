"""``reconciler.yaml`` of a new repository."""

from __future__ import annotations

import pytest
import yaml
from support.hostile import HOSTILE, acting

from reconciler.model.tenant import Identity
from reconciler.scaffold.project_file import project_name, project_text


@pytest.mark.parametrize(
    ("organization", "expected"),
    [
        ("Acme, Inc.", "acme-inc"),
        ("株式会社ロケット", "zhushihuisheroketto"),
        ("!!!", "prismatic"),
        ("Protected", "prismatic"),
        ("x" * 500, "x" * 80),
    ],
)
def test_a_project_is_named_after_the_organization(organization: str, expected: str) -> None:
    """Any organization's name makes a project name, except the one that would give the label for protection."""
    assert project_name(None, organization) == expected


@pytest.mark.parametrize("key", HOSTILE)
def test_the_organization_name_is_escaped_in_the_file(key: str) -> None:
    """Any organization's name is escaped in the file, which stays valid."""
    identity = Identity("https://app.prismatic.io", "o", HOSTILE[key], "u")
    name = project_name(None, HOSTILE[key])
    text = project_text(name, "production", identity)
    assert yaml.safe_load(text) == {
        "apiVersion": "reconciler/v1",
        "kind": "Project",
        "metadata": {"name": name},
        "spec": {
            "manifests": ["manifests"],
            "environments": {"production": {"organization": "o", "url": "https://app.prismatic.io"}},
        },
    }
    assert acting(text) == []


@pytest.mark.parametrize("name", ["null", "on", "7", "1e3", "0x1f", "12:30", "a.b"])
def test_a_name_that_yaml_takes_for_something_else_is_quoted(name: str) -> None:
    """A project's name is text to readers of YAML 1.1 too."""
    identity = Identity("https://app.prismatic.io", "o", "O", "u")
    assert yaml.safe_load(project_text(name, "production", identity))["metadata"]["name"] == name
