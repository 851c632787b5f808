"""The names of the inputs that a run shows: those of the project, as far as the operator allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.result import Manifests
    from reconciler.model.place import Place
    from reconciler.planning.showing import Chosen

ALLOWED = "RECONCILER_SHOW_INPUTS"
"""The names that a project may show, with commas between them; empty: none. Whoever may change the project's file
could otherwise have a plan show any input that is not kept hidden."""


def shown_names(manifests: Manifests, environ: Mapping[str, str]) -> Chosen:
    """Return the names of the inputs that a run shows, with their places in the project's file."""
    allowed = _allowed(environ)
    return {name: place for name, place in _places(manifests) if allowed is None or name in allowed}


def left_out_names(manifests: Manifests, environ: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield the names of the project that the operator does not allow."""
    allowed = _allowed(environ)
    for name, place in _places(manifests):
        if allowed is not None and name not in allowed:
            yield Diagnostic(f"showInputs: {name!r} stays hidden, because {ALLOWED} does not list it", place)


def _allowed(environ: Mapping[str, str]) -> frozenset[str] | None:
    text = environ.get(ALLOWED)
    return None if text is None else frozenset(name.strip() for name in text.split(","))


def _places(manifests: Manifests) -> Iterator[tuple[str, Place | None]]:
    names = manifests.project.show_inputs if manifests.project else ()
    for number, name in enumerate(names):
        origin = manifests.project_origin
        yield name, origin.place(("spec", "showInputs", number)) if origin else None
