"""``--keep-secrets``: a secret without a value here keeps its live value; a new object has none to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Unresolved, contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.diff import Diff
    from reconciler.model.live import Live
    from reconciler.model.place import Path

KEPT = "secrets have no value here and keep their live value (--keep-secrets)"


def kept_secrets(
    spec: Mapping[str, Any], live: Live | None, assessment: Diff
) -> tuple[Sequence[Diagnostic], Sequence[Diagnostic]]:
    """Return the problems and warnings for the secrets of a spec that have no value here."""
    new = None if live is None else {change.path for change in assessment.fields if contains(change.after, Unresolved)}
    problems, warnings = [], []
    for path, source in _missing(spec):
        if new is None or path in new or any(path[: len(each)] == each for each in new):
            problems.append(Diagnostic(f"{source} is not set, and no live secret exists to keep; set it", path=path))
        else:
            warnings.append(
                Diagnostic(f"{source} is not there: the live secret stays (--keep-secrets)", path=path, topic=KEPT)
            )
    return problems, warnings


def _missing(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield where in a spec a secret is missing, and where it would have come from."""
    if isinstance(value, Unresolved):
        yield path, value.source
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _missing(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(item, (*path, index))
