"""What an API lacks of all that the examination asks for that writes, known before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.doctor.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.doctor.findings import Examination

WHOLE = "doctor --write"
"""The feature of the operations that every examination needs: without them it cannot begin, or cannot clear."""


def obstacle(found: Examination) -> Finding | None:
    """Return why the examination must not begin: the API lacks a part of what creates, finds or deletes its objects."""
    parts = [each.name for each in found.problems if WHOLE in each.features]
    if not parts:
        return None
    text = (
        f"nothing was acted out: the API lacks {', '.join(parts)}, or has it in another form, and without it what is "
        "created could not be found or deleted again"
    )
    return Finding("assumption", "write", "unknown", "", text)


def unknown_steps(found: Examination) -> Sequence[str]:
    """Return what cannot be acted out on this API, in words, for the question whether to begin."""
    parts: dict[str, list[str]] = {}
    for finding in found.problems:
        for what in _assumptions(finding):
            parts.setdefault(what, []).append(finding.name)
    return [
        f"leave {what} unknown where they need what the API lacks or has in another form: {', '.join(names)}"
        for what, names in parts.items()
    ]


def _assumptions(finding: Finding) -> Iterator[str]:
    return (each.removeprefix(f"{WHOLE}: ") for each in finding.features if each.startswith(f"{WHOLE}: "))
