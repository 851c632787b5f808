"""The reasons for one address: as text for a terminal, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.masking import Mask
from reconciler.planning.plan_file import FORMAT_VERSION, standing_document
from reconciler.reports.shared.json_documents import place_document, problem_document
from reconciler.reports.shared.origins import at, named, shown
from reconciler.secrets.secret import Secret
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.explain import FieldReason, Reasons
    from reconciler.reports.shared.style import Style

SIGNS = {"differs": "~", "as declared": "=", "not compared": "?", "ignored": "-"}


def explain_text(reasons: Reasons, style: Style) -> str:
    """Return the whole explanation, the answer first."""
    actions = ", ".join(style.action(action, action) for action in reasons.actions) or "nothing is done"
    lines = [f"{style.bold(safe(reasons.address))} {safe(repr(reasons.name))}: {actions}"]
    lines += [f"  {title.ljust(_WIDTH)}{safe(text)}" for title, text in _facts(reasons)]
    if reasons.rows:
        mask = Mask()
        lines += ["", style.bold("Fields") + " (live → declared, and where that is declared)"]
        width = min(max(len(safe(named(row.path))) for row in reasons.rows), 60)
        lines += [_row_text(row, width, mask, style) for row in reasons.rows]
    if reasons.undeclared:
        names = ", ".join(reasons.undeclared)
        lines += ["", f"Not declared, so neither compared nor written: {safe(names)}"]
    if reasons.warnings:
        lines += ["", style.bold("Warnings")]
        lines += [style.warn(f"  ! {safe(str(each))}") for each in reasons.warnings]
    return "\n".join(lines) + "\n"


_WIDTH = len("depends on  ")


def _facts(reasons: Reasons) -> Iterator[tuple[str, str]]:
    yield "because", reasons.reason
    if reasons.place:
        yield "manifest", str(reasons.place)
    changed = f", last changed {at(reasons.live_changed)}" if reasons.live_changed else ""
    yield "live", f"{reasons.live_id}{changed}" if reasons.live_id else "none"
    for number, source in enumerate(reasons.sources):
        yield "" if number else "read by", source
    if reasons.rollout:
        place = f"wave {reasons.rollout.wave} of {reasons.rollout.rollout}, {reasons.rollout.state}"
        yield "rollout", f"{place}: {reasons.rollout.reason}" if reasons.rollout.reason else place
    if reasons.operations:
        yield "would send", ", ".join(reasons.operations)
    for number, (address, done) in enumerate(reasons.needs):
        yield "" if number else "depends on", f"{address} ({done})"


def _row_text(row: FieldReason, width: int, mask: Mask, style: Style) -> str:
    sign, label = SIGNS[row.state], safe(named(row.path)).ljust(width)
    place = style.dim(f"  {safe(str(row.place))}") if row.place else ""
    live, declared = safe(_value(row.live, mask)), safe(_value(row.declared, mask))
    if row.state == "differs":
        values = f"{style.action('delete', live)} → {style.action('create', declared)}"
        return f"  {style.warn(sign)} {label}  {values}{place}"
    if row.state == "as declared" and row.note:
        return f"  {style.good(sign)} {label}  {declared} ({row.note}){place}"
    if row.state == "as declared":
        # Equal secrets of different origin have different numbers (see ``masking.py``): both would look different.
        secret = isinstance(row.live, Secret) and isinstance(row.declared, Secret)
        spelt = "" if secret or live == declared else f" (declared as {declared})"
        return f"  {style.good(sign)} {label}  {live}{spelt}{place}"
    return f"  {style.dim(sign)} {label}  {row.state}: {row.note}{place}"


def _value(value: Any, mask: Mask) -> str:
    return "(not set)" if value is None else shown(mask.hide(value))


def explain_document(reasons: Reasons) -> dict[str, Any]:
    """Return the reasons as plain data, no secret in it."""
    mask = Mask()
    return {
        "formatVersion": FORMAT_VERSION,
        "reconcilerVersion": __version__,
        "address": reasons.address,
        "name": reasons.name,
        "actions": list(reasons.actions),
        "reason": reasons.reason,
        "source": place_document(reasons.place),
        "live": {"id": reasons.live_id, "updatedAt": reasons.live_changed} if reasons.live_id else None,
        "readBy": list(reasons.sources),
        "operations": list(reasons.operations),
        **({"rollout": standing_document(reasons.rollout)} if reasons.rollout else {}),
        "dependsOn": [{"address": address, "done": done} for address, done in reasons.needs],
        "fields": [
            {
                "path": list(row.path),
                "state": row.state,
                "live": mask.hide(row.live),
                "declared": mask.hide(row.declared),
                "source": place_document(row.place),
                "note": row.note,
            }
            for row in reasons.rows
        ],
        "undeclared": list(reasons.undeclared),
        "warnings": [problem_document(each) for each in reasons.warnings],
    }
