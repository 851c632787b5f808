"""Declarations that are valid but have no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.expectations import nearest
from reconciler.manifests.value_from.resolve import VALUE_FROM
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource

_MEANT_AS_VALUE_FROM = frozenset({"valuefrom", "valuesfrom", "valfrom", "fromenv", "envfrom", "secretkeyref"})
_WAYS = frozenset({"env", "environment", "file", "exec", "key", "name", "secretkeyref"})


def lifecycle_without_effect(resource: Resource, kind: Kind) -> Iterator[Diagnostic]:
    """Yield a warning for each part of a lifecycle that has no effect; the paths begin at the manifest's root."""
    lifecycle = resource.lifecycle
    for number, name in enumerate(lifecycle.renamed_from):
        if name == resource.spec.get("name"):
            message = f"renamedFrom has no effect: {name!r} is the current name; take it out"
            yield Diagnostic(message, path=("lifecycle", "renamedFrom", number))
    if lifecycle.absent and lifecycle.ignore_changes:
        message = "ignoreChanges has no effect with state: absent; take it out"
        yield Diagnostic(message, path=("lifecycle", "ignoreChanges"), key=True)
        return
    for number, path in enumerate(lifecycle.ignore_changes):
        if path in kind.spec.fixed:
            message = f"{path!r} is never compared with the live object, so ignoring it has no effect; take it out"
            yield Diagnostic(message, path=("lifecycle", "ignoreChanges", number))


def misspelt_value_from(value: Any, path: Path) -> Iterator[Diagnostic]:
    """Yield a problem for each misspelt ``valueFrom``, which would be sent as plain data."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, (dict, list)):
                continue
            plain = key.casefold().replace("_", "").replace("-", "")
            way = isinstance(item, dict) and bool(item) and set(map(str.casefold, item)) <= _WAYS
            if key != VALUE_FROM and plain in _MEANT_AS_VALUE_FROM and len(value) == 1 and way:
                message = f"{key!r} is sent as plain data; to read a secret write {{valueFrom: {{env: NAME}}}}"
                yield Diagnostic(message, path=(*path, key), key=True)
            else:
                yield from misspelt_value_from(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from misspelt_value_from(item, (*path, index))


def removes_nothing(target: Any, patch: Any, path: Path = ()) -> Iterator[Diagnostic]:
    """Yield a warning for each ``null`` of an overlay that removes nothing."""
    if not isinstance(patch, dict):
        return
    known = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None and key not in known:
            meant = nearest(key, known)
            hint = f"did you mean {meant!r}?" if meant else "take it out"
            yield Diagnostic(
                f"null removes nothing: the manifest has no {key!r} here; {hint}", path=(*path, key), key=True
            )
        else:
            yield from removes_nothing(known.get(key), value, (*path, key))
