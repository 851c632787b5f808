"""How many secrets a forge keeps, and what to do where the manifests name more."""

from __future__ import annotations

from reconciler.scaffold.forge import Forge

MOST_SECRETS = {Forge.GITHUB: 100}
"""By forge, for one environment. GitLab keeps 8,000 variables for a project."""
OURS = 2
"""Secrets of reconciler's own: the token and the fingerprint key."""


def too_many_secrets(forge: Forge, names: int) -> str:
    """Return what to say of so many names that each have to be a secret of the forge; empty where they all fit."""
    most = MOST_SECRETS.get(forge)
    if most is None or names + OURS <= most:
        return ""
    return (
        f"GitHub keeps {most} secrets for an environment, and the pipeline needs {names + OURS}. Keep their values in "
        "one encrypted file for each environment, decrypt it in the pipeline, and take each secret by its key, with "
        "valueFrom: {file: FILE, key: KEY}."
    )
