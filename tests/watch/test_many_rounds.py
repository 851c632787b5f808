"""Many rounds in one process: memory, requests and secrets do not add up."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from watch.watching import HEAL, customer

from reconciler.errors import Interrupted
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.workflow.watching import Watch, WatchOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from watch.watching import Watching

    from reconciler.options import Options
    from reconciler.reports.shared.rounds import Round
    from reconciler.secrets.known import KnownSecrets

WARM = 6
"""Rounds after which everything that is made once has been made."""
FEW_OBJECTS = 50
"""Objects a round that the test itself may keep, in the sandbox and the script; a round that is kept has 200."""
FEW_BYTES = 4_000
"""Bytes likewise; a round that is kept has tens of thousands."""


def growth(
    watching: Watching, rounds: int, size: Callable[[], int], report: Callable[[Round], object], *, heal: bool = True
) -> float:
    """Return by how much a size grows in each round of a watch, some of whose rounds fail."""
    watching.write("all.yaml", "".join(customer(f"c{number}", more=HEAL) for number in range(5)))
    watching.more = {"retry": RetryPolicy(tries=1)}
    sizes: list[int] = []

    def measure() -> None:
        gc.collect()
        sizes.append(size())
        watching.world.forget()  # the sandbox is in this process, too
        if len(sizes) % 3 == 0:
            watching.world.sandbox.faults.add("garbage")

    watching.clock.events = [measure] * rounds
    gc.freeze()  # what was made before is not looked at
    try:
        with pytest.raises(Interrupted):
            Watch(watching.options, WatchOptions(heal=heal), watching.clock).run(report)
    finally:
        gc.unfreeze()
    return (sizes[-1] - sizes[WARM]) / (rounds - WARM)


def test_memory_does_not_grow_with_the_rounds(watching: Watching) -> None:
    """After the first rounds a watch needs as many objects as before; one that kept its rounds would be noticed."""
    kept: list[Round] = []

    def objects() -> int:
        return len(gc.get_objects())

    quiet = growth(watching, 9, objects, lambda found: list(found.differences()))
    assert quiet < FEW_OBJECTS
    watching.stop.reason = ""
    watching.world.sandbox.reset()
    assert growth(watching, 9, objects, kept.append, heal=False) > 3 * FEW_OBJECTS


@pytest.mark.full
def test_bytes_do_not_grow_with_the_rounds(watching: Watching) -> None:
    """Forty rounds need no more bytes than six."""
    tracemalloc.start()
    try:
        grown = growth(watching, 40, lambda: tracemalloc.get_traced_memory()[0], lambda found: found.number)
    finally:
        tracemalloc.stop()
    assert grown < FEW_BYTES


def test_a_quiet_round_costs_the_same_each_time(watching: Watching) -> None:
    """A round sends what a plan sends, and none sends more than the one before."""
    watching.write("all.yaml", "".join(customer(f"c{number}", more=HEAL) for number in range(5)))
    watching.world.apply(watching.folder)
    rounds = watching.run(*[None] * 5, heal=True)
    requests = {found.outcome.stats.requests for found in rounds if found.outcome.stats}
    assert len(requests) == 1
    assert requests.pop() <= 3


def test_the_secrets_of_a_round_are_forgotten(watching: Watching) -> None:
    """Each round knows its own secrets only: rotated tokens do not pile up."""
    watching.write("a.yaml", customer("a"))
    known: list[KnownSecrets] = []
    make = watching.options

    def options() -> Options:
        made = make()
        known.append(made.known_secrets)
        return made

    def rotate() -> Any:
        watching.world.environ["ANOTHER_TOKEN"] = f"rotated-{len(known)}"

    watching.clock.events = [rotate, rotate]
    watch = Watch(options, WatchOptions(), watching.clock)
    with pytest.raises(Interrupted):
        watch.run(lambda _: None)
    assert len({id(each) for each in known}) == 3
    assert not known[-1].holds("rotated-1")
    assert known[-1].holds("rotated-2")
