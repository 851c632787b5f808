"""Texts about many customers that differ only in the names of the customer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.resource import SetCustomer

PLACEHOLDER = "\0"
"""Stands where a name was; no text that a person reads has it."""


def without_mentions(text: str, address: str, customer: SetCustomer, *others: str) -> str:
    """Return the text with the names of a member, its customer and ``others`` replaced, for comparison only."""
    known = (address, address.partition("/")[2], customer.handle, customer.name, customer.external_id, *others)
    names = sorted({name for name in known if name and name in text}, key=len, reverse=True)
    if not names:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", PLACEHOLDER, text)
