"""The pipelines of a new repository: the recipes of ``examples/ci``, for its environment and its secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.prismatic.settings.endpoint import DEFAULT_URL
from reconciler.scaffold.files import NewFile
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.origin import UNKNOWN
from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from reconciler.scaffold.files import Repository

RECIPES = {
    Forge.GITHUB: {f"github/{name}.yml": f".github/workflows/{name}.yml" for name in ("plan", "apply", "drift")},
    Forge.GITLAB: {"gitlab/.gitlab-ci.yml": ".gitlab-ci.yml"},
    Forge.NONE: {},
}
"""The recipes of each forge, with the path of the file that each becomes."""
STAND_IN = "FTL_ACME_PASSWORD"
"""The example secret in the recipes, which the manifests' secrets replace."""
ENVIRONMENT = "production"
"""The environment in the recipes."""
_URL = f"PRISMATIC_URL: {DEFAULT_URL}"
"""The recipes' line for the stack."""
_SECRETS = re.compile(rf"^( *){STAND_IN}: .*\n", re.MULTILINE)
MOST_SECRETS = {Forge.GITHUB: 100}
"""The limit for one environment, by forge. GitLab keeps 8,000 variables for a project."""
OURS = 2
"""reconciler's own secrets: the token and the fingerprint key."""


def pipeline(repository: Repository) -> list[NewFile]:
    """Return the files of a repository's pipeline."""
    folder = shipped_folder("examples") / "ci"
    return [
        NewFile(target, _adapted((folder / source).read_text(encoding="utf-8"), repository))
        for source, target in RECIPES[repository.forge].items()
    ]


def _adapted(recipe: str, repository: Repository) -> str:
    """Return a recipe with the environment, branch, secrets and origin of a new repository."""
    origin, names = repository.origin, repository.secrets
    text = _SECRETS.sub(
        lambda found: "".join(f"{found[1]}{name}: ${{{{ secrets.{name} }}}}\n" for name in names), recipe
    )
    # The pipeline sets the stack, so that a pull request cannot send the token to another one.
    text = text.replace(_URL, f"PRISMATIC_URL: {repository.identity.url}")
    text = text.replace(f"[staging, {ENVIRONMENT}]", f"[{ENVIRONMENT}]")
    text = re.sub(rf"\b{ENVIRONMENT}\b", repository.environment, text)
    text = text.replace("branches: [main]", f"branches: [{repository.branch}]")
    text = text.replace("the branch main", f"the branch {repository.branch}")
    if origin.on_github:
        text = text.replace(UNKNOWN.use, origin.use)
    return text.replace(UNKNOWN.fetched, origin.fetched)


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
