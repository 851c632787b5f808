"""Config variables that a version of an integration renames, from its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def renames_of(definition: str | None) -> Mapping[str, str]:
    """Return the new names by the old ones, from a definition's YAML; none from a text that is no definition."""
    import yaml

    try:
        data: Any = yaml.load(definition or "", getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is safe
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    renames = data.get("renameAttributes") if isinstance(data, dict) else None
    if not isinstance(renames, dict):
        return {}
    return {old: new for old, new in renames.items() if isinstance(old, str) and isinstance(new, str)}
