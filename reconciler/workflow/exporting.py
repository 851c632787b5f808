"""Writing a tenant as manifests: into a folder of them, or as a new repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.editor_schemas.tenant_schemas import editor_schemas
from reconciler.errors import UsageError
from reconciler.exporting.export import Exporter
from reconciler.manifests.files.finder import PROJECT_FILES
from reconciler.manifests.schema.schemas import API_VERSION, schema_path
from reconciler.scaffold.files import Repository
from reconciler.scaffold.forge import Forge, find_checkout
from reconciler.scaffold.origin import find_origin
from reconciler.scaffold.pipelines import pipeline
from reconciler.scaffold.placement import occupied, place, write
from reconciler.scaffold.project_file import MANIFESTS, check_environment, project_name
from reconciler.scaffold.repository import repository_files
from reconciler.scaffold.summary import Initialized

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.exporting.export import Exported, Wanted
    from reconciler.model.resource import Resource
    from reconciler.scaffold.summary import Asked
    from reconciler.workflow.session import Session


def export(session: Session, wanted: Wanted, folder: Path, *, dry: bool = False) -> Exported:
    """Write the tenant as manifests into a folder; the session's manifests are brought up to date in place.

    ``dry``: find out what would be written, and write nothing.
    """
    return Exporter(session.reading(), wanted, folder, session.manifests).run(dry=dry)


def check_new(asked: Asked) -> None:
    """Raise ``UsageError`` if the folder cannot become a new repository, before anything is read."""
    folder = asked.folder
    check_environment(asked.new_environment)
    project_name(asked.name, "")
    for name in PROJECT_FILES:
        if (folder / name).exists():
            there = "" if folder == Path() else f" --out {folder}"
            advice = f"'reconciler export{there}' brings its manifests up to date"
            raise UsageError(f"{folder / name}: there is a project already; {advice}")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one that is, or that is not there yet")
    exported = next((file for file in sorted(_exported(folder)) if _is_manifest(file)), None)
    if exported:
        advice = "write a reconciler.yaml beside them, and 'reconciler export' brings them up to date"
        raise UsageError(f"{exported}: there are manifests already; {advice}")


def _exported(folder: Path) -> Iterator[Path]:
    """Yield the files that an earlier export without a project may have written."""
    yield from folder.glob("team.yaml")
    yield from folder.glob("customers/*/*.yaml")


def _is_manifest(file: Path) -> bool:
    try:
        return f"apiVersion: {API_VERSION}" in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def initialize(session: Session, asked: Asked, wanted: Wanted) -> Initialized:
    """Write a repository of the tenant into a folder; existing files stay. Raises ``UsageError``."""
    folder = asked.folder
    checkout = find_checkout(folder.absolute())
    forge = checkout.forge_for(folder, asked.forge)
    exporter = Exporter(session.reading(), wanted, folder, None, into=MANIFESTS)
    texts = {path.relative_to(folder).as_posix(): text for path, text in exporter.prepare().items()}
    if not texts:
        raise UsageError("nothing in the tenant matches the filters, so init has nothing to write")
    repository = Repository(
        session.identity,
        project_name(asked.name, session.identity.organization),
        asked.new_environment,
        forge,
        checkout.branch,
        find_origin(),
        exporter.outcome.secret_names,
    )
    # Half a pipeline would mislead, and so would a README that describes a missing one.
    in_its_place = occupied(folder, pipeline(repository))
    if in_its_place:
        repository = replace(repository, forge=Forge.NONE)
    schemas, notes = _schemas(session, wanted, exporter.resources)
    placement = place(folder, repository_files(repository, texts, schemas))
    placement.kept += [(path, "so no pipeline was written") for path in in_its_place]
    if not asked.dry_run:
        write(folder, placement.write)
    profile = session.options.connection.profile
    return Initialized(asked, profile, repository, exporter.outcome, placement, checkout, notes)


def _schemas(
    session: Session, wanted: Wanted, resources: Sequence[Resource]
) -> tuple[Mapping[str, str], Sequence[str]]:
    """Return the schemas for editors, and notes on what could not be read for them.

    They contain the names of all customers, so a part of the tenant gets the schemas without them.
    """
    if not wanted.everything:
        paths = map(schema_path, ("manifest", "overlay"))
        return {path.name: path.read_text(encoding="utf-8") for path in paths}, ()
    return editor_schemas(session.reading(), resources, session.manifests.pins)
