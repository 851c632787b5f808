"""``--metrics``: a file for the node exporter with the figures of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT
from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from cli.shell import Shell

METRICS = ("--metrics", "reconciler.prom")


def samples(shell: Shell) -> dict[tuple[str, str], float]:
    """Return each metric by its name and its labels without those of its origin."""
    text = (shell.folder / "reconciler.prom").read_text(encoding="utf-8")
    scope = {"command", "project", "environment"}
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            assert scope <= set(sample.labels)
            (label,) = [value for key, value in sample.labels.items() if key not in scope] or [""]
            found[sample.name.removeprefix("reconciler_"), label] = sample.value
    return found


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_differences_are_counted_by_kind(command: str, shell: Shell) -> None:
    """Each kind has its number, also where that is 0, so that an alert can end."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    shell.world.seed.customer("Stray", labels=["gitops:acme"])
    assert shell.tenant(command, *METRICS).code in {0, 2}
    found = samples(shell)
    assert [found["drifted_objects", kind] for kind in ("Customer", "Instance", "User")] == [1, 1, 0]
    assert [found["undeclared_objects", kind] for kind in ("Customer", "Instance", "User")] == [1, 0, 0]
    assert found["planned_actions", "create"] == 2
    assert found["last_run_success", ""] == 1
    assert found["last_run_api_requests", ""] > 0
    assert found["last_run_duration_seconds", ""] > 0
    assert found["last_run_timestamp_seconds", ""] > 1_700_000_000


def test_an_apply_counts_its_results(shell: Shell) -> None:
    """A failure is no success, and the collector reads how many there were."""
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    shell.world.sandbox.faults.add("error", field="createCustomer", status=404)
    assert shell.tenant("apply", "-f", "all.yaml", "--auto-approve", *METRICS).code == 1
    found = samples(shell)
    assert (found["applied_changes", "failed"], found["applied_changes", "skipped"]) == (1, 1)
    assert found["last_run_success", ""] == 0
    assert shell.tenant("apply", "-f", "all.yaml", "--auto-approve", *METRICS).code == 0
    assert samples(shell)["last_run_success", ""] == 1


@pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--auto-approve")], ids=lambda each: each[0])
def test_a_failed_run_reports_failure_and_no_drift(command: tuple[str, ...], shell: Shell) -> None:
    """A failed run is marked as failed, and has no count of differences, not even 0."""
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    assert shell.tenant(*command, "-f", "all.yaml", *METRICS).code == 1
    found = samples(shell)
    assert found["last_run_success", ""] == 0
    assert not [key for key in found if key[0] == "drifted_objects"]


def test_hostile_names_cannot_break_the_metrics_file(shell: Shell) -> None:
    """A project's or environment's name is escaped as the format wants it."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", "-f", "all.yaml", "-e", 'a"b\\\n# HELP x', *METRICS)
    assert ran.code == 1
    assert samples(shell)["last_run_success", ""] == 0


def test_metrics_that_cannot_be_written_are_reported(shell: Shell) -> None:
    """Metrics that cannot be written are an error, beside the result or the run's own error."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", "-f", "all.yaml", "--metrics", "not/there.prom")
    assert ran.code == 1
    assert "Plan: 1 to create" in ran.out
    assert ran.err == "error: --metrics not/there.prom: cannot be written: No such file or directory\n"
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    ran = shell.tenant("plan", "-f", "all.yaml", "--metrics", "not/there.prom")
    assert ran.code == 1
    assert "--metrics not/there.prom" in ran.err
    assert "descripton" in ran.err
