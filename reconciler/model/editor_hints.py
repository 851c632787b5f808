"""Editor hints: what a tenant adds to the schema of a kind, for completion and checks in editors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.schema_pieces import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HintContext:
    """The input of a kind's editor hints.

    ``resources`` are all that the manifests declare, overlays merged and ``latest`` filled in from the lock;
    ``layered`` are the addresses of those that an overlay changes.
    """

    resources: Sequence[Resource]
    view: View
    layered: frozenset[str] = frozenset()

    def of(self, kind: str) -> list[Resource]:
        """Return the resources of a kind."""
        return [resource for resource in self.resources if resource.kind == kind]


@dataclass(slots=True)
class EditorHints:
    """The hints of one kind; references lead to the whole schema's ``#/$defs``, where ``definitions`` are.

    ``offers`` replace the examples of a field, by its path in the kind's schema, and restrict nothing.
    ``rules`` apply to whole documents, ``overlay_rules`` to overlays. ``notes`` list what could not be read.
    """

    offers: dict[Path, Schema] = field(default_factory=dict)
    rules: list[Schema] = field(default_factory=list)
    overlay_rules: list[Schema] = field(default_factory=list)
    definitions: dict[str, Schema] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def unless(exceptions: Sequence[Schema], rule: Schema) -> Schema:
    """Return the rule for all documents but those that meet one of the exceptions."""
    return {"if": {"anyOf": list(exceptions)}, "then": {}, "else": rule} if exceptions else rule


def absent() -> Schema:
    """Return the schema of documents that delete or release an object: their spec is not compared."""
    return given(("lifecycle", "state"), {"enum": ["absent", "unmanaged"]})


def ignoring(*paths: str) -> Schema:
    """Return the schema of documents that leave one of the paths of their spec to others."""
    return given(("lifecycle", "ignoreChanges"), {"contains": {"enum": list(paths)}})


def named(handles: Sequence[str]) -> Schema:
    """Return the schema of the documents with these handles."""
    return given(("metadata", "name"), {"enum": list(handles)})
