"""Drift notifications: short, in each webhook's format, with hostile names escaped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.hostile import HOSTILE, acting
from support.world import World

from reconciler.reports.ci.notification import notice_of, payload
from reconciler.reports.shared.outcome import Failure, Outcome, RunContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Plan
    from reconciler.reports.ci.notification import Diagnostic

HOSTS = {
    "slack": "hooks.slack.com",
    "teams": "acme.webhook.office.com",
    "workflows": "prod-1.westeurope.logic.azure.com",
    "plain": "127.0.0.1",
}
REPORT = "https://ci.example.com/runs/1"


def customers(*names: str) -> str:
    head = "---\napiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: c{}}}\nspec: {{name: {}}}\n"
    return "".join(head.format(index, json.dumps(name)) for index, name in enumerate(names))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


def notice(world: World, *names: str, **more: Any) -> Diagnostic:
    """Return what is told of a drift in which customers of these names are missing."""
    outcome = Outcome(
        "drift", world.plan(customers(*names), enforce_guardrails=False), project="acme", environment="production"
    )
    return notice_of(replace(outcome, **more))


def texts(document: Any) -> list[str]:
    """Return every text in a document."""
    if isinstance(document, dict):
        return [text for value in document.values() for text in texts(value)]
    if isinstance(document, list):
        return [text for value in document for text in texts(value)]
    return [document] if isinstance(document, str) else []


def test_slack_gets_its_own_markup(world: World) -> None:
    """One text: what differs, where, which objects, and where the whole report is."""
    told = notice(world, "FTL Rockets", origins={"Customer/c0": "not applied yet"}, surroundings=RunContext("", REPORT))
    assert payload(told, HOSTS["slack"]) == {
        "text": "*Drift: 1 differs from the manifests (1 not applied yet)* – `Sandbox / acme / production`\n"
        "• `Customer/c0 (FTL Rockets)`: missing, not applied yet\n"
        f"<{REPORT}|The whole report>"
    }


@pytest.mark.parametrize("host", ["teams", "workflows"])
def test_teams_gets_a_card(host: str, world: World) -> None:
    """A message with one adaptive card, of runs of text in which no Markdown acts, and a button."""
    told = notice(world, "FTL *Rockets*", surroundings=RunContext("", REPORT))
    document = payload(told, HOSTS[host])
    assert document["type"] == "message"
    (attachment,) = document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert [block["inlines"][0]["text"] for block in card["body"]] == [
        "Drift: 1 differs from the manifests",
        "Sandbox / acme / production",
        "Customer/c0 (FTL *Rockets*): missing",
    ]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "The whole report", "url": REPORT}]


@pytest.mark.parametrize("host", HOSTS)
def test_a_thousand_differences_are_a_short_message(host: str, world: World) -> None:
    """Those that differ alike are one line, with the first few names and the number of the others."""
    told = notice(world, *(f"Customer number {number}" for number in range(1000)))
    text = json.dumps(payload(told, HOSTS[host]), ensure_ascii=False)
    assert "1000 differ from the manifests" in text
    assert "Customer number 2 and 997 more" in text
    assert len(text) < 4000


@pytest.fixture(scope="module")
def one(world: World) -> Outcome:
    """A drift in which one customer is missing."""
    return Outcome("drift", world.plan(customers("One"), enforce_guardrails=False))


def _called(outcome: Outcome, name: str) -> Plan:
    """Return the plan of one change, its object called otherwise."""
    assert outcome.plan
    (change,) = outcome.plan.changes
    return replace(outcome.plan, changes=(replace(change, name=name),))


@pytest.mark.parametrize("key", HOSTILE)
@pytest.mark.parametrize("host", HOSTS)
def test_names_are_escaped_in_a_message(host: str, key: str, one: Outcome) -> None:
    """A name can neither mention everybody, nor link, nor format, nor hide anything."""
    outcome = replace(one, plan=_called(one, HOSTILE[key]))
    told = notice_of(outcome)
    document = payload(told, HOSTS[host])
    for text in texts(document):
        for line in text.split("\n"):
            assert acting(line) == []
    if "text" in document:
        outside = re.sub(r"`[^`\n]*`", "", document["text"])
        assert re.fullmatch(r"\*?Drift: 1 differs from the manifests\*?( – )?\n[•-] : missing", outside), outside
    if host == "slack":
        in_code = re.findall(r"`([^`\n]*)`", document["text"])
        assert not set("<>") & set(document["text"])
        assert all("&" not in re.sub("&(amp|lt|gt);", "", code) for code in in_code)


def test_another_drift_has_another_digest(world: World) -> None:
    """The digest tells outcomes apart, and is the same for the same one."""
    world.seed.customer("There")
    digests = [
        notice(world, "A").digest,
        notice(world, "B").digest,
        notice(world, "A", "B").digest,
        notice(world, "A", origins={"Customer/c0": "changed outside"}).digest,
        notice_of(Outcome("drift", failure=Failure.saying("no"))).digest,
        notice_of(Outcome("drift", world.plan(customers("There"), enforce_guardrails=False))).digest,
    ]
    assert len(set(digests)) == len(digests)
    assert notice(world, "A").digest == digests[0]


def test_only_a_web_address_becomes_a_link(world: World) -> None:
    """A report in a file is no link."""
    told = notice(world, "A", surroundings=RunContext("", "report.html"))
    assert "report.html" not in json.dumps([payload(told, host) for host in HOSTS.values()])
