"""Drift of the members of a rollout: a change made outside is drift, also while its correction waits for its wave."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from rollouts.fleet import CONFIGURED, Fleet

from reconciler.manifests.schema.schemas import load_schema
from reconciler.reports.ci import notification
from reconciler.reports.shared.origins import NOT_YET

if TYPE_CHECKING:
    from cli.shell import Ran, Shell

    from reconciler.reports.ci.notification import Notice

CANARY_OF_ONE = {"name": "first", "customers": {"names": ["c1"]}, "soak": "24h"}
ALL = {"name": "all", "approval": "required"}
WITH_RECEIPT = ("--receipt", "receipt.json")
REPORTS = ("text", "markdown", "html", "json", "junit")


@pytest.fixture
def fleet(shell: Shell) -> Fleet:
    """Two customers with all they declare, in a rollout with one wave that needs an approval; a receipt has both."""
    shell.monkeypatch.setenv("ACME_PASSWORD", "swordfish")
    shell.monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", "a key that is long enough")
    made = Fleet(shell.world, size=2, canaries=0, waves=[ALL])
    made.version = 1
    for number in (1, 2):
        made.overrides[number] = {"configVariables": {**CONFIGURED, "Batch Size": 50}}
    shell.write("all.yaml", made.text)
    ran = shell.tenant("apply", "-f", "all.yaml", "--auto-approve", "--approve", "inventory/all", *WITH_RECEIPT)
    assert ran.code == 0
    return made


def meddle(fleet: Fleet) -> None:
    """Change a config variable of the first customer's instance behind the back of the manifests."""
    before, policy = fleet.overrides[1], fleet.policy
    fleet.overrides[1], fleet.policy = {"configVariables": {**CONFIGURED, "Batch Size": 77}}, {}
    fleet.world.apply(fleet.text)
    fleet.overrides[1], fleet.policy = before, policy


def drift(shell: Shell, *arguments: str) -> Ran:
    return shell.tenant("drift", "-f", "all.yaml", *arguments)


def test_a_change_made_outside_is_drift_while_its_correction_waits(shell: Shell, fleet: Fleet) -> None:
    """Every format has a member that was changed outside, with its field and with what its correction waits for."""
    meddle(fleet)
    reports = [argument for form in REPORTS for argument in ("--report", f"{form}=drift.{form}")]
    ran = drift(shell, *WITH_RECEIPT, *reports, "--metrics", "drift.prom")
    assert ran.code == 2
    waits = "its correction waits in wave all of inventory: waits for approval"
    for text in (ran.out, *((shell.folder / f"drift.{form}").read_text() for form in ("text", "markdown", "html"))):
        words = " ".join(text.split())
        assert "changed outside" in words
        assert "Batch Size" in words
        assert "77" in words
        assert waits in words
    assert "which is no drift" not in ran.out
    assert "Drift: 1 differs" in ran.out
    told = json.loads((shell.folder / "drift.json").read_text())
    Draft202012Validator(load_schema("plan")).validate(told)
    assert told["drift"]["differs"] == ["Instance/i1"]
    assert "waiting" not in told["drift"]
    assert told["changes"][0]["rollout"]["state"] == "waiting"
    assert told["changes"][0]["fields"][0]["before"] == "77"
    failed = ET.fromstring((shell.folder / "drift.junit").read_text()).findall(".//failure")  # noqa: S314 - our own text
    assert [each.get("message") for each in failed] == ["changed outside"]
    assert waits in (failed[0].text or "")
    metrics = (shell.folder / "drift.prom").read_text().splitlines()
    (count,) = (line for line in metrics if line.startswith("reconciler_drifted") and 'kind="Instance"' in line)
    assert count.endswith(" 1.0")


def test_a_notification_says_that_the_correction_waits(shell: Shell, fleet: Fleet) -> None:
    """A chat learns of the change made outside, and that its correction waits in a rollout."""
    posted: list[Any] = []

    def keep(notice: Notice, _host: str) -> dict[str, Any]:
        posted.append(notice)
        return {}

    meddle(fleet)
    shell.monkeypatch.setattr("reconciler.cli.run.notifying.payload", keep)
    shell.monkeypatch.setattr("reconciler.cli.run.notifying.post", lambda *_: None)
    assert drift(shell, *WITH_RECEIPT, "--notify", "https://chat.example/hook").code == 2
    (notice,) = posted
    assert isinstance(notice, notification.Notice)
    assert notice.differences == 1
    assert [line.words for line in notice.lines] == ["differs, changed outside, its correction waits in a rollout"]


def test_a_manifest_that_is_not_rolled_out_yet_is_no_drift(shell: Shell, fleet: Fleet) -> None:
    """A member that only waits for its new manifest is listed apart, and is neither drift nor as declared."""
    fleet.version = 2
    shell.write("all.yaml", fleet.text)
    ran = drift(shell, *WITH_RECEIPT, "--report", "junit=drift.xml", "--report", "html=drift.html")
    assert ran.code == 0
    assert "Instance/i1, Instance/i2 in wave all of inventory: not applied yet; waits for approval" in " ".join(
        ran.out.split()
    )
    assert "2 as declared, 2 wait in a rollout." in ran.out
    assert "is unknown" not in ran.out
    root = ET.fromstring((shell.folder / "drift.xml").read_text())  # noqa: S314 - our own text
    cases = {
        suite.get("name"): [case.get("name") for case in suite if case.tag == "testcase"]
        for suite in root.findall("testsuite")
    }
    assert cases["as declared"] == ["Customer/c1", "Customer/c2"]
    assert cases["waits in a rollout"] == ["Instance/i1", "Instance/i2"]
    assert '"waiting":2' in (shell.folder / "drift.html").read_text()


def test_both_causes_together_are_drift(shell: Shell, fleet: Fleet) -> None:
    """A member that waits for its new manifest and was changed outside besides is drift; its neighbour is not."""
    meddle(fleet)
    fleet.version = 2
    shell.write("all.yaml", fleet.text)
    ran = drift(shell, *WITH_RECEIPT, "--format", "json")
    assert ran.code == 2
    found = json.loads(ran.out)["drift"]
    assert (found["differs"], found["waiting"]) == (["Instance/i1"], ["Instance/i2"])


@pytest.mark.parametrize("receipt", [(), ("--receipt", "another.json")])
def test_without_a_receipt_nobody_knows(receipt: tuple[str, ...], shell: Shell, fleet: Fleet) -> None:
    """Without a record a change that waits may have been made outside: drift says that it is unknown, and exits 0."""
    meddle(fleet)
    ran = drift(shell, *receipt)
    words = " ".join(ran.out.split())
    assert ran.code == 0
    assert (
        "Whether 1 object that waits in a rollout was also changed outside is unknown: without a receipt nobody knows."
        in words
    )
    assert NOT_YET in words if receipt else "keep one with apply --receipt FILE" in words
    assert "Waits in a rollout, which is no drift" in words


def test_what_waits_is_counted_by_since(shell: Shell, fleet: Fleet) -> None:
    """A live object whose correction waits is counted by --since, and named where it is not listed as drift."""
    fleet.advance(timedelta(days=2))
    since = fleet.world.sandbox.tenant.clock.now().isoformat()
    meddle(fleet)
    words = " ".join(drift(shell, "--since", since).out.split())
    assert "1 of the live objects that differ was changed since" in words
    assert "of which 1 in a rollout (Instance/i1)" in words
    words = " ".join(drift(shell, *WITH_RECEIPT, "--since", since).out.split())
    assert "1 of the live objects that differ was changed since" in words
    assert "in a rollout (" not in words


def test_a_held_member_is_no_drift(shell: Shell, fleet: Fleet) -> None:
    """A member that an apply set back and holds differs on purpose, although the receipt recorded another version."""
    fleet.policy = {**fleet.policy, "onFailure": "rollback", "waves": [CANARY_OF_ONE, ALL]}
    fleet.version = 2
    shell.write("all.yaml", fleet.text)
    apply = ("apply", "-f", "all.yaml", "--auto-approve", *WITH_RECEIPT)
    assert shell.tenant(*apply).code == 0
    fleet.world.sandbox.outcomes.add(customer="Customer 1", version=2, suspended=True)
    assert shell.tenant(*apply).code == 1
    assert fleet.versions() == [1, 1]
    ran = drift(shell, *WITH_RECEIPT, "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["drift"]["waiting"] == ["Instance/i1", "Instance/i2"]
