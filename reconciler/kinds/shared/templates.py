"""Templates of what the platform sends: text with words that it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Secret, Unresolved
from reconciler.secrets.suspicious import looks_secret
from reconciler.text.suggest import Suggestions

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

TEMPLATE = "payloadTemplate"


def is_hidden_template(declared: Any, live: str) -> bool:
    """Return whether a template is hidden: it comes from outside, or its live text looks like a secret.

    Some services take their key in the body.
    """
    return isinstance(declared, (Secret, Unresolved)) or looks_secret(live)


def same_template(one: str | None, other: str | None) -> bool:
    """Return whether two templates are the same: the API may trim blanks, and an editor ends a file with a line."""
    return (one or "").strip() == (other or "").strip()


def unknown_words(
    spec: Mapping[str, Any], word: re.Pattern[str], known: Iterable[str], *, only_near: bool = False
) -> Iterator[Diagnostic]:
    """Yield a warning for each word of a declared template that is not known.

    ``word`` matches a word with its marks, and has its name as a group. ``only_near``: other words may exist, so only
    one that is nearly a known one is reported.
    """
    template = spec.get(TEMPLATE)
    if not isinstance(template, str):
        return
    known = list(known)
    suggestions = Suggestions(known, listed_as="words")
    for found in dict.fromkeys(word.findall(template)):
        if found in known or (only_near and suggestions.nearest(found) is None):
            continue
        message = f"nothing replaces {found!r} in the template; {suggestions.sentence(found)}"
        yield Diagnostic(message, path=(TEMPLATE,))
