"""Examining a tenant by acting on it: on a throw-away customer, which is deleted again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.doctor.writing.acting import act_out, prepare
from reconciler.doctor.writing.lacking import obstacle, unknown_steps
from reconciler.prismatic.http.stop import Stop
from reconciler.workflow.doctor import discreet
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.doctor.findings import Examination
    from reconciler.doctor.writing.acting import Wish
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection

CLEARING_SECONDS = 120.0
"""How long deleting what was created may take, after the run's own end."""


def examine_by_writing(
    options: Options,
    manifests: Manifests | None,
    found: Examination,
    wish: Wish,
    agreed: Callable[[Sequence[str]], bool],
) -> Examination | None:
    """Return what was ``found`` before, with the reading of every assumption that holds on the tenant.

    ``agreed`` gets what will be done, in words; if it returns ``False``, nothing is done and the result is ``None``.
    On an API that lacks what every examination needs, nothing is done, either, and the result says so.
    Raises ``UsageError`` for a customer that is not a throw-away one, and the error that ended the run.
    """
    options = discreet(options)
    if hindered := obstacle(found):
        return replace(found, findings=[*found.findings, hindered])
    with connect(options, manifests) as session:
        ready = prepare(session.connection, wish)
        if not agreed([*ready.steps, *unknown_steps(found)]):
            return None
        with options.stop.holding():
            findings = act_out(session.connection, ready, lambda: _fresh(options, manifests))
        requests = found.requests + session.stats.requests
    return replace(found, findings=[*found.findings, *findings], requests=requests, wrote=True)


@contextmanager
def _fresh(options: Options, manifests: Manifests | None) -> Iterator[Connection]:
    """Open a connection that neither the run's signal nor its time limit ends."""
    able = replace(options, stop=Stop(), connection=replace(options.connection, timeout=CLEARING_SECONDS))
    with connect(able, manifests) as session:
        yield session.connection
