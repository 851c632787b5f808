"""Where recipes run: a folder with manifests, a tenant, and stand-ins on PATH for what a runner would have.

``gh``, ``curl`` and ``python`` are the programs of ``fakes/``; ``reconciler`` is the product.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import preloaded
from support.manifests import customer, instance
from support.serving import Ran
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

FAKES = Path(__file__).parent / "fakes"
RECIPES = ROOT / "examples" / "ci"
SECRET = "secret-of-the-pipeline"
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec:
  environments: {staging: {}, production: {}}
"""
MANIFESTS = (
    customer("name: FTL Rockets, description: Declared")
    + instance("Types", "name: Every Data Type")
    + """\
  configVariables:
    A String: {valueFrom: {env: FTL_ACME_PASSWORD}}
"""
)


@dataclass(slots=True)
class Bench:
    """One repository of manifests, one tenant behind ``url``, and one forge with its comments and issues."""

    world: World
    url: str
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    """By environment of the forge: its own secrets, and as PRISMATIC_URL the address that stands in for its stack."""
    rejecting: set[str] = field(default_factory=set)
    """Environments of the forge whose reviewers approve no job."""
    told: list[str] = field(default_factory=list)
    """Everything that any script printed."""

    def __post_init__(self) -> None:
        self.secrets |= {
            "PRISM_REFRESH_TOKEN": self.world.sandbox.settings.refresh_token,
            "RECONCILER_FINGERPRINT_KEY": "a key that is long enough",
            "FTL_ACME_PASSWORD": SECRET,
        }
        self.repository.mkdir()
        self.write("reconciler.yaml", PROJECT)
        self.write("all.yaml", MANIFESTS)
        self.store.write_text(
            json.dumps({"comments": {}, "issues": {}, "pulls": {}, "calls": [], "installed": []}), encoding="utf-8"
        )
        self.programs.mkdir()
        programs = {"reconciler": preloaded.program()} | {
            name: f'#!/bin/sh\nexec "{sys.executable}" "{FAKES / f"{name}.py"}" "$@"\n'
            for name in ("gh", "curl", "python")
        }
        for name, script in programs.items():
            path = self.programs / name
            path.write_text(script, encoding="utf-8")
            path.chmod(0o755)

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def programs(self) -> Path:
        return self.folder / "programs"

    @property
    def store(self) -> Path:
        return self.folder / "forge.json"

    @property
    def forge(self) -> dict[str, Any]:
        """What is on the forge: comments, issues, the calls that made them, and what was installed."""
        found: dict[str, Any] = json.loads(self.store.read_text(encoding="utf-8"))
        return found

    def write(self, name: str, text: str) -> None:
        (self.repository / name).write_text(text, encoding="utf-8")

    def commit(self) -> str:
        """Return a name for what is in the repository now."""
        files = sorted(path for path in self.repository.rglob("*") if path.is_file() and ".git" not in path.parts)
        digest = hashlib.sha1(usedforsecurity=False)
        for path in files:
            digest.update(str(path).encode() + path.read_bytes())
        return digest.hexdigest()

    def describe(self, text: str) -> None:
        """Change a customer behind the product's back."""
        (row,) = self.world.rows("customers", name="FTL Rockets")
        self.world.sandbox.store.update("customers", row["id"], description=text)

    def run(self, command: list[str], environ: Mapping[str, str], cwd: Path) -> Ran:
        """Run a program with the stand-ins first on PATH."""
        path = os.pathsep.join(filter(None, (environ.get("PATH"), str(self.programs), os.environ["PATH"])))
        known = {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "FORGE_STORE": str(self.store),
            "FAKES": str(self.programs),
            "PRISMATIC_URL": self.url,
        }
        done = subprocess.run(
            command,
            env={**known, **environ, "PATH": path},
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.told.append(done.stdout + done.stderr)
        return Ran(done.returncode, done.stdout, done.stderr)
