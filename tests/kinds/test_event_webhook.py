"""Event webhooks: what is compared, sent, hidden and exported of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from exporting.exported import export
from receipts.three_way import Keeper
from support.serving import run, served
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused
from reconciler.reports.registry import FORMATS
from reconciler.sandbox.data.variants import Variants
from reconciler.secrets.secret import Secret, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.planning.plan import Plan

URL, TOKEN, SIGNING = "https://canary-url-7Gk2pQ.example/x", "Bearer canary-header-7Gk2pQ", "canary-signing-7Gk2pQ"
LIVE: dict[str, Any] = {
    "name": "Deploys",
    "url": URL,
    "events": ["instance.deployed"],
    "headers": {"Authorization": TOKEN},
    "secret": SIGNING,
}
HIDDEN = {"url", "headers", "secret"}
READINGS = ("plain", "masked", "null")


def manifest(*, lifecycle: Mapping[str, Any] | None = None, **spec: Any) -> str:
    """Return the manifest of a webhook; of a field that is ``None`` it says nothing."""
    said = {key: value for key, value in {"name": "Deploys", **spec}.items() if value is not None}
    data = {"apiVersion": "reconciler/v1", "kind": "EventWebhook", "metadata": {"name": "deploys"}, "spec": said}
    return yaml.safe_dump({**data, **({"lifecycle": lifecycle} if lifecycle else {})})


def paths(plan: Plan) -> list[str]:
    return [".".join(map(str, field.path)) for change in plan for field in change.fields]


def rows(world: World, **where: Any) -> list[dict[str, Any]]:
    return world.rows("webhook_endpoints", **(where or {"name": "Deploys"}))


def sent(world: World) -> dict[str, Any]:
    """Return the input of the last mutation."""
    found: dict[str, Any] = dict(world.mutations[-1].arguments["input"])
    return found


@pytest.fixture(params=READINGS)
def reading(request: pytest.FixtureRequest) -> Iterator[World]:
    """A tenant for each way in which the signing secret may read back."""
    with World(Variants(webhook_secrets=request.param)) as world:
        yield world


def test_no_secret_of_a_live_webhook_is_shown(reading: World, tmp_path: Path) -> None:
    """Neither a report, a saved plan, an export, a log nor an API error shows a live URL, header or signing secret."""
    reading.seed.add("webhookEndpoints", **LIVE)
    text = manifest(url="https://other.example", headers={"X": "other"}, secret="other", description="New")
    (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
    reports = [f"--report={name}={tmp_path / name}.txt" for name in FORMATS if name != "gitlab"]
    quoted = f"bad values {URL} {TOKEN} {SIGNING}"
    with served(reading.sandbox) as address:
        environ = {**reading.environ, "PRISMATIC_URL": address}
        commands = [
            ("plan", "-vv", "-f", "all.yaml", "--out", "saved.json", *reports),
            ("plan", "-f", "all.yaml", "--format", "json"),
            ("drift", "-f", "all.yaml"),
            ("export", "-vv", "--out", "exported"),
            ("apply", "-vv", "-f", "all.yaml", "--auto-approve", *reports),
        ]
        said = ""
        for command in commands:
            if command[0] == "apply":
                reading.sandbox.faults.add("partial", field="updateWebhookEndpoint", message=quoted, times="always")
            ran = run(*command, environ=environ, cwd=tmp_path)
            assert "Traceback" not in ran.err
            said += ran.out + ran.err
    assert "bad values" in said
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "all.yaml"]
    said += "".join(path.read_text(encoding="utf-8") for path in written)
    assert not [canary for canary in (URL, TOKEN, SIGNING, "canary") if canary in said]


@pytest.mark.parametrize("updates", ["keep", "reset"])
def test_a_webhook_is_what_its_manifest_declares(reading: World, updates: str) -> None:
    """A webhook is created and updated under every reading, and a second plan is empty."""
    with World(
        Variants(webhook_secrets=reading.sandbox.settings.variants.webhook_secrets, webhook_updates=updates)
    ) as w:
        for changed in ({}, {"description": "New"}, {"enabled": False, "events": ["user.created", "instance.updated"]}):
            text = manifest(**{**LIVE, **changed})
            results = w.apply(text)
            assert [(result.status, result.messages) for result in results] == [("applied", [])]
            assert w.plan(text).empty
            (row,) = rows(w)
            assert (row["url"], row["secret"]) == (URL, SIGNING)
            assert json.loads(row["headers"]) == {"Authorization": TOKEN}
        assert (row["enabled"], json.loads(row["eventTypes"])) == (0, ["user.created", "instance.updated"])


def test_what_a_manifest_leaves_out_stays_as_it_is() -> None:
    """An update lists every field that reads back, so that an API that resets the others changes nothing."""
    with World(Variants(webhook_updates="reset")) as world:
        world.seed.add("webhookEndpoints", **LIVE, enabled=False, description="Old")
        before = rows(world)[0]
        world.apply(manifest(description="New"))
        after = rows(world)[0]
        changed = {key for key in before if before[key] != after[key]}
        assert changed == {"description", "updatedAt"}
        assert sent(world).keys() == {
            "id", "name", "url", "eventTypes", "headers", "secret", "description", "enabled",
        }  # fmt: skip


def test_a_mask_is_never_sent() -> None:
    """A signing secret that reads as a mask and is not declared is left out of an update, and the plan warns."""
    with World(Variants(webhook_secrets="masked")) as world:
        world.seed.add("webhookEndpoints", **LIVE)
        text = manifest(description="New")
        warnings = [each.message for each in world.plan(text).warnings]
        assert len(warnings) == 1
        assert "would be lost if the API reset" in warnings[0]
        world.apply(text)
        assert "secret" not in sent(world)


def test_the_order_of_events_has_no_meaning() -> None:
    """Events are compared as a set, whatever order the API returns them in."""
    for order in ("sent", "sorted"):
        with World(Variants(webhook_events=order)) as world:
            world.seed.add("webhookEndpoints", **{**LIVE, "events": ["user.created", "customer.created"]})
            assert world.plan(manifest(events=["user.created", "customer.created"])).empty
            assert world.plan(manifest(events=["customer.created", "user.created"])).empty
            assert paths(world.plan(manifest(events=["customer.created"]))) == ["events"]


def test_an_unknown_event_type_is_reported_with_the_nearest(world: World) -> None:
    """The plan names the line of an event type that does not exist, and suggests one."""
    with pytest.raises((ManifestErrors, PlanRefused)) as caught:
        world.plan(manifest(url=URL, events=["instance.updated", "instance.deploed"]))
    (problem,) = caught.value.problems
    assert "no event type is 'instance.deploed'; did you mean 'instance.deployed'?" in str(problem)
    assert (problem.place.line, problem.place.column) == (8, 5)


def test_a_misspelt_field_is_reported_by_the_kind_s_own_schema(world: World) -> None:
    """A mistake in a manifest of a new kind is reported like that of any other, with its place and a suggestion."""
    with pytest.raises(ManifestErrors) as refusal:
        world.plan(manifest(url=URL, event=["instance.deployed"]))
    (problem,) = refusal.value.problems
    assert str(problem).startswith("<stdin>:6:3: unknown key")
    assert "'events'" in problem.message


def test_a_wrong_value_in_the_place_of_a_secret_is_not_quoted(world: World) -> None:
    """A message about a secret field has its place and what was expected, and not the value."""
    said = manifest(secret=123456789, headers={"Authorization": 987654321})
    with pytest.raises(ManifestErrors) as refusal:
        world.plan(said)
    messages = [problem.message for problem in refusal.value.problems]
    assert len(messages) == 2
    assert not re.search("[0-9]{9}", " ".join(messages))


def test_two_live_webhooks_of_one_name_are_an_error() -> None:
    """The error has the IDs of both, and nothing is written."""
    with World(Variants(webhook_names="free")) as world:
        made = [world.seed.add("webhookEndpoints", **LIVE)["id"] for _ in range(2)]
        with pytest.raises((ManifestErrors, PlanRefused)) as caught:
            world.plan(manifest(description="New"))
        assert all(each in str(caught.value) for each in made)


def test_a_new_webhook_needs_a_url_and_events(world: World) -> None:
    """Both are reported at once; one that exists needs neither."""
    with pytest.raises((ManifestErrors, PlanRefused)) as caught:
        world.plan(manifest())
    assert [each.message for each in caught.value.problems] == [
        "EventWebhook/deploys: a new event webhook needs url; add it",
        "EventWebhook/deploys: a new event webhook needs events; add it",
    ]
    world.seed.add("webhookEndpoints", **LIVE)
    assert world.plan(manifest()).empty


def test_a_secret_that_reads_back_is_compared(world: World) -> None:
    """A change outside of any secret field is found, and both sides are hidden."""
    world.seed.add("webhookEndpoints", **LIVE)
    plan = world.plan(manifest(**{**LIVE, "secret": "other", "headers": {"A": "b"}, "url": "https://b.example"}))
    (change,) = plan
    assert {field.path[0] for field in change.fields} == HIDDEN
    assert all(field.sensitive and isinstance(field.before, Secret) for field in change.fields)


@pytest.mark.parametrize("variant", ["masked", "null"])
def test_a_secret_that_does_not_read_back_is_sent_on_request(variant: str) -> None:
    """It stays as it is with a warning, and travels with another change or with ``--resend-secrets``."""
    with World(Variants(webhook_secrets=variant)) as world:
        world.seed.add("webhookEndpoints", **LIVE)
        other = manifest(secret="other")
        plan = world.plan(other)
        assert plan.empty
        assert ["it cannot be compared and stays as it is" in each.message for each in plan.warnings] == [True]
        assert paths(world.plan(other, resend_secrets=True)) == ["secret"]
        assert paths(world.plan(manifest(secret="other", description="New"))) == ["description", "secret"]
        world.apply(other, resend_secrets=True)
        assert rows(world)[0]["secret"] == "other"


@pytest.mark.parametrize("variant", ["plain", "masked"])
def test_a_secret_that_is_not_set_is_sent_where_others_read_back(variant: str) -> None:
    """Null means that none is set where the secret of another webhook reads back."""
    with World(Variants(webhook_secrets=variant)) as world:
        world.seed.add("webhookEndpoints", **{**LIVE, "name": "Other"})
        world.seed.add("webhookEndpoints", **{**LIVE, "secret": ""})
        world.apply(manifest(secret="new"))
        assert rows(world)[0]["secret"] == "new"
        assert world.plan(manifest(secret="new")).empty


def test_only_clear_empties_a_secret(world: World) -> None:
    """``{clear: true}`` empties the signing secret, with a warning; blanks are an error."""
    world.seed.add("webhookEndpoints", **LIVE)
    plan = world.plan(manifest(secret={"clear": True}))
    assert [each.message for each in plan.warnings] == [
        "the signing secret is emptied; its live value cannot be brought back"
    ]
    world.apply(manifest(secret={"clear": True}))
    assert rows(world)[0]["secret"] == ""
    assert world.plan(manifest(secret={"clear": True})).empty
    for field in ({"secret": "  "}, {"headers": {"A": " "}}, {"url": " "}):
        with pytest.raises(ManifestErrors, match="nothing but blanks"):
            world.plan(manifest(**field))


def test_headers_are_a_whole_set(world: World) -> None:
    """Headers that a manifest does not list are taken away; ``{}`` takes all."""
    world.seed.add("webhookEndpoints", **{**LIVE, "headers": {"A": "1", "B": "2"}})
    world.apply(manifest(headers={"B": "2"}))
    assert json.loads(rows(world)[0]["headers"]) == {"B": "2"}
    world.apply(manifest(headers={}))
    assert world.plan(manifest(headers={})).empty


def test_a_secret_that_is_not_there_keeps_the_live_one(world: World) -> None:
    """With ``--keep-secrets`` each missing secret stays as it is, and a new webhook without one is an error."""
    world.environ["SECOND"] = "2"
    world.seed.add("webhookEndpoints", **{**LIVE, "headers": {"A": "1", "B": "1"}})
    missing = {"valueFrom": {"env": "MISSING"}}
    headers = {"A": missing, "B": {"valueFrom": {"env": "SECOND"}}}
    text = manifest(url=missing, secret=missing, headers=headers, events=["instance.deployed"])
    world.apply(text, keep_secrets=True)
    row = rows(world)[0]
    assert (row["url"], row["secret"], json.loads(row["headers"])) == (URL, SIGNING, {"A": "1", "B": "2"})
    with pytest.raises((ManifestErrors, PlanRefused), match="no live secret exists to keep"):
        world.plan(text.replace("name: Deploys", "name: New"), keep_secrets=True)


@pytest.mark.parametrize("reads_back", ["plain", "masked", "null"])
def test_a_kept_signing_secret_that_cannot_be_sent_is_promised_to_nobody(reads_back: Any) -> None:
    """An update without it says that nobody knows whether the API keeps it; where it reads back, it is sent along."""
    with World(Variants(webhook_secrets=reads_back)) as world:
        world.seed.add("webhookEndpoints", **LIVE)
        text = manifest(secret={"valueFrom": {"env": "MISSING"}}, description="New", events=["instance.deployed"])
        plan, results = world.apply_with_plan(text, keep_secrets=True)
        assert all(result.ok for result in results)
        messages = [each.message for each in plan.warnings]
        assert [each.startswith("the environment variable MISSING is not set") for each in messages] == [True]
        unknown = "nobody knows whether the API then keeps the live secret or loses it" in messages[0]
        assert unknown is (reads_back != "plain")


def test_a_plan_without_secrets_compares_none(world: World) -> None:
    """``--without-secrets`` compares everything else; the secrets of a new webhook are not resolved."""
    text = manifest(**{**LIVE, "url": {"valueFrom": {"env": "MISSING"}}, "secret": "other"})
    (change,) = world.plan(text, without_secrets=True)
    assert {field.path[0] for field in change.fields if isinstance(field.after, Unresolved)} == HIDDEN
    world.seed.add("webhookEndpoints", **LIVE)
    assert world.plan(text, without_secrets=True).empty


def test_a_webhook_is_deleted_by_its_state_alone(world: World, tmp_path: Path) -> None:
    """A plan of a project that prunes leaves a webhook alone that is in no manifest."""
    project = "{apiVersion: reconciler/v1, kind: Project, metadata: {name: p}, spec: {prune: {enabled: true}}}"
    (tmp_path / "reconciler.yaml").write_text(project, encoding="utf-8")
    other = manifest(**{**LIVE, "name": "Other"}).replace("name: deploys", "name: other")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    world.apply(manifest(**LIVE))
    assert [change.actions for change in world.plan(tmp_path)] == [("create",)]
    world.apply(manifest(lifecycle={"state": "absent"}))
    assert rows(world) == []


def test_a_webhook_is_renamed_not_replaced(world: World) -> None:
    """``renamedFrom`` finds it under its former name."""
    made = world.seed.add("webhookEndpoints", **LIVE)
    world.apply(manifest(name="Rollouts", lifecycle={"renamedFrom": ["Deploys"]}))
    assert [row["id"] for row in rows(world, name="Rollouts")] == [made["id"]]
    assert rows(world) == []


def test_a_receipt_explains_its_drift(world: World) -> None:
    """A receipt remembers the fields, secrets by keyed digests alone."""
    world.environ["RECONCILER_FINGERPRINT_KEY"] = "a key of the tests"
    keeper, text = Keeper(world), manifest(**LIVE)
    keeper.apply(text)
    (row,) = rows(world)
    world.sandbox.store.update("webhook_endpoints", row["id"], url="https://meddled.example")
    plan, explanation, _ = keeper.drift(text)
    assert [str(each.cause) for each in explanation.changes[plan.addresses[0]].fields.values()] == ["changed outside"]


@pytest.mark.parametrize("secrets", ["unmanaged", "reference"])
def test_an_export_is_a_plan_with_nothing_to_do(reading: World, secrets: str, tmp_path: Path) -> None:
    """The URL, headers and signing secret are left out, or come from environment variables."""
    reading.seed.add("webhookEndpoints", **LIVE, enabled=False, description="d")
    exported = export(reading, tmp_path, secrets=secrets)
    (path,) = (tmp_path / "event-webhooks").iterdir()
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
    plain = {"name": "Deploys", "description": "d", "events": ["instance.deployed"], "enabled": False}
    assert {key: value for key, value in spec.items() if key not in HIDDEN} == plain
    assert bool(HIDDEN & spec.keys()) is (secrets == "reference")
    assert exported.left_out == []
    assert reading.plan(tmp_path, keep_secrets=True).empty


@pytest.mark.parametrize("path", ["headers.A", "secret.clear", "secret.valueFrom", "url.valueFrom"])
def test_only_a_whole_field_can_be_ignored(world: World, path: str) -> None:
    """A path into a field that is written as a whole is refused: ignoring it would delete or overwrite live parts."""
    world.seed.add("webhookEndpoints", **{**LIVE, "headers": {"A": "live-a", "B": "live-b"}})
    text = manifest(headers={"A": "live-a", "B": "live-b"}, lifecycle={"ignoreChanges": [path]})
    with pytest.raises(PlanRefused, match="cannot be ignored alone"):
        world.plan(text)
    assert json.loads(rows(world)[0]["headers"]) == {"A": "live-a", "B": "live-b"}


@pytest.mark.parametrize("more", [{}, {"description": "New"}])
def test_a_masked_secret_is_emptied_and_a_plan_warns_of_it(more: dict[str, Any]) -> None:
    """A mask shows that a secret is set, so emptying it is a difference, with a warning, and the next plan is empty."""
    with World(Variants(webhook_secrets="masked")) as world:
        world.seed.add("webhookEndpoints", **LIVE)
        text = manifest(secret={"clear": True}, **more)
        plan, results = world.apply_with_plan(text)
        assert "secret" in paths(plan)
        assert any("is emptied" in warning.message for warning in plan.warnings)
        assert [result.status for result in results] == ["applied"]
        assert not rows(world)[0]["secret"]
        assert world.plan(text).empty


def test_an_unresolved_secret_is_part_of_the_comparison() -> None:
    """A declared secret that is neither resolved nor readable is reported as unchanged, not left out."""
    with World(Variants(webhook_secrets="masked")) as world:
        world.seed.add("webhookEndpoints", **LIVE)
        text = manifest(secret={"valueFrom": {"env": "NOT_SET"}})
        compared = world.plan(text, include_unchanged=True, without_secrets=True).compared["EventWebhook/deploys"]
    assert ("secret",) in [field.path for field in compared.same]


def test_a_webhook_without_a_name_is_left_out_of_an_export(world: World, tmp_path: Path) -> None:
    """No manifest can mean an object without a name; the export of all others goes on."""
    world.seed.add("webhookEndpoints", **LIVE)
    world.seed.add("webhookEndpoints", **{**LIVE, "name": "Other"})
    world.sandbox.store.execute("UPDATE webhook_endpoints SET name = '' WHERE name = 'Other'", ())
    outcome = export(world, tmp_path)
    assert [reason for _, reason in outcome.left_out] == ["it has no name, by which a manifest could mean it"]


@pytest.mark.parametrize("url", ["8877665544332211", "!!int canary-url-7Gk2pQ", "[canary-url-7Gk2pQ]", "true"])
def test_no_message_quotes_a_url(world: World, url: str) -> None:
    """A URL of the wrong type is reported without its value: it may hold a token."""
    text = manifest(url="PLACE").replace("url: PLACE", f"url: {url}")
    with pytest.raises(ManifestErrors) as caught:
        world.plan(text)
    assert not any(part in str(caught.value) for part in ("8877665544332211", "canary"))


@pytest.mark.parametrize("reading", ["masked", "null"])
def test_a_signing_secret_that_no_manifest_declares_is_not_lost_without_a_warning(reading: Any) -> None:
    """Null does not show that there is none, so a plan warns of an update that cannot send it along."""
    with World(Variants(webhook_secrets=reading, webhook_updates="reset")) as world:
        world.apply(manifest(**{**LIVE, "description": "old"}))
        (warning,) = [each.message for each in world.plan(manifest(description="new")).warnings]
        assert "would be lost if the API reset" in warning
        assert world.plan(manifest(description="old")).warnings == ()
