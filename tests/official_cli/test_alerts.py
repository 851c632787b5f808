"""The official CLI on a sandbox: alert webhooks, groups, triggers, monitors and events, and the severities of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.data.alert_monitors import trigger_monitor

if TYPE_CHECKING:
    from official_cli.prism import Prism

pytestmark = pytest.mark.full


def test_it_manages_alerts(prism: Prism) -> None:
    """``alerts`` creates, lists, clears and deletes webhooks, groups and monitors, and lists triggers and events."""
    seed, store = prism.sandbox.seed, prism.sandbox.store
    customer = seed.customer("FTL Rockets")["id"]
    user = seed.user("kim@x.example")["id"]
    version = seed.version("Acme Inventory")["id"]
    instance = seed.instance("Inventory", customer=customer, integration=version)["id"]
    address = ("-n", "Pager", "-u", "https://pager.example", "-p", "$SUBJECT")
    webhook = prism.done("alerts:webhooks:create", *address)
    (listed,) = prism.rows("alerts:webhooks:list")
    assert (listed["id"], listed["name"]) == (webhook, "Pager")
    group = prism.done("alerts:groups:create", "-n", "On call", "-u", f'["{user}"]', "-w", f'["{webhook}"]')
    (listed,) = prism.rows("alerts:groups:list")
    assert (listed["id"], listed["name"]) == (group, "On call")
    triggers = {row["name"]: row["id"] for row in prism.rows("alerts:triggers:list")}
    recipients = ("-g", f'["{group}"]', "-u", f'["{user}"]')
    bound = ("-i", instance, "-t", f'["{triggers["Execution Failed"]}"]', "-d", "10", "-s", "4")
    monitor = prism.done("alerts:monitors:create", "-n", "Failed", *bound, *recipients)
    row = store.get("alert_monitors", monitor)
    assert (row["durationSecondsCondition"], row["logSeverityLevelCondition"]) == (10, 4)
    (listed,) = prism.rows("alerts:monitors:list")
    assert (listed["id"], listed["name"]) == (monitor, "Failed")
    trigger_monitor(prism.sandbox.tenant, monitor, "It failed")
    (event,) = prism.rows("alerts:events:list", monitor)
    assert event["details"] == "It failed"
    prism.run("alerts:monitors:clear", monitor)
    assert not store.get("alert_monitors", monitor)["triggered"]
    for command, identifier in (("monitors", monitor), ("groups", group), ("webhooks", webhook)):
        prism.run(f"alerts:{command}:delete", identifier)
        assert prism.rows(f"alerts:{command}:list") == []


def test_it_lists_the_severities_of_logs(prism: Prism) -> None:
    """``logs:severities:list`` has every severity with its number."""
    rows = {row["name"]: row["id"] for row in prism.rows("logs:severities:list")}
    assert rows["ERROR"] == "4"
