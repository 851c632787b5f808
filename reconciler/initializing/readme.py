"""``README.md`` of a new repository, for the people who work with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from reconciler.initializing.files import File
from reconciler.initializing.forge import Forge
from reconciler.reports.markup import code, prose

if TYPE_CHECKING:
    from reconciler.initializing.origin import Origin
    from reconciler.kinds.tenant import Identity

TEMPLATES = Path(__file__).parent / "templates"
ROWS = {
    Forge.GITHUB: "| `.github/workflows/` | The pipeline: plan, apply, drift. |\n",
    Forge.GITLAB: "| `.gitlab-ci.yml` | The pipeline: plan, apply, drift. |\n",
    Forge.NONE: "",
}
MOST_SECRETS = 98
"""GitHub holds 100 secrets for a repository; two are reconciler's own."""
TOO_MANY = """\

There are $count names in `.env.example`, and GitHub holds 100 secrets for a repository. Let the manifests take them
  from a store instead, with `valueFrom: {exec: […]}`, or give them by environment.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the page tells of."""

    identity: Identity
    project: str
    environment: str
    forge: Forge
    secrets: int
    origin: Origin


def readme(told: Told) -> File:
    """Return the page; names of the tenant's are harmless in it."""
    names = {
        "organization": prose(told.identity.organization) or "it",
        "project": told.project,
        "environment": told.environment,
        "url": code(told.identity.url),
        "requirement": told.origin.requirement,
        "request": "merge request" if told.forge is Forge.GITLAB else "pull request",
        "documentation": f" [More about it]({told.origin.page})." if told.origin.known else "",
        "pipeline_row": ROWS[told.forge],
    }
    too_many = told.forge is Forge.GITHUB and told.secrets > MOST_SECRETS
    more = Template(TOO_MANY).substitute(count=told.secrets) if too_many else ""
    section = _template(f"{told.forge}.md").substitute(names, more=more)
    return File("README.md", _template("README.md").substitute(names, pipeline=section))


def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))
