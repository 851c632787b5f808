"""Failures of one cause are one block, and a line that fails says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reports.plans import change, plan

from reconciler.applying.results import Result
from reconciler.impact.verdict import Judged, Verdict
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.reports.shared.entries import Entry
from reconciler.reports.shared.fleets import causes
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.forecast import forecast_text
from reconciler.reports.text.results import result_line, results_text

if TYPE_CHECKING:
    from collections.abc import Iterable

PLAIN = Style()


def failed(number: int, why: str = "deployInstance: Acme {} has no trigger") -> Result:
    """Return the result of an instance whose deploy was refused."""
    result = Result(change(f"i{number}", "update"), done=["updateInstance"])
    result.fail(why.format(number))
    return result


def text(results: Iterable[Result], **more: bool) -> str:
    return results_text(list(results), PLAIN, **more)


def test_failures_of_one_cause_are_one_block() -> None:
    """A hundred customers with one broken component are a few lines: how many, why, and who."""
    shown = text(map(failed, range(100)))
    assert shown.count("has no trigger") == 1
    assert "100" in shown.splitlines()[0]
    assert "and 91 more" in shown
    assert shown.endswith("Not all done: 100 failed.\n")


def test_a_block_has_all_reasons_and_says_whose_they_are() -> None:
    """A reason that names one object is not taken for that of all, and no second message or note is lost."""
    results = [failed(number) for number in range(5)]
    for each in results:
        each.fail("deployInstance: it may have been carried out")
        each.notes.append("nothing is deployed")
    shown = text(results)
    assert shown.count("deployInstance: Acme 0 has no trigger (Instance/i0)") == 1
    assert shown.count("it may have been carried out") == shown.count("nothing is deployed") == 1
    results[4].notes.append("somebody must authorize it")
    assert text(results).count("somebody must authorize it") == 1
    assert text(failed(number, "updateInstance: no") for number in range(5)).count("(Instance/i0)") == 0


def test_few_failures_and_other_causes_stay_by_themselves() -> None:
    """Two failures are read quicker one by one, and another cause is not hidden in the block."""
    shown = text([*map(failed, range(5)), failed(7, "deployInstance: out of memory"), failed(8, "updateInstance: no")])
    assert shown.count("deployInstance: Acme") == 1
    assert "deployInstance: out of memory" in shown
    assert "updateInstance: no" in shown
    assert text(map(failed, range(2))).count("has no trigger") == 2


def test_each_failure_is_shown_when_all_are_asked_for() -> None:
    """``-v`` hides nothing."""
    assert text(map(failed, range(20)), verbose=True).count("has no trigger") == 20


def test_what_was_not_tried_is_one_block_too() -> None:
    """What a run that ended early left out has one reason."""
    results = [Result(change(f"i{number}", "update")) for number in range(30)]
    for each in results:
        each.skip("not tried: 10 changes failed alike")
    assert text(results).count("not tried") == 1
    assert {result_line(each, PLAIN).partition("skipped")[2] for each in results} == {""}


def waiting(number: int, why: str) -> Result:
    """Return the result of an instance that a rollout keeps for a later run."""
    result = Result(change(f"i{number}", "update"))
    result.wait("waiting", why)
    return result


def test_what_waits_in_a_rollout_is_one_block_a_reason() -> None:
    """Hundreds of members of two waves are two blocks, and no failure."""
    waves = [waiting(number, f"waits for wave w{number % 2}") for number in range(258)]
    shown = text(waves)
    assert [shown.count(f"waits for wave w{number}\n") for number in (0, 1)] == [1, 1]
    assert shown.count("… 129 Instances waiting") == 2
    assert len(shown.splitlines()) == 8
    assert shown.endswith("Done: 258 waiting.\n")
    assert text(waves, verbose=True).count("waits for wave") == 258


def cut_short(number: int) -> Result:
    """Return the result of an instance whose deploy the run ended before."""
    result = Result(change(f"i{number}", "update"), done=["updateInstance"])
    result.cut_short(["deployInstance", "deployInstance"], "interrupted by SIGINT")
    return result


def test_what_was_changed_in_part_is_neither_failed_nor_skipped() -> None:
    """It is a block of its own with what is done and what is missing, and the last line counts it apart."""
    assert text([*map(failed, range(4)), *map(cut_short, range(10, 15))]).splitlines()[3:] == [
        "◐ 5 Instances changed in part",
        "    updateInstance done; deployInstance not tried: interrupted by SIGINT",
        "    the next apply does the rest",
        "    Instance/i10, Instance/i11, Instance/i12, Instance/i13, Instance/i14",
        "",
        "Not all done: 4 failed, 5 changed in part.",
    ]
    assert result_line(cut_short(1), PLAIN) == "  ◐ Instance/i1 changed in part  updateInstance"


def test_failures_come_before_what_was_changed_in_part() -> None:
    """Four failures explain a hundred changes in part, so every report has them first."""
    entries = [
        Entry(Outcome("apply"), each.change, each) for each in (*map(cut_short, range(9)), *map(failed, range(20, 24)))
    ]
    assert [group.word for group in causes(entries)] == ["failed", "changed in part"]


def test_a_line_that_fails_names_the_operation_that_failed() -> None:
    """The line of a change under way says why it failed, not what worked before."""
    line = result_line(failed(1), PLAIN)
    assert line == "  ✗ Instance/i1 failed  deployInstance: Acme 1 has no trigger"
    done = Result(change("i2", "update"), done=["updateInstance", "deployInstance"])
    assert result_line(done, PLAIN).endswith("applied  updateInstance, deployInstance")


@pytest.mark.parametrize(("verbose", "shown"), [(False, False), (True, True)])
def test_ids_and_webhook_addresses_are_shown_on_request(*, verbose: bool, shown: bool) -> None:
    """They are as good as a password, and the log of a CI is read by others."""
    result = Result(change("i1", "create"), outcome={"id": "SW5z", "webhookUrls": {"Sync": "https://hooks.example/x"}})
    found = text([result], verbose=verbose)
    assert ("https://hooks.example/x" in found) is shown
    assert ("SW5z" in found) is shown
    assert ("1 created: -v and the JSON report have their IDs and addresses" in found) is not shown


def test_what_a_definition_breaks_alike_is_one_block() -> None:
    """A definition that breaks sixty instances for one reason says so once, and each by itself with -v."""
    place = Place("fleet/inventory.yaml", 3, 1)
    judged = tuple(
        Judged(
            f"Instance/i{number}",
            f"Customer {number}",
            place,
            12,
            breaks=(Diagnostic(f"Instance/i{number}: config variable 'Region' is required", place),),
        )
        for number in reversed(range(60))
    )
    outcome = Outcome("plan", plan(), verdicts=(Verdict("new.yaml", "Acme Inventory", judged),))
    shown = forecast_text(outcome, plan(), PLAIN)
    assert shown.count("config variable 'Region' is required") == 1
    assert "  ✗ 60 resources would break\n" in shown
    names = ", ".join(f"Instance/i{number}" for number in range(9))
    assert f"      {names} and 51 more\n" in shown
    assert forecast_text(replace(outcome, verbose=True), plan(), PLAIN).count("is required") == 60


def test_what_a_definition_breaks_for_different_reasons_is_not_one_block() -> None:
    """Of two config variables that are missing, each has its own instances: their names in quotes are the reason."""
    place = Place("fleet/inventory.yaml", 3, 1)
    judged = tuple(
        Judged(f"Instance/i{at}", f"Customer {at}", place, 12, breaks=(Diagnostic(f"'{key}' is required", place),))
        for at, key in enumerate(["Region"] * 8 + ["Zone"] * 5)
    )
    outcome = Outcome("plan", plan(), verdicts=(Verdict("new.yaml", "Acme Inventory", judged),))
    shown = forecast_text(outcome, plan(), PLAIN)
    assert "  ✗ 8 resources would break\n      fleet/inventory.yaml:3:1: 'Region' is required" in shown
    assert "  ✗ 5 resources would break\n      fleet/inventory.yaml:3:1: 'Zone' is required" in shown
