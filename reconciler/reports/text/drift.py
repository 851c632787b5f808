"""Drift as text: different fields, missing objects, and orphans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.shared.fields import field_lines
from reconciler.reports.shared.headline import UNDECLARED, undeclared_heading
from reconciler.reports.text.plan import header, orphan_line, place_of, warning_lines
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style


def drift_text(outcome: Outcome, plan: Plan, style: Style) -> str:
    """Return the drift as text, each difference with its cause if that is known."""
    mask = Mask.for_plan(plan)
    lines = [header(plan, style), ""]
    for change in plan:
        lines += _change_lines(change, mask, style, outcome)
    lines += warning_lines(plan.warnings, style, verbose=outcome.verbose)
    lines += _orphans(outcome, plan, style)
    lines += (style.dim(safe(f"{note}.")) for note in outcome.notes)
    found = len(plan.changes)
    owned = f", {len(plan.orphans)} {UNDECLARED}" if plan.orphans else ""
    if found:
        differ = "1 differs" if found == 1 else f"{found} differ"
        rest = f"{plan.unchanged} as declared{owned}"
        shown = " (shown as live → declared)" if any(change.fields and change.live for change in plan) else ""
        lines.append(f"{style.bold('Drift:')} {differ} from the manifests{shown} – {rest}.")
    else:
        lines.append(style.good(f"No drift: {plan.unchanged} as declared{owned}."))
    return "\n".join(lines) + "\n"


def _orphans(outcome: Outcome, plan: Plan, style: Style) -> Iterator[str]:
    """Yield the orphans, each with its cause."""
    if not plan.orphans:
        return
    yield style.bold(undeclared_heading(plan))
    for orphan in plan.orphans:
        yield orphan_line(orphan) + _origin(orphan.address, style, outcome)
        yield from _remark_lines(orphan.address, style, outcome)
    yield ""


def _origin(address: str, style: Style, outcome: Outcome) -> str:
    origin = outcome.origins.get(address)
    return f": {style.bold(safe(origin))}" if origin else ""


def _remark_lines(address: str, style: Style, outcome: Outcome) -> Iterator[str]:
    for remark in outcome.remarks.get(address, ()):
        yield style.dim(f"             {safe(remark)}")


def _change_lines(change: Change, mask: Mask, style: Style, outcome: Outcome) -> Iterator[str]:
    name = f"{safe(change.address)} {safe(repr(change.name))}"
    place = _origin(change.address, style, outcome) + place_of(change, style)
    if change.live is None:
        yield f"  {style.bad('missing')}  {name}{place}"
    elif change.deletes:
        why = "declared absent" if change.source else "in no manifest"
        yield f"  {style.bad('present')}  {name}, {why}{place}"
    else:
        yield f"  {style.warn('differs')}  {name}{place}"
        yield from (f"             {line}" for line in field_lines(change, mask, style, both=True))
        if not change.fields:
            yield f"             {safe(change.reason)}"
    yield from _remark_lines(change.address, style, outcome)
    yield ""
