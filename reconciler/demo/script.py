"""The steps of the demo. Each checks that the command did what the narration describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.demo.stage import CommandReport, Stage
    from reconciler.demo.tenant import Clicks

INSTANCE = "Instance/ftl-acme-inventory"
MANIFEST = "customers/ftl-rockets/acme-inventory.yaml"
MANAGED, UNMANAGED = "Batch Size", "Legacy Export Path"
CREATED = 21
PLAN_FILE = "upgrade.plan.json"
PRODUCTION = ("-e", "production")


@dataclass(slots=True)
class Script:
    """The whole demo, from an empty tenant to an upgrade in production."""

    stage: Stage
    clicks: Clicks
    instance: str = ""
    """The live ID of the instance that the demo changes."""

    def perform(self, url: str, examples: str) -> None:
        """Perform all steps; raise ``Unexpected`` at the first that does not do what the narration describes."""
        acts: dict[str, Callable[[Stage], None]] = {
            "A Prismatic to try things on, and some manifests": lambda stage: self._set_the_scene(stage, url, examples),
            "plan: what would change?": self._plan,
            "apply: make it so": self._apply,
            "drift: is it still as declared?": self._drift,
            "apply again: correct the declared fields, leave the rest": self._mend,
            "A new version, with a review": self._upgrade,
            "A saved plan is applied unchanged, or not at all": self._moved_in_between,
            "Where to go from here": self._end,
        }
        self.stage.perform(acts)

    def _set_the_scene(self, stage: Stage, url: str, examples: str) -> None:
        stage.say(
            f"A sandbox is listening on {url}: a local API like Prismatic's, with three integrations and no customers "
            "yet. It ends with this demo, and nothing leaves this machine."
        )
        stage.say(
            f"The manifests are a copy of {examples}: the customers, users and integrations of a software company. "
            "validate checks them offline, and reports each mistake with its file, line and column."
        )
        stage.run("validate", reports=False)

    def _plan(self, stage: Stage) -> None:
        stage.say(
            "plan compares the manifests with the tenant, and changes nothing. Here for one instance and the customer "
            "it depends on. It prints values, but nothing that may be a secret."
        )
        planned = stage.run("plan", *PRODUCTION, "--target", INSTANCE)
        stage.expect(
            planned.summary["create"] == 2 and planned.summary["deploy"] == 1,
            "a plan that creates a customer and an instance, and deploys it",
        )
        password = planned.fields(INSTANCE)["configVariables.Acme Inventory User/Pass.inputs.password"][1]
        stage.expect(password.startswith("(sensitive"), "the password to be hidden")

    def _apply(self, stage: Stage) -> None:
        stage.say(
            "apply shows its plan and asks. Here --auto-approve answers in advance, and --quiet leaves the plan of all "
            "manifests out. At the end apply reads everything back."
        )
        applied = stage.run("apply", *PRODUCTION, "--auto-approve", "--quiet")
        stage.expect(applied.report["outcome"]["applied"] == CREATED, f"{CREATED} resources to be applied")
        self.instance = applied.live_id(INSTANCE)
        stage.say(
            "One instance waits until a person authorizes its connection in a browser, which is no failure. A second "
            "plan has nothing to do:"
        )
        again = stage.run("plan", *PRODUCTION, "--detailed-exitcode", "--quiet")
        stage.expect(not again.report["changes"], "a second plan to be empty")

    def _drift(self, stage: Stage) -> None:
        stage.say(
            "Somebody changes two config variables in Prismatic itself, and not in the manifest of "
            f"{INSTANCE}: {MANAGED}, which the manifest declares, and {UNMANAGED}, which it does not."
        )
        self.clicks.change(self.instance, {MANAGED: "5", UNMANAGED: "archive/"})
        self._show_live({MANAGED: "5", UNMANAGED: "archive/"})
        stage.say("drift reports only the first: a field that no manifest declares is not managed. Exit code 2: drift.")
        drifted = stage.run("drift", *PRODUCTION, exits=2)
        stage.expect(drifted.report["drift"]["differs"] == [INSTANCE], f"{INSTANCE} alone to differ")
        differing = {f"configVariables.{MANAGED}": ("5", "100")}
        stage.expect(drifted.fields(INSTANCE) == differing, f"{MANAGED} alone to differ")

    def _mend(self, stage: Stage) -> None:
        mended = stage.run("apply", *PRODUCTION, "--auto-approve", "--quiet")
        self._expect_only(mended, {f"configVariables.{MANAGED}"})
        self._show_live({MANAGED: "100", UNMANAGED: "archive/"})
        stage.say(f"{MANAGED} is as declared again, and {UNMANAGED} is unchanged.")

    def _upgrade(self, stage: Stage) -> None:
        stage.say("The integration has a second version. Somebody edits the manifest,")
        stage.edit(MANIFEST, "{name: Acme Inventory, version: 1}", "{name: Acme Inventory, version: 2}")
        stage.say("and the plan in the pull request finds a mistake before anything is written.")
        stage.run("plan", *PRODUCTION, exits=1)
        stage.edit(MANIFEST, "Warehouse: west", "Warehouse Region: west")
        stage.say("Now it can be reviewed. --out saves the plan, without secrets; exactly this plan is applied later.")
        planned = stage.run("plan", *PRODUCTION, "--out", PLAN_FILE)
        self._expect_only(planned, {"integration.version", "configVariables.Warehouse Region"})
        saved = (stage.folder / PLAN_FILE).read_text(encoding="utf-8")
        stage.expect(not any(secret in saved for secret in stage.secrets), "no secret in the saved plan")

    def _moved_in_between(self, stage: Stage) -> None:
        stage.say(
            f"During the review somebody sets {MANAGED} to 7. The saved plan is out of date, and apply refuses it."
        )
        self.clicks.change(self.instance, {MANAGED: "7"})
        stage.run("apply", PLAN_FILE, "--auto-approve", exits=1)
        stage.expect(self.clicks.value(self.instance, MANAGED) == "7", "a refused plan to change nothing")
        stage.say("A new plan is reviewed and applied. Afterwards drift finds nothing.")
        stage.run("plan", *PRODUCTION, "--out", PLAN_FILE, "--quiet")
        applied = stage.run("apply", PLAN_FILE, "--auto-approve", "--quiet")
        stage.expect(applied.report["outcome"]["applied"] == 1, "the upgrade to be applied")
        self._show_live({MANAGED: "100", "Warehouse Region": "west"})
        stage.run("drift", *PRODUCTION, "--quiet")

    def _end(self, stage: Stage) -> None:
        stage.say("The example has a second environment: -e staging merges environments/staging over the manifests.")
        stage.show(
            "README.md            plan in a pull request, apply on merge, drift from cron",
            "examples/manifests   the manifests of this demo, with comments",
            "docs/manifests.md    every field of a manifest",
            "docs/safety.md       the promises, and the tests behind them",
            "reconciler sandbox   a sandbox that keeps running, for your own manifests",
        )
        stage.say(stage.style.good("The demo did everything that it describes."))

    def _expect_only(self, outcome: CommandReport, fields: set[str]) -> None:
        """Expect one change, of exactly these fields."""
        self.stage.expect([change["address"] for change in outcome.report["changes"]] == [INSTANCE], "one change")
        found = set(outcome.fields(INSTANCE))
        self.stage.expect(found == fields, f"a change of {sorted(fields)}, and it is of {sorted(found)}")

    def _show_live(self, expected: dict[str, str]) -> None:
        """Print live values, read from the API, and expect them to be ``expected``."""
        live = {key: self.clicks.value(self.instance, key) for key in expected}
        self.stage.show(*(f"live: {key} = {value}" for key, value in live.items()))
        self.stage.expect(live == expected, f"live values {expected}, and they are {live}")
