"""Settings that may hold a token, pasted into the wrong place: which of them a message may show."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from itertools import pairwise

NOT_SHOWN = "(not shown: it may be a token)"
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 80
_LONG_LABEL = 16
_SHORT_PART = 4
_BETWEEN_WORDS = re.compile(r"[^\w]+")
_CREDENTIALS = re.compile(r"[@?#=]")
_WORD = r"(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,16})(?:[A-Z][a-z]{1,15}|[A-Z]{2,16})?\d{0,4}"
_NAME = re.compile(rf"(?:{_WORD}|\d{{1,4}})(?:[ ._-](?:{_WORD}|\d{{1,4}}))*")
_LONG = re.compile(r"[A-Za-z0-9_+=~-]{16,}")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_GLOBAL_ID = re.compile(rb"[A-Z][A-Za-z]+:[0-9A-Za-z-]+")


def quoted(name: str) -> str:
    """Return a user's name for a thing in quotes; a name that is not made of words is not shown.

    >>> quoted("stagin"), quoted("eu-west-1"), quoted("v1.MhQ7Gk2pQ9x")
    ("'stagin'", "'eu-west-1'", '(not shown: it may be a token)')
    """
    return repr(name) if not name or is_name(name) else NOT_SHOWN


def shown(name: str) -> str:
    """Return a user's name for a thing, unless it may be a token."""
    return name if is_name(name) else NOT_SHOWN


def address(text: str) -> str:
    """Return an invalid address in quotes; it is not shown if it may be a token or holds a password.

    >>> address("htps://app.prismatic.io/api"), address("https://app.prismatic.io/?t=v1.MhQ7Gk2pQ9x")
    ("'htps://app.prismatic.io/api'", '(not shown)')
    """
    parts = [part for part in _BETWEEN_WORDS.split(text) if part]
    words = all(is_name(part) or len(part) <= _SHORT_PART for part in parts)
    return ascii(text) if words and len(text) <= _LONGEST_ADDRESS and not _CREDENTIALS.search(text) else "(not shown)"


def may_be_token(host: str) -> bool:
    """Return whether the name of a host looks like a token, and like no server's name.

    A server's name ends in a domain of letters; a name without a domain is short, or made of words.
    """
    labels = host.rstrip(".").split(".")
    if any(label.lower().startswith("eyj") and len(label) >= _LONG_LABEL for label in labels):
        return True
    last = labels[-1]
    if len(labels) > 1:
        return len(last) >= _LONG_LABEL and not last.isalpha() and not last.lower().startswith("xn--")
    return not is_name(last) and (last != last.lower() or len(last) >= _LONG_LABEL)


def is_name(text: str) -> bool:
    """Return whether a text is made of words, each in one case, and short numbers; no token is."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def without_tokens(message: str) -> str:
    """Return a message about a command line, with everything that looks like a token removed.

    These are JSON web tokens, and long texts of letters and digits in no order. IDs are shown.
    """
    message = _JSON_WEB_TOKEN.sub(NOT_SHOWN, message)
    return _LONG.sub(lambda found: NOT_SHOWN if _is_random(found[0]) else found[0], message)


def _is_random(text: str) -> bool:
    """Return whether letters and digits alternate as in no text that people write."""
    if _UUID.fullmatch(text) or _is_global_id(text):
        return False
    sorts = [(each.isdigit(), each.isupper()) for each in text if each.isalnum()]
    turns = sum(1 for one, other in pairwise(sorts) if one != other)
    return turns * 4 >= len(sorts)


def _is_global_id(text: str) -> bool:
    """Return whether a text is an ID of the API: base64 of a type's name and a UUID."""
    try:
        return _GLOBAL_ID.fullmatch(b64decode(text, validate=True)) is not None
    except (NotBase64, ValueError):
        return False
