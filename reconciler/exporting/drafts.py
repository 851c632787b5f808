"""Drafts: one manifest to be, for each live object that is exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.exporting.handles import handle
from reconciler.exporting.unmanaged import without
from reconciler.model.capabilities.export import Belongs, Undeclarable
from reconciler.model.place import Place
from reconciler.model.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.exporting.inventory import InventoryItem
    from reconciler.model.capabilities.export import Export, Remark, SecretSort
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live
    from reconciler.model.view import View
    from reconciler.planning.plan import Change


@dataclass(frozen=True, slots=True)
class Drafted:
    """The origin of a draft, which is in no file yet."""

    address: str

    @property
    def start(self) -> Place:
        return Place(self.address)

    def place(self, path: Path, *, key: bool = False) -> Place:
        del path, key
        return self.start

    def spelling(self, path: Path) -> None:
        del path


@dataclass(slots=True)
class Draft:
    """A live object with its handle; ``spec`` leaves defaults out, ``whole`` holds every declarable field.

    In both a ``Secret`` or ``Unresolved`` marks a value from outside; ``secrets`` maps its path to the reason.
    """

    kind: Kind
    export: Export
    live: Live
    handle: str
    owner: str | None = None
    """The address of its parent, if a manifest declares it."""
    spec: dict[str, Any] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)
    secrets: dict[Path, SecretSort] = field(default_factory=dict)
    only_new: set[Path] = field(default_factory=set)
    """What is never added to an existing manifest."""
    remarks: list[Remark] = field(default_factory=list)
    held: str = ""
    """Why the manifest holds back something that is due; empty if it does not."""

    @property
    def address(self) -> str:
        return f"{self.kind.name}/{self.handle}"

    @property
    def resource(self) -> Resource:
        """The draft as a resource that can be planned."""
        return Resource(self.kind.name, self.handle, self.spec, Drafted(self.address))


def hold(draft: Draft, change: Change) -> Resource | None:
    """Let a draft hold back what a plan would do to its object; return it as a resource, ``None`` if it cannot."""
    made = None if draft.held else draft.export.holding(change.actions, change.reason)
    if made is None:
        return None
    draft.spec |= made.spec
    draft.only_new |= made.only_new
    draft.remarks += made.remarks
    draft.held = made.held
    return draft.resource


def name_all(entries: Iterable[InventoryItem], known: Mapping[str, str], taken: Iterable[str]) -> list[Draft]:
    """Assign a handle to every object.

    ``known`` are the handles of declared objects, by ID; ``taken`` are all addresses of the manifests.
    """
    used: dict[str, set[str]] = {}
    for address in taken:
        named, _, known_handle = address.partition("/")
        used.setdefault(named, set()).add(known_handle)
    handles = dict(known)
    drafts = []
    for entry in entries:
        kind, live = entry.kind, entry.live
        if live.id not in handles:
            owner = handles.get(entry.owner.id) if entry.owner else None
            handle_candidates = entry.export.handle_candidates(live, owner)
            names = used.setdefault(kind.name, set())
            handles[live.id] = handle(handle_candidates, names, otherwise=kind.name.lower())
        drafts.append(Draft(kind, entry.export, live, handles[live.id]))
    return drafts


def declare_all(
    drafts: Sequence[Draft],
    owners: Mapping[str, Live | None],
    handles: Mapping[str, str],
    view: View,
    *,
    full: bool,
    references: bool,
) -> dict[str, str]:
    """Fill in the spec of each draft, with its secrets unless the export leaves them out.

    Return why an object cannot be declared at all, by address.

    ``owners`` are the parents of the objects, by ID; ``handles`` those of declared objects, by ID.
    """
    undeclarable: dict[str, str] = {}
    for draft in drafts:
        owner = owners[draft.live.id]
        try:
            made = draft.export.declare(draft.live, view, owner, full)
            whole = made if full else draft.export.declare(draft.live, view, owner, True)
        except Undeclarable as reason:
            undeclarable[draft.address] = str(reason)
            continue
        if owner and owner.id in handles:
            draft.owner = f"{owner.kind}/{handles[owner.id]}"
        replaced: set[Path] = set()
        draft.spec = _settled(made.spec, handles, replaced)
        draft.secrets = made.secrets
        draft.held = made.held
        parents = {(key,) for key, value in made.spec.items() if isinstance(value, Belongs)}
        draft.only_new = made.only_new | parents
        if not references:
            draft.spec = without(draft.spec, draft.secrets)
        draft.whole = _settled(whole.spec, handles, set())
        draft.remarks += (each for each in made.remarks if each.path not in replaced)
    return undeclarable


def _settled(
    spec: Mapping[str, Any], handles: Mapping[str, str], replaced: set[Path], path: Path = ()
) -> dict[str, Any]:
    """Return a spec with the references to other objects; ``replaced`` gets the paths of fields that make way."""
    made: dict[str, Any] = {}
    for key, value in spec.items():
        if isinstance(value, Belongs) and value.field and value.id in handles:
            made[value.field] = handles[value.id]
            replaced.add((*path, key))
        elif isinstance(value, dict):
            made[key] = _settled(value, handles, replaced, (*path, key))
        else:
            made[key] = _settled_value(value, handles)
    return made


def _settled_value(value: Any, handles: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_settled_value(each, handles) for each in value]
    if not isinstance(value, Belongs):
        return value
    return handles.get(value.id) or (value.otherwise if isinstance(value.otherwise, str) else dict(value.otherwise))
