"""Doubtful secrets in a manifest. A plan hides them, so its reviewer cannot notice the mistake."""

from __future__ import annotations

import re

from reconciler.secrets.surrounding_blanks import odd_edges

_UNFILLED = "looks like an unfilled placeholder, and is sent as it is; take the value from outside (valueFrom)"
_PLACEHOLDER = re.compile(
    r"\$\w+|\$\{[^{}]*\}|\$\([^()]*\)|\{\{.*\}\}|\{%.*%\}|<%.*%>|%\w+%|<[A-Z][A-Z0-9_ -]*>", re.DOTALL
)
"""A whole text that a shell, a template engine or a person was to replace; ``${var.NAME}`` is replaced before."""


def doubt(value: object) -> str | None:
    """Return a doubt about a secret that a manifest writes as text, or ``None``. The doubt does not quote the text.

    >>> doubt("secret ")
    'ends with a blank, which is sent as part of it; remove it unless it is meant'
    >>> doubt("{{ .Values.password }}")
    'looks like an unfilled placeholder, and is sent as it is; take the value from outside (valueFrom)'
    """
    if not isinstance(value, str):
        return None
    if _PLACEHOLDER.fullmatch(value.strip()):
        return _UNFILLED
    odd = odd_edges(value)
    return f"{odd}, which is sent as part of it; remove it unless it is meant" if odd else None
