"""The severities that exist, by their names in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.severities.operations import LOG_SEVERITY_LEVELS
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from reconciler.kinds.severities.operations import LogSeverity
    from reconciler.model.place import Path
    from reconciler.model.view import View

SEVERITIES: Collection[LogSeverity] = Collection(LOG_SEVERITY_LEVELS, lambda node: [node.id.casefold()])
"""All of them; the API has no filter."""


def severity_named(name: str, view: View) -> LogSeverity | None:
    """Return the severity with a name, in any case; ``None`` where there is none."""
    return next(iter(view.tenant.find(SEVERITIES, name.casefold())), None)


def unknown_severity(name: str, path: Path, view: View) -> Diagnostic:
    """Return that no severity has a name, and which one may be meant."""
    known = [node.id.lower() for node in view.tenant.all(SEVERITIES)]
    return Diagnostic(f"no severity is named {name!r}; {did_you_mean(name, known, listed_as='severities')}", path=path)
