"""Names of config variables that sound as if they held a secret, although their integration does not say so."""

from __future__ import annotations

import re

_SOUNDS = re.compile(
    r"(?:^|[^a-z])"
    r"(?:pass(?:words?|phrases?|wd|codes?)|secrets?|tokens?|credentials?|(?:api|access|private|secret)[ _-]*keys?)"
    r"(?:$|[^a-z])"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def sounds_secret(name: str) -> bool:
    """Say whether a name has in it a word for what is kept secret: a guess, by the name alone."""
    return bool(_SOUNDS.search(_HUMP.sub(" ", name).lower()))
