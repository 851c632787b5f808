"""Schemas that know a world's tenant, and what they say of documents."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator

from reconciler.workflow.schemas import write_schemas
from reconciler.workflow.session import connect
from reconciler.workflow.validating import manifests_if_any

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

    from reconciler.options import Options


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of manifests and of overlays, as text and to check by; and what could not be read."""

    texts: dict[str, str]
    manifest: Draft202012Validator
    overlay: Draft202012Validator
    notes: tuple[str, ...]

    def check(self) -> None:
        """Raise an error if a schema is none; this takes longer than to write it."""
        for each in (self.manifest, self.overlay):
            Draft202012Validator.check_schema(each.schema)

    def wrong(self, manifest: str) -> list[str]:
        """Return the places, with dots, at which manifests are wrong by the schema."""
        return _wrong(self.manifest, manifest)

    def wrong_overlay(self, overlay: str) -> list[str]:
        return _wrong(self.overlay, overlay)


def _wrong(validator: Draft202012Validator, text: str) -> list[str]:
    errors = [error for each in yaml.load_all(text, yaml.SafeLoader) for error in validator.iter_errors(each)]
    return sorted({".".join(map(str, error.absolute_path)) for error in errors})


def written_by(options: Options, folder: Path) -> Schemas:
    """Write the schemas as the command does, and read them."""
    options = replace(options, manifests=replace(options.manifests, without_secrets=True))
    manifests = manifests_if_any(options)
    with connect(options, manifests) as session:
        files, notes = write_schemas(folder / "schemas", session)
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    validators = []
    for name in ("manifest", "overlay"):
        schema: dict[str, Any] = json.loads(texts[f"{name}.schema.json"])
        validators.append(Draft202012Validator(schema))
    return Schemas(texts, *validators, tuple(notes))


def written(world: World, folder: Path, manifests: str | Path = "", **more: Any) -> Schemas:
    """Return the schemas for a world's tenant and some manifests (none: there is no project either)."""
    more = {"cwd": folder, **({} if manifests else {"files": ()}), **more}
    return written_by(world.options(manifests, **more), folder)
