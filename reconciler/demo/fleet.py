"""The fleet of the demo: one template for many customers, a bad version, and a rollout that stops by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.demo.stage import Stage
    from reconciler.demo.tenant import Clicks

SET, ROLLOUT = "parcel-tracking.yaml", "parcels"
MEMBERS = 39
IN_EUROPE = (
    "Baltic Bikes", "Bergamot Foods", "Fjord Knitwear", "Indigo Textiles", "Lantern Lighting", "Meridian Watches",
    "Nordlys", "Northwind Tea", "Umber Coffee", "Willow Music",
)  # fmt: skip
"""The customers for which version 2 fails: the region ``eu`` of ``customers.csv``."""
HEALTH_CHECK = {"integration": "Parcel Tracking", "flow": "Health Check"}
OUTCOMES: list[dict[str, Any]] = [
    {**HEALTH_CHECK, "version": 2, "customer": list(IN_EUROPE), "error": "carrier: unknown field 'batch'"},
    {**HEALTH_CHECK, "steps": {"Ping Carrier": {"ok": True}}},
]
"""How the sandbox lets the health checks turn out."""


@dataclass(slots=True)
class FleetScript:
    """The demo of a fleet, from a template to a release that stopped, was mended, and reached everybody."""

    stage: Stage
    clicks: Clicks

    def perform(self, url: str, examples: str) -> None:
        """Perform all steps; raise ``Unexpected`` at the first that does not do what the narration describes."""
        self.clicks.outcomes(OUTCOMES)
        acts: dict[str, Callable[[Stage], None]] = {
            "One template for a fleet": lambda stage: self._template(stage, url, examples),
            "A new version, planned in waves": self._bad_version,
            "The canary stops it": self._stopped,
            "The fix goes through": self._mended,
            "The clock moves it on": self._later,
            "Where to go from here": self._end,
        }
        self.stage.perform(acts)

    def _template(self, stage: Stage, url: str, examples: str) -> None:
        stage.say(
            f"A sandbox is listening on {url}. The manifests, a copy of {examples}, declare forty customers and one "
            "set of instances. What differs is in a CSV file, and in one override:"
        )
        stage.show_file(SET, "spec:", "verify:")
        applied = stage.run("apply", "--auto-approve", "--quiet")
        stage.expect(self._live({"1"}) == MEMBERS, f"{MEMBERS} instances of version 1")
        stage.expect(not applied.report["summary"]["delete"], "nothing to be deleted")

    def _bad_version(self, stage: Stage) -> None:
        stage.say("Version 2 is published. One line moves the whole fleet,")
        stage.edit(SET, "version: 1", "version: 2")
        stage.say("and the plan says who gets it in which wave: three canaries, a fifth of the customers, the rest.")
        planned = stage.run("plan")
        stage.expect(planned.summary["update"] == MEMBERS, f"{MEMBERS} instances to change")

    def _stopped(self, stage: Stage) -> None:
        stage.say(
            "apply changes one canary at a time, since the rollout allows no failure among them. It deploys, runs the "
            "flow Health Check, and looks at the result of its step. Version 2 does not work in Europe:"
        )
        stage.run("apply", "--auto-approve", "--quiet", exits=1)
        stage.expect(self._live({"1"}) == MEMBERS - 2, "37 customers to keep version 1")
        stage.say("Two customers have version 2, and one of them fails. Nobody else was touched.")
        stage.run("rollout", "status", reports=False, exits=1)

    def _mended(self, stage: Stage) -> None:
        stage.say("Version 3 mends it. The manifest changes, so the rollout begins anew, with the canaries.")
        stage.edit(SET, "version: 2", "version: 3")
        stage.run("apply", "--auto-approve", "--quiet")
        stage.expect(self._live({"3"}) == 3, "three canaries to have version 3")

    def _later(self, stage: Stage) -> None:
        stage.say(
            "The canaries soak for an hour. In a pipeline, apply runs every few minutes and goes on where it may; the "
            "rollout has no state but Prismatic itself. Here the sandbox's clock moves by an hour,"
        )
        self.clicks.wait("1h")
        stage.run("apply", "--auto-approve", "--quiet")
        stage.say("and by another hour.")
        self.clicks.wait("1h")
        stage.run("apply", "--auto-approve", "--quiet")
        stage.expect(self._live({"3"}) == MEMBERS, f"{MEMBERS} instances of version 3")
        stage.run("rollout", "status", reports=False)
        stage.run("drift")

    def _end(self, stage: Stage) -> None:
        stage.show(
            "examples/fleet    the manifests of this demo, with comments",
            "docs/sets.md      one template for many customers",
            "docs/health.md    checks of what was deployed",
            "docs/rollouts.md  waves, soak, approval, windows, rollback",
        )
        stage.say(stage.style.good("The demo did everything that it describes."))

    def _live(self, versions: set[str]) -> int:
        """Return how many live instances run one of the versions."""
        return sum(str(version) in versions for version in self.clicks.versions())
