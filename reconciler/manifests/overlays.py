"""Overlays: partial manifests merged over those of the same kind and name, by JSON Merge Patch (RFC 7386)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.manifests.schema.expectations import nearest
from reconciler.manifests.without_effect import removes_nothing
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.manifests.schema.check import Checker
    from reconciler.model.resource import Membership


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """One manifest with its variables filled in, its overlays merged, and the places of its values."""

    data: Any
    origin: Layers
    membership: Membership | None = None
    """The set that it was expanded from, if it was."""
    address: str | None = field(init=False)
    """``Kind/handle``; ``None`` where one of the two is missing."""

    @property
    def kind(self) -> Any:
        return self.data.get("kind") if isinstance(self.data, dict) else None

    def __post_init__(self) -> None:
        metadata = self.data.get("metadata") if isinstance(self.data, dict) else None
        handle = metadata.get("name") if isinstance(metadata, dict) else None
        kind = self.kind
        address = f"{kind}/{handle}" if isinstance(kind, str) and isinstance(handle, str) else None
        object.__setattr__(self, "address", address)


def merge(target: Any, patch: Any) -> Any:
    """Return ``target`` with ``patch`` merged over it by RFC 7386: ``null`` removes a key, lists are replaced."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def overlaid(
    manifests: Sequence[Manifest], overlays: Iterable[Manifest], checker: Checker
) -> tuple[list[Manifest], list[Diagnostic], list[Diagnostic]]:
    """Return the manifests with the overlays merged in, the problems of the overlays, and warnings about them.

    An overlay whose address no manifest has becomes a manifest of its own if it is a valid one.
    """
    result = list(manifests)
    index: dict[str | None, int] = {}
    for position, manifest in enumerate(result):
        index.setdefault(manifest.address, position)
    problems: list[Diagnostic] = []
    warnings: list[Diagnostic] = []
    for overlay in overlays:
        if wrong := _unusable(overlay, checker):
            problems += (problem.at(overlay.origin) for problem in wrong)
        elif overlay.address in index:
            base = result[index[overlay.address]]
            useless = removes_nothing(base.data, overlay.data)
            warnings += (each.at(overlay.origin, address=overlay.address) for each in useless)
            layers = Layers((*base.origin.documents, *overlay.origin.documents))
            result[index[overlay.address]] = Manifest(merge(base.data, overlay.data), layers)
        elif incomplete := checker.problems(overlay.data):
            problems.append(_unmatched(overlay, incomplete[0], index).at(overlay.origin))
        else:
            index[overlay.address] = len(result)
            result.append(overlay)
    return result, problems, warnings


def _unusable(overlay: Manifest, checker: Checker) -> list[Diagnostic]:
    wrong = list(checker.envelope(overlay.data, overlay=True))
    if wrong:
        return wrong
    if overlay.address is None:
        return [
            Diagnostic(
                "'metadata.name' is missing; an overlay needs the handle of the manifest it changes",
                path=("metadata", "name"),
            )
        ]
    return []


def _unmatched(overlay: Manifest, incomplete: Diagnostic, index: Iterable[str | None]) -> Diagnostic:
    address = str(overlay.address)
    kind = overlay.data["kind"]
    known = [each.partition("/")[2] for each in index if each and each.startswith(f"{kind}/")]
    handle = overlay.data["metadata"]["name"]
    advice = did_you_mean(handle, known, listed_as=f"declared of kind {kind}")
    if not nearest(handle, known):
        advice = f"to add it as a new resource make the overlay a whole manifest: {incomplete.message}"
    return Diagnostic(
        f"no manifest declares {address}, so the overlay changes nothing; {advice}", path=("metadata", "name")
    )
