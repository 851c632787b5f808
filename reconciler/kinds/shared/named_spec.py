"""Specs of objects that are found by their ``name`` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank_texts
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.place import Path

ADDRESSED = ("url", "headers", "payloadTemplate")
"""The fields of an address in which ``valueFrom`` is allowed: some services take their key in the body."""


def name_of(spec: Mapping[str, Any]) -> str:
    """Return what an object is found by, and shown as."""
    return str(spec["name"])


def name_appearance(spec: Mapping[str, Any]) -> Appearance:
    """Return the appearance of a spec's name."""
    return Appearance(skeleton(spec["name"]), ("name",), spec["name"])


def secret_texts(names: Sequence[str], spec: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield each text of a spec's secret fields, by its path; ``headers`` hold several."""
    for name in names:
        value = spec.get(name)
        if name == "headers":
            yield from ((("headers", header), text) for header, text in (value or {}).items())
        else:
            yield (name,), value


def template_files(spec: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the place of a ``payloadTemplate`` that is kept in a file, ``{file: F}``."""
    template = spec.get("payloadTemplate")
    if isinstance(template, dict) and template.keys() == {"file"}:
        yield ("payloadTemplate",)


def secret_spec(secrets: Sequence[str], **more: Any) -> Spec:
    """Return the spec of objects with a name and these secret fields; ``more`` are further fields of ``Spec``."""
    return Spec(
        identity=name_of,
        title=name_of,
        check=lambda spec: blank_texts(secret_texts(secrets, spec)),
        appearance=name_appearance,
        secret_fields=frozenset(secrets),
        **more,
    )


def addressed_spec() -> Spec:
    """Return the spec of objects with a name, a URL with headers, and a template of the body."""
    return secret_spec(ADDRESSED, hidden_keys=frozenset({"url", "headers"}), files=template_files)
