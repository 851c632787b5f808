"""Tells at the end of a run how much of what the product sent was looked at, in every process of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.recording import RECORDER

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

KEY = "recorded"


class Recorded:
    """A plugin of pytest; the workers of a run in parallel hand their counts over."""

    def __init__(self) -> None:
        self._elsewhere = [0, 0, 0]

    @property
    def counts(self) -> list[int]:
        """The requests, the ``updateInstance`` in them, and how many of these carried what they must not."""
        here = (RECORDER.requests, RECORDER.updates, len(RECORDER.wrong))
        return [one + other for one, other in zip(here, self._elsewhere, strict=True)]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for what was forbidden, should a test have overlooked it."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[KEY] = self.counts
        elif self.counts[2]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        counts = getattr(node, "workeroutput", {}).get(KEY, (0, 0, 0))
        self._elsewhere = [one + other for one, other in zip(self._elsewhere, counts, strict=True)]

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        requests, updates, wrong = self.counts
        terminalreporter.write_line(
            f"recorded: {requests} requests of the product, {updates} updateInstance in them, "
            f"{wrong or 'none'} with configVariables"
        )
