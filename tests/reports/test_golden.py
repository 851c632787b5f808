"""Text reports as a whole, compared with ``golden/``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reports.plans import KINDS, Orphan, change, field, plan, shown
from reports.scenes import everything, many, results

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.prismatic.http.stats import Stats
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import drift_text
from reconciler.reports.text.progress_line import cost_line
from reconciler.reports.text.results import authorize_text, result_line, results_text
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.planning.plan import Change, Plan
from reconciler.planning.orphans import PRUNING_OFF

GOLDEN = Path(__file__).parent / "golden"
PLAIN = Style()
CALM = Stats(requests=4, operations=12, bytes_received=34_567, seconds=1.26)
BUSY = Stats(400, 1200, 7, 9, 1_234_567, 61.5, throttled_seconds=12.34, lowest_rate=3.75)


def created(count: int) -> tuple[Change, ...]:
    return tuple(
        change(
            f"c{number:02}", "create", kind="Customer", name=f"C{number}", fields=[field("name", None, f"C{number}")]
        )
        for number in range(count)
    )


HOSTILE = "a\x1b[31mred\x1b[0m\u202egnol\u2066\r\nPlan: nothing\x07\u200b\ud800"


def hostile() -> str:
    return shown(
        change(name=HOSTILE, group=HOSTILE, source=Place(HOSTILE, 1, 1), fields=[field(HOSTILE, HOSTILE, None)]),
        change("two", "deploy", name="'\"\\", reason=HOSTILE),
        change("three", fields=[field("configVariables/Form", {HOSTILE: HOSTILE}, {HOSTILE: [HOSTILE]})]),
        project=HOSTILE,
        warnings=(Diagnostic(HOSTILE, Place(HOSTILE, 1, 1), "Instance/one"),),
        orphans=(Orphan("Customer", HOSTILE, HOSTILE, kept=PRUNING_OFF),),
        inputs={"environment": HOSTILE},
    )  # fmt: skip


CODE = "\n".join(f"line {number}" for number in range(1, 80))


def code() -> str:
    return shown(
        change(
            fields=[
                field("configVariables/New", None, "one\ntwo"),
                field(
                    "configVariables/Changed", CODE, CODE.replace("line 5\n", "line five\n").replace("line 40\n", "")
                ),
                field("configVariables/Ending", "one\ntwo", "one\ntwo\n"),
                field("configVariables/Windows", "one\ntwo\nthree", "one\r\ntwo\nthree"),
                field("configVariables/Emptied", "one\ntwo", ""),
                field("configVariables/Long", "x" * 300, "y" * 101),
                field("configVariables/Late", "x" * 150 + "live" + "y" * 150, "x" * 150 + "declared" + "y" * 10),
                field("configVariables/Rewritten", CODE, CODE.upper()),
            ]
        )
    )


def nested() -> str:
    before = {
        "a": 1,
        "list": [*range(12)],
        "deep": {"kept": True, "gone": "x", "same": 1.0},
        "kind": {"a": 1},
        "flag": 1,
    }
    after = {
        "a": 2,
        "list": [0, 1, 2.0, 30, *range(4, 10), 100, 11],
        "deep": {"kept": True, "new": None, "same": 1},
        "kind": [1],
        "flag": True,
    }
    return shown(
        change(
            fields=[
                field("configVariables/Form", before, after),
                field("configVariables/New Form", None, {"a": [1, {"b": 2}]}),
                field("configVariables/Map", {"qty": "Quantity", "usd": "Price"}, {"qty": "Amount"}),
                field("configVariables/List", ["a", "b"], ["b", "a", "c"]),
                field("labels", ["a"], []),
                field("flowConfigs/Sync/apiKeys", [Secret("one")], [Secret("two"), Secret("one")], sensitive=True),
            ]
        )
    )


def same_length() -> str:
    return shown(*created(40), *(change(f"u{number}", fields=[field("description", "a", "b")]) for number in range(3)))


TEXTS: dict[str, Callable[[], str]] = {
    "empty": shown,
    "one-of-each": lambda: plan_text_of(everything()),
    "one-of-each-verbose": lambda: plan_text_of(everything(), verbose=True),
    "one-of-each-coloured": lambda: plan_text_of(everything(), style=Style(colour=True)),
    "one-of-each-drift": lambda: drift_text(Outcome("drift"), everything(), PLAIN),
    "no-drift": lambda: drift_text(Outcome("drift"), plan(), PLAIN),
    "results": lambda: results_text(results(), PLAIN),
    "results-of-nothing": lambda: results_text([], PLAIN),
    "result-lines": lambda: "".join(f"{result_line(result, PLAIN)}\n" for result in results()),
    "authorize": lambda: authorize_text({"Instance/a": {"CRM": "https://a.example/1", "ERP": "https://a.example/2"}}),
    "cost": lambda: "".join(f"{cost_line(stats, PLAIN)}\n" for stats in (CALM, BUSY)),
    "alike": lambda: shown(*many()[:4], many()[-1]),
    "brief": same_length,
    "without-secrets": lambda: shown(without_secrets=True),
    "hostile": hostile,
    "code": code,
    "nested": nested,
}


def plan_text_of(found: Plan, *, style: Style = PLAIN, verbose: bool = False) -> str:
    from reconciler.reports.text.plan import plan_text

    return plan_text(found, style, verbose=verbose)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_report_equals_its_golden_file(name: str) -> None:
    """Each report is, to the letter, the text that was read and found good."""
    assert TEXTS[name]() == (GOLDEN / f"{name}.txt").read_bytes().decode()


def test_every_golden_text_is_of_a_report() -> None:
    """No text is kept that no report is compared with."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TEXTS)


def test_text_from_outside_is_escaped_on_a_terminal() -> None:
    """Whatever names, reasons, places, paths and values hold: every line of a report is one that we wrote."""
    text = hostile()
    assert all(each.isprintable() for line in text.split("\n") for each in line)
    assert "\nPlan: nothing" not in text
    assert drift_lines_are_printable()


def drift_lines_are_printable() -> bool:
    lines = drift_text(
        Outcome("drift"),
        plan(change(name=HOSTILE, source=Place(HOSTILE, 1, 1), fields=[field(HOSTILE, HOSTILE, HOSTILE)])),
        PLAIN,
    )
    return all(each.isprintable() for line in lines.split("\n") for each in line)


def test_a_thousand_equal_changes_are_summarized() -> None:
    """What is done alike to a thousand resources is told once, with the first of them; what differs stands apart."""
    text = shown(*many())
    assert text.count("integration.version  11 → 12") == 1
    assert "The same change to 1000 Instances: update, deploy" in text
    lines = text.splitlines()
    assert sum(line.startswith("  ~ Instance/i") for line in lines) == 9
    assert "    and 991 more; -v lists them all" in lines
    assert "  ~ Instance/apart 'Acme': update  manifests/all.yaml:7" in lines
    assert len(lines) < 25
    assert lines[-1] == "Plan: 1001 to update, 1000 to deploy – 3 unchanged."


def test_equal_adoptions_are_summarized() -> None:
    """Objects that are adopted for one reason are one block, in the order that people expect of names."""
    found = [change(f"i{number}", "adopt", group=f"Customer {number}", reason="no label yet") for number in range(30)]
    lines = shown(*reversed(found)).splitlines()
    first = lines.index("The same change to 30 Instances: adopt")
    assert lines[first + 1 : first + 4] == [
        "      because no label yet",
        "  = Instance/i0 of 'Customer 0'  manifests/all.yaml:7",
        "  = Instance/i1 of 'Customer 1'  manifests/all.yaml:7",
    ]
    assert "    and 21 more; -v lists them all" in lines
    assert "  = Instance/i10 of 'Customer 10'  manifests/all.yaml:7" not in lines


def test_each_deletion_is_listed_with_its_customer() -> None:
    """However many objects are deleted, each has its line, with the name of its customer, and with -v its ID."""
    found = [change(f"i{number}", "delete", group=f"Customer {number}", source=None) for number in range(60)]
    text = shown(*found)
    verbose = shown(*found, verbose=True)
    for number in range(60):
        assert f"  - Instance 'Acme' of 'Customer {number}': delete" in text
        assert f"  - Instance/i{number} 'Acme' of 'Customer {number}': delete" in verbose


def test_groups_are_in_the_order_that_people_expect() -> None:
    """The second customer comes before the tenth."""
    found = [change(f"i{number}", name=f"A{number}", group=f"Customer {number}") for number in (10, 2, 1)]
    headings = [line for line in shown(*found).splitlines() if line.startswith("Customer")]
    assert headings == ["Customer 1", "Customer 2", "Customer 10"]


def test_verbose_lists_each_change() -> None:
    """With -v each of many alike changes has its own lines, under its customer."""
    text = shown(*many()[:8], verbose=True)
    assert text.count("integration.version  11 → 12") == 8
    assert "The same change" not in text


def test_the_kinds_in_these_reports_exist() -> None:
    """The plans here are of kinds that there are."""
    assert {"Customer", "User", "Instance"} <= {kind.name for kind in KINDS}
