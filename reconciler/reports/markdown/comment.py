"""What a forge takes as a comment: its length, and an invisible last line by which the next run finds it."""

from __future__ import annotations

import hmac
import re

LONGEST_COMMENT = 65_536
"""What GitHub takes for a comment, in characters; GitLab takes more."""
MARKER_DIGITS = 32
"""Hexadecimal digits of a marker's tag: 128 bits, which cannot be guessed."""


def marker(command: str, project: str | None, environment: str | None, key: bytes) -> str:
    """Return the invisible marker of a command's reports; equal for every run on a project and an environment.

    With a key it ends in a tag that only a holder of the key can make. Without the tag, anybody who gets a text into a
    comment of the pipeline's account could make the pipeline overwrite that comment instead of its own.
    """
    named = {"project": project, "environment": environment}
    parts = [f"reconciler:{command}", *(f"{key}={_plain(value)}" for key, value in named.items() if value)]
    if key:
        tag = hmac.new(key, " ".join(parts).encode(), "sha256").hexdigest()
        parts.append(f"tag={tag[:MARKER_DIGITS]}")
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
