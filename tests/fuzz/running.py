"""Runs what was made wrong, and says what may come of it: an answer, or one of our errors in time."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from fuzz.mutation import CANARY
from support.hostile import acting

from reconciler.errors import ReconcilerError
from reconciler.planning.plan_file import plan_document
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import plan_text
from reconciler.text.escape import json_text, safe
from reconciler.workflow.planning import make_plan
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

    from reconciler.options import Options
    from reconciler.planning.plan import Plan

LONGEST = 60
"""Seconds for one run, on a machine that has other things to do; a hang takes forever."""


@contextmanager
def in_time() -> Iterator[None]:
    """Let what does not end fail."""

    def late(*_: object) -> None:
        raise AssertionError(f"it did not end within {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def options_of(world: World, text: str, **more: Any) -> Options:
    return world.options("", files=("-",), stdin=StringIO(text), **more)


def planned(options: Options) -> str:
    """Validate and plan; return what came of it: ``planned``, ``refused`` or ``invalid``. Any other error is raised.

    What is put out of it, text, JSON or messages, is looked at: nothing in it may act, or be the secret.
    """
    with in_time():
        try:
            manifests = validate(options)
        except ReconcilerError as error:
            check_said(error)
            return "invalid"
        try:
            with connect(options, manifests) as session:
                plan = make_plan(session)
        except ReconcilerError as error:
            check_said(error)
            return "refused"
        check_shown(plan)
        return "planned"


def check_said(error: ReconcilerError, *, secret: bool = True) -> None:
    """Look at what an error says; ``secret``: whether the canary stands only where a secret does."""
    said = [safe(line) for line in str(error).splitlines()]
    assert said
    assert all(said)
    assert len(said) < 5_000
    _check("\n".join(said) if secret else "\n".join(said).replace(CANARY, ""))


def check_shown(plan: Plan) -> None:
    _check(plan_text(plan, Style(), verbose=True))
    _check(json_text(plan_document(plan)))


def _check(text: str) -> None:
    assert CANARY not in text
    assert acting(text) == []
