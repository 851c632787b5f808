"""Objects in use: what others use is deleted only after all of them stopped to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.model.capabilities.deletion import Use
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change

MOST_NAMED = 5
"""So many users are named."""


def settle_uses(
    uses: Mapping[str, tuple[Resource, Sequence[Use]]], changes: Sequence[Change]
) -> tuple[list[Change], list[tuple[Resource, Diagnostic]]]:
    """Return the changes, each deletion with those that it waits for, and why some objects are not deleted.

    ``uses`` are by the address of a resource to be deleted: who uses its live object.
    """
    settled: list[Change] = []
    problems: list[tuple[Resource, Diagnostic]] = []
    for change in changes:
        resource, users = uses.get(change.address, (None, ()))
        ending = _ends(change, users, changes)
        staying = [use for use in users if use.id not in ending]
        if resource and staying:
            problems.append((resource, Diagnostic(_in_use(staying), path=("lifecycle", "state"))))
        settled.append(
            replace(change, after=tuple(dict.fromkeys([*change.after, *ending.values()]))) if ending else change
        )
    return settled, problems


def _ends(deletion: Change, uses: Sequence[Use], changes: Iterable[Change]) -> dict[str, str]:
    """Return, by the ID of a user, the change that ends its use of the object to be deleted, by address.

    It deletes the user or the user's parent, or lets the user drop the object. A parent of the object itself does not
    count: it is deleted after the object.
    """
    if not uses:
        return {}
    used = deletion.live.id if deletion.live else ""
    gone: dict[str, str] = {}
    dropped: dict[str, str] = {}
    later = {deletion.address, *deletion.depends_on}
    for change in changes:
        if change.live and change.address not in later:
            if change.deletes:
                gone[change.live.id] = change.address
            elif used in change.drops:
                dropped[change.live.id] = change.address
    found = {use.id: gone.get(use.id) or gone.get(use.owner or "") or dropped.get(use.id) for use in uses}
    return {identifier: address for identifier, address in found.items() if address}


def _in_use(uses: Sequence[Use]) -> str:
    """Return why an object that these go on using is not deleted."""
    names = listed([use.name for use in uses], MOST_NAMED)
    verb, users = ("uses", "it") if len(uses) == 1 else ("use", "them")
    return (
        f"{counted(len(uses), 'live object')} {verb} it: {names}; delete {users}, or have {users} use another one, "
        "in the same run or before"
    )
