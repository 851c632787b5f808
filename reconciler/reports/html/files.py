"""The files of this folder that pages are made of, and their digests for the content security policy."""

from __future__ import annotations

import base64
import hashlib
import html
from importlib.resources import files
from typing import TYPE_CHECKING

from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Mapping


def asset(name: str) -> str:
    """Return the text of a file."""
    return (files("reconciler.reports.html") / name).read_text(encoding="utf-8")


def policy(css: str, script: str) -> str:
    """Return the content security policy of a page: its own style and script can run, and nothing can be loaded."""
    allowed = f"style-src {_digest(css)}; script-src {_digest(script)}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def filled(name: str, parts: Mapping[str, str]) -> str:
    """Return a template with its parts, which are HTML already."""
    # Piece by piece: inserted text is not searched for the names of other parts.
    first, *rest = asset(name).split("{{")
    return first + "".join(parts[key] + text for key, _, text in (piece.partition("}}") for piece in rest))


def escaped(text: str) -> str:
    """Return text from outside as HTML that shows it literally."""
    return html.escape(safe(text))
