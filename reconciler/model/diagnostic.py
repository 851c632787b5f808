"""Diagnostics: what is wrong or doubtful, and where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.model.place import Origin, Path, Place


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem or warning: what is wrong, what was expected, what to do.

    A kind knows the ``path`` in the spec alone. Whoever knows the file adds the ``place`` (see :meth:`at`), and whoever
    knows the resource its ``address``.

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

    def at(self, origin: Origin, path: Path, address: str | None = None) -> Diagnostic:
        """Return it with its place: that of ``path`` in the manifest, quoting the value as it is spelled there."""
        message = self.spelled(origin.spelling(path)) if self.spelled else self.message
        return replace(self, message=message, place=origin.place(path, key=self.key), address=address or self.address)

    def said(self, origin: Origin, path: Path) -> str:
        """Return the message, which quotes the value at ``path`` of the origin as it is written there."""
        return self.spelled(origin.spelling(path)) if self.spelled else self.message
