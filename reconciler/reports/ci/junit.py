"""An outcome as JUnit XML, for the test tabs of CI systems.

One case for the run itself comes first, so that the file always has one; then a suite for each customer, and for each
set of instances. In ``drift`` a resource that differs is a failure, one that waits in a rollout is skipped, and an
unchanged one and an orphan pass. In ``apply`` a result that is not as declared is a failure, or skipped. In ``plan``
every change passes, with its actions as a property. The file holds no times, so that the same outcome gives the same
file. It follows Jenkins' schema, which other CI systems read too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.planning.masking import Mask
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fields import diff_lines
from reconciler.reports.shared.fleets import members_of, sorted_by_set
from reconciler.reports.shared.headline import UNDECLARED, WRITING, headline
from reconciler.reports.shared.health import check_line
from reconciler.reports.shared.names import heading_of, orphan_shown
from reconciler.reports.shared.topics import grouped, summarized
from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.impact.verdict import Verdict
    from reconciler.model.health import Health
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fleets import Fleet
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

AS_DECLARED = "as declared"
IN_A_ROLLOUT = "waits in a rollout"
HEALTH = "Health"
COUNTED = {
    "tests": "testcase",
    "failures": "testcase/failure",
    "errors": "testcase/error",
    "skipped": "testcase/skipped",
}


def render(outcome: Outcome, _style: Style) -> str:
    root = Element("testsuites", name=f"reconciler {outcome.command}")
    _run(root, outcome)
    for verdict in outcome.verdicts:
        _verdict(root, verdict)
    if outcome.plan:
        _changes(root, outcome, outcome.plan)
    if outcome.healths:
        _healths(root, outcome.healths, verbose=outcome.verbose)
    _count(root)
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _run(root: Element, outcome: Outcome) -> None:
    """Add the suite of the run itself: its subject, and whether it succeeded."""
    suite = _suite(root, f"reconciler {outcome.command}")
    about = {"summary": headline(outcome), "project": outcome.project, "environment": outcome.environment}
    if outcome.plan:
        about |= {"organization": outcome.plan.tenant.organization, "url": outcome.plan.tenant.url}
    about |= {
        change.address if change.source or outcome.verbose else change.shown: ", ".join(change.actions)
        for change in outcome.plan or ()
    }
    _properties(suite, about)
    problems = outcome.failure.problems if outcome.failure else ()
    case = _case(suite, f"reconciler {outcome.command}", "run")
    for problem in problems[:1]:
        lines = [str(each) for each in problems]
        _wrong(case, "error", problem.message if len(problems) == 1 else counted(len(problems), "problem"), lines)
    if not problems or outcome.verdicts:
        warnings = summarized(outcome.warnings, members_of(outcome.plan))
        _told(case, [*outcome.notes, *(warning.message for warning in warnings)])


def _verdict(root: Element, verdict: Verdict) -> None:
    """Add a suite of the resources that use the integration of a definition: broken ones fail."""
    name = f"Against {verdict.file}"
    suite = _suite(root, name)
    for each in verdict.judged:
        case = _case(suite, each.address, name)
        wrong = [*each.breaks, *each.already]
        if wrong:
            message = "would break" if each.breaks else "wrong today too"
            _wrong(case, "failure", f"{each.group}: {message}", [str(problem) for problem in wrong])
        _told(case, [notice.message for notice in each.notices])


def _changes(root: Element, outcome: Outcome, plan: Plan) -> None:
    """Add a suite for each group of changes; in drift also one for unchanged resources and one for orphans."""
    mask = Mask.for_plan(plan)
    fleets, others = sorted_by_set(entries(outcome), plan, mask)
    for group, members in grouped(others, lambda entry: entry.change.group).items():
        suite = _suite(root, heading_of(group))
        for entry in members:
            _change(suite, group, entry, mask)
    for fleet in fleets:
        _fleet(root, fleet, mask)
    if outcome.command == "drift":
        _undisturbed(root, outcome, plan)


def _fleet(root: Element, fleet: Fleet, mask: Mask) -> None:
    """Add a suite for a set: a case for each member with a change, and in the properties who has none."""
    suite = _suite(root, fleet.address)
    about: dict[str, str | None] = {"members": str(fleet.size), "unchanged": str(len(fleet.unchanged))}
    for reason, customers in fleet.reasons.items():
        about[f"left out: {reason}"] = ", ".join(each.handle for each in customers)
    _properties(suite, about)
    for entry in (entry for group in fleet.groups for entry in group.entries):
        _change(suite, fleet.address, entry, mask)


def _change(suite: Element, group: str, entry: Entry, mask: Mask) -> None:
    change = entry.change
    case = _case(suite, entry.title, group)
    place = [f"{change.source.file}:{change.source.line}"] if change.source else []
    lines = [*entry.sayings, f"because {change.reason}", *place, *diff_lines(change, mask)]
    if entry.command == "drift":
        _wrong(case, "failure", entry.origin or entry.word, lines)
    elif entry.command in WRITING and entry.result is None:
        SubElement(case, "skipped", message="no result: the run ended before")
    elif entry.word == "skipped":
        SubElement(case, "skipped", message=safe("; ".join(entry.sayings)))
    elif entry.bad:
        _wrong(case, "failure", f"{entry.word}: {'; '.join(entry.sayings)}", lines)
    else:
        _told(case, lines)


def _undisturbed(root: Element, outcome: Outcome, plan: Plan) -> None:
    if plan.later:
        suite = _suite(root, IN_A_ROLLOUT)
        for change in plan.later:
            case = _case(suite, change.address, IN_A_ROLLOUT)
            why = outcome.origins.get(change.address), change.rollout.reason if change.rollout else change.reason
            SubElement(case, "skipped", message=safe("; ".join(filter(None, why))))
    changed = {change.address for change in (*plan, *plan.later)}
    steady = sorted(set(plan.live_ids) - changed)
    if steady:
        suite = _suite(root, AS_DECLARED)
        for address in steady:
            _case(suite, address, AS_DECLARED)
    if plan.orphans:
        suite = _suite(root, UNDECLARED)
        for found in plan.orphans:
            case = _case(suite, orphan_shown(found), UNDECLARED)
            known = [found.id] if outcome.verbose else []
            _told(case, [*known, found.kept, *outcome.sayings_of(found.address)])


def _healths(root: Element, healths: Sequence[Health], *, verbose: bool) -> None:
    """Add a suite with one case for each verified object; what is inconclusive is skipped, with its reason."""
    suite = _suite(root, HEALTH)
    for each in healths:
        case = _case(suite, each.shown, HEALTH)
        lines = [f"{check.verdict}: {check_line(check, verbose=verbose)}" for check in each.checks]
        if each.verdict == "failed":
            _wrong(case, "failure", each.reason, lines)
        elif each.verdict == "inconclusive":
            SubElement(case, "skipped", message=safe(f"inconclusive: {each.reason}"))
        else:
            _told(case, lines)


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=safe(name))


def _properties(suite: Element, about: Mapping[str, str | None]) -> None:
    properties = SubElement(suite, "properties")
    for name, value in about.items():
        if value:
            SubElement(properties, "property", name=safe(name), value=safe(value))


def _case(suite: Element, name: str, group: str) -> Element:
    return SubElement(suite, "testcase", name=safe(name), classname=safe(f"reconciler.{group}"), time="0")


def _wrong(case: Element, tag: str, message: str, lines: Sequence[str]) -> None:
    SubElement(case, tag, message=safe(message), type=tag).text = _text(lines)


def _told(case: Element, lines: Sequence[str]) -> None:
    if lines:
        SubElement(case, "system-out").text = _text(lines)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(map(safe, lines))


def _count(root: Element) -> None:
    """Write the counts that readers expect at each suite and at the whole."""
    for suite in root:
        for name, path in COUNTED.items():
            suite.set(name, str(len(suite.findall(path))))
        suite.set("time", "0")
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", "0")
