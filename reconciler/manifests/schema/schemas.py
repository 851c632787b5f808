"""The JSON Schemas of the manifests, and where they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.kinds.registry import default_registry
from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

API_VERSION = "reconciler/v1"
PROJECT = "Project"
INSTANCE = "Instance"
INSTANCE_SET = "InstanceSet"
ROLLOUT = "Rollout"
DIRECTIVES = (INSTANCE_SET, ROLLOUT)
"""The kinds of documents that are no resource: they say which resources to make, or how to handle them."""


def shipped() -> tuple[str, ...]:
    """Return the names of all that has a schema of its own: the product's kinds, the directives and the Project."""
    return (*default_registry().kinds, *DIRECTIVES, PROJECT)


def schema_folder() -> Path:
    return shipped_folder("schemas")


def schema_path(name: str) -> Path:
    """Return the file of the schema called ``name``: a kind's name, ``manifest`` or ``plan``."""
    return schema_folder() / f"{name.lower()}.schema.json"


def load_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return schema
