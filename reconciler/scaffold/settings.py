"""The files that git reads, and those that let VS Code and other editors complete and check manifests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import PROJECT_FILE
from reconciler.scaffold.files import NewFile
from reconciler.scaffold.project_file import MANIFESTS

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = "schemas"
SETTINGS = {
    "yaml.schemas": {
        f"./{SCHEMAS}/manifest.schema.json": [PROJECT_FILE, f"{MANIFESTS}/**/*.yaml", f"{MANIFESTS}/**/*.yml"],
        f"./{SCHEMAS}/overlay.schema.json": ["environments/**/*.yaml", "environments/**/*.yml"],
    },
}
EXTENSIONS = {"recommendations": ["redhat.vscode-yaml"]}
IGNORED = """\
# Secrets. A .env.example, which lists their names, belongs in git.
.env
*.env

# Saved plans, receipts, reports and metrics: a pipeline hands them on, and keeps them.
.reconciler/
*.plan.json
*.receipt.json
*.report.*
*-report.*
/receipt.json
/plan.*
/apply.*
/drift.*
/health.*
/rollouts.*
*.prom
"""
ATTRIBUTES = f"""\
# Written by "reconciler schema": folded in a diff on GitHub and GitLab.
{SCHEMAS}/*.schema.json linguist-generated=true gitlab-generated=true
"""


def settings_files(schemas: Mapping[str, str]) -> list[NewFile]:
    """Return what git reads, the schemas (texts by file name), and the settings that assign them to files."""
    advice = f"add its yaml.schemas: {json.dumps(SETTINGS['yaml.schemas'])}"
    return [
        NewFile(".gitignore", IGNORED, if_kept="see that it has .env, before there is one"),
        NewFile(".gitattributes", ATTRIBUTES),
        *(NewFile(f"{SCHEMAS}/{name}", text) for name, text in schemas.items()),
        NewFile(".vscode/settings.json", _json(SETTINGS), if_kept=advice),
        NewFile(".vscode/extensions.json", _json(EXTENSIONS), if_kept="redhat.vscode-yaml is what checks manifests"),
    ]


def _json(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"
