"""The files of a new repository that git reads: ``.gitignore`` and ``.gitattributes``."""

from __future__ import annotations

from reconciler.scaffold.editors import SCHEMAS
from reconciler.scaffold.files import NewFile

IGNORED = """\
# Secrets. A .env.example, which lists their names, belongs in git.
.env
*.env

# Saved plans, receipts and reports: a pipeline hands them on, and keeps them.
*.plan.json
plan.json
*.receipt.json
receipt.json
plan.md
plan.xml
"""
ATTRIBUTES = f"""\
# Written by "reconciler schema": folded in a diff on GitHub and GitLab.
{SCHEMAS}/*.schema.json linguist-generated=true gitlab-generated=true
"""


def git_files() -> list[NewFile]:
    """Return ``.gitignore`` and ``.gitattributes``."""
    return [
        NewFile(".gitignore", IGNORED, if_kept="see that it has .env, before there is one"),
        NewFile(".gitattributes", ATTRIBUTES),
    ]
