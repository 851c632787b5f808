"""Tokens: the environment variables that hold them, and the characters that they have."""

from __future__ import annotations

import re

ACCESS_VARIABLES = ("PRISM_ACCESS_TOKEN", "PRISMATIC_API_KEY")
"""This project's own name, then that of Prismatic's other tools; the first that is set is used."""
REFRESH_VARIABLES = ("PRISM_REFRESH_TOKEN", "PRISMATIC_REFRESH_TOKEN")
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


def is_token(text: str) -> bool:
    """Return whether a header of a request can carry the text: printable ASCII without white space."""
    return _VISIBLE_ASCII.fullmatch(text) is not None
