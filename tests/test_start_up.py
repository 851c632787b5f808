"""Modules that commands load at start: heavy ones are loaded late, and few of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reconciler.kinds.registry import default_registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HEAVY = frozenset(
    {
        "aiolimiter",
        "anyio",
        "ariadne",
        "asyncio",
        "deepdiff",
        "gql",
        "graphql",
        "httpx",
        "jsonschema",
        "msgpack",
        "msgspec",
        "rapidfuzz",
    }
    | {"requests", "rich", "ssl", "starlette", "subprocess", "tenacity", "uvicorn"}
)
CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: rockets}
spec: {name: FTL Rockets}
"""
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: rockets}
spec:
  manifests: [one.yaml]
  ownership: {label: "gitops:rockets"}
  environments: {production: {organization: Rockets}}
"""
LIST = """
import sys
from reconciler.__main__ import main
try:
    main()
except SystemExit as left:
    print(left.code, *sorted(sys.modules), file=sys.stderr)
"""
AT_MOST = 114
"""The modules of our own, besides those of the kinds, that ``validate`` loads: each takes a fifth of a millisecond."""
ROOMS = frozenset({"applying", "editor_schemas", "exporting", "impact", "locking", "planning", "receipts", "scaffold"})
"""Rooms that only a tenant needs."""
COMPLETION = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler pl", "COMP_CWORD": "1"}


def modules_of(arguments: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> set[str]:
    """Return the names of the modules that a command has loaded at its end."""
    (folder / "one.yaml").write_text(CUSTOMER, encoding="utf-8")
    (folder / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    command = [sys.executable, "-c", LIST, *arguments]
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, env={**os.environ, **(environ or {})}
    )
    code, *names = ran.stderr.splitlines()[-1].split()
    assert code == "0"
    return set(names)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["version"], ["schema"], ["validate", "-f", "one.yaml"], ["validate"]], ids=" ".join
)
def test_nothing_heavy_is_loaded(arguments: list[str], tmp_path: Path) -> None:
    """Commands that need no tenant start without network, GraphQL and schema libraries."""
    assert HEAVY.isdisjoint(name.partition(".")[0] for name in modules_of(arguments, tmp_path))


@pytest.mark.parametrize("arguments", [["-f", "one.yaml"], []], ids=["one file", "a project"])
def test_validate_loads_no_capability_of_a_kind(arguments: list[str], tmp_path: Path) -> None:
    """A check of valid manifests loads the specs of the kinds, and nothing that only a tenant needs."""
    loaded = modules_of(["validate", *arguments], tmp_path)
    own = {name for name in loaded if name.startswith("reconciler.")}
    assert {name.split(".")[1] for name in own}.isdisjoint(ROOMS)
    assert "yaml" not in loaded, "the parser of all of YAML, where the common form is enough"
    assert {name for name in own if name.split(".")[1] == "prismatic"} == {
        "reconciler.prismatic", "reconciler.prismatic.http", "reconciler.prismatic.http.stop",
        "reconciler.prismatic.settings", "reconciler.prismatic.settings.defaults",
        "reconciler.prismatic.settings.tokens",
    }  # fmt: skip
    folders = {kind.load.__module__.split(".")[2] for kind in default_registry()}
    assert {name.removeprefix("reconciler.kinds.") for name in own if name.startswith("reconciler.kinds.")} == {
        "registry", "shared", "shared.clearing", "shared.labels", "shared.links", "shared.mismatch",
        "shared.named_spec", *(f"{folder}{part}" for folder in folders for part in ("", ".kind", ".spec")),
        "instance.verify_spec",
    }  # fmt: skip


def test_validate_loads_few_modules(tmp_path: Path) -> None:
    """A check of one valid file loads at most 114 modules of our own besides those of the kinds."""
    own = [name for name in modules_of(["validate", "-f", "one.yaml"], tmp_path) if name.startswith("reconciler.")]
    assert sum(not name.startswith("reconciler.kinds.") for name in own) <= AT_MOST


def test_completing_a_command_loads_no_command(tmp_path: Path) -> None:
    """The name of a command is completed from the list that --help shows."""
    loaded = modules_of([], tmp_path, COMPLETION)
    assert not any(name.startswith("reconciler.cli.commands.") for name in loaded)
