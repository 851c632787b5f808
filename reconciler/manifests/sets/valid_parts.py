"""The valid parts of a set that its schema refuses: they are checked further, so that one run reports every problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from reconciler.manifests.sets.origin import CUSTOMERS, SPEC, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.manifests.overlays import Manifest
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path

_SOURCE = "from"
_CHOICE = frozenset({"labels", "names", "exclude", "atLeast"})
_VALUES = frozenset({"values", "defaults"})


@dataclass(frozen=True, slots=True)
class SetParts:
    """The manifest of a set without its invalid values."""

    manifest: Manifest
    valid: bool = True
    """Whether nothing was taken out."""
    source: bool = True
    """Whether it is known where the customers are from."""
    choice: bool = True
    """Whether it is known which customers are chosen."""
    values: bool = True
    """Whether the values are all there."""

    @classmethod
    def of(cls, manifest: Manifest, wrong: Sequence[Diagnostic]) -> Self | None:
        """Return the parts of a set by what its schema finds wrong; ``None`` for a document that makes no sense."""
        if not wrong:
            return cls(manifest)
        data, paths = manifest.data, [each.path for each in wrong]
        roots = {path[0] if path else None for path in paths}
        if manifest.address is None or not isinstance(data.get(SPEC), dict) or roots & {None, "apiVersion", "kind"}:
            return None
        made = _without(data, paths)
        customers, template = made[SPEC].get("customers"), made[SPEC].get("template")
        made[SPEC] = {**made[SPEC], "customers": customers or {}, "template": template or {}}
        touched = {path[2] if path[2:] else None for path in paths if path[:2] == CUSTOMERS}
        # An unknown key may be meant as the source.
        source = customers is not None and (_SOURCE in customers or touched <= _CHOICE)
        values = not any(path[:1] == (SPEC,) and _VALUES.intersection(path[1:2]) for path in paths)
        return cls(replace(manifest, data=made), False, source, source and not touched, values)


def _without(data: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """Return a copy of a document without the values at the paths in its spec and its lifecycle.

    Of a list with an invalid item nothing is kept, since the places of the others would move.
    """
    made = dict(data)
    for path in paths:
        keys = path[: next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))]
        lacking = keys == (SPEC,) or (keys in {TEMPLATE, CUSTOMERS} and isinstance(data[SPEC].get(keys[1]), dict))
        if keys[0] in {SPEC, "lifecycle"} and not lacking:
            made = _less(made, keys)
    return made


def _less(value: dict[Any, Any], keys: Path) -> dict[Any, Any]:
    first, *rest = keys
    if rest and isinstance(value.get(first), dict):
        return {**value, first: _less(value[first], tuple(rest))}
    return {key: item for key, item in value.items() if key != first}
