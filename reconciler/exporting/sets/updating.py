"""Sets that are in the manifests already: what differs for a member goes into its override, and the set stays whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.exporting.merging import TAKEN_AWAY, Edit, Refused, edits
from reconciler.exporting.sets.patch import Inexpressible, override
from reconciler.exporting.unmanaged import without
from reconciler.manifests.overlays import merge
from reconciler.manifests.sets.customers import Candidate, Customers, choose
from reconciler.manifests.sets.origin import MemberLayer, MemberOrigin
from reconciler.manifests.yaml.layers import Document, Layers
from reconciler.text.natural import natural
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.exporting.drafts import Draft
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource, SetCustomer
    from reconciler.planning.plan import Change

MOST_OVERRIDES = 50
"""The most values of a set's overrides that one export changes: of more, a person should look at the template."""
NO_NULL = "the live value is null, which an override cannot state"
PLACED = "its key is made of placeholders of the set"


def member_edits(existing: Resource, draft: Draft, change: Change | None) -> Iterator[Edit | Refused]:
    """Yield the edits of a member's override that make the member equal the live object.

    Secrets that no document declares are not added: they belong into the template, for all members at once.
    """
    origin, membership = existing.origin, existing.membership
    if not isinstance(origin, MemberOrigin) or membership is None:
        return
    layers = tuple(map(_projected, origin.documents))
    within = ("overrides", membership.customer.handle)
    plain = replace(existing, origin=Layers(layers))
    bare = replace(draft, spec=without(draft.spec, draft.secrets))
    for made in edits(plain, bare, change):
        each = _restored(made, layers, draft) if isinstance(made, Refused) else made
        if isinstance(each, Refused):
            yield each
        elif any("${" in str(step) or step in origin.written_keys for step in each.path):
            yield Refused(each.path, PLACED)
        else:
            yield from _leaf_edits(each, existing.spec, within)


def too_many(found: Sequence[tuple[Draft, Edit]]) -> str:
    """Return the advice where so many values of members differ that none is written."""
    members = list(dict.fromkeys(str(edit.within[-1]) for _, edit in found))
    return f"{len(members)} members differ from it ({listed(members, 3)}); change its template, or exclude them"


def _projected(layer: Document) -> Document:
    """Return a layer of a member with the data of its part alone, as if that were a manifest."""
    data: Any = layer.data
    for step in layer.inner if isinstance(layer, MemberLayer) else ():
        data = data.get(step, {})
    return replace(layer, data={"spec": data})


def _restored(refused: Refused, layers: Sequence[Document], draft: Draft) -> Edit | Refused:
    """Return the edit of a value that the member's own override removes from the template."""
    last = layers[-1]
    value: Any = draft.spec
    declared: Any = last.data["spec"]
    try:
        for step in refused.path:
            value, declared = value[step], declared[step]
    except (LookupError, TypeError):
        return refused
    return Edit(last, refused.path, value) if refused.reason == TAKEN_AWAY and declared is None else refused


def _leaf_edits(edit: Edit, spec: Mapping[str, Any], within: Path) -> Iterator[Edit | Refused]:
    """Yield an edit for each leaf that changes: a map in an override is merged, so what is gone needs a ``null``."""
    before: Any = spec
    for step in edit.path:
        before = before.get(step) if isinstance(before, dict) else None
    try:
        patch = override({"": before if isinstance(before, dict) else None}, {"": edit.value}, lambda value: value)
    except Inexpressible:
        yield Refused(edit.path, NO_NULL)
        return
    for path, value in _leaves(patch.get("", {}), edit.path):
        yield Edit(edit.document, path, value, within)


def _leaves(patch: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(patch, dict) and patch:
        for key, value in patch.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, patch


@dataclass(frozen=True, slots=True)
class ChangedChoice:
    """How a set must name its customers so that it keeps its members: by more names, and by more exclusions."""

    address: str
    edits: tuple[Edit, ...]
    newcomers: tuple[str, ...]
    """The customers that it would get otherwise."""


def changed_choices(
    resources: Iterable[Resource], before: Mapping[str, SetCustomer], after: Mapping[str, SetCustomer]
) -> Iterator[ChangedChoice]:
    """Yield the sets that would have other members once the customers are as they will be ``after`` the export."""
    members: dict[str, dict[str, Resource]] = {}
    for each in resources:
        if each.membership and not each.membership.unfolded:
            members.setdefault(each.membership.set_address, {})[each.membership.customer.handle] = each
    for address, found in members.items():
        origin = next(iter(found.values())).origin
        layers = [each for each in getattr(origin, "documents", ()) if isinstance(each, MemberLayer) and each.whole]
        plain = Layers(tuple(Document(each.source, each.index, each.prefix, each.start, each.data) for each in layers))
        customers = _merged(plain)
        if customers.get("from", "manifests") != "manifests":
            continue
        chosen = _chosen(customers, after)
        if _chosen(customers, before) != found.keys():
            chosen |= after.keys() - before.keys()  # a variable may decide: whoever is new is excluded
        newcomers = sorted(chosen - found.keys(), key=natural)
        lost = sorted(found.keys() & after.keys() - chosen, key=natural)
        wanted = {"exclude": newcomers, "names": lost}
        made = tuple(
            Edit(plain.holder(("spec", "customers", name)), ("customers", name), [*customers.get(name, ()), *handles])
            for name, handles in wanted.items()
            if handles
        )
        if made:
            yield ChangedChoice(address, made, tuple(newcomers))


def _merged(layers: Layers) -> Mapping[str, Any]:
    """Return how a set with its overlays chooses its customers, with variables as they are written."""
    data: Any = {}
    for each in layers.documents:
        data = merge(data, each.data)
    customers: Mapping[str, Any] = data["spec"]["customers"]
    return customers


def _chosen(customers: Mapping[str, Any], known: Mapping[str, SetCustomer]) -> set[str]:
    found = Customers({handle: Candidate(each, handle) for handle, each in known.items()})
    return {each.customer.handle for each in choose({"customers": customers}, found, complete=False).chosen}
