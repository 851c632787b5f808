"""The number of secrets that a forge keeps, and what to do where the manifests need more."""

from __future__ import annotations

from reconciler.scaffold.forge import Forge

MOST_SECRETS = {Forge.GITHUB: 100}
"""The limit for one environment, by forge. GitLab keeps 8,000 variables for a project."""
OURS = 2
"""reconciler's own secrets: the token and the fingerprint key."""


def too_many_secrets(forge: Forge, names: int) -> str:
    """Return the advice where the forge cannot keep so many secrets; empty where it can."""
    most = MOST_SECRETS.get(forge)
    if most is None or names + OURS <= most:
        return ""
    return (
        f"GitHub keeps {most} secrets for an environment, and the pipeline needs {names + OURS}. Keep their values in "
        "one encrypted file for each environment, decrypt it in the pipeline, and take each secret by its key, with "
        "valueFrom: {file: FILE, key: KEY}."
    )
