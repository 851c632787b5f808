"""An outcome as one HTML page that loads nothing: no network, no other file.

The page is a template in this folder. The outcome goes into it as JSON, and its script renders the parts that a reader
opens. A content security policy allows only the page's own style and script, by their digests.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.masking import Mask
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.headline import (
    UNDECLARED,
    VERBS,
    WITHOUT_SECRETS,
    drift_counts,
    headline,
    result_counts,
    undeclared_heading,
)
from reconciler.reports.shared.topics import by_topic
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place
    from reconciler.planning.plan import Orphan, Plan
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

SCRIPTS = ("dom.js", "difference.js", "order.js", "change.js", "filters.js", "page.js")
"""In the order in which they need each other."""
TITLES = {"plan": "Plan", "apply": "Apply", "drift": "Drift", "validate": "Validation", "forget": "Forget"}
DRIFT_LABELS = {"differs": "different", "missing": "missing", "present": "to be gone", "unclaimed": UNDECLARED}


def render(outcome: Outcome, _style: Style) -> str:
    css = _asset("page.css")
    script = "(() => {\n'use strict';\n" + "\n".join(map(_asset, SCRIPTS)) + "})();\n"
    title = " – ".join(filter(None, (TITLES[outcome.command], outcome.project, outcome.environment)))
    parts = {
        "policy": f"default-src 'none'; style-src {_digest(css)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        "title": html.escape(f"{safe(title)}: {headline(outcome)}"),
        "heading": html.escape(TITLES[outcome.command]),
        "headline": html.escape(headline(outcome)),
        "style": css,
        "script": script,
        "data": _embedded(html_data(outcome)),
    }
    # Piece by piece: inserted text is not searched for the names of other parts.
    first, *rest = _asset("page.html").split("{{")
    return first + "".join(parts[name] + text for name, _, text in (piece.partition("}}") for piece in rest))


def _asset(name: str) -> str:
    return (files("reconciler.reports.html") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(data: object) -> str:
    """Return JSON that cannot end its HTML element, for any content of its strings."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def html_data(outcome: Outcome) -> dict[str, Any]:
    """Return plain data; the order is the plan's."""
    plan = outcome.plan
    mask = Mask.for_plan(plan) if plan else Mask()
    return {
        "command": outcome.command,
        "title": TITLES[outcome.command],
        "headline": headline(outcome),
        "version": __version__,
        "about": _about(outcome),
        "notes": [
            *(f"{safe(note)}." for note in outcome.notes),
            *([WITHOUT_SECRETS] if plan and plan.without_secrets else []),
        ],
        "problems": [
            {"message": safe(each.message), "place": _place(each.place)}
            for each in (outcome.failure.problems if outcome.failure else ())
        ],
        "advice": safe(outcome.failure.advice) if outcome.failure else "",
        "counts": _counts(outcome, plan) if plan else [],
        "unchanged": plan.unchanged if plan else None,
        "warnings": _warnings(outcome.warnings),
        "unclaimed": [_orphan(outcome, each) for each in plan.orphans] if plan else [],
        **({"undeclared": undeclared_heading(plan)} if plan and plan.orphans else {}),
        "changes": [_change(entry, mask) for entry in entries(outcome)],
    }


def _about(outcome: Outcome) -> dict[str, str]:
    plan = outcome.plan
    found = {"project": outcome.project, "environment": outcome.environment}
    if plan:
        found = {"organization": plan.tenant.organization, "at": plan.tenant.url, **found, "made": plan.created_at}
    return {key: safe(value) for key, value in found.items() if value}


def _counts(outcome: Outcome, plan: Plan) -> list[dict[str, Any]]:
    """Return the counts at the top of the page, each with the word that filters the changes."""
    if outcome.command == "drift":
        return [
            {"word": word, "label": DRIFT_LABELS[word], "count": count}
            for word, count in drift_counts(plan).items()
            if count or word != "unclaimed"
        ]
    if outcome.results:
        return [{"word": word, "label": word, "count": count} for word, count in result_counts(outcome.results).items()]
    summary = plan.summary
    return [
        {"word": action, "label": verb, "count": summary[action]} for action, verb in VERBS.items() if action in summary
    ]


def _warnings(warnings: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Return the warnings; several of one topic as one, with its members."""

    def one(each: Diagnostic) -> dict[str, Any]:
        return {"address": safe(each.address or ""), "message": safe(each.message), "place": _place(each.place)}

    alone, together = by_topic(warnings)
    return [
        *map(one, alone),
        *(
            {"address": "", "message": f"{len(found)} {safe(topic)}", "place": "", "each": [*map(one, found)]}
            for topic, found in together.items()
        ),
    ]


def _orphan(outcome: Outcome, orphan: Orphan) -> dict[str, Any]:
    return {
        "kind": orphan.kind,
        "name": safe(orphan.name),
        "id": safe(orphan.id),
        "protected": orphan.protected,
        "said": [safe(said) for said in outcome.sayings_of(orphan.address)],
    }


def _change(entry: Entry, mask: Mask) -> dict[str, Any]:
    change, result = entry.change, entry.result
    return {
        "address": safe(change.address),
        "kind": change.kind.name,
        "name": safe(change.name),
        "group": safe(change.group),
        "actions": list(change.actions),
        "word": entry.word,
        "words": [entry.word] if entry.command == "drift" or result else list(change.actions),
        "bad": entry.bad,
        **({"origin": safe(entry.origin)} if entry.origin else {}),
        "reason": safe(change.reason),
        "place": f"{safe(change.source.file)}:{change.source.line}" if change.source else "",
        "fields": [
            {
                "path": [step if isinstance(step, int) else safe(step) for step in each.path],
                "before": _shown(mask.hide(each.before)),
                "after": _shown(mask.hide(each.after)),
                **({"sensitive": True} if each.sensitive else {}),
            }
            for each in change.fields
        ],
        "needs": [safe(address) for address in change.depends_on],
        "said": [safe(said) for said in entry.sayings],
        **({"done": [*map(safe, result.done)], "outcome": _shown(dict(result.outcome))} if result else {}),
    }


def _place(place: Place | None) -> str:
    return safe(str(place)) if place else ""


def _shown(value: Any) -> Any:
    """Return a value for display: line ends stay, other control characters are written out."""
    if isinstance(value, str):
        return "\n".join(map(safe, value.split("\n")))
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {safe(str(key)): _shown(item) for key, item in value.items()}
    return value
