"""YAML of other tools among the manifests: what it is, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.load import LIST_KIND
from reconciler.manifests.files.unreadable_files import SOPS, is_sops
from reconciler.manifests.schema.expectations import nearest
from reconciler.manifests.schema.schemas import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

ELSEWHERE = "move it out of the manifest folders, or list those folders under spec.manifests in reconciler.yaml"
DEFINITION = (
    "this is the definition of an integration, not a manifest: publish it with Prismatic's own CLI (prism "
    "integrations:import), and see what it would change with plan --against; " + ELSEWHERE
)
_BY_KEYS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"definitionVersion"}), DEFINITION),
    (frozenset({"on", "jobs"}), "a workflow of GitHub Actions"),
    (frozenset({"runs", "description"}), "an action of GitHub Actions"),
    (frozenset({"services", "volumes"}), "a Compose file"),
    (frozenset({"services", "version"}), "a Compose file"),
    (frozenset({"services", "networks"}), "a Compose file"),
    (frozenset({"stages"}), "a pipeline of GitLab or Azure"),
    (frozenset({"repos"}), "a configuration of pre-commit"),
    (frozenset({"creation_rules"}), "a configuration of SOPS"),
    (frozenset({"openapi", "paths"}), "a description of an API (OpenAPI)"),
    (frozenset({"swagger", "paths"}), "a description of an API (Swagger)"),
    (frozenset({"lockfileVersion"}), "a lock file of a package manager"),
    (frozenset({"resources"}), "a kustomization, which must be built first (kustomize build | reconciler … -f -)"),
)
_OWN_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec"})
_CHART = frozenset({"apiVersion", "name", "version"})


def foreign(data: Mapping[str, Any]) -> str | None:
    """Return the tool that a document belongs to and what to do; ``None`` for a document that may be a manifest."""
    if is_sops(data):
        return f"this file {SOPS}"
    found = _named(data)
    if found is None or found == DEFINITION:
        return found
    return f"this is {found}; {ELSEWHERE}"


def _named(data: Mapping[str, Any]) -> str | None:
    version, kind = data.get("apiVersion"), data.get("kind")
    if isinstance(version, str) and version.startswith("reconciler/"):
        return None
    if kind == "Kustomization":
        return "a kustomization, which must be built first (kustomize build | reconciler … -f -)"
    ours = (*shipped(), LIST_KIND)
    # A kind that is nearly one of ours is a misspelt manifest of ours.
    if isinstance(version, str) and isinstance(kind, str) and "metadata" in data and not nearest(kind, ours):
        return f"a manifest for Kubernetes ({version}, {kind})"
    if data.keys() >= _CHART and "kind" not in data:
        return "a chart of Helm"
    if _OWN_KEYS & data.keys():
        return None
    return next((words for keys, words in _BY_KEYS if keys <= data.keys()), None)
