"""Drift as text: which declared field differs, what is missing, what carries our label and is in no manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.escape import safe
from reconciler.reports.fields import field_lines
from reconciler.reports.plan_text import header, place_of, unclaimed_lines, warning_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.style import Style


def drift_text(plan: Plan, style: Style, *, verbose: bool = False) -> str:
    """Return what is no longer as the manifests say."""
    mask = Mask.for_plan(plan)
    lines = [header(plan, style), ""]
    for change in plan:
        lines += _change_lines(change, mask, style)
    lines += warning_lines(plan.warnings, style, verbose=verbose)
    lines += unclaimed_lines(plan, style)
    found = len(plan.changes) + len(plan.unclaimed)
    if found:
        differ = "1 differs" if found == 1 else f"{found} differ"
        shown = " (shown as live → declared)" if any(change.fields and change.live for change in plan) else ""
        lines.append(f"{style.bold('Drift:')} {differ} from the manifests{shown} – {plan.unchanged} as declared.")
    else:
        lines.append(style.good(f"No drift: {plan.unchanged} as declared."))
    return "\n".join(lines) + "\n"


def _change_lines(change: Change, mask: Mask, style: Style) -> Iterator[str]:
    name = f"{safe(change.address)} {safe(repr(change.name))}"
    place = place_of(change, style)
    if change.live is None:
        yield f"  {style.bad('missing')}  {name}{place}"
    elif change.deletes:
        why = "declared absent" if change.source else "in no manifest"
        yield f"  {style.bad('present')}  {name}, {why}{place}"
    else:
        yield f"  {style.warn('differs')}  {name}{place}"
        yield from (f"             {line}" for line in field_lines(change, mask, style))
        if not change.fields:
            yield f"             {safe(change.reason)}"
    yield ""
