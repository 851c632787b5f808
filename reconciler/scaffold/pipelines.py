"""The pipelines of a new repository: the recipes of ``examples/ci``, for its environment and its secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.prismatic.settings.endpoint import DEFAULT_URL
from reconciler.scaffold.files import NewFile
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.origin import UNKNOWN
from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.scaffold.origin import PackageOrigin

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


@dataclass(frozen=True, slots=True)
class Setting:
    """The settings of a pipeline; merges into ``branch`` are applied, ``url`` is the address of the stack."""

    environment: str
    branch: str
    origin: PackageOrigin
    url: str = DEFAULT_URL


def pipeline(forge: Forge, setting: Setting, secrets: Sequence[str]) -> list[NewFile]:
    """Return the files of a forge's pipeline; ``secrets`` are the names of environment variables."""
    folder = shipped_folder("examples") / "ci"
    return [
        NewFile(target, adapted((folder / source).read_text(encoding="utf-8"), setting, secrets))
        for source, target in RECIPES[forge].items()
    ]


def adapted(recipe: str, setting: Setting, secrets: Sequence[str]) -> str:
    """Return a recipe with the environment, branch, secrets and origin of a new repository."""
    origin = setting.origin
    text = _SECRETS.sub(
        lambda found: "".join(f"{found[1]}{name}: ${{{{ secrets.{name} }}}}\n" for name in secrets), recipe
    )
    # The pipeline sets the stack, so that a pull request cannot send the token to another one.
    text = text.replace(_URL, f"PRISMATIC_URL: {setting.url}")
    text = text.replace(f"[staging, {ENVIRONMENT}]", f"[{ENVIRONMENT}]")
    text = re.sub(rf"\b{ENVIRONMENT}\b", setting.environment, text)
    text = text.replace("branches: [main]", f"branches: [{setting.branch}]")
    if origin.on_github:
        text = text.replace(UNKNOWN.use, origin.use)
    return text.replace(UNKNOWN.requirement, origin.requirement)
