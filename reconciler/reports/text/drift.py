"""Drift as text: different fields, missing objects, and orphans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.shared.fields import field_lines
from reconciler.reports.shared.headline import UNDECLARED
from reconciler.reports.text.plan import header, place_of, unclaimed_lines, warning_lines
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style


def drift_text(plan: Plan, style: Style, told: Outcome | None = None, *, verbose: bool = False) -> str:
    """Return the drift as text; ``told``: with the known causes."""
    mask = Mask.for_plan(plan)
    lines = [header(plan, style), ""]
    for change in plan:
        lines += _change_lines(change, mask, style, told)
    lines += warning_lines(plan.warnings, style, verbose=verbose)
    lines += _orphans(plan, style, told)
    lines += (style.dim(safe(f"{note}.")) for note in (told.notes if told else ()))
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


def _orphans(plan: Plan, style: Style, told: Outcome | None) -> Iterator[str]:
    """Yield the orphans, each with its cause below it."""
    *lines, last = list(unclaimed_lines(plan, style)) or [""]
    heading, *found = lines or [""]
    yield from filter(None, [heading])
    for each, line in zip(plan.orphans, found, strict=True):
        address = f"{each.kind}/{each.id}"
        yield line + _origin(address, style, told)
        yield from _remark_lines(address, style, told)
    yield from [last] if plan.orphans else ()


def _origin(address: str, style: Style, told: Outcome | None) -> str:
    origin = told.origins.get(address) if told else None
    return f": {style.bold(safe(origin))}" if origin else ""


def _remark_lines(address: str, style: Style, told: Outcome | None) -> Iterator[str]:
    for remark in told.remarks.get(address, ()) if told else ():
        yield style.dim(f"             {safe(remark)}")


def _change_lines(change: Change, mask: Mask, style: Style, told: Outcome | None) -> Iterator[str]:
    name = f"{safe(change.address)} {safe(repr(change.name))}"
    place = _origin(change.address, style, told) + place_of(change, style)
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
    yield from _remark_lines(change.address, style, told)
    yield ""
