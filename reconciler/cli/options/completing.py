"""What a shell completes an option's value with: names from the manifests of the folder, read offline.

No secret is resolved, no command runs, and nothing is asked of a tenant.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from reconciler.cli.options.shell_variables import ASKS, QUOTES
from reconciler.kinds.registry import default_registry
from reconciler.manifests.files.finder import STDIN_ARGUMENT
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.project.project import declared_environments
from reconciler.manifests.project.selection import choice_of
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.selectors import facets_of
from reconciler.reports.registry import FORMATS
from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import click

    from reconciler.manifests.result import Manifests

EXECUTIONS = "executions"
_SPECIAL = re.compile(r"[^\w@%+=:,./-]")
"""What bash does not take as a part of a plain word."""


def candidates(what: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return what the value of an option may go on with; ``what`` is one of ``_FOUND``.

    Raises whatever is wrong with the manifests: the caller then offers nothing.
    """
    found = sorted({each for each in _FOUND[what](ctx, incomplete) if each.isprintable()}, key=natural)
    offered = [each for each in found if each.lower().startswith(incomplete.lower())]
    return [CompletionItem(each) for each in offered if _is_safe(each, os.environ)]


def _is_safe(candidate: str, environ: Mapping[str, str]) -> bool:
    """Return whether the script that asks puts this candidate into the line as one word, and whole."""
    shell = environ.get(ASKS, "").partition("_")[0]
    if shell == "fish":
        return "," not in candidate  # its script cuts a candidate there
    return shell != "bash" or bool(environ.get(QUOTES)) or not _SPECIAL.search(candidate)


def _manifests(ctx: click.Context) -> Manifests:
    """Return the manifests that the words before mean; without a choice, those of the first environment."""
    files, chosen = _files(ctx), ctx.params.get("environment")
    options = ManifestOptions(files, chosen, without_secrets=True, may_be_empty=True)
    names = declared_environments(files, options.cwd, default_registry())
    if names and choice_of(chosen, options.environ) is None:
        options = ManifestOptions(files, names[0], without_secrets=True, may_be_empty=True)
    return read_manifests(options, default_registry())


def _files(ctx: click.Context) -> tuple[str, ...]:
    files = tuple(ctx.params.get("files") or ())
    return tuple(each for each in files if each != STDIN_ARGUMENT)


def _facet(name: str) -> Callable[[click.Context, str], Iterable[str]]:
    def found(ctx: click.Context, _incomplete: str) -> Iterable[str]:
        facets = facets_of(_manifests(ctx).resources, default_registry())
        return {each for known in facets.values() for each in known.get(name, ())}

    return found


def _environments(ctx: click.Context, _incomplete: str) -> Iterable[str]:
    return declared_environments(_files(ctx), ManifestOptions().cwd, default_registry())


def _addresses(ctx: click.Context, _incomplete: str) -> Iterable[str]:
    return (each.address for each in _manifests(ctx).resources)


def _kinds(_ctx: click.Context, incomplete: str) -> Iterable[str]:
    names = [*default_registry().kinds]
    return names if incomplete[:1].isupper() else [EXECUTIONS, *(name.lower() for name in names)]


def _objects(ctx: click.Context, _incomplete: str) -> Iterable[str]:
    """Return the handles of a kind; of runs, the addresses of what can run."""
    registry, kind = default_registry(), ctx.params.get("what")
    resources = _manifests(ctx).resources
    if kind == EXECUTIONS:
        return (each.address for each in resources if registry[each.kind].spec.deployed)
    return (each.handle for each in resources if each.kind == kind)


def _rollouts(ctx: click.Context, _incomplete: str) -> Iterable[str]:
    return (each.name for each in _manifests(ctx).rollouts)


_FOUND: Mapping[str, Callable[[click.Context, str], Iterable[str]]] = {
    "customer": _facet("customer"),
    "integration": _facet("integration"),
    "label": _facet("label"),
    "environment": _environments,
    "address": _addresses,
    "kind": _kinds,
    "object": _objects,
    "report": lambda *_: (f"{form}=" for form in FORMATS),
    "rollout": _rollouts,
}
"""What returns the values that can be completed, by what they are."""
