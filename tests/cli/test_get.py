"""``get executions``: the latest runs of an instance, and the result of a step only of its own runs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.shell import Shell

MANIFESTS = "".join(
    f"""
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: {name}}}
spec: {{name: {name}}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: {name}}}
spec:
  customer: {name}
  name: Inventory
  integration: {{name: Acme Inventory, version: 2}}
  verify: {{flows: {{Sync Inventory: {{payload: {{of: {name}}}}}}}}}
---
"""
    for name in ("acme", "other")
)
FILES = ("-f", "all.yaml")


@pytest.fixture
def ran(shell: Shell) -> dict[str, str]:
    """The ID of the one run of each instance, by its handle."""
    shell.write("all.yaml", MANIFESTS)
    assert shell.tenant("apply", "--auto-approve", *FILES).code == 0
    found = {}
    for name in ("acme", "other"):
        listed = shell.tenant("get", "executions", f"Instance/{name}", "--format", "json", *FILES)
        (execution,) = json.loads(listed.out)["executions"]
        found[name] = execution["id"]
    return found


def test_the_list_of_runs_shows_times_to_the_second(shell: Shell, ran: dict[str, str]) -> None:
    """The table has the time of a run to the second, in UTC; JSON has what the API returned."""
    listed = shell.tenant("get", "executions", "Instance/acme", *FILES)
    assert re.search(rf"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC  SUCCESS .*{ran['acme']}$", listed.out, re.MULTILINE)


def test_a_step_is_printed_of_the_latest_run_or_of_a_named_one(shell: Shell, ran: dict[str, str]) -> None:
    """Without a run the latest one is meant."""
    for more in ((), ("--execution", ran["acme"])):
        done = shell.tenant("get", "executions", "Instance/acme", "--step", "Code Block", *more, *FILES)
        assert (done.code, json.loads(done.out)) == (0, {"of": "acme"}), done.err


def test_a_run_of_another_customer_is_refused(shell: Shell, ran: dict[str, str]) -> None:
    """The run of another instance is another customer's data: nothing of it is printed."""
    arguments = ("--step", "Code Block", "--execution", ran["other"])
    done = shell.tenant("get", "executions", "Instance/acme", *arguments, *FILES)
    assert (done.code, done.out) == (1, "")
    assert "Instance/acme has no such execution; 'get executions Instance/acme' lists the latest ones" in done.err
