"""An object that is in the manifests already: which of its lines have to change, and only those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.exporting.unmanaged import without
from reconciler.manifests.placeholders import SIGN
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.resource import without_ignored
from reconciler.secrets.secret import Secret, Unresolved, contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.exporting.drafts import Draft
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change

    Parts = frozenset[tuple[str, ...]]


TAKEN_AWAY = "an overlay takes it away"
UNEXPORTED = "the live secret differs; an export does not write it"


@dataclass(frozen=True, slots=True)
class Edit:
    """A value of the spec to set in one document; ``within`` leads to the part of the document's spec that has it."""

    document: Document
    path: Path
    value: Any
    within: Path = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A difference that is not written into the manifest, and why."""

    path: Path
    reason: str


def edits(existing: Resource, draft: Draft, change: Change | None) -> Iterator[Edit | Refused]:
    """Yield the edits that make the manifest equal the live object; ``change`` is its planned change."""
    for field in change.fields if change else ():
        if field.path[0] != "lifecycle":
            yield _updated(existing, draft, field)
    yield from _added(existing, draft)


def _updated(existing: Resource, draft: Draft, field: FieldChange) -> Edit | Refused:
    if field.sensitive:
        return Refused(field.path, UNEXPORTED)
    try:
        value = _at(draft.whole, field.path)
    except LookupError:
        return Refused(field.path, "a manifest cannot hold the live value")
    if contains(value, Secret, Unresolved):
        return Refused(field.path, UNEXPORTED)
    origin = existing.origin
    if not isinstance(origin, Layers):
        return Refused(field.path, "it is in no file")
    document = origin.holder(("spec", *field.path))
    if _has_variable(document.data, ("spec", *field.path)):
        return Refused(field.path, "it is made of variables of the project")
    return Edit(document, field.path, value)


def _added(existing: Resource, draft: Draft) -> Iterator[Edit | Refused]:
    """Yield the live values that no manifest declares: config variables, inputs, flows, and plain fields."""
    wanted = without_ignored(replace(existing, spec=without(draft.spec, draft.only_new)), draft.kind.spec.fixed).spec
    origin = existing.origin
    if not isinstance(origin, Layers):
        return
    # A new value may be new in this environment only, so it goes to the overlay if one exists.
    document = origin.documents[-1]
    for path, value in _missing(wanted, existing.spec, draft.export.parts):
        if any(is_there(each.data, ("spec", *path)) for each in origin.documents):
            yield Refused(path, TAKEN_AWAY)
        else:
            yield Edit(document, path, value)


def _missing(wanted: Mapping[str, Any], present: Any, parts: Parts, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the topmost paths of the spec that only ``wanted`` has, as deep as a spec is managed part by part."""
    for key, value in wanted.items():
        below = (*path, key)
        if key not in present:
            yield below, value
        elif isinstance(value, dict) and isinstance(present[key], dict) and has_parts(below, value, parts):
            yield from _missing(value, present[key], parts, below)


def has_parts(path: Path, value: Mapping[str, Any], parts: Parts) -> bool:
    """Return whether the entries of a map are managed one by one, or one of them is such a map."""
    inside = ((*path, each[-1]) for each in parts if each[-1] in value)
    return any(matches(each, part) for part in parts for each in (path, *inside))


def matches(path: Path, part: tuple[str, ...]) -> bool:
    """Return whether a path is one of a part's, whose ``*`` matches any name."""
    return len(path) == len(part) and all(step in {name, "*"} for name, step in zip(path, part, strict=True))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def is_there(data: Any, path: Path) -> bool:
    """Return whether data has a value at a path."""
    try:
        _at(data, path)
    except (LookupError, TypeError):
        return False
    return True


def _has_variable(data: Any, path: Path) -> bool:
    """Return whether the text at a path, or at its nearest existing part, uses a variable of the project."""
    for step in path:
        if not isinstance(data, dict) or step not in data:
            break
        data = data[step]
    return _mentions(data)


def _mentions(data: Any) -> bool:
    if isinstance(data, dict):
        return any(map(_mentions, data.values()))
    if isinstance(data, list):
        return any(map(_mentions, data))
    return isinstance(data, str) and SIGN in data
