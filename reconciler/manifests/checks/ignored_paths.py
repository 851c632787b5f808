"""A check of the paths of ``lifecycle.ignoreChanges`` against the schema of their kind.

Parts of a map with free keys, such as ``configVariables``, are checked against the tenant by a plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.expectations import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
