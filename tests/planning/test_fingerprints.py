"""Write-only secrets: fingerprints decide what is sent, and the plan names the rule."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from prismatic.restricted import Restricted
from support.world import World

from reconciler.errors import UsageError
from reconciler.model.fingerprints import as_labels, tags_on
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import plan_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reconciler.planning.plan import Plan

KEY = "the key of the case"
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n"
CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets}
"""
INSTANCE = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: NAME}
spec:
  customer: ftl
  name: NAME
  integration: {name: Acme Inventory, version: 1}
  configVariables:
    Acme Inventory User/Pass:
      inputs: {username: somebody, password: {valueFrom: {env: PASSWORD}}}
"""
SENT = "updateInstanceConfigVariables"


class Story:
    """A folder with a project, a tenant, and runs one after the other."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        (folder / "reconciler.yaml").write_text(PROJECT)
        self.declare(INSTANCE.replace("NAME", "one"))
        self.environ(PASSWORD="canary-first", RECONCILER_FINGERPRINT_KEY=KEY)

    def declare(self, *instances: str) -> None:
        (self.folder / "all.yaml").write_text("---".join([CUSTOMER, *instances]))

    def environ(self, **variables: str) -> None:
        self.world.environ |= variables

    def edit(self, before: str, after: str) -> None:
        path = self.folder / "all.yaml"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def plan(self, **options: Any) -> Plan:
        return self.world.plan(self.folder, files=(), cwd=self.folder, **options)

    def apply(self, **options: Any) -> tuple[Plan, Sequence[Any]]:
        self.world.forget()
        plan, results = self.world.apply_with_plan(self.folder, files=(), cwd=self.folder, **options)
        return plan, results

    def labels(self, name: str = "one") -> frozenset[str]:
        return frozenset(json.loads(self.world.rows("instances", name=name)[0]["labels"]))

    def relabel(self, labels: Sequence[str]) -> None:
        (row,) = self.world.rows("instances", name="one")
        self.world.sandbox.store.update("instances", row["id"], labels=json.dumps(list(labels)))

    @property
    def password(self) -> str:
        (row,) = self.world.rows("instances", name="one")
        return self.world.seed.inputs(row["id"], "Acme Inventory User/Pass")["password"]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """An instance with a password, applied."""
    with World() as world:
        story = Story(world, tmp_path)
        assert all(result.ok for result in story.apply()[1])
        yield story


def test_fingerprints_are_written_at_creation(story: Story) -> None:
    """A new instance gets its fingerprints with its creation; nothing is left to do, and nothing is unverified."""
    assert story.world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
    assert len(tags_on(story.labels())) == 2
    plan = story.plan()
    assert (plan.empty, plan.warnings) == (True, ())


def no_key(story: Story) -> None:
    story.environ(RECONCILER_FINGERPRINT_KEY="")


def changed(story: Story) -> None:
    story.environ(PASSWORD="canary-second")


def rotated(story: Story) -> None:
    story.environ(RECONCILER_FINGERPRINT_KEY="another key of the case")


def label_lost(story: Story) -> None:
    story.relabel(["gitops:acme"])


def label_made_up(story: Story) -> None:
    story.relabel(["gitops:acme", *as_labels(["a" * 12, "b" * 12])])


def label_cut(story: Story) -> None:
    story.relabel([label.removesuffix(label[-1]) if "secrets" in label else label for label in story.labels()])


def user_name_changed(story: Story) -> None:
    story.edit("somebody", "somebody-else")


def no_longer_declared(story: Story) -> None:
    story.edit(", password: {valueFrom: {env: PASSWORD}}", "")


def moved_to_another_version(story: Story) -> None:
    story.edit("version: 1", "version: 2")


RELABEL = "updateInstance"
BACK_ON = [SENT, RELABEL, "deployInstance"]
DEPLOY = "a deploy makes its configuration take effect"
CHANGED = "1 declared field differs; the fingerprint of 1 of its write-only secrets changed; " + DEPLOY
NONE_YET = "1 declared field differs; 1 of its write-only secrets has no fingerprint yet; " + DEPLOY
CHAPTERS: dict[str, tuple[list[Callable[[Story], None]], list[str], str]] = {
    "nothing happened": ([], [], ""),
    "the secret changed": ([changed], [RELABEL, *BACK_ON], CHANGED),
    "the key was rotated": ([rotated], [RELABEL, *BACK_ON], CHANGED),
    "the key and the secret": ([rotated, changed], [RELABEL, *BACK_ON], CHANGED),
    "the label was lost": ([label_lost], BACK_ON, NONE_YET),
    "the label was lost and the secret changed": ([label_lost, changed], BACK_ON, NONE_YET),
    "somebody made a label up": ([label_made_up], [RELABEL, *BACK_ON], CHANGED),
    "a label came to harm": ([label_cut], [RELABEL, *BACK_ON], NONE_YET),
    "another input changed": (
        [user_name_changed],
        [RELABEL, SENT, "deployInstance"],
        "1 declared field differs; " + DEPLOY,
    ),
    "the secret is no longer declared": (
        [no_longer_declared],
        [RELABEL],
        "its labels hold fingerprints of undeclared secrets, which are removed",
    ),
    "the key is gone": ([no_key], [], ""),
    "the key is gone and the secret changed": ([no_key, changed], [], ""),
    "the key is gone and another input changed": (
        [no_key, user_name_changed],
        [RELABEL, SENT, "deployInstance"],
        "2 declared fields differ; its fingerprints are removed, because none can be kept without "
        "RECONCILER_FINGERPRINT_KEY; " + DEPLOY,
    ),
}


@pytest.mark.parametrize(("happened", "sent", "reason"), CHAPTERS.values(), ids=CHAPTERS)
def test_a_write_only_secret_is_sent_for_a_stated_reason(
    happened: Sequence[Callable[[Story], None]], sent: Sequence[str], reason: str, story: Story
) -> None:
    """After each thing that can happen just what is due is sent, the plan says why, and the next plan is empty."""
    for act in happened:
        act(story)
    plan, results = story.apply()
    assert all(result.ok for result in results)
    assert story.world.mutation_names() == sent
    assert [change.reason for change in plan] == ([reason] if reason else [])
    assert story.password == (story.world.environ["PASSWORD"] if SENT in sent else "canary-first")
    assert story.plan().empty
    assert "canary" not in plan_text(plan, Style(), verbose=True)


def test_a_fingerprint_is_removed_before_another_secret_is_sent(story: Story) -> None:
    """The old fingerprint is taken off first and the new one put on last, so that none is ever untrue."""
    before = story.labels()
    changed(story)
    story.apply()
    off, sent, on = (entry.arguments["input"] for entry in story.world.mutations[:3])
    kept, put_on = tags_on(off["labels"]), tags_on(on["labels"])
    assert kept < tags_on(before)
    assert "configVariables" in sent
    assert kept < put_on
    assert put_on == tags_on(story.labels())


@pytest.mark.parametrize("refused", [1, 2, 3])
def test_the_next_run_completes_a_failed_change_of_secrets(refused: int, story: Story) -> None:
    """Wherever a run that sends a changed secret breaks off, the next one ends with it sent and on record."""
    changed(story)
    mutations = count(1)

    def refuses(field: str, _: object) -> bool:
        return field in {RELABEL, SENT} and next(mutations) == refused

    _, results = story.apply(transport=Restricted(story.world.sandbox, refuses))
    assert not all(result.ok for result in results)
    assert not story.plan().empty
    assert all(result.ok for result in story.apply()[1])
    assert story.password == "canary-second"
    assert story.plan().empty


def test_resend_secrets_ignores_the_fingerprints(story: Story) -> None:
    """--resend-secrets writes the secret again although its fingerprint holds, which then stays as it is."""
    labels = story.labels()
    plan, _ = story.apply(resend_secrets=True)
    assert story.world.mutation_names() == [SENT, "deployInstance"]
    assert [change.reason for change in plan] == ["1 declared field differs; " + DEPLOY]
    assert story.labels() == labels


def test_without_a_key_the_plan_warns_that_it_cannot_compare(story: Story) -> None:
    """Without the key a changed secret is not noticed, and the plan says so of each input."""
    no_key(story)
    changed(story)
    (warning,) = story.plan().warnings
    assert warning.message == (
        "Acme Inventory User/Pass: password is write-only and set: it cannot be compared and stays as it is "
        "(it is sent at creation, with a change of another input, and with --resend-secrets)"
    )


def test_a_key_without_a_project_is_warned_of(story: Story) -> None:
    """Fingerprints are labels: without ownership there are none, and the plan says why."""
    (story.folder / "reconciler.yaml").write_text(PROJECT.replace("{}", "{ownership: none}"))
    changed(story)
    plan = story.plan()
    assert plan.empty
    assert plan.warnings[0].message.endswith("and only objects that a Project owns carry labels")


def test_without_secrets_keeps_the_fingerprints(story: Story) -> None:
    """A plan that resolves no secrets neither sends nor forgets any."""
    changed(story)
    assert story.plan(without_secrets=True).empty


def test_an_upgrade_keeps_the_fingerprints(story: Story) -> None:
    """What becomes of inputs in a move is not known: afterwards they are what is declared, and on record."""
    moved_to_another_version(story)
    plan, results = story.apply()
    assert all(result.ok for result in results)
    assert story.plan().empty
    assert story.password == "canary-first"
    assert tags_on(story.labels())
    changed(story)
    assert [change.address for change in story.plan()] == ["Instance/one"]
    assert "canary" not in plan_text(plan, Style())


def test_equal_secrets_have_different_fingerprints(story: Story) -> None:
    """Instances that share a password share no fingerprint, and no label."""
    story.declare(*(INSTANCE.replace("NAME", name) for name in ("one", "two", "three")))
    story.apply()
    found = [tags_on(story.labels(name)) for name in ("one", "two", "three")]
    assert [len(tags) for tags in found] == [2, 2, 2]
    assert len(frozenset().union(*found)) == 6


def test_declared_labels_and_fingerprints_are_independent(story: Story) -> None:
    """A manifest's labels are written with the fingerprints kept, and the other way round."""
    story.edit("name: one\n  integration", "name: one\n  labels: [west]\n  integration")
    before = tags_on(story.labels())
    story.apply()
    assert story.world.mutation_names() == [RELABEL]
    assert "west" in story.labels()
    assert tags_on(story.labels()) == before
    changed(story)
    story.apply()
    assert {"west", "gitops:acme"} < story.labels()
    assert story.plan().empty


def test_take_over_does_not_mistake_fingerprints_for_ownership(story: Story) -> None:
    """Another project's take-over sends the secrets anew, since its fingerprints are others, and keeps none of ours."""
    before = tags_on(story.labels())
    (story.folder / "reconciler.yaml").write_text(PROJECT.replace("acme", "other"))
    story.apply(take_over=True)
    assert SENT in story.world.mutation_names()
    assert not before & tags_on(story.labels())
    assert story.plan().empty


@pytest.mark.parametrize(
    ("key", "message"),
    [("short", "too short to keep secrets by"), ("\udcff" * 20, "RECONCILER_FINGERPRINT_KEY is not UTF-8")],
)
def test_an_unusable_key_is_refused(key: str, message: str, story: Story) -> None:
    """A key that could be guessed, or that is no text, is an error before anything is read."""
    story.environ(RECONCILER_FINGERPRINT_KEY=key)
    story.world.forget()
    with pytest.raises(UsageError, match=message):
        story.plan()
    assert story.world.mutations == []
