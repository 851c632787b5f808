"""The check of a document against the schema of its kind: fast for valid documents, with explanations for others."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.load import LIST_KIND
from reconciler.manifests.files.unreadable_files import SOPS, is_sops
from reconciler.manifests.schema.expectations import described, nearest, quoted
from reconciler.manifests.schema.quick import quick_test
from reconciler.manifests.schema.schemas import API_VERSION, PROJECT, directives, load_schema, shipped
from reconciler.manifests.yaml.sensitive_keys import ALWAYS, sensitive_keys
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.place import Path

    Spelling = Callable[[Path], str | None]

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


class Checker:
    """Checks documents of the kinds of a registry, the directives, and the Project."""

    def __init__(self, kinds: Registry) -> None:
        self.kinds = kinds
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._tests: dict[str, Callable[[Any], bool]] = {}

    @cached_property
    def names(self) -> list[str]:
        """The kinds that a document may have; a directive needs the kind that it is about."""
        kinds = [kind.name for kind in self.kinds]
        return [*kinds, *(name for name, about in directives().items() if about in kinds)]

    def problems(self, data: Any, spelling: Spelling | None = None) -> Sequence[Diagnostic]:
        """Return every problem of one whole manifest; none for a valid one.

        ``spelling`` returns the scalar at a path as the file spells it.
        """
        wrong = list(self.envelope(data))
        if not wrong:
            return self._by_schema(data, spelling)
        kind = data.get("kind") if isinstance(data, dict) else None
        if not isinstance(kind, str) or kind not in self.names:
            return wrong
        # A problem of the envelope does not hide those inside.
        inside = self._by_schema({**data, "apiVersion": API_VERSION}, spelling)
        return [*wrong, *inside]

    def project_problems(self, data: Any, spelling: Spelling | None = None) -> Sequence[Diagnostic]:
        """Return every problem of the document of ``reconciler.yaml``."""
        wrong = list(_version(data)) if isinstance(data, dict) else [_no_map(data)]
        if not wrong and data.get("kind") != PROJECT:
            wrong = [Diagnostic(f"'kind' must be {PROJECT} in this file", path=("kind",))]
        return wrong or self._by_schema(data, spelling)

    def envelope(self, data: Any, *, overlay: bool = False) -> Iterator[Diagnostic]:
        """Yield the problems for which a document is no manifest at all; an overlay may leave out its version."""
        if not isinstance(data, dict):
            yield _no_map(data)
            return
        # Our own documents need no second look, unless sops encrypted them and left the envelope readable.
        other = foreign(data) if data.get("apiVersion") != API_VERSION or "sops" in data else None
        if other:
            yield Diagnostic(other, path=())
            return
        if "apiVersion" in data or not overlay:
            yield from _version(data)
        yield from self._kind(data, overlay=overlay)

    def _kind(self, data: dict[str, Any], *, overlay: bool) -> Iterator[Diagnostic]:
        kind, known = data.get("kind"), ", ".join(self.names)
        if "kind" not in data:
            yield Diagnostic(f"'kind' is missing; add it, one of {known}", path=())
        elif kind == PROJECT and overlay:
            yield Diagnostic("an overlay cannot change the Project; change reconciler.yaml", path=("kind",))
        elif kind == PROJECT:
            message = "a Project is read from reconciler.yaml at the root of the manifests, not from here"
            yield Diagnostic(message, path=("kind",))
        elif not isinstance(kind, str):
            yield Diagnostic(f"'kind' must be one of {known}, not {described(kind, hidden=False)}", path=("kind",))
        elif kind not in self.names:
            known = did_you_mean(kind, self.names, most=len(self.names))
            yield Diagnostic(f"unknown kind {quoted(kind)}; {known}", path=("kind",))

    def _by_schema(self, data: dict[str, Any], spelling: Spelling | None) -> Sequence[Diagnostic]:
        kind = data["kind"]
        if kind not in self._tests:
            self._tests[kind] = quick_test(self.schema(kind))
        return () if self._tests[kind](data) else self._explained(data, spelling)

    def _explained(self, data: dict[str, Any], spelling: Spelling | None) -> Sequence[Diagnostic]:
        from reconciler.manifests.schema.failure import Validator
        from reconciler.manifests.schema.messages import explain

        hidden = ALWAYS if data["kind"] == PROJECT else sensitive_keys()
        return explain(Validator(self.schema(data["kind"])).iter_errors(data), hidden, spelling)

    def spec_schema(self, kind: str) -> Mapping[str, Any]:
        """Return the schema of a kind's spec; empty where its schema has none."""
        spec: Mapping[str, Any] = self.schema(kind).get("properties", {}).get("spec", {})
        return spec

    def schema(self, kind: str) -> Mapping[str, Any]:
        """Return the schema of a document's kind, or of the Project."""
        if kind not in self._schemas:
            shipped_as_it_is = kind == PROJECT or kind in directives()
            self._schemas[kind] = load_schema(kind) if shipped_as_it_is else kind_schema(self.kinds[kind])
        return self._schemas[kind]


def kind_schema(kind: Kind) -> Mapping[str, Any]:
    """Return a kind's own schema, or the shipped one with its name."""
    return load_schema(kind.name) if kind.spec.schema is None else kind.spec.schema


def _no_map(data: Any) -> Diagnostic:
    shown = described(data, hidden=True)
    return Diagnostic(f"a manifest is a map with apiVersion, kind, metadata and spec, not {shown}", path=())


def _version(data: dict[str, Any]) -> Iterator[Diagnostic]:
    version = data.get("apiVersion")
    if "apiVersion" not in data:
        yield Diagnostic(f"'apiVersion' is missing; add apiVersion: {API_VERSION}", path=())
    elif version != API_VERSION:
        yield Diagnostic(
            f"unknown apiVersion, {described(version, hidden=False)}; write {API_VERSION}",
            path=("apiVersion",),
        )


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
