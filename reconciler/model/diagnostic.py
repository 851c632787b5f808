"""Diagnostics: problems and warnings, with their places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.place import Origin, Path, Place

MOST_NAMED = 3
"""Of the members of a set that share a diagnostic, how many it names."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem or warning: what is wrong, what was expected, what to do.

    A kind knows only the ``path`` in the spec. The caller that knows the manifest adds the ``place`` (see :meth:`at`)
    and the ``address``.

    >>> from reconciler.model.place import Place
    >>> str(Diagnostic("unknown key 'enabeld'; did you mean 'enabled'?", Place("acme.yaml", 3, 1)))
    "acme.yaml:3:1: unknown key 'enabeld'; did you mean 'enabled'?"
    """

    message: str
    place: Place | None = None
    address: str | None = None
    """The resource that it is about, such as ``Instance/acme``."""
    path: Path = ()
    """The value in the resource's spec that it is about."""
    key: bool = False
    """Whether it is about the key at the path, not about its value."""
    topic: str = ""
    """What several alike are reported as, after their count; empty: each is reported by itself."""
    blocking: bool = False
    """Of a warning: whether the API is likely to refuse the change."""
    spelled: Callable[[str | None], str] | None = field(default=None, compare=False, repr=False)
    """Makes the message from the value as the file spells it (``True``, ``~``)."""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def at(self, origin: Origin, root: Path = (), address: str | None = None) -> Diagnostic:
        """Return it with a place instead of its path, which begins at ``root`` in the manifest.

        Without a path it is about the whole manifest. The message quotes the value as the manifest spells it.
        """
        whole = (*root, *self.path)
        message = self.spelled(origin.spelling(whole)) if self.spelled else self.message
        place = origin.place(whole, key=self.key) if self.path else origin.start
        return Diagnostic(message, place, address, topic=self.topic, blocking=self.blocking)

    def named(self) -> Diagnostic:
        """Return it as a problem of the whole run, which begins with the address of its resource."""
        return Diagnostic(f"{self.address}: {self.message}" if self.address else self.message, self.place)


def grouped(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each diagnostic once. One about members of a set names them, and is about the set as a whole.

    >>> from reconciler.model.place import Place
    >>> places = [Place("set.yaml", 9, 5, ("InstanceSet/inventory", customer)) for customer in ("acme", "ftl")]
    >>> [str(each) for each in grouped(Diagnostic("unknown key 'x'", place) for place in places)]
    ["set.yaml:9:5: unknown key 'x' (2 members of InstanceSet/inventory: acme, ftl)"]
    """
    shared: dict[tuple[Diagnostic, str], dict[str, None]] = {}
    for each in found:
        member = each.place.member if each.place else None
        if each.place is None or member is None:
            shared.setdefault((each, ""), {})
        else:
            address, customer = member
            place = replace(each.place, member=None)
            # A problem of a whole run begins with the address of its resource, which differs from member to member.
            own, colon, rest = each.message.partition(": ")
            is_named = colon and own.endswith(f"/{address.partition('/')[2]}.{customer}")
            message = rest if is_named else each.message
            whole = replace(each, message=message, address=each.address and address, place=place)
            shared.setdefault((whole, address), {})[customer] = None
    return [_named(each, address, list(names)) for (each, address), names in shared.items()]


def _named(diagnostic: Diagnostic, address: str, customers: list[str]) -> Diagnostic:
    """Return the diagnostic of a set with the customers whose members it is about."""
    if not customers:
        return diagnostic
    from reconciler.text.escape import safe
    from reconciler.text.plural import listed

    named = listed([*map(safe, customers)], MOST_NAMED)
    alone = len(customers) == 1
    about = f"member {named} of {address}" if alone else f"{len(customers)} members of {address}: {named}"
    return replace(diagnostic, message=f"{diagnostic.message} ({about})")
