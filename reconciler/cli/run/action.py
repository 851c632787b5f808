"""What the GitHub action asks of Python: the words of its input, and the values of its outputs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.run.words import split_words
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FAILURES = ("failed", "skipped", "not converged")
"""The results of an apply that leave something undone."""


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Print the words of the variable ``ARGUMENTS``, each ended by a NUL, or the outputs that a report has.

    ``arguments`` is ``words``, or ``outputs plan|apply|rollout-status FILE`` with a JSON report. Outputs are lines
    ``name=value``. Returns the exit code.
    """
    if arguments[0] == "outputs":
        command, file = arguments[1:]
        document = json.loads(Path(file).read_text(encoding="utf-8"))
        for name, value in _outputs(command, document):
            sys.stdout.write(f"{name}={value}\n")
        return 0
    try:
        words = list(split_words(environ["ARGUMENTS"]))
    except UsageError as error:
        sys.stderr.write(f"error: the input arguments: {error}\n")
        return 1
    sys.stdout.write("".join(f"{word}\0" for word in words))
    return 0


def _outputs(command: str, document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield each output with its value; none for a run that came to no result."""
    if command == "plan" and "changes" in document:
        changes = document["changes"]
        yield "changes", len(changes)
        yield "to-delete", sum("delete" in change["actions"] for change in changes)
    elif command == "apply":
        outcome = document.get("outcome", {"failed": 1})
        yield "after-failures", sum(outcome.get(key, 0) for key in FAILURES)
    elif command == "rollout-status":
        waves = [(rollout, wave) for rollout in document["rollouts"] for wave in rollout["waves"]]
        waiting = [f"{rollout['name']}/{wave['name']}" for rollout, wave in waves if wave["awaitsApproval"]]
        yield "awaits-approval", json.dumps(waiting)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
