"""The live values of config variables that their integration marks as secret, or that hold credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.integration import contents_of, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.kinds.kind import View
    from reconciler.kinds.tenant import Node


def hidden_values(instances: Iterable[Node], view: View) -> Iterator[str]:
    """Yield the values that must not be shown, of those instances whose integration's declarations were read."""
    for instance in instances:
        declarations = contents_of(version_of(instance["integration"]), view).variables
        for variable in instance["configVariables"]["nodes"]:
            declaration = declarations.get(variable["requiredConfigVariable"]["key"])
            if declaration and declaration.hidden and variable.get("value"):
                yield variable["value"]
