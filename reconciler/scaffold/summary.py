"""The options and the result of ``init``, the result also as text and as JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from reconciler.exporting.outside import EXAMPLE_FILE
from reconciler.exporting.summary import export_document, new_text, sets_text, unmanaged_text
from reconciler.reports.shared.repeated import by_reason
from reconciler.scaffold.origin import PLACEHOLDER
from reconciler.scaffold.pipelines import too_many_secrets
from reconciler.scaffold.project_file import MANIFESTS
from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.exporting.export import Exported
    from reconciler.reports.shared.style import Style
    from reconciler.scaffold.files import Repository
    from reconciler.scaffold.forge import Checkout, Forge
    from reconciler.scaffold.placement import Placement

MOST_FOLDERS = 20
"""The number of folders that are listed; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new repository is to be like.

    Without a ``name`` the project is called as the organization; without a ``forge`` it is the one of the folder's
    remote. ``dry_run``: nothing is written.
    """

    folder: Path = Path()
    name: str | None = None
    new_environment: str = "production"
    forge: Forge | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Initialized:
    """The result of ``init``; ``notes`` list what the schemas lack because it could not be read."""

    asked: Asked
    profile: str | None
    """The profile of the connection, named in the next command."""
    repository: Repository
    exported: Exported
    placement: Placement
    checkout: Checkout
    notes: Sequence[str] = ()


def init_document(made: Initialized) -> dict[str, Any]:
    """Return the result as plain data without secrets."""
    return {
        **export_document(made.exported, made.repository.identity),
        "project": made.repository.project,
        "environment": made.repository.environment,
        "pipeline": str(made.repository.forge),
        "dryRun": made.asked.dry_run,
        "secretsLimit": too_many_secrets(made.repository.forge, made.exported.secrets) or None,
        "written": [file.path for file in made.placement.write],
        "keptFiles": [{"file": path, "reason": reason} for path, reason in made.placement.kept],
    }


def init_text(made: Initialized, style: Style) -> str:
    """Return the result as text, with the next steps."""
    identity = made.repository.identity
    lines = [f"{style.bold(safe(identity.organization))} at {safe(identity.url)}", ""]
    lines += [f"  {style.good('+')} {safe(row)}" for row in _rows(made)]
    lines += [
        f"  {style.warn('kept')}  {safe(path)}, which was there{f': {safe(reason)}' if reason else ''}"
        for path, reason in made.placement.kept
    ]
    if made.checkout.has_below(made.asked.folder):
        root = f"{made.checkout.root} is the root of this git repository"
        lines.append(f"  {style.warn('no pipeline')}  {safe(root)}; 'git init' first makes this one of its own")
    lines += [f"  {style.warn('schemas')}  {safe(note)}" for note in made.notes]
    lines += [f"{style.bad('left out')}  {what}: {why}" for what, why in by_reason(made.exported.left_out)]
    lines += sets_text(made.exported, style)
    said = "Would write" if made.asked.dry_run else "Written"
    project = made.repository.project
    lines += ["", f"{style.bold(f'{said}:')} the project {project}, with {new_text(made.exported)}."]
    lines += unmanaged_text(made.exported)
    return "\n".join([*lines, *([] if made.asked.dry_run else _next(made))]) + "\n"


def _rows(made: Initialized) -> Iterator[str]:
    """Yield a row for each customer's folder of manifests, and one for each other file."""
    paths = [file.path for file in made.placement.write]
    manifests = [PurePosixPath(path) for path in paths if path.startswith(f"{MANIFESTS}/")]
    folders = Counter("/".join(path.parts[:-1][:3]) for path in manifests)
    for folder, count in sorted(folders.items())[:MOST_FOLDERS]:
        yield f"{folder}/  {counted(count, 'file')}"
    if len(folders) > MOST_FOLDERS:
        yield f"{MANIFESTS}/  {len(folders) - MOST_FOLDERS} more folders"
    yield from sorted(path for path in paths if not path.startswith(f"{MANIFESTS}/"))


def _next(made: Initialized) -> Iterator[str]:
    """Yield the next steps in their order."""
    there = "" if made.asked.folder == Path() else f"cd {shlex.quote(str(made.asked.folder))} && "
    environment = made.repository.environment
    keep = " --keep-secrets" if made.exported.needs_secrets else ""
    profile = f" --profile {shlex.quote(made.profile)}" if made.profile else ""
    yield f"Next:  {safe(there)}reconciler plan -e {environment}{keep}{safe(profile)}"
    yield "       It shows what an apply does: it labels customers and instances as the project's."
    count = made.exported.secrets
    secrets = f"give it the {counted(count, 'secret')} that {EXAMPLE_FILE} lists; " if count else ""
    page = any(file.path == "README.md" for file in made.placement.write)
    if page:
        yield f"Then:  {secrets}README.md says how it goes on, and what to set up once."
    elif count:
        yield f"Then:  {secrets}then plan without --keep-secrets."
    limit = too_many_secrets(made.repository.forge, count)
    if limit:
        yield f"Limit: {limit}"
    if not made.repository.origin.known:
        yield f"In place of {PLACEHOLDER}, put the organization that has your reconciler."
