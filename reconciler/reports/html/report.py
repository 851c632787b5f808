"""An outcome as one HTML page that loads nothing: no network, no other file.

The page is a template in this folder. The outcome goes into it as JSON, and its script renders the parts that a reader
opens. A content security policy allows only the page's own style and script, by their digests.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.masking import Mask
from reconciler.reports.html.files import page
from reconciler.reports.html.fleets import field_data, fleets_data
from reconciler.reports.html.rollouts import rollouts_html
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import customer_of, members_of, set_of
from reconciler.reports.shared.headline import (
    TITLES,
    UNDECLARED,
    VERBS,
    WITHOUT_SECRETS,
    drift_counts,
    headline,
    undeclared_heading,
    word_counts,
)
from reconciler.reports.shared.health import WORDS, health_counts, health_document
from reconciler.reports.shared.names import heading_of
from reconciler.reports.shared.planned_runs import HEADING, planned_run_lines
from reconciler.reports.shared.repeated import alike_and_others
from reconciler.reports.shared.rollouts import WAITS, waiting_lines
from reconciler.reports.shared.topics import by_topic
from reconciler.reports.shared.unmanaged import NONE, unmanaged_groups, unmanaged_heading
from reconciler.text.escape import safe, safe_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.listed import Listed
    from reconciler.model.place import Place
    from reconciler.planning.plan import Change, Orphan
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style
    from reconciler.reports.shared.topics import Member, Topic

SCRIPTS = ("dom.js", "difference.js", "order.js", "change.js", "filters.js", "fleet.js", "health.js", "page.js")
"""In the order in which they need each other."""
_ADDRESS = re.compile(r"^\w+/\S+: ")
"""The address with which a problem of one resource begins."""
DRIFT_LABELS = {"differs": "different", "missing": "missing", "present": "to be gone", "unclaimed": UNDECLARED}


def render(outcome: Outcome, _style: Style) -> str:
    plan = outcome.plan if outcome.command != "drift" else None
    title = " – ".join(filter(None, (TITLES[outcome.command], outcome.project, outcome.environment)))
    parts = {
        "title": html.escape(f"{safe(title)}: {headline(outcome)}"),
        "heading": html.escape(TITLES[outcome.command]),
        "headline": html.escape(headline(outcome)),
        "rollouts": rollouts_html(plan.rollouts) if plan else "",
        "data": _embedded(html_data(outcome)),
    }
    return page("page.html", SCRIPTS, parts)


def _embedded(data: object) -> str:
    """Return JSON that cannot end its HTML element, for any content of its strings."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def html_data(outcome: Outcome) -> dict[str, Any]:
    """Return plain data; the order is the plan's."""
    plan = outcome.plan
    mask = Mask.for_plan(plan) if plan else Mask()
    keys = {} if outcome.verbose else _keys(plan or ())
    return {
        "command": outcome.command,
        "title": TITLES[outcome.command],
        "headline": headline(outcome),
        "version": __version__,
        "about": _about(outcome),
        "notes": [
            *(f"{safe(note)}." for note in outcome.notes),
            *([WITHOUT_SECRETS] if plan and plan.without_secrets else []),
            *_planned_runs(outcome),
            *(f"{WAITS}: {safe(line)}." for line in waiting_lines(plan.later if plan else (), outcome.origins)),
        ],
        "problems": _problems(outcome.failure.problems if outcome.failure else ()),
        "advice": safe(outcome.failure.advice) if outcome.failure else "",
        "counts": [{"word": word, "label": label, "count": count} for word, label, count in _counts(outcome)],
        "unchanged": plan.unchanged if plan else None,
        **({"waiting": len(plan.later)} if plan and plan.later else {}),
        "warnings": _warnings(outcome.warnings, members_of(plan)),
        "unclaimed": [_orphan(outcome, each) for each in plan.orphans] if plan else [],
        **({"undeclared": undeclared_heading(plan)} if plan and plan.orphans else {}),
        **(_unmanaged(outcome.unmanaged) if outcome.unmanaged is not None else {}),
        **({"health": safe_lines(health_document(outcome.healths))} if outcome.healths else {}),
        "changes": [_change(entry, mask, keys) for entry in entries(outcome)],
        **fleets_data(outcome, plan, mask),
    }


def _unmanaged(objects: Sequence[Listed]) -> dict[str, Any]:
    groups = [
        {"name": safe(heading_of(group)), "objects": [{"kind": each.kind, "name": safe(each.name)} for each in members]}
        for group, members in unmanaged_groups(objects)
    ]
    return {"unmanaged": {"title": unmanaged_heading(objects) if objects else NONE, "groups": groups}}


def _about(outcome: Outcome) -> dict[str, str]:
    plan = outcome.plan
    found = {"project": outcome.project, "environment": outcome.environment}
    if plan:
        found = {"organization": plan.tenant.organization, "at": plan.tenant.url, **found, "made": plan.created_at}
    return {key: safe(value) for key, value in found.items() if value}


def _planned_runs(outcome: Outcome) -> list[str]:
    if outcome.plan is None or outcome.command != "plan":
        return []
    return [f"{HEADING}: {safe(line)}." for line in planned_run_lines(outcome.plan)]


def _counts(outcome: Outcome) -> Iterator[tuple[str, str, int]]:
    """Yield the counts at the top of the page: the word that filters the changes, its label, and the count."""
    plan = outcome.plan
    if plan is None:
        counts = health_counts(outcome.healths) if outcome.healths else {}
        yield from ((verdict, WORDS[verdict], count) for verdict, count in counts.items())
    elif outcome.command == "drift":
        found = drift_counts(plan).items()
        yield from ((word, DRIFT_LABELS[word], count) for word, count in found if count or word != "unclaimed")
    elif outcome.results:
        yield from ((word, word, count) for word, count in word_counts(outcome.results).items())
    else:
        planned = plan.summary
        yield from ((action, verb, planned[action]) for action, verb in VERBS.items() if action in planned)


def _warnings(warnings: Sequence[Diagnostic], members: Mapping[str, Member]) -> list[dict[str, Any]]:
    """Return the warnings; several of one topic or of members of a set as one, with all of them in it."""

    def one(each: Diagnostic) -> dict[str, Any]:
        return {"address": safe(each.address or ""), "message": safe(each.message), "place": _place(each.place)}

    def several(topic: Topic) -> dict[str, Any]:
        message = f"{len(topic.found)} {safe(topic.text)}"
        return {"address": "", "message": message, "place": _place(topic.place), "each": [*map(one, topic.found)]}

    alone, together = by_topic(warnings, members)
    return [*map(one, alone), *map(several, together)]


def _problems(problems: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Return the problems; one that many resources have as one, with all of them in it."""
    same, others = alike_and_others(problems, lambda each: (_ADDRESS.sub("", each.message),))

    def one(each: Diagnostic) -> dict[str, Any]:
        return {"message": safe(each.message), "place": _place(each.place)}

    return [
        *(
            {
                "message": f"{len(group)} resources: {safe(_ADDRESS.sub('', group[0].message))}",
                "place": "",
                "each": [*map(one, group)],
            }
            for group in same
        ),
        *map(one, others),
    ]


def _keys(changes: Iterable[Change]) -> dict[str, str]:
    """Return what the page calls undeclared objects, by address: an address of theirs is an ID."""
    keys: dict[str, str] = {}
    met: Counter[str] = Counter()
    for change in changes:
        if change.source or change.live is None or change.address != f"{change.kind.name}/{change.live.id}":
            continue
        met[change.shown] += 1
        again = met[change.shown]
        keys[change.address] = f"{change.shown} ({again})" if again > 1 else change.shown
    return keys


def _orphan(outcome: Outcome, orphan: Orphan) -> dict[str, Any]:
    return {
        "kind": orphan.kind,
        "name": safe(orphan.name),
        **({"owner": safe(orphan.group)} if orphan.group not in {"", orphan.name} else {}),
        **({"id": safe(orphan.id)} if outcome.verbose else {}),
        "protected": orphan.protected,
        "said": [safe(said) for said in outcome.sayings_of(orphan.address)],
    }


def _change(entry: Entry, mask: Mask, keys: Mapping[str, str]) -> dict[str, Any]:
    change, result = entry.change, entry.result
    return {
        "address": safe(keys.get(change.address, change.address)),
        **({"called": entry.called} if change.address in keys else {}),
        "kind": change.kind.name,
        "name": safe(change.name),
        "group": safe(heading_of(change.group)),
        **({"customer": safe(customer_of(change).name)} if set_of(change) else {}),
        **({"owner": safe(change.customer)} if change.customer else {}),
        "actions": list(change.actions),
        "word": entry.word,
        "words": [entry.word] if entry.command == "drift" or result else list(change.actions),
        "bad": entry.bad,
        **({"origin": safe(entry.origin)} if entry.origin else {}),
        "reason": safe(change.reason),
        "place": f"{safe(change.source.file)}:{change.source.line}" if change.source else "",
        "fields": [
            field_data(each.path, mask.hide(each.before), mask.hide(each.after), sensitive=each.sensitive)
            for each in change.fields
        ],
        "needs": [safe(keys.get(address, address)) for address in change.depends_on],
        "said": [safe(said) for said in entry.sayings],
        **({"done": [*map(safe, result.done)]} if result else {}),
        # IDs, and addresses of webhooks, which are often as good as a password: a page is kept where many can read it.
        **({"outcome": safe_lines(dict(result.outcome))} if result and entry.outcome.verbose else {}),
    }


def _place(place: Place | None) -> str:
    return safe(str(place)) if place else ""
