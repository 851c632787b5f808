"""What is put out does not depend on what the secrets are: whatever their values, the text is the same to the letter.

That holds more than a search for them could: a secret that is a word of our own, a piece of another, of one letter or
of many lines neither shows nor changes anything around it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.world import World

from reconciler.planning.file import plan_document
from reconciler.reports.plan_text import plan_text
from reconciler.reports.result_text import result_line, results_text
from reconciler.reports.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan

MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: production}
spec: {name: production, description: "true"}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: a}
spec:
  customer: production
  name: a
  integration: {name: Acme Inventory, version: 2}
  configVariables:
    My String: {valueFrom: {env: ONE}}
    My List: [password, {valueFrom: {env: TWO}}]
    Acme Inventory User/Pass: {inputs: {username: {valueFrom: {env: THREE}}, password: {valueFrom: {env: FOUR}}}}
  flowConfigs: {Sync Inventory: {apiKeys: [{valueFrom: {env: ONE}}, {valueFrom: {env: FOUR}}]}}
"""
NAMES = ("ONE", "TWO", "THREE", "FOUR")
PLAIN = Style()
ORDINARY = ("first-secret-7Gk2pQ", "second-secret-7Gk2pQ", "third-secret-7Gk2pQ", "fourth-secret-7Gk2pQ")
ODD = {
    "words of our own": ("true", "production", "password", "deploy"),
    "one letter each": ("a", "b", "1", "-"),
    "pieces of each other": ("pass", "password", "password1", "word"),
    "of many lines": ("one\ntwo\nthree", "one\ntwo", "\n", "two\nthree\n"),
    "what hides": ("(sensitive #1)", "(sensitive)", "sensitive", "#"),
    "what has a meaning": ("{}", "[]", "null", '"'),
    "terminal escapes": ("\x1b[31m", "\x07", "\u202e", "::error::x"),
    "very long": ("x" * 10_000, "y" * 10_000, "x" * 9_999, "z" * 9_998),
}


def told(secrets: tuple[str, ...]) -> Iterator[str]:
    """Yield all that is put out while an instance with the secrets is created, changed in each of them, and read."""
    with World(seed=1) as world:
        world.environ |= dict(zip(NAMES, secrets, strict=True))
        yield from _told(*world.apply_with_plan(MANIFESTS))
        yield from _told(world.plan(MANIFESTS), [])
        # Each secret moves on by one place: all are old values and new ones, and equal ones stay equal.
        world.environ |= dict(zip(NAMES, (*secrets[1:], secrets[0]), strict=True))
        yield from _told(*world.apply_with_plan(MANIFESTS, resend_secrets=True))


def _told(plan: Plan, results: list[Result]) -> Iterator[str]:
    document = plan_document(plan)
    for change in document["changes"]:
        change.pop("observed")
    yield json.dumps({**document, "createdAt": "", "tenant": ""})
    yield plan_text(plan, PLAIN, verbose=True)
    yield "\n".join(result_line(result, PLAIN) for result in results)
    yield results_text(results, PLAIN)


@pytest.fixture(scope="module")
def ordinary() -> list[str]:
    """What is told of secrets that could be in nothing else."""
    return list(told(ORDINARY))


@pytest.mark.parametrize("secrets", ODD.values(), ids=ODD)
def test_what_is_told_is_the_same_whatever_the_secrets_are(secrets: tuple[str, ...], ordinary: list[str]) -> None:
    """Plans, documents and results read the same, to the letter, for any secrets."""
    assert list(told(secrets)) == ordinary


def test_something_is_told(ordinary: list[str]) -> None:
    """Of each of the runs the secrets are shown as numbers, the old values too."""
    text = "\n".join(ordinary)
    assert "(sensitive #1) → (sensitive #" in text
    assert not [secret for secret in ORDINARY if secret in text]
