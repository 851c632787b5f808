"""Short ways to read manifests in tests."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestErrors
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.manifests.result import Manifests
    from reconciler.model.kind import Registry

CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: acme}\nspec: {name: Acme}\n"
INSTANCE = """apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: {name: Acme}
  name: Inventory
  integration: {name: Acme Inventory, version: 12}
"""
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: shop}\n"


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, and the folders they need."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(folder: Path, *arguments: str, kinds: Registry | None = None, **options: Any) -> Manifests:
    """Read ``arguments`` from ``folder``, with no environment variables unless some are given."""
    options.setdefault("environ", {})
    return read_manifests(ManifestOptions(files=arguments, cwd=folder, **options), kinds or default_registry())


def read_text(folder: Path, text: str, **options: Any) -> Manifests:
    """Read one text from standard input."""
    return read(folder, "-", stdin=io.StringIO(text), **options)


def problems(folder: Path, *arguments: str, **options: Any) -> list[str]:
    """Return the problems as text."""
    try:
        read(folder, *arguments, **options)
    except ManifestErrors as error:
        return [str(problem) for problem in error.problems]
    return []


def text_problems(folder: Path, text: str, **options: Any) -> list[str]:
    """Return the problems of one text from standard input."""
    return problems(folder, "-", stdin=io.StringIO(text), **options)
