"""The types that the schema of a spec wants at a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class WantedTypes:
    """The schema of a kind, asked for the types of the values in its spec."""

    schema: Mapping[str, Any]

    def at(self, path: Path) -> frozenset[str]:
        """Return the types that are wanted at a path of the manifest; none where any text will do."""
        found: Mapping[str, Any] = self.schema
        for part in path:
            found = self._resolved(self._below(found, part))
        types = found.get("type", ())
        named = frozenset([types] if isinstance(types, str) else types)
        return frozenset() if "string" in named and "pattern" not in found else named - {"string"}

    def _below(self, schema: Mapping[str, Any], part: str | int) -> Any:
        if isinstance(part, int):
            return schema.get("items")
        return schema.get("properties", {}).get(part) or schema.get("additionalProperties")

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        if not isinstance(schema, dict):
            return {}
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        found: Mapping[str, Any] = self.schema["$defs"][name] if name else schema
        return found
