"""The warnings of a plan about the inputs of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.variables.inputs import InputComparison
    from reconciler.model.place import Path

UNVERIFIED = (
    "write-only secrets are set: they cannot be compared and stay as they are (they are sent at creation, with a "
    "change of another input, and with --resend-secrets)"
)


def input_warnings(inputs: InputComparison, path: Path, title: str, no_fingerprints: str = "") -> Iterator[Diagnostic]:
    """Yield the warnings about a connection's inputs, which are at ``path`` and whose messages begin with ``title``.

    ``no_fingerprints`` is why there are none although there is a key.
    """
    for name in inputs.unverified:
        message = (
            f"{title}{name} is write-only and set: it cannot be compared and stays as it is "
            "(it is sent at creation, with a change of another input, and with --resend-secrets)"
        )
        because = f"; {no_fingerprints}" if no_fingerprints else ""
        yield Diagnostic(message + because, path=(*path, "inputs", name), topic=UNVERIFIED + because)
    if inputs.at_risk:
        names = ", ".join(inputs.at_risk)
        message = (
            f"{title}{names} is write-only and not declared; this write cannot include it, "
            "and it is lost if the API replaces a connection's inputs as a whole"
        )
        yield Diagnostic(message, path=path)
    for name, doubtful in inputs.doubts.items():
        yield Diagnostic(f"{title}{name} {doubtful}", path=(*path, "inputs", name))
    for name in inputs.cleared:
        yield emptied((*path, "inputs", name), f"{title}{name}")


def emptied(path: Path, what: str) -> Diagnostic:
    """Return the warning that an apply empties a secret."""
    return Diagnostic(f"{what} is emptied; its live value cannot be brought back", path=path)
