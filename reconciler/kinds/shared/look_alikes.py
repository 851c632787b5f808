"""Live objects whose names look like that of one to be created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.capabilities.names import LookAlike
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def objects_looking_like(
    name: str, field: str, view: View, group: Hashable, objects: Callable[[], Iterable[tuple[Live, str]]]
) -> Sequence[LookAlike]:
    """Return the objects whose ``field`` looks like a name and differs from it.

    ``objects`` returns the live objects, each with its field. It is called once for each ``group``, until more is
    read: a plan may create many objects beside many others.
    """

    def make() -> Mapping[str, list[tuple[Live, str]]]:
        found: dict[str, list[tuple[Live, str]]] = {}
        for live, there in objects():
            found.setdefault(skeleton(there), []).append((live, there))
        return found

    made: Mapping[str, list[tuple[Live, str]]] = view.tenant.derived(("looking alike", group), make)
    alike = made.get(skeleton(name), ())
    return [LookAlike(live, (field,), name, there) for live, there in alike if there != name]
