"""The secrets that one run has met, to hide each of them wherever and in whatever form it occurs again."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Any

from reconciler.secrets.pasted_tokens import is_name
from reconciler.secrets.secret import Secret
from reconciler.secrets.suspicious import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 4
"""Characters; what is shorter is equal to many things by chance, and no secret to anybody who can count."""
SWITCHES = frozenset({"true", "false", "none", "null"})
LONGEST_JSON = 64 * 1024
"""Characters of a JSON text whose items are looked at."""
LONGEST_NUMBER = 64
_SHORTEST_UNNAMED = 8
_SECRET_ADDRESSES = frozenset({"RECONCILER_NOTIFY_URL"})
_CREDENTIALS = re.compile(r"://([^/?#\s]*)@")


def forms_of(value: Any) -> Iterator[str]:
    """Yield the forms of a value. Two values that may be the same secret have a form in common.

    >>> sorted(set(forms_of("042.50")))
    ['042.50', '42.5']
    >>> sorted(set(forms_of(["first", "x"])))
    ['["first","x"]', 'first']
    """
    return (form for form in _forms(value) if len(form) >= SHORTEST and form.lower() not in SWITCHES)


def _forms(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value, value.strip(), *_number(value))
        yield from _json(value)
    elif isinstance(value, (dict, list, tuple)):
        yield json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
        for item in value.values() if isinstance(value, dict) else value:
            yield from _forms(item)
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        yield from (str(value), *_number(str(value)))


def _number(text: str) -> Iterator[str]:
    """Yield the canonical spelling of a text that is a number."""
    if len(text) > LONGEST_NUMBER or not any(letter.isdigit() for letter in text):
        return
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return
    if number.is_finite() and abs(number.adjusted()) < LONGEST_NUMBER:
        yield format(number.normalize(), "f")


def _json(text: str) -> Iterator[str]:
    if len(text) > LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from _forms(found)


def _plain(value: Any) -> Any:
    """Return a key-value list as a mapping, if each key occurs once."""
    if isinstance(value, (list, tuple)) and all(
        isinstance(each, dict) and {*each} == {"key", "value"} for each in value
    ):
        pairs = {str(each["key"]): each["value"] for each in value}
        return pairs if len(pairs) == len(value) else list(value)
    return value


def credentials_in(text: str) -> Iterator[str]:
    """Yield the credentials in the URLs of a text (of a proxy, a database, a registry), and each password alone.

    >>> list(credentials_in("postgres://acme:hunter2@db.example/acme"))
    ['acme:hunter2', 'hunter2']
    """
    for credentials in _CREDENTIALS.findall(text):
        yield from with_password(credentials)


def with_password(credentials: str) -> tuple[str, ...]:
    """Return the credentials, and the password after their first colon if they have one."""
    return (credentials, *credentials.split(":", 1)[1:])


class InputText(str):
    """A text that was read as the value of a connection's input, which a project may choose to show."""

    __slots__ = ()


class _Forms(set[str]):
    """The forms of a growing collection of texts; each text is read once."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = 0

    def take_in(self, texts: Mapping[str, None]) -> None:
        for text in islice(texts, self._seen, None):
            self.update(forms_of(text))
        self._seen = len(texts)


def _texts(secrets: Iterable[Secret | str | None]) -> Iterator[str]:
    """Yield the texts of secrets that are not empty."""
    for secret in secrets:
        text = secret.reveal() if isinstance(secret, Secret) else secret
        if text:
            yield text


class KnownSecrets:
    """The secrets of one run; made once for each run and passed on, because no module keeps state.

    ``own``: the secrets that the run was given or sends: resolved values of ``valueFrom``, tokens, keys, and every
    ``Secret`` in a request. ``live``: the secrets that were only read from the tenant. Both keep the order in which the
    texts were met, and only grow, so a reader that has seen some of them reads only the rest.

    ``certain``: those of both that are secrets wherever they occur. The others are inputs of connections, as they were
    read or sent: whether one is a secret depends on what the project shows.

    >>> known = KnownSecrets({"ACME_PASSWORD": "hunter2-of-acme"})
    >>> known.add([Secret("a-resolved-secret")])
    >>> known.holds("a-resolved-secret"), known.holds("hunter2-of-acme"), known.holds("Acme")
    (True, True, False)
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.own: dict[str, None] = {}
        self.live: dict[str, None] = {}
        self.certain: dict[str, None] = {}
        self._variables: dict[str, None] = {}
        self._own_forms, self._variable_forms = _Forms(), _Forms()
        if environ:
            self.add_environment(environ)

    def add(self, secrets: Iterable[Secret | str | None]) -> None:
        """Add secrets that the run was given. Empty ones are left out: they hide nothing."""
        for text in _texts(secrets):
            self.own[text] = self.certain[text] = None

    def add_sent(self, secrets: Iterable[Secret | str | None]) -> None:
        """Add secrets that the run sends; values of connection inputs are among them."""
        for text in _texts(secrets):
            self.own[text] = None

    def add_live(self, texts: Iterable[str | None]) -> None:
        for text in texts:
            if text:
                self.live[text] = None
                if not isinstance(text, InputText):
                    self.certain[text] = None

    def add_environment(self, environ: Mapping[str, str]) -> None:
        """Add the variables of an environment.

        A value is a secret if the variable's name sounds like one, or if the value looks like one: it is no words, no
        address and no path. The other values are kept for :meth:`holds` alone, because messages may need their words.
        """
        for name, value in environ.items():
            text = value.strip()
            unlike_words = len(value) >= _SHORTEST_UNNAMED and "/" not in value and not is_name(text)
            if name in _SECRET_ADDRESSES or sounds_secret(name.replace("_", " ")) or unlike_words:
                self.add([value])
            self.add(credentials_in(value))
            if len(text) >= SHORTEST and text.lower() not in SWITCHES:
                self._variables |= {value: None, text: None}

    def holds(self, text: str) -> bool:
        """Return whether a text is one of the run's own secrets, or the value of an environment variable."""
        return text in self.own or text in self._variables or text.strip() in self.own

    def in_environment(self, value: Any) -> bool:
        """Return whether a value is that of an environment variable, in any form."""
        self._variable_forms.take_in(self._variables)
        return not self._variable_forms.isdisjoint(forms_of(value))

    def hides(self, value: Any, *, own: bool = False) -> bool:
        """Return whether a live value is, or contains, one of these secrets, in any form.

        A list may be a secret as JSON text, and so may each item of that text; ``42.50`` is ``42.5``. With ``own``,
        environment variables that nothing marks as secrets do not count, because a label may equal one by chance. Call
        this for live values only: for a manifest's value the answer would show its author whether a guess is right.
        """
        self._own_forms.take_in(self.own)
        self._variable_forms.take_in(self._variables)
        try:
            forms = set(forms_of(value))
        except RecursionError:  # nobody can say what is in there
            return True
        return not (self._own_forms.isdisjoint(forms) and (own or self._variable_forms.isdisjoint(forms)))
