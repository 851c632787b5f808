"""Declarations that are valid by their schema but have no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.expectations import nearest
from reconciler.manifests.value_from.resolve import VALUE_FROM
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource

_MEANT_AS_VALUE_FROM = frozenset({"valuefrom", "valuesfrom", "valfrom", "fromenv", "envfrom", "secretkeyref"})
_WAYS = frozenset({"env", "environment", "file", "exec", "key", "name", "secretkeyref"})
_SOURCES = frozenset({"env", "file", "exec"})
SLIPS = 2
"""Slips in a word by which it is still taken for ``valueFrom``: a letter left out, added, changed, or two exchanged."""


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


def may_misspell_value_from(text: str) -> bool:
    """Return whether a file may have a key like ``valueFrom``; escapes may hide one."""
    plain = _run_together(text)
    # A word of two slips has one of its halves whole, or is among those that are known.
    return "\\" in text or any(word in plain for word in ("valu", "from", *_MEANT_AS_VALUE_FROM))


def _run_together(text: str) -> str:
    return text.casefold().replace("_", "").replace("-", "")


def misspelt_value_from(value: Any, path: Path) -> Iterator[Diagnostic]:
    """Yield a problem for each misspelt ``valueFrom``, which would be sent as plain data.

    There is none in a file that :func:`may_misspell_value_from` says no to.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, (dict, list)):
                continue
            if key != VALUE_FROM and len(value) == 1 and isinstance(item, dict) and _is_meant(key, item):
                message = f"{key!r} is sent as plain data; to read a secret write {{valueFrom: {{env: NAME}}}}"
                yield Diagnostic(message, path=(*path, key), key=True)
            else:
                yield from misspelt_value_from(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from misspelt_value_from(item, (*path, index))


def _is_meant(key: str, item: Mapping[str, Any]) -> bool:
    """Return whether a pair is ``valueFrom`` in other words, or with up to two slips of the finger."""
    plain, ways = _run_together(key), set(map(str.casefold, item))
    if plain in _MEANT_AS_VALUE_FROM:
        return bool(ways) and ways <= _WAYS
    from rapidfuzz.distance import OSA

    return bool(ways & _SOURCES) and ways <= {*_SOURCES, "key"} and OSA.distance(plain, "valuefrom") <= SLIPS


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


def unknown_path(path: str, spec: Mapping[str, Any], kind: str) -> str | None:
    """Return the problem of a path to ignore; ``None`` for a path that can exist.

    ``spec`` is the JSON Schema of the kind's spec.
    """
    if not spec.get("properties"):
        return None
    return _unknown(path, spec, kind, "")


def _unknown(path: str, schema: Mapping[str, Any], owner: str, above: str) -> str | None:
    """Return the problem of ``path`` below ``above``, whose schema is ``schema``; ``None`` if it has none."""
    fields: Mapping[str, Any] = schema.get("properties", {})
    name, dot, rest = path.partition(".")
    if name not in fields:
        return f"{owner} has no field {above + path!r} to ignore; {_hint(name, rest, list(fields), above)}"
    if not dot:
        return None
    field, where = fields[name], f"{above}{name}"
    if isinstance(field.get("additionalProperties"), dict):
        return _free_key(rest, where)
    if field.get("properties"):
        return _unknown(rest, field, owner, f"{where}.")
    return f"parts of {where!r} cannot be ignored one by one; ignore {where!r} as a whole"


def _hint(name: str, rest: str, fields: Sequence[str], above: str) -> str:
    """Return a suggestion for ``name`` with the rest of its path, since a shorter path would ignore more."""
    known = ", ".join(repr(f"{above}{each}") for each in sorted(fields))
    if rest and name == "spec" and not above and rest.partition(".")[0] in fields:
        return f"did you mean {rest!r}? paths begin below 'spec'"
    meant = nearest(name, fields)
    if not meant:
        return f"fields: {known}"
    return f"did you mean {'.'.join(filter(None, (above + meant, rest)))!r}? fields: {known}"


def _free_key(rest: str, where: str) -> str | None:
    if rest in {"", "*", "**"} or rest.startswith(("*.", "[")):
        path = f"{where}.{rest}"
        advice = f"write {where!r} for all of them, or '{where}.NAME' for one"
        return f"{path!r} ignores nothing: paths have no wildcards; {advice}"
    return None
