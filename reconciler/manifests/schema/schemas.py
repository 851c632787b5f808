"""The JSON Schemas of the manifests, and where they are."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.kinds.registry import default_registry
from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

API_VERSION = "reconciler/v1"
PROJECT = "Project"
INSTANCE = "Instance"
INSTANCE_SET = "InstanceSet"
ROLLOUT = "Rollout"


@cache
def set_kinds() -> Mapping[str, str]:
    """Return the kinds of sets, each with the kind of its members.

    >>> set_kinds()["InstanceSet"]
    'Instance'
    """
    return {kind.spec.sets: kind.name for kind in default_registry() if kind.spec.sets}


@cache
def directives() -> Mapping[str, str]:
    """Return the kinds of documents that are no resource, each with the kind of the resources that it is about.

    They say which resources to make, or how to handle them.
    """
    return {**set_kinds(), ROLLOUT: INSTANCE}


def is_set(document: Any) -> bool:
    """Return whether a document, which may be anything, is of a kind of set."""
    return _has_kind(document, set_kinds())


def is_directive(document: Any) -> bool:
    """Return whether a document, which may be anything, is no resource by its kind."""
    return _has_kind(document, directives())


def _has_kind(document: Any, kinds: Mapping[str, str]) -> bool:
    kind = document.get("kind") if isinstance(document, dict) else None
    return isinstance(kind, str) and kind in kinds


def shipped() -> tuple[str, ...]:
    """Return the names of all that has a schema of its own: the product's kinds, the directives and the Project."""
    return (*default_registry().kinds, *directives(), PROJECT)


def schema_folder() -> Path:
    return shipped_folder("schemas")


def schema_path(name: str) -> Path:
    """Return the file of the schema called ``name``: a kind's name, ``manifest`` or ``plan``."""
    return schema_folder() / f"{name.lower()}.schema.json"


def load_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema
