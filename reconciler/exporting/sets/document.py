"""A set as the text of a manifest and of its file of values."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.exporting.outside import with_escapes
from reconciler.exporting.sets.patterns import with_keys_escaped
from reconciler.exporting.sets.selector import choosing
from reconciler.exporting.sets.values_file import values_text
from reconciler.exporting.unmanaged import comment_lines
from reconciler.exporting.yaml_text import document_text
from reconciler.manifests.schema.schemas import API_VERSION
from reconciler.model.capabilities.export import Remark
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.exporting.sets.design import SetDraft
    from reconciler.model.capabilities.export import SecretSort
    from reconciler.model.place import Path
    from reconciler.model.resource import SetCustomer

MOST_NAMED = 3
"""So many customers are named in a remark on some members."""


class SetTexts(NamedTuple):
    """The manifest of a set, and the path and text of its file of values; empty without values."""

    manifest: str
    values_file: str = ""
    values: str = ""


def set_texts(
    made: SetDraft, file: str, customers: Iterable[SetCustomer], left: Mapping[Path, SecretSort]
) -> SetTexts | None:
    """Return the texts of a set whose manifest goes into ``file``; ``None`` if YAML cannot hold its values.

    ``left`` are the secrets that it leaves out, by their path in a member's spec.
    """
    spec: dict[str, Any] = {"customers": choosing(made.members, list(customers))}
    values_file, values = "", ""
    if made.template.values:
        found = values_text(made.template.values, made.address)
        if found is None:
            return None
        suffix, values = found
        values_file = f"{posixpath.splitext(file)[0]}.values{suffix}"
        spec["values"] = {"file": posixpath.basename(values_file)}
    spec["template"] = with_escapes(with_keys_escaped(made.template.spec))
    if made.template.overrides:
        spec["overrides"] = with_escapes(made.template.overrides)
    metadata = {"name": made.handle}
    document = {"apiVersion": API_VERSION, "kind": made.form.kind, "metadata": metadata, "spec": spec}
    export = next(iter(made.members.values())).export
    growing = [("spec", "template", *part) for part in export.parts if len(part) == 1]
    remarks = list(_remarks(made))
    blocks = [("spec", "template"), *growing, ("spec", "overrides")]
    # Beside a value in braces is no place for a comment.
    blocks += [("spec", "overrides", str(remark.path[1])) for remark in remarks if remark.path[0] == "overrides"]
    text = document_text(document, remarks, comment_lines(left), blocks)
    return SetTexts(text, values_file, values) if text else None


def _remarks(made: SetDraft) -> Iterator[Remark]:
    """Yield the members' remarks: those on a value that the template has for most of them beside it, once."""
    said: set[Path] = set()
    left_out: dict[tuple[Path, str], list[str]] = {}
    for handle, draft in made.members.items():
        for remark in draft.remarks:
            if remark.left_out:
                left_out.setdefault((remark.path, remark.text), []).append(handle)
            elif _is_overridden(made, handle, remark.path):
                yield replace(remark, path=("overrides", handle, *remark.path))
            elif remark.path not in said:
                said.add(remark.path)
                yield replace(remark, path=("template", *remark.path))
    for (path, text), handles in left_out.items():
        yield Remark(("template", *path), f"{text}{_whose(handles, len(made.members))}", left_out=True)


def _is_overridden(made: SetDraft, handle: str, path: Path) -> bool:
    value: Any = made.template.overrides.get(handle, {})
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _whose(handles: list[str], members: int) -> str:
    if len(handles) == members:
        return ""
    return f" ({listed(handles, MOST_NAMED)})"
