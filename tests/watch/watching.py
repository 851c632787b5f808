"""A watch in this process, on a sandbox, by a clock that moves by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.http.stop import Stop
from reconciler.workflow.watching import Watch, WatchOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.world import World

    from reconciler.errors import Interrupted
    from reconciler.options import Options
    from reconciler.reports.shared.rounds import Round

    Event = Callable[[], object] | None

INTERVAL = 300.0
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec: {%s}
"""


def customer(handle: str, description: str = "Declared", more: str = "") -> str:
    """Return a customer; ``more`` follows its spec."""
    return f"""---
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: {handle}}}
spec: {{name: {handle.upper()}, externalId: {handle}, description: {description}}}
{more}
"""


HEAL = "lifecycle: {drift: heal}"


@dataclass(slots=True)
class ScriptedClock:
    """A clock on which each pause takes no time, and during which the next event of a script happens.

    After the last event a pause ends as SIGTERM ends one.
    """

    stop: Stop
    events: list[Event] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    passed: float = 0.0

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.passed += seconds
        if not self.events:
            self.stop.ask("interrupted by SIGTERM", 143)
            raise self.stop.error()
        event = self.events.pop(0)
        if event:
            event()


@dataclass(slots=True)
class Watching:
    """Manifests in a folder, and watches of them."""

    world: World
    folder: Path
    stop: Stop = field(default_factory=Stop)
    clock: ScriptedClock = field(init=False)
    ended: Interrupted | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of ``Options`` or of one of its parts."""

    def __post_init__(self) -> None:
        self.clock = ScriptedClock(self.stop)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def options(self) -> Options:
        return self.world.options(self.folder, stop=self.stop, **self.more)

    def run(self, *events: Event, **asked: Any) -> list[Round]:
        """Watch for a round more than there are events, which happen between the rounds; return the rounds."""
        from reconciler.errors import Interrupted

        self.clock.events = list(events)
        rounds: list[Round] = []
        watch = Watch(self.options, WatchOptions(INTERVAL, **asked), self.clock)
        try:
            watch.run(rounds.append)
        except Interrupted as ended:
            self.ended = ended
        return rounds


def states(found: Round) -> dict[str, str]:
    """Return what a round did about each difference."""
    return {each.address.partition("/")[2]: each.state for each in found.differences()}


def reasons(found: Round) -> dict[str, str]:
    return {each.address.partition("/")[2]: each.reason for each in found.differences()}
