"""Whether a text contains a whole secret, in any spelling in which a redactor hides it.

A redactor also hides pieces of secrets. That would be too much for values that are compared with each other: two
addresses of one domain have a piece in common.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.prismatic.redaction.folding import fold
from reconciler.prismatic.redaction.readings import readings_of
from reconciler.prismatic.redaction.secret_index import folded_forms, folded_spellings
from reconciler.prismatic.redaction.short_secrets import ShortSecrets
from reconciler.secrets.known import SHORTEST, SWITCHES, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONG = 8


class WholeSecrets:
    """Secrets of four characters and more, which are found anywhere in a text, and shorter ones, found as words.

    Only those shorter ones count that the run was given (``given``): others are equal to many things by chance. The
    ``tokens`` count as they are: what is inside them could be guessed.
    """

    def __init__(self, secrets: Iterable[str], given: Iterable[str] = (), tokens: Iterable[str] = ()) -> None:
        self._by_start: dict[bytes, set[bytes]] = defaultdict(set)
        self._short = ShortSecrets()
        self._found: dict[str, bool] = {}
        given = set(given)
        for secret in {*secrets, *given}:
            for form in _forms(secret):
                self._add(form, short=secret in given)
        for token in set(tokens):
            for form in folded_spellings(token):
                self._add(form, short=False)

    def _add(self, form: bytes, *, short: bool) -> None:
        if form.decode("latin-1") in SWITCHES:  # occurs in most texts
            return
        if len(form) >= SHORTEST:
            self._by_start[form[: _LONG if len(form) >= _LONG else SHORTEST]].add(form)
        elif short and form.strip():
            self._short.add(form, own=True)

    def within(self, text: str) -> bool:
        """Return whether a text is, or contains, one of the secrets, also encoded. Instances share many texts."""
        if text not in self._found:
            self._found[text] = self._search(text)
        return self._found[text]

    def _search(self, text: str) -> bool:
        readings = readings_of(text)
        if readings is None:  # nobody can say what is in there
            return True
        try:
            forms = {fold(form) for form in forms_of(text)}
        except RecursionError:
            return True
        return any(self._occurs(data) for data in {*forms, *(each.data for each in readings)})

    def _occurs(self, data: bytes) -> bool:
        return any(self._short.places_in(data)) or any(
            data.startswith(form, at)
            for at in range(len(data))
            for size in (SHORTEST, _LONG)
            for form in self._by_start.get(data[at : at + size], ())
        )


def _forms(secret: str) -> Iterator[bytes]:
    yield from map(fold, forms_of(secret))
    yield from folded_forms(secret)
