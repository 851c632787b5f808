"""An outcome as one HTML page that loads nothing: no network, no other file.

The page is a template in this folder. The outcome goes into it as JSON, and its script renders the parts that a reader
opens. A content security policy allows only the page's own style and script, by their digests.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from reconciler.reports.html.data import TITLES, html_data
from reconciler.reports.shared.headline import headline
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

SCRIPTS = ("dom.js", "difference.js", "order.js", "change.js", "filters.js", "page.js")
"""In the order in which they need each other."""


def render(outcome: Outcome, style: Style) -> str:
    """Return the page."""
    del style
    css = _asset("page.css")
    script = "(() => {\n'use strict';\n" + "\n".join(map(_asset, SCRIPTS)) + "})();\n"
    title = " – ".join(filter(None, (TITLES[outcome.command], outcome.project, outcome.environment)))
    parts = {
        "policy": f"default-src 'none'; style-src {_digest(css)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        "title": html.escape(f"{safe(title)}: {headline(outcome)}"),
        "heading": html.escape(TITLES[outcome.command]),
        "headline": html.escape(headline(outcome)),
        "style": css,
        "script": script,
        "data": _embedded(html_data(outcome)),
    }
    # Piece by piece: inserted text is not searched for the names of other parts.
    first, *rest = _asset("page.html").split("{{")
    return first + "".join(parts[name] + text for name, _, text in (piece.partition("}}") for piece in rest))


def _asset(name: str) -> str:
    return (files("reconciler.reports.html") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(data: object) -> str:
    """Return JSON that cannot end its HTML element, for any content of its strings."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
