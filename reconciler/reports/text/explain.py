"""The reasons for one address: as text for a terminal, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.masking import Mask
from reconciler.planning.plan_file import FORMAT_VERSION, standing_document
from reconciler.reports.shared.json_documents import place_document, problem_document
from reconciler.reports.shared.names import without_live_ids
from reconciler.reports.shared.origins import at, named, shown
from reconciler.secrets.secret import Secret
from reconciler.text.escape import safe
from reconciler.text.table import table
from reconciler.text.wrapping import columns, padded, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.explain import FieldReason, Reasons
    from reconciler.reports.shared.style import Style

SIGNS = {"differs": "~", "as declared": "=", "not compared": "?", "ignored": "-"}


def explain_text(reasons: Reasons, style: Style, *, verbose: bool = False) -> str:
    """Return the whole explanation, the answer first; ``verbose``: with the IDs of live objects."""
    readable = str if verbose else without_live_ids
    actions = style.actions(reasons.actions) or "nothing is done"
    lines = [f"{style.bold(safe(reasons.address))} {safe(repr(reasons.name))}: {actions}"]
    facts = [(together(title.ljust(_WIDTH)), safe(text)) for title, text in _facts(reasons, verbose=verbose)]
    room = None if style.width is None else style.width - len(_INDENT)
    lines += [_INDENT + line for text in table(("", ""), facts, room)[1] for line in text.split("\n")]
    if reasons.rows:
        mask = Mask()
        lines += ["", style.bold("Fields") + " (live → declared, and where that is declared)"]
        width = min(max(columns(safe(named(row.path))) for row in reasons.rows), 60)
        lines += [_row_text(row, width, mask, style) for row in reasons.rows]
    if reasons.undeclared:
        names = ", ".join(reasons.undeclared)
        lines += ["", f"Not declared, so neither compared nor written: {safe(names)}"]
    if reasons.unmanaged:
        lines += ["", "Not declared, and set to another value than the default, which stays:"]
        lines += [f"  {safe(path)}" for path in reasons.unmanaged]
        lines.append("null sets a variable to its default; reconciler export writes what is live.")
    if reasons.warnings:
        lines += ["", style.bold("Warnings")]
        lines += [style.warn(f"  ! {safe(readable(str(each)))}") for each in reasons.warnings]
    return "\n".join(lines) + "\n"


_INDENT, _WIDTH = "  ", len("depends on")


def _facts(reasons: Reasons, *, verbose: bool) -> Iterator[tuple[str, str]]:
    yield "because", reasons.reason
    if reasons.place:
        yield "manifest", str(reasons.place)
    changed = [f"last changed {at(reasons.live_changed)}"] if reasons.live_changed else []
    shown = [reasons.live_id] if reasons.live_id and verbose else []
    yield "live", (", ".join([*shown, *changed]) or "one object") if reasons.live_id else "none"
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
    """Return a field's sign, name, values and place, the values below where they do not fit on the line."""
    colour = {"differs": style.warn, "as declared": style.good}.get(row.state, style.dim)
    sign, label = colour(SIGNS[row.state]), safe(named(row.path))
    said = _values(row, mask, style) + (style.dim(f"  {safe(str(row.place))}") if row.place else "")
    line = f"{_INDENT}{sign} {padded(label, width)}  {said}"
    return line if style.fits(line) else f"{_INDENT}{sign} {label}\n      {said}"


def _values(row: FieldReason, mask: Mask, style: Style) -> str:
    live, declared = safe(_value(row.live, mask)), safe(_value(row.declared, mask))
    if row.state == "differs":
        return f"{style.action('delete', live)} → {style.action('create', declared)}"
    if row.state == "as declared" and row.note:
        return f"{declared} ({row.note})"
    if row.state == "as declared":
        # Equal secrets of different origin have different numbers (see ``masking.py``): both would look different.
        secret = isinstance(row.live, Secret) and isinstance(row.declared, Secret)
        return live if secret or live == declared else f"{live} (declared as {declared})"
    return f"{row.state}: {row.note}"


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
        "undeclaredValues": list(reasons.unmanaged),
        "warnings": [problem_document(each) for each in reasons.warnings],
    }
