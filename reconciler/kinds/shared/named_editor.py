"""What an editor knows of objects that only their name distinguishes: live names, which a manifest can take over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.editor import Editor, EditorHints, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.kinds.shared.by_name import NamedObjects
    from reconciler.model.capabilities.editor import HintContext


def name_hints(objects: NamedObjects[Any], known: HintContext) -> EditorHints:
    """Return the names of the live objects, offered for ``spec.name``; a new object may have any other."""
    tenant = known.view.tenant
    names = {objects.live(node).name: "" for node in tenant.all(objects.collection)}
    made = EditorHints({("spec", "name"): offered(names)} if names else {})
    made.notes += not_offered(tenant, {f"names of {objects.noun}s": Read(objects.collection)})
    return made


def named_editor(objects: NamedObjects[Any]) -> Editor:
    """Return the hints of a kind of which an editor knows nothing but names."""
    return Editor(lambda _: [Read(objects.collection)], lambda known: name_hints(objects, known))
