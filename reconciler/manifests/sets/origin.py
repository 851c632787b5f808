"""The places of a member's values: in the template of its set, in an override, and in overlays of the set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.manifests.yaml.found import Found
from reconciler.manifests.yaml.layers import Document, Layers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.manifests.yaml.source_map import Source
    from reconciler.model.place import Path, Place

SPEC = "spec"
CUSTOMER = "customer"
TEMPLATE: Path = (SPEC, "template")
OVERRIDES: Path = (SPEC, "overrides")
CUSTOMERS: Path = (SPEC, "customers")


@dataclass(frozen=True, slots=True, eq=False)
class MemberLayer(Document):
    """A document of a set as one layer of a member: ``inner`` leads to what the document declares of the spec."""

    inner: Path = ()
    whole: bool = True
    """Whether the layer also has what is outside of the spec; an override has not."""

    @classmethod
    def of(cls, document: Document, inner: Path, *, whole: bool = True) -> MemberLayer:
        source, index, prefix, start, data = (
            document.source, document.index, document.prefix, document.start, document.data
        )  # fmt: skip
        return cls(source, index, prefix, start, data, inner, whole)

    def find(self, path: Path) -> Found:
        if path[:1] != (SPEC,):
            return Document.find(self, path if self.whole else ())
        if path[1:2] == (CUSTOMER,) and self.whole:
            found = Document.find(self, CUSTOMERS)
            return replace(found, depth=min(found.depth, len(path)), closed=True)
        found = Document.find(self, (*self.inner, *path[1:]))
        depth = found.depth - len(self.inner) + 1
        return replace(found, depth=depth) if depth > 0 else Found(0, found.key, found.value, closed=False)


@dataclass(frozen=True, slots=True, eq=False)
class MemberOrigin(Layers):
    """Where a member's values are written. Each of its places names the member."""

    member: tuple[str, str] | None = None
    """The address of the set, and the handle of the customer; ``None`` for what holds for all members."""
    written_keys: Mapping[str, str] = field(default_factory=dict)
    """How a key with placeholders is written, by the key that was made of it."""
    values: Sequence[Source] = ()
    """The files that hold the values of customers."""

    @property
    def start(self) -> Place:
        return replace(self.documents[0].start, member=self.member)

    def place(self, path: Path, *, key: bool = False) -> Place:
        return replace(Layers.place(self, self._as_written(path), key=key), member=self.member)

    def spelling(self, path: Path) -> str | None:
        """Return how the value is written; ``None`` for one that a placeholder stands for."""
        spelled = Layers.spelling(self, self._as_written(path))
        return None if spelled and "${" in spelled else spelled

    def may_say(self, word: str) -> bool:
        return Layers.may_say(self, word) or any(each.may_say(word) for each in self.values)

    def passes(self, check: Callable[[str], bool]) -> bool:
        return Layers.passes(self, check) or any(each.passes(check) for each in self.values)

    def holder(self, path: Path) -> Document:
        return Layers.holder(self, self._as_written(path))

    def _as_written(self, path: Path) -> Path:
        if not self.written_keys:
            return path
        return tuple(self.written_keys.get(part, part) if isinstance(part, str) else part for part in path)


def template_layers(origin: Layers) -> tuple[Document, ...]:
    """Return the layers that all members of a set have."""
    return tuple(MemberLayer.of(document, TEMPLATE) for document in origin.documents)


def override_layers(origin: Layers, handle: str) -> tuple[Document, ...]:
    """Return the layers of one member's override."""
    return tuple(
        MemberLayer.of(document, (*OVERRIDES, handle), whole=False)
        for document in origin.documents
        if _has(document.data, (*OVERRIDES, handle))
    )


def _has(data: Any, path: Path) -> bool:
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True
