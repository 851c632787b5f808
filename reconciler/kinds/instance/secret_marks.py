"""Marks: labels that note which places of an object may hold secrets from outside git.

``model/fingerprints.py`` explains marks. A marked live value stays hidden after its manifest no longer takes it from
outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import SHOWN
from reconciler.kinds.variables.codec import CONNECTION, successor
from reconciler.kinds.variables.configuration import ROOT
from reconciler.kinds.variables.live_variables import live_variables, stable_key_of
from reconciler.secrets.secret import Secret, Unresolved, contains

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.live_variables import Configured
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of places whose values the API returns.

    ``wanted``: places that the manifest takes from outside; ``written``: places that it declares in plain text;
    ``open``: places that it does not declare, so an earlier secret may still be there.
    """

    wanted: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


def marks_of(
    spec: Mapping[str, Any],
    contents: Contents,
    node: Configured | None,
    maker: Fingerprinter,
    carried: Collection[str],
) -> Marks:
    """Return the marks of the places that a spec declares, and of those that it could declare in this version.

    ``carried`` are the live object's tags and marks that no declared input explains. A renamed variable keeps its mark
    under the new name.
    """
    declared = dict(_places(spec))
    readable = {
        *((ROOT, key) for key, each in contents.variables.items() if each.data_type != CONNECTION),
        *(("flowConfigs", name, field) for name in contents.flows for field in SHOWN),
    }
    outside = {path for path in readable & declared.keys() if _is_outside(declared[path])}
    wanted = frozenset(maker.mark(path) for path in outside)
    if wanted.issuperset(carried):
        return Marks(wanted)
    renamed = frozenset(
        maker.mark((ROOT, new))
        for old, new in _renamed(node, contents)
        if new not in (spec.get(ROOT) or {}) and maker.mark((ROOT, old)) in carried
    )
    written = frozenset(maker.mark(path) for path in (readable & declared.keys()) - outside)
    return Marks(wanted | renamed, written, frozenset(maker.mark(path) for path in readable - declared.keys()))


def _places(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key, value in (spec.get(ROOT) or {}).items():
        yield (ROOT, key), value
    for name, config in (spec.get("flowConfigs") or {}).items():
        yield from ((("flowConfigs", name, field), config[field]) for field in SHOWN if field in config)


def _is_outside(value: Any) -> bool:
    return contains(value, Secret, Unresolved)


def _renamed(node: Configured | None, contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of each live variable that the version renames."""
    for key, variable in live_variables(node).items():
        if key not in contents.variables:
            new = successor(key, stable_key_of(variable), contents.variables)
            if new:
                yield key, new
