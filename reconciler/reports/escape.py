"""Text from outside, made harmless: a name may hold anything, and none of it may act."""

from __future__ import annotations


def safe(text: str) -> str:
    r"""Return the text with every character that a terminal could act on, or hide, written out.

    Control characters, escape sequences, line breaks, direction marks and other invisible characters become
    ``\\n``, ``\\x1b``, ``\\u202e``; everything that prints stays as it is.
    """
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)
