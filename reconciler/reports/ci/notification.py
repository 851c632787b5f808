"""A notification of drift in a few lines, for a chat or another webhook: which fields differ, and no values.

Slack takes ``{"text": …}`` in its own markup, Teams a card, and every other webhook JSON with words and numbers. A name
may contain markup, so each format puts it where markup has no effect: in code, or in a card's plain runs. Every other
webhook may be a chat too: Mattermost and Google Chat take ``text``.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.planning.masking import Mask
from reconciler.planning.plan_file import plan_document
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import sorted_by_set, together
from reconciler.reports.shared.topics import NAMED, some
from reconciler.text.escape import safe
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fleets import Fleet, Group
    from reconciler.reports.shared.outcome import Outcome

MOST = 10
"""The most differences that a notification lists; it only counts the rest."""
LONGEST = 200
NOTHING = "nothing differs"
FAILED = "failed"
SLACK = ("hooks.slack.com", "hooks.slack-gov.com")
TEAMS = (".webhook.office.com", ".logic.azure.com", ".powerplatform.com", ".powerautomate.com")


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: the ``name`` is from outside, the ``words`` are ours."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The content of a notification; equal outcomes have equal digests, and ``differences`` is -1 for an error."""

    title: str
    where: str
    lines: tuple[Line, ...]
    more: str
    link: str
    digest: str
    differences: int


def notice_of(outcome: Outcome) -> Notice:
    """Return the notification of a drift, of no drift, or of a failure."""
    where = " / ".join(filter(None, (outcome.project, outcome.environment)))
    link = outcome.surroundings.full_report
    link = link if link.startswith("https://") else ""
    plan = outcome.plan
    if plan is None or outcome.failure:
        problems = outcome.failure.problems if outcome.failure else ()
        lines = tuple(Line(str(each), "") for each in problems[:1])
        more = f"and {len(problems) - 1} more problems" if len(problems) > 1 else ""
        return Notice("Drift could not be looked for", where, lines, more, link, FAILED, -1)
    where = " / ".join(filter(None, (plan.tenant.organization, outcome.project, outcome.environment)))
    lines = _changed(outcome)
    if not lines:
        return Notice(f"No drift: {plan.unchanged} as declared", where, (), "", link, NOTHING, 0)
    causes = Counter(filter(None, (outcome.origins.get(change.address) for change in plan)))
    summary = ", ".join(f"{count} {cause}" for cause, count in sorted(causes.items()))
    count = len(plan.changes)
    title = f"Drift: {'1 differs' if count == 1 else f'{count} differ'} from the manifests"
    more = f"and {len(lines) - MOST} more" if len(lines) > MOST else ""
    title += f" ({summary})" if summary else ""
    return Notice(title, where, lines[:MOST], more, link, _digest(outcome), count)


def _changed(outcome: Outcome) -> tuple[Line, ...]:
    """Return a line for each set of instances, for many that differ alike, and for each other difference."""
    fleets, others = sorted_by_set(entries(outcome), outcome.plan, Mask())
    of_sets = (_of_set(fleet) for fleet in fleets if fleet.groups)
    groups, alone = together(others, Mask())
    return (*of_sets, *map(_of_group, groups), *map(_of_change, alone))


def _of_group(group: Group) -> Line:
    first = group.first
    customers = [entry.change.group for entry in group.entries]
    named = listed(customers, len(some(customers, NAMED)))
    return Line(f"{group.in_words} ({named})", first.in_short)


def _of_set(fleet: Fleet) -> Line:
    counts = Counter(entry.in_short for group in fleet.groups for entry in group.entries)
    words = "; ".join(f"{count} {words}" for words, count in counts.items())
    return Line(fleet.address, f"{fleet.changed} of {counted(fleet.size, 'member')}: {words}")


def _of_change(entry: Entry) -> Line:
    change = entry.change
    fields = f" in {len(change.fields)} fields" if entry.word == "differs" and len(change.fields) > 1 else ""
    owner = f" of {change.customer}" if change.customer else ""
    return Line(f"{entry.called} ({change.name}{owner})", entry.word + fields + entry.in_short.removeprefix(entry.word))


def _digest(outcome: Outcome) -> str:
    """Return a digest that is equal as long as the same fields differ in the same way; it leaves secrets out."""
    document = plan_document(outcome.plan) if outcome.plan else {}
    changes = [
        [each["address"], each["actions"], each["fields"], outcome.origins.get(each["address"])]
        for each in document.get("changes", ())
    ]
    text = json.dumps(changes, sort_keys=True, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def payload(notice: Notice, host: str) -> dict[str, Any]:
    """Return the JSON that a host's webhook takes."""
    if host in SLACK:
        return {"text": _slack(notice)}
    if host.endswith(TEAMS):
        return _teams(notice)
    return {
        "text": _plain(notice),
        "differences": notice.differences,
        "where": safe(notice.where),
        "objects": [{"name": safe(line.name), "words": line.words} for line in notice.lines],
    }


def _plain(notice: Notice) -> str:
    lines = [f"- {_code(line.name)}{f': {line.words}' if line.words else ''}" for line in notice.lines]
    heading = f"{notice.title} – {_code(notice.where)}" if notice.where else notice.title
    return "\n".join(filter(None, (heading, *lines, notice.more, notice.link)))


def _slack(notice: Notice) -> str:
    lines = [f"• {_slack_code(line.name)}{f': {line.words}' if line.words else ''}" for line in notice.lines]
    heading = f"*{notice.title}*" + (f" – {_slack_code(notice.where)}" if notice.where else "")
    link = f"<{notice.link}|The whole report>" if notice.link and not set("<>|") & set(notice.link) else ""
    return "\n".join(filter(None, (heading, *lines, notice.more, link)))


def _code(text: str) -> str:
    """Return text from outside as code, where chats make no links, mentions (``@all``) or formatting."""
    return "`" + _short(text).replace("`", "'") + "`"


def _slack_code(text: str) -> str:
    return _code(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(notice: Notice) -> dict[str, Any]:
    """Return a card of plain runs of text, in which no Markdown acts."""
    paragraphs = [
        _runs(notice.title, bold=True),
        *filter(None, [_runs(_short(notice.where)) if notice.where else None]),
        *(_runs(f"{_short(line.name)}{f': {line.words}' if line.words else ''}") for line in notice.lines),
        *filter(None, [_runs(notice.more) if notice.more else None]),
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": paragraphs,
    }
    if notice.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "The whole report", "url": notice.link}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _runs(text: str, *, bold: bool = False) -> dict[str, Any]:
    weight = {"weight": "Bolder"} if bold else {}
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **weight}]}


def _short(text: str) -> str:
    shown = safe(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
