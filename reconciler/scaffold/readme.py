"""``README.md`` of a new repository, for the people who work with it."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import code, prose
from reconciler.scaffold.files import NewFile
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.pipelines import too_many_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.scaffold.files import Repository

TEMPLATES = Path(__file__).parent / "templates"
ROWS = {
    Forge.GITHUB: "| `.github/workflows/` | The pipeline: plan, apply, drift. |\n",
    Forge.GITLAB: "| `.gitlab-ci.yml` | The pipeline: plan, apply, drift. |\n",
    Forge.NONE: "",
}
NAMES = """ Beside it `RECONCILER_FINGERPRINT_KEY` (`openssl rand -hex 32`, for good: by it
  changed secrets are noticed) and each name in `.env.example`.$workflows"""
WORKFLOWS = " A secret that is new in a manifest has to be named in\n  the workflows as well, under `env`."
NO_NAMES = " No other secret is needed."
FINGERPRINTS = """
With the fingerprint key the first apply sends each secret that cannot be read back once, and deploys its instance: from
then on it is known. Without the key it labels, and nothing else.
"""
EXAMPLE_ROW = """\
| `.env.example` | The names of the secrets that the manifests take from the environment. No secret is in git. |
"""


def readme(facts: Repository) -> NewFile:
    """Return the page, with names from the tenant escaped."""
    names = {
        "organization": prose(facts.identity.organization) or "it",
        "project": facts.project,
        "environment": facts.environment,
        "branch": code(facts.branch),
        "url": code(facts.identity.url),
        "stack": facts.identity.url,
        "requirement": facts.origin.requirement,
        "request": "merge request" if facts.forge is Forge.GITLAB else "pull request",
        "documentation": f" [More about it]({facts.origin.page})." if facts.origin.known else "",
        "pipeline_row": ROWS[facts.forge],
        "workflows": ", in the workflows under `env`" if facts.forge is Forge.GITHUB else "",
    }
    section = _template(f"{facts.forge}.md").substitute(names, **_of_secrets(facts))
    parts = {
        "example_row": EXAMPLE_ROW if facts.secrets else "",
        "keep": " --keep-secrets" if facts.secrets else "",
        "without": "With `--keep-secrets` it needs none of the secrets.\n" if facts.secrets else "",
        "secrets": _template(f"secrets-{'reference' if facts.secrets else 'unmanaged'}.md").substitute(names),
    }
    return NewFile("README.md", _template("README.md").substitute(names, **parts, pipeline=section))


def _of_secrets(facts: Repository) -> Mapping[str, str]:
    """Return the sentences about secrets for the section about the pipeline."""
    if not facts.secrets:
        return {"names": NO_NAMES, "more": ""}
    workflows = WORKFLOWS if facts.forge is Forge.GITHUB else ""
    limit = too_many_secrets(facts.forge, len(facts.secrets))
    more = f"{FINGERPRINTS}\n{limit}\n" if limit else FINGERPRINTS
    return {"names": Template(NAMES).substitute(workflows=workflows), "more": more}


def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))
