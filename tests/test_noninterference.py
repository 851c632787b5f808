"""Output does not depend on the values of secrets.

That holds more than a search for them could: a secret that is a word of our own, a piece of another, of one letter or
of many lines neither shows nor changes anything around it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support.world import World

from reconciler.planning.plan_file import plan_document
from reconciler.reports.registry import render
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.explain import explain_text
from reconciler.reports.text.plan import plan_text
from reconciler.reports.text.results import result_line, results_text
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import explain_change, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

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
---
apiVersion: reconciler/v1
kind: Connection
metadata: {name: shared}
spec:
  stableKey: shared
  name: shared
  type: organization-customer
  component: {key: acme-inventory, connection: basic, public: false}
  inputs: {username: {valueFrom: {env: ONE}}, password: {perCustomer: true}}
---
apiVersion: reconciler/v1
kind: CustomerConnection
metadata: {name: theirs}
spec: {connection: shared, customer: production, inputs: {password: {valueFrom: {env: TWO}}}}
"""
DEFINITION = """
definitionVersion: 7
name: Guessed
requiredConfigVars:
  - {key: API Token, stableKey: a, dataType: string, defaultValue: ""}
  - {key: Tokens, stableKey: b, dataType: string, collectionType: valuelist, defaultValue: "[]"}
  - {key: Settings, stableKey: c, dataType: jsonForm, defaultValue: "{}", dataSource: {key: f, component: {key: c}}}
  - {key: Words, stableKey: d, dataType: string, collectionType: valuelist, defaultValue: "[]"}
  - {key: Word, stableKey: e, dataType: string, defaultValue: ""}
  - key: Login
    stableKey: f
    dataType: connection
    connection: {key: c, component: {key: c, version: 1, isPublic: false}}
    inputs: {user: {type: value, value: ""}, password: {type: value, value: "", meta: {writeOnly: true}}}
flows: [{name: Flow, stableKey: f, endpointSecurityType: customer_optional, isSynchronous: false, steps: []}]
"""
"""Everything in which a guess can be written down."""
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+")
OLD, GUESSES = (tuple(f"{word}-{number}" for number in range(12)) for word in ("old", "guess"))
CUSTOMER = {
    "apiVersion": "reconciler/v1",
    "kind": "Customer",
    "metadata": {"name": "production"},
    "spec": {"name": "production"},
}
NAMES = ("ONE", "TWO", "THREE", "FOUR")
PLAIN = Style()
ORDINARY = ("first-secret-7Gk2pQ", "second-secret-7Gk2pQ", "third-secret-7Gk2pQ", "fourth-secret-7Gk2pQ")
# None begins or ends with a blank or a control character: of those a plan warns, and says so on purpose.
ODD = {
    "words of our own": ("true", "production", "password", "deploy"),
    "one letter each": ("a", "b", "1", "-"),
    "pieces of each other": ("pass", "password", "password1", "word"),
    "of many lines": ("one\ntwo\nthree", "one\ntwo", "\\n", "two\n\nthree"),
    "what hides": ("(sensitive #1)", "(sensitive)", "sensitive", "#"),
    "what has a meaning": ("{}", "[]", "null", '"'),
    "terminal escapes": ("[\x1b[31m]", "[\x07]", "[\u202e]", "::error::x"),
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
def test_output_does_not_depend_on_the_secrets(secrets: tuple[str, ...], ordinary: list[str]) -> None:
    """Plans, documents and results read the same, to the letter, for any secrets."""
    assert list(told(secrets)) == ordinary


def test_the_compared_output_is_not_empty(ordinary: list[str]) -> None:
    """Of each of the runs the secrets are shown as numbers, the old values too."""
    text = "\n".join(ordinary)
    assert "(sensitive #1) → (sensitive #" in text
    assert not [secret for secret in ORDINARY if secret in text]


def instance(name: str, variables: dict[str, Any], keys: list[Any]) -> dict[str, Any]:
    spec = {
        "customer": "production",
        "name": name,
        "integration": {"name": "Guessed"},
        "configVariables": variables,
        "flowConfigs": {"Flow": {"apiKeys": keys, "testHeaders": {"Authorization": keys[0]}, "testPayload": keys[0]}},
    }
    return {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": name}, "spec": spec}


def everywhere(values: Sequence[Any]) -> dict[str, Any]:
    """Return variables that hold the values in every way in which a manifest can hold one."""
    one, two = values[0], values[1]
    return {
        "API Token": one,
        "Tokens": [one, two],
        "Settings": {"password": one, "nested": [{"token": [one, two]}], "plain": "x"},
        "Words": list(values),
        "Word": one,
        "Login": {"inputs": {"user": one, "password": two}},
    }


def guessing(folder: Path, guesses: Sequence[str]) -> None:
    """Write manifests: one instance takes a secret from outside everywhere, and the others hold guesses."""
    outside: list[Any] = [{"valueFrom": {"env": "SECRET"}}, {"valueFrom": {"file": "decrypted"}}]
    documents = [CUSTOMER, instance("holder", everywhere(outside), outside)]
    for number, guess in enumerate(guesses):
        two = [guess, guesses[number - 5]]
        documents.append(instance(f"guess-{number}", everywhere(two), two))
        mixed = [guess, {"valueFrom": {"env": "SECRET"}}]
        documents.append(instance(f"mixed-{number}", everywhere(mixed), mixed))
        (folder / f"guess-{number}").write_text(guess, encoding="utf-8")
        files = [{"valueFrom": {"file": f"guess-{number}"}}, two[1]]
        documents.append(instance(f"file-{number}", everywhere(files), files))
    (folder / "all.yaml").write_text("\n---\n".join(map(json.dumps, documents)), encoding="utf-8")


def told_of_guesses(secret: str, decrypted: str, folder: Path) -> Iterator[str]:
    """Yield all that is put out of a plan with guesses beside a secret: in new instances, and over other live values.

    Each guess is compared with what is live in its own place: there a right one would be no difference, as it must be.
    """
    folder.mkdir()
    (folder / "decrypted").write_text(decrypted, encoding="utf-8")
    with World(seed=1) as world:
        world.environ["SECRET"] = secret
        world.seed.integration(DEFINITION)
        for guesses in (GUESSES, OLD, GUESSES):
            guessing(folder, guesses)
            with world.session(folder, files=("all.yaml",), cwd=folder, include_unchanged=True) as session:
                plan = make_plan(session)
                yield from _told(plan, [])
                for form in ("markdown", "html", "junit"):
                    yield TIME.sub("", render(Outcome("plan", plan, verbose=True), form))
                for address in ("Instance/guess-3", "Instance/mixed-3", "Instance/file-3"):
                    reasons, _ = explain_change(session, address)
                    yield TIME.sub("", explain_text(reasons, PLAIN))
                if guesses is OLD:
                    assert all(result.ok for result in apply_plan(session, plan))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is told where no guess is right."""
    return list(told_of_guesses("none of the guesses", "neither", tmp_path_factory.mktemp("wrong") / "m"))


@pytest.mark.parametrize(
    ("secret", "decrypted"), [(GUESSES[7], "neither"), ("none of the guesses", GUESSES[7])], ids=["environment", "file"]
)
def test_a_guess_in_a_manifest_does_not_reveal_a_secret(
    secret: str, decrypted: str, tmp_path: Path, wrong: list[str]
) -> None:
    """Hundreds of guesses in all places of many manifests, and the right one among them changes not a letter."""
    assert list(told_of_guesses(secret, decrypted, tmp_path / "m")) == wrong


def test_a_guess_in_a_manifest_is_shown(wrong: list[str]) -> None:
    """Guesses show where plain values show, and are hidden where secrets are."""
    text = "\n".join(wrong)
    assert all(f'"{guess}"' in text for guess in GUESSES)
    assert "(sensitive #100)" in text
