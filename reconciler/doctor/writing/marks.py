"""The names and the label by which a later run finds what an earlier one left."""

from __future__ import annotations

import re
from dataclasses import dataclass

LABEL = "reconciler-doctor"
"""The label of every customer that the examination creates. Labels read back in lower case, so it is in lower case."""
_PREFIX = "reconciler-doctor "


@dataclass(frozen=True, slots=True)
class Marks:
    """The names of everything that an examination creates with one customer's name.

    >>> marks = Marks("Trial")
    >>> marks.name("webhook 1")
    'reconciler-doctor Trial: webhook 1'
    >>> marks.owns("reconciler-doctor Trial: webhook 1"), marks.owns("reconciler-doctor Trial 2: webhook 1")
    (True, False)
    >>> marks.stable_key("one")
    'reconciler-doctor-trial-one'
    """

    customer: str

    def name(self, of: str) -> str:
        """Return the name of an object that is not the customer itself; ``of`` has no colon."""
        return f"{_PREFIX}{self.customer}: {of}"

    def owns(self, name: str | None) -> bool:
        """Return whether an object's name is one that :meth:`name` returns."""
        return (name or "").rpartition(": ")[0] == f"{_PREFIX}{self.customer}"

    def stable_key(self, of: str) -> str:
        """Return the stable key of a shared connection."""
        return re.sub(r"[^a-z0-9]+", "-", f"{_PREFIX}{self.customer} {of}".lower()).strip("-")
