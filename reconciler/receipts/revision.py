"""Which commit the manifests are of: told by the CI system, else by git itself, else not at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLES = ("RECONCILER_REVISION", "GITHUB_SHA", "CI_COMMIT_SHA", "BITBUCKET_COMMIT", "BUILD_SOURCEVERSION")
"""Where it is told: by whoever runs us, GitHub, GitLab, Bitbucket, Azure Pipelines."""
SECONDS = 5
_SAFE = re.compile(r"[A-Za-z0-9._/-]{1,100}")


def find_revision(environ: Mapping[str, str], folder: Path) -> str | None:
    """Return the commit that the folder is at; ``None`` where nobody knows."""
    for name in VARIABLES:
        if _SAFE.fullmatch(environ.get(name, "")):
            return environ[name]
    git = shutil.which("git")
    if git is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a program found on PATH, its arguments our own
            [git, "rev-parse", "--verify", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    revision = told.stdout.strip()
    return revision if told.returncode == 0 and _SAFE.fullmatch(revision) else None
