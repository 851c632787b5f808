"""What a forge takes as a comment: its length, and an invisible last line by which the next run finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.reports.shared.marker_key import MarkerKey

LONGEST_COMMENT = 65_536
"""What GitHub takes for a comment, in characters; GitLab takes more."""


def marker(command: str, project: str | None, environment: str | None, key: MarkerKey) -> str:
    """Return the invisible marker of a command's reports; equal for every run on a project and an environment.

    With a key it ends in a tag that only a holder of the key can make. Without the tag, anybody who gets a text into a
    comment of the pipeline's account could make the pipeline overwrite that comment instead of its own.
    """
    named = {"project": project, "environment": environment}
    parts = [f"reconciler:{command}", *(f"{name}={_plain(value)}" for name, value in named.items() if value)]
    if key:
        parts.append(f"tag={key.tag(' '.join(parts))}")
    return f"<!-- {' '.join(parts)} -->"


def _plain(name: str) -> str:
    """Return a name of which nothing can end a comment: all but letters, digits, dots and lone hyphens as ``%XX``."""
    return re.sub(
        r"[^A-Za-z0-9_.-]|-(?=-)|(?<=-)-",
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace")),
        name,
    )


def utf16_length(text: str) -> int:
    """Return the length as JavaScript counts, which is never less than the number of characters."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
