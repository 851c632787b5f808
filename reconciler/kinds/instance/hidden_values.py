"""The live values of config variables that are marked as secrets, or have a secret's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.integration.versions import contents_of, version_of
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.secrets.suspicious import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.view import View


def hidden_values(instances: Iterable[InstanceFields], view: View) -> Iterator[str]:
    """Yield the values that must not be shown, of each instance whose version was read."""
    hidden: dict[str, frozenset[str]] = {}
    for instance in instances:
        version = instance.integration
        if version.id not in hidden:
            declared = contents_of(version_of(version), view).variables.values()
            hidden[version.id] = frozenset(each.key for each in declared if each.hidden or sounds_secret(each.key))
        keys = hidden[version.id]
        for key, variable in live_variables(instance).items() if keys else ():
            if key in keys and variable.value:
                yield variable.value
