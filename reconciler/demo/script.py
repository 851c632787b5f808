"""The demo's steps, and what each of them must do for the narration to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.demo.stage import Outcome, Stage
    from reconciler.demo.tenant import Clicks

INSTANCE = "Instance/ftl-acme-inventory"
MANIFEST = "customers/ftl-rockets/acme-inventory.yaml"
MANAGED, UNMANAGED = "Batch Size", "Legacy Export Path"
CREATED = 13
PLAN_FILE = "upgrade.plan.json"
PRODUCTION = ("-e", "production")


@dataclass(slots=True)
class Script:
    """The walk, from an empty tenant to an upgrade in production."""

    stage: Stage
    clicks: Clicks
    instance: str = ""
    """The live ID of the instance that the walk is about."""

    def perform(self, url: str, examples: str) -> None:
        """Walk through all steps; raises ``Unexpected`` at the first that does not do what is said of it."""
        self._set_the_scene(url, examples)
        self._plan()
        self._apply()
        self._drift()
        self._mend()
        self._upgrade()
        self._moved_in_between()
        self._end()

    def _set_the_scene(self, url: str, examples: str) -> None:
        stage = self.stage
        stage.step("A Prismatic to try things on, and some manifests")
        stage.say(
            f"A sandbox is listening on {url}: a local API like Prismatic's, with three integrations in it and no "
            "customers yet. It lives inside this demo, ends with it, and nothing leaves this machine. (For one that "
            "stays: reconciler sandbox.)"
        )
        stage.say(
            "The manifests are a copy of an example repository, in which a software company keeps its customers, "
            f"their users and their integrations: {examples}. validate checks them offline; a mistake is told with "
            "its file, line and column."
        )
        stage.run("validate", reports=False)

    def _plan(self) -> None:
        stage = self.stage
        stage.step("plan: what would change?")
        stage.say(
            "plan compares the manifests with the tenant, and changes nothing. Here for one instance and the customer "
            "it depends on. Values are shown; what may be a secret is not. (With each command this demo also asks for "
            "--report json=FILE, to check that it did what is said of it.)"
        )
        planned = stage.run("plan", *PRODUCTION, "--target", INSTANCE)
        stage.expect(
            planned.summary["create"] == 2 and planned.summary["deploy"] == 1,
            "a plan that creates a customer and an instance, and deploys it",
        )
        password = planned.fields(INSTANCE)["configVariables.Acme Inventory User/Pass.inputs.password"][1]
        stage.expect(password.startswith("(sensitive"), "the password to be hidden")

    def _apply(self) -> None:
        stage = self.stage
        stage.step("apply: make it so")
        stage.say(
            "apply shows its plan too, and asks; --auto-approve is for where nobody can answer. Customers come first, "
            "then users and instances, then deploys. Afterwards it reads back what it wrote. Now for everything:"
        )
        applied = stage.run("apply", *PRODUCTION, "--auto-approve")
        stage.expect(applied.report["outcome"]["applied"] == CREATED, f"{CREATED} resources to be applied")
        self.instance = applied.live_id(INSTANCE)
        stage.say(
            "One instance waits for a person, who has to authorize its connection in a browser. That is said, and is "
            "no failure. Now that everything is as declared, a second plan has nothing to do:"
        )
        again = stage.run("plan", *PRODUCTION, "--detailed-exitcode")
        stage.expect(not again.report["changes"], "a second plan to be empty")

    def _drift(self) -> None:
        stage = self.stage
        stage.step("drift: is it still so?")
        stage.say(
            "Somebody now works past the manifests, in Prismatic itself. They change two config variables of "
            f"{INSTANCE}: {MANAGED}, which its manifest names, and {UNMANAGED}, which it does not."
        )
        self.clicks.change(self.instance, {MANAGED: "5", UNMANAGED: "archive/"})
        self._show_live({MANAGED: "5", UNMANAGED: "archive/"})
        stage.say("drift tells the first alone: what no manifest names is not managed. Exit code 2 means differences.")
        drifted = stage.run("drift", *PRODUCTION, exits=2)
        stage.expect(drifted.report["drift"]["differs"] == [INSTANCE], f"{INSTANCE} alone to differ")
        differing = {f"configVariables.{MANAGED}": ("5", "100")}
        stage.expect(drifted.fields(INSTANCE) == differing, f"{MANAGED} alone to differ")

    def _mend(self) -> None:
        stage = self.stage
        stage.step("apply again: mend what is declared, leave the rest")
        mended = stage.run("apply", *PRODUCTION, "--auto-approve")
        self._expect_only(mended, {f"configVariables.{MANAGED}"})
        self._show_live({MANAGED: "100", UNMANAGED: "archive/"})
        stage.say(f"{MANAGED} is as declared again, and {UNMANAGED} as it was left.")

    def _upgrade(self) -> None:
        stage = self.stage
        stage.step("A new version, by way of review")
        stage.say("The integration has a second version. Somebody edits the manifest,")
        stage.edit(MANIFEST, "{name: Acme Inventory, version: 1}", "{name: Acme Inventory, version: 2}")
        stage.say("and the plan in the pull request finds what was overlooked, before anything is tried.")
        stage.run("plan", *PRODUCTION, exits=1)
        stage.edit(MANIFEST, "Warehouse: west", "Warehouse Region: west")
        stage.say("Now it can be reviewed. --out saves the plan (no secret is in it), so that just this is applied.")
        planned = stage.run("plan", *PRODUCTION, "--out", PLAN_FILE)
        self._expect_only(planned, {"integration.version", "configVariables.Warehouse Region"})
        saved = (stage.folder / PLAN_FILE).read_text(encoding="utf-8")
        stage.expect(not any(secret in saved for secret in stage.secrets), "no secret in the saved plan")

    def _moved_in_between(self) -> None:
        stage = self.stage
        stage.step("A saved plan is applied as it is, or not at all")
        stage.say(f"While the review goes on, somebody sets {MANAGED} to 7: this is no longer what was reviewed.")
        self.clicks.change(self.instance, {MANAGED: "7"})
        stage.run("apply", PLAN_FILE, "--auto-approve", exits=1)
        stage.expect(self.clicks.value(self.instance, MANAGED) == "7", "a refused plan to change nothing")
        stage.say("So it is planned anew, reviewed, and applied; and nothing is left to tell.")
        stage.run("plan", *PRODUCTION, "--out", PLAN_FILE)
        applied = stage.run("apply", PLAN_FILE, "--auto-approve")
        stage.expect(applied.report["outcome"]["applied"] == 1, "the upgrade to be applied")
        self._show_live({MANAGED: "100", "Warehouse Region": "west"})
        stage.run("drift", *PRODUCTION)

    def _end(self) -> None:
        stage = self.stage
        stage.step("Where to go from here")
        stage.say(
            "The example has a second environment: -e staging merges environments/staging over the manifests and "
            "takes other variables, for another tenant with another host and smaller batches."
        )
        stage.show(
            "README.md            how it goes into CI: plan in a pull request, apply on merge, drift from cron",
            "examples/manifests   the manifests of this demo, with comments",
            "docs/manifests.md    every field of a manifest",
            "docs/safety.md       what is promised, and what that rests on",
            "reconciler sandbox   a sandbox that stays, to try manifests of your own on",
        )
        stage.say(stage.style.good("Everything went as told."))

    def _expect_only(self, outcome: Outcome, fields: set[str]) -> None:
        """Expect one change, of just these fields."""
        self.stage.expect([change["address"] for change in outcome.report["changes"]] == [INSTANCE], "one change")
        found = set(outcome.fields(INSTANCE))
        self.stage.expect(found == fields, f"a change of {sorted(fields)}, and it is of {sorted(found)}")

    def _show_live(self, expected: dict[str, str]) -> None:
        """Show live values, read from the API, and expect them to be as the narration says."""
        live = {key: self.clicks.value(self.instance, key) for key in expected}
        self.stage.show(*(f"live: {key} = {value}" for key, value in live.items()))
        self.stage.expect(live == expected, f"live values {expected}, and they are {live}")
