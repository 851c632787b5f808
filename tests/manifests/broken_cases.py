"""The table of broken manifests: files that are wrong, and exactly what is said about each.

A case has ``files`` (name → text), or one ``manifest``, or the ``spec`` of a customer, user or instance; how it
is read (``arguments``, ``environment``, ``environ``, ``allowExec``); and ``errors``, what must be reported.
``KINDS IN ORDER`` and ``KNOWN KINDS`` in them are the lists of all kinds, which grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.kinds.registry import default_registry
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.schema.schemas import directives

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parent / "broken"
WARNED = Path(__file__).parent / "warned"
"""Manifests that are valid, and ``warnings``: what is said of them."""
WHOLE = "apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: it}}\nspec:\n{spec}"


@dataclass(frozen=True, slots=True)
class Case:
    """One broken run."""

    name: str
    files: Mapping[str, str]
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    arguments: tuple[str, ...] = (".",)
    environment: str | None = None
    allow_exec: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)

    def options(self, folder: Path) -> ManifestOptions:
        """Write the files into ``folder`` and return how they are read."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return ManifestOptions(
            files=self.arguments,
            environment=self.environment,
            allow_exec=self.allow_exec,
            environ=self.environ,
            cwd=folder,
        )


def case_of(theme: str, data: Mapping[str, Any]) -> Case:
    """Return the case of one entry of the table."""
    return Case(
        name=f"{theme}: {data['case']}",
        files=dict(_files(data)),
        errors=tuple(map(_with_kinds, data.get("errors", ()))),
        warnings=tuple(data.get("warnings", ())),
        arguments=tuple(data.get("arguments", (".",))),
        environment=data.get("environment"),
        allow_exec=data.get("allowExec", False),
        environ=data.get("environ", {}),
    )


def _with_kinds(text: str) -> str:
    names = [*default_registry().kinds, *directives()]
    known = ", ".join(map(repr, sorted(names)))
    return text.replace("KINDS IN ORDER", ", ".join(names)).replace("KNOWN KINDS", known)


def _files(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from data.get("files", {}).items()
    if "manifest" in data:
        yield "it.yaml", data["manifest"]
    for kind in ("Customer", "User", "Instance"):
        if kind.lower() in data:
            yield "it.yaml", WHOLE.format(kind=kind, spec=indent(data[kind.lower()], "  "))


def broken_cases() -> list[Case]:
    """Return every case of the table of broken manifests."""
    return _cases(FOLDER)


def warned_cases() -> list[Case]:
    """Return every case of the table of manifests that are warned of."""
    return _cases(WARNED)


def _cases(folder: Path) -> list[Case]:
    return [
        case_of(path.stem, data)
        for path in sorted(folder.glob("*.yaml"))
        for data in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
