"""The Project document: its settings and their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from manifests.reading import CUSTOMER, PROJECT, problems, read, write

from reconciler.manifests.project.project import Environment, Guardrails, Project

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, spec: str) -> Project:
    """Return the project with a spec."""
    write(folder, {"reconciler.yaml": f"{PROJECT}spec: {spec}\n", "a.yaml": CUSTOMER})
    found = read(folder, environment="prod" if "environments" in spec else None).project
    assert found is not None
    return found


def test_an_empty_project_has_its_defaults(tmp_path: Path) -> None:
    """An empty project has an ownership label made of its name, no pruning, and the default guardrails."""
    assert project(tmp_path, "{}") == Project("shop", tmp_path, (".",), "gitops:shop")


@pytest.mark.parametrize(
    ("spec", "field", "value"),
    [
        ("{ownership: none}", "ownership_label", None),
        ("{ownership: {label: mine}}", "ownership_label", "mine"),
        ("{prune: true}", "prune", True),
        ("{prune: {enabled: true}}", "prune_children", frozenset()),
        ("{prune: {enabled: true, children: [User]}}", "prune_children", {"User"}),
        ("{prune: {enabled: true, users: true}}", "prune_children", {"User"}),
        ("{prune: {enabled: true, users: false}}", "prune_children", frozenset()),
        ("{prune: {enabled: false}, ownership: none}", "prune", False),
        ("{guardrails: {allowDelete: [Customer]}}", "guardrails", Guardrails(frozenset({"Customer"}))),
        ("{guardrails: {allowDeleteCustomers: true}}", "guardrails", Guardrails(frozenset({"Customer"}))),
        ("{guardrails: {maxDeletePercent: 2.5}}", "guardrails", Guardrails(max_delete_percent=2.5)),
        ("{variables: {a: 1, b: true, c: x}}", "variables", {"a": 1, "b": True, "c": "x"}),
        (
            "{environments: {prod: {organization: Acme, url: 'https://x.example/', variables: {a: 2}}, dev: {}}}",
            "environments",
            {"prod": Environment("prod", "Acme", "https://x.example", (), {"a": 2}), "dev": Environment("dev")},
        ),
        ("{environments: {prod: {}}, defaultEnvironment: prod}", "default_environment", "prod"),
        ("{manifests: [a.yaml]}", "manifests", ("a.yaml",)),
    ],
)
def test_a_project_says_what_its_document_says(tmp_path: Path, spec: str, field: str, value: Any) -> None:
    """Each setting of the document is one of the project."""
    assert getattr(project(tmp_path, spec), field) == value


@pytest.mark.parametrize("count", [13, 100, 101, 5000])
def test_many_environments_end_in_a_short_message(tmp_path: Path, count: int) -> None:
    """A project has at most a hundred environments, and a message about them names a dozen."""
    names = ", ".join(f"e{number}: {{}}" for number in range(count))
    write(tmp_path, {"reconciler.yaml": f"{PROJECT}spec: {{environments: {{{names}}}}}\n", "a.yaml": CUSTOMER})
    (problem,) = problems(tmp_path)
    assert len(problem) < 500
    assert ("must have at most 100 keys" in problem) is (count > 100)
    assert (f"'e11' and {count - 12} more" in problem) is (count <= 100)


def test_a_projects_folder_is_the_real_one(tmp_path: Path) -> None:
    """The project knows its folder by its real path, however it was named."""
    write(tmp_path, {"p/reconciler.yaml": PROJECT + "spec: {}\n", "p/a.yaml": CUSTOMER})
    (tmp_path / "q").symlink_to("p")
    found = read(tmp_path, "q").project
    assert found is not None
    assert found.folder == (tmp_path / "p").resolve()


def test_an_unknown_environment_is_reported_without_missing_secrets(tmp_path: Path) -> None:
    """A misspelt environment is the mistake; the secrets that a run needs depend on it."""
    secret = """\
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  name: Inventory
  customer: {externalId: ftl}
  integration: {name: Inventory}
  configVariables: {A String: {valueFrom: {env: NOT_SET_HERE}}}
"""
    write(
        tmp_path,
        {"reconciler.yaml": f"{PROJECT}spec: {{environments: {{production: {{}}}}}}\n", "a.yaml": CUSTOMER + secret},
    )
    (problem,) = problems(tmp_path, environment="prod", environ={})
    assert "unknown environment 'prod'" in problem
    (problem,) = problems(tmp_path, environment="production", environ={})
    assert "NOT_SET_HERE" in problem
