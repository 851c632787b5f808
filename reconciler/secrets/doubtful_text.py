"""Doubtful secrets in a manifest. A plan hides them, so its reviewer cannot notice the mistake."""

from __future__ import annotations

import re

from reconciler.secrets.surrounding_blanks import odd_edges

_UNFILLED = (
    "looks like a placeholder that nothing has filled in, and is sent as it stands; take it from outside (valueFrom)"
)
_PLACEHOLDER = re.compile(
    r"\$\w+|\$\{[^{}]*\}|\$\([^()]*\)|\{\{.*\}\}|\{%.*%\}|<%.*%>|%\w+%|<[A-Z][A-Z0-9_ -]*>", re.DOTALL
)
"""A whole text that a shell, a template engine or a person was to replace; ``${var.NAME}`` is replaced before."""


def doubt(value: object) -> str | None:
    """Return a doubt about a secret that a manifest writes as text, or ``None``. The doubt does not quote the text.

    >>> doubt("secret ")
    'ends with a blank, which is sent as part of it; take it out unless it belongs there'
    >>> doubt("{{ .Values.password }}")
    'looks like a placeholder that nothing has filled in, and is sent as it stands; take it from outside (valueFrom)'
    """
    if not isinstance(value, str):
        return None
    if _PLACEHOLDER.fullmatch(value.strip()):
        return _UNFILLED
    odd = odd_edges(value)
    return f"{odd}, which is sent as part of it; take it out unless it belongs there" if odd else None
