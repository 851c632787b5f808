"""Modules that commands load at start: heavy ones are loaded late."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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
  environments: {production: {variables: {region: eu}}}
"""
TELL = """
import sys
from reconciler.cli import main
try:
    main()
except SystemExit as left:
    print(left.code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["version"], ["validate", "-f", "one.yaml"], ["validate"]], ids=" ".join
)
def test_nothing_heavy_is_loaded(arguments: list[str], tmp_path: Path) -> None:
    """Help, the version and the check of a valid manifest start without network, GraphQL and schema libraries."""
    (tmp_path / "one.yaml").write_text(CUSTOMER, encoding="utf-8")
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    command = [sys.executable, "-c", TELL, *arguments]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stderr.split()
    assert told[0] == "0"
    assert HEAVY.intersection(told[1:]) == set()
