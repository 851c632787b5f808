"""Checking the manifests, offline and against the tenant."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING

from reconciler.errors import ManifestErrors, UsageError
from reconciler.manifests.files.finder import PROJECT_FILES, STDIN_ARGUMENT, read_bytes
from reconciler.manifests.graph import dependencies, select
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.project.project import declared_environments
from reconciler.manifests.project.selection import choice_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.manifests.project.project import Environment, Project
    from reconciler.manifests.result import Manifests
    from reconciler.manifests.yaml.layers import Layers
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource, SetCustomer
    from reconciler.options import Options


def validate(options: Options, *, may_be_empty: bool = False) -> Manifests:
    """Read and check the manifests offline; raises ``ManifestErrors``, also for none unless they ``may_be_empty``."""
    asked = replace(options.manifests, may_be_empty=may_be_empty, ending=options.stop.ending)
    manifests = read_manifests(asked, options.registry)
    options.known_secrets.add(manifests.secrets)
    return manifests


def validate_for_tenant(options: Options, *, may_be_empty: bool = False) -> Manifests:
    """Read and check the manifests for a run that connects to their tenant; raises what ``validate`` raises."""
    return validate(with_live_customers(options), may_be_empty=may_be_empty)


def with_live_customers(options: Options) -> Options:
    """Return the options of a run that may read the tenant for its sets; one without such a set does not."""

    def read(project: Project | None, environment: Environment | None, origin: Layers | None) -> Sequence[SetCustomer]:
        from reconciler.manifests.result import Manifests
        from reconciler.workflow.tenant_customers import live_customers

        return live_customers(options, Manifests(project, environment, project_origin=origin))

    return replace(options, manifests=replace(options.manifests, live_customers=read))


def existing_manifests(options: Options, folder: Path) -> Manifests | None:
    """Return the manifests in a folder, ``None`` if the folder does not exist; raises ``ManifestErrors``."""
    asked = options.manifests
    if (asked.cwd / folder).is_dir():
        manifests = replace(asked, files=(str(folder),), keep_secrets=True)
        return validate(replace(options, manifests=manifests), may_be_empty=True)
    if asked.environment:
        message = f"no Project declares it, since the folder {folder} does not exist"
        raise UsageError(f"--environment {asked.environment}: {message}; export without --environment first")
    return None


def manifests_if_any(options: Options) -> Manifests | None:
    """Return the manifests; ``None`` if none are named and no project is here. Raises ``ManifestErrors``."""
    asked = options.manifests
    here = any((asked.cwd / name).is_file() for name in PROJECT_FILES)
    return validate(options, may_be_empty=True) if asked.files or asked.environment or here else None


def validate_everywhere(options: Options) -> Sequence[Manifests]:
    """Read and check the manifests offline, for the chosen environment, or else for each declared one.

    Raises ``ManifestErrors`` with the problems of all; a problem of only some environments names them.
    """
    asked = options.manifests
    names = declared_environments(asked.files, asked.cwd, options.registry)
    if not names or choice_of(asked.environment, asked.environ):
        return [validate(options)]
    data = read_bytes(asked.stdin) if STDIN_ARGUMENT in asked.files and asked.stdin else None
    found: list[Manifests] = []
    wrong: dict[Diagnostic, list[str]] = {}
    for name in names:
        stdin = None if data is None else TextIOWrapper(BytesIO(data))
        try:
            found.append(validate(replace(options, manifests=replace(asked, environment=name, stdin=stdin))))
        except ManifestErrors as errors:
            for problem in errors.problems:
                wrong.setdefault(problem, []).append(name)
    if wrong:
        raise ManifestErrors(_located(problem, where, len(names)) for problem, where in wrong.items())
    return found


def _located(problem: Diagnostic, where: Sequence[str], everywhere: int) -> Diagnostic:
    """Return the problem, with the names of its environments unless it occurs in all of them."""
    if len(where) == everywhere:
        return problem
    return replace(problem, message=f"{problem.message} (in the environment {', '.join(where)})")


def targeted(options: Options, manifests: Manifests) -> Sequence[Resource]:
    """Return the targets with their dependencies; raises ``UsageError`` for an unknown one."""
    return select(manifests.resources, manifests.targets, dependencies(manifests.resources, options.registry))


def validate_online(options: Options, manifests: Manifests) -> Sequence[Diagnostic]:
    """Check the manifests against the tenant, and return the warnings; raises ``PlanRefused``."""
    from reconciler.workflow.planning import make_plan
    from reconciler.workflow.session import connect

    with connect(options, manifests) as session:
        return make_plan(session.planning(enforce_guardrails=False)).warnings
