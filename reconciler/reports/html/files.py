"""The files of this folder that pages are made of, and their digests for the content security policy."""

from __future__ import annotations

import base64
import hashlib
import html
from importlib.resources import files
from typing import TYPE_CHECKING

from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def asset(name: str) -> str:
    """Return the text of a file."""
    return (files("reconciler.reports.html") / name).read_text(encoding="utf-8")


def page(template: str, scripts: Sequence[str], parts: Mapping[str, str]) -> str:
    """Return a template with its scripts and its parts, which are HTML already.

    By its content security policy its own style and script can run, and nothing can be loaded.
    """
    css = asset("page.css") + asset("rollouts.css")
    script = "(() => {\n'use strict';\n" + "\n".join(map(asset, scripts)) + "})();\n"
    allowed = f"style-src {_digest(css)}; script-src {_digest(script)}"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return _filled(template, {**parts, "policy": policy, "style": css, "script": script})


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _filled(name: str, parts: Mapping[str, str]) -> str:
    # Piece by piece: inserted text is not searched for the names of other parts.
    first, *rest = asset(name).split("{{")
    return first + "".join(parts[key] + text for key, _, text in (piece.partition("}}") for piece in rest))


def escaped(text: str) -> str:
    """Return text from outside as HTML that shows it literally."""
    return html.escape(safe(text))
