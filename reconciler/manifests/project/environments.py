"""The choice of a run's environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.pasted_tokens import quoted, shown
from reconciler.text.suggest import MOST_LISTED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from reconciler.manifests.project.project import Environment
    from reconciler.manifests.project.project_file import ProjectFile

VARIABLE = "RECONCILER_ENVIRONMENT"
OPTION = "--environment"


@dataclass(frozen=True, slots=True)
class Choice:
    """The environment that a user asked for; ``source`` is the option or variable that names it."""

    name: str
    source: str


def choice_of(option: str | None, environ: Mapping[str, str]) -> Choice | None:
    """Return the environment of the command line, else that of ``RECONCILER_ENVIRONMENT``.

    An empty variable names none.
    """
    if option is not None:
        return Choice(option, OPTION)
    name = environ.get(VARIABLE, "").strip()
    return Choice(name, VARIABLE) if name else None


def choose_environment(
    choice: Choice | None, file: ProjectFile | None, problems: list[Diagnostic]
) -> tuple[Environment | None, bool]:
    """Return the environment of a run, and whether the choice is valid; add a problem where it is not.

    Without a ``choice`` it is the project's default. A project with environments needs one of the two: without overlays
    and variables its manifests describe no tenant, and the token's organization would not be checked.
    """
    project = file.project if file else None
    if choice is None and (project is None or not project.environments):
        return None, True
    if file is None or project is None:
        problems.append(Diagnostic(_without_project(choice)))
        return None, False
    name = choice.name if choice else project.default_environment
    if name is not None and name in project.environments:
        return project.environments[name], True
    if choice is None:
        message = (
            f"this project declares environments, and none is chosen; choose one with {OPTION} or {VARIABLE}, or set"
            f" spec.defaultEnvironment; declared: {_listed(project.environments)}"
        )
    else:
        # Without a guess: a name like production's is no reason to plan production.
        said = "" if choice.source == OPTION else f" in {choice.source}"
        message = f"unknown environment {quoted(choice.name)}{said}; declared: {_listed(project.environments)}"
    problems.append(Diagnostic(message, file.origin.place(("spec", "environments"), key=True)))
    return None, False


def _listed(names: Collection[str]) -> str:
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(map(repr, list(names)[:MOST_LISTED])) + more if names else "none"


def _without_project(choice: Choice | None) -> str:
    name, source = (shown(choice.name), choice.source) if choice else ("", OPTION)
    advice = "no Project declares it; add a reconciler.yaml to the manifests, or name its folder with -f"
    return f"{source} {name}: {advice}" if source == OPTION else f"{source} is {name}: {advice}, or unset the variable"
