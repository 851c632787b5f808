"""Connections that instances share: what is compared, sent, hidden, refused and exported of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from exporting.exported import export
from kinds.shared_connections import (
    COMPONENT,
    DEFINITION,
    KEY,
    LIVE,
    URL,
    USER,
    connection,
    customer,
    document,
    instance,
    problems,
    publish,
    row,
    sent,
    several,
    stored,
)
from support.serving import run_here, served
from support.world import World

from reconciler.exporting.summary import export_text
from reconciler.planning.plan_file import save_plan
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.style import Style
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.applying import authorize_urls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.planning.plan import Plan

PRUNING = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {prune: true}\n"


@pytest.fixture(params=["hidden", "plain"])
def secrecy(request: pytest.FixtureRequest) -> Iterator[World]:
    """A tenant that returns no write-only input of a shared connection, and one that does."""
    with World(Variants(shared_secrets=request.param)) as world:
        publish(world)
        yield world


def paths(plan: Plan) -> list[str]:
    return [".".join(map(str, field.path)) for change in plan for field in change.fields]


def fleet(*names: str) -> str:
    """Return customers, each with an instance."""
    handles = [name.lower() for name in names]
    return several(
        *(customer(handle, name) for handle, name in zip(handles, names, strict=True)),
        *(instance(f"{handle}-ships", handle) for handle in handles),
    )


def test_no_secret_of_a_live_connection_is_shown(secrecy: World, tmp_path: Path) -> None:
    """Neither a report, a saved plan, an export, a log nor an API error shows an input of a live connection."""
    secrecy.apply(several(connection(inputs=LIVE), fleet("FTL")))
    text = connection(inputs={"url": "https://other.example", "apiKey": "other", "user": {"clear": True}})
    (tmp_path / "all.yaml").write_text(text, encoding="utf-8")
    reports = [f"--report={name}={tmp_path / name}.txt" for name in FORMATS if name != "gitlab"]
    # Nobody can recognize a write-only input that this run neither read nor sent.
    plain = secrecy.sandbox.settings.variants.shared_secrets == "plain"
    quoted = f"bad values {URL} {KEY if plain else ''} {USER}"
    with served(secrecy.sandbox) as address:
        environ = {**secrecy.environ, "PRISMATIC_URL": address}
        commands = [
            ("plan", "-vv", "-f", "all.yaml", "--out", "saved.json", *reports),
            ("plan", "-f", "all.yaml", "--format", "json"),
            ("plan", "-f", "all.yaml", "--explain", "Connection/depot"),
            ("plan", "-f", "all.yaml", "--without-secrets"),
            ("drift", "-f", "all.yaml"),
            ("export", "-vv", "--out", "exported"),
            ("get", "Connection"),
            ("apply", "-vv", "-f", "all.yaml", "--auto-approve", "--receipt", "receipt", *reports),
        ]
        said = ""
        for command in commands:
            if command[0] == "apply":
                secrecy.sandbox.faults.add(
                    "partial", field="updateScopedConfigVariable", message=quoted, times="always"
                )
            ran = run_here(*command, environ=environ, cwd=tmp_path)
            assert "Traceback" not in ran.err
            said += ran.out + ran.err
    assert "bad values" in said
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "all.yaml"]
    said += "".join(path.read_text(encoding="utf-8") for path in written)
    assert "depot" in said
    assert not [canary for canary in (URL, KEY, USER, "canary") if canary in said]


def test_a_connection_is_what_its_manifest_declares(reading: World) -> None:
    """A connection is created and updated under every reading, and a second plan is empty."""
    for changed in (
        {},
        {"description": "New"},
        {"inputs": {**LIVE, "url": "https://new.example"}},
        {"inputs": {**LIVE, "user": {"clear": True}}},
        {"name": "Depot 2", "defaultForComponent": True},
    ):
        text = connection(**{"inputs": LIVE, **changed})
        results = reading.apply(text)
        assert [(result.status, result.messages) for result in results] == [("applied", [])]
        assert reading.plan(text).empty
        expected = {
            name: value for name, value in {**LIVE, **changed.get("inputs", {})}.items() if value != {"clear": True}
        }
        assert stored(row(reading)) == expected
    assert (row(reading)["key"], row(reading)["defaultForComponent"]) == ("Depot 2", 1)


def test_what_a_manifest_leaves_out_stays_as_it_is(reading: World) -> None:
    """An update without a changed input sends no input, and one with a changed input sends all that read back."""
    reading.apply(connection(inputs=LIVE, description="Old"))
    reading.apply(connection(description="New"))
    assert "inputs" not in sent(reading)
    assert stored(row(reading)) == LIVE
    plan = reading.plan(connection(inputs={"user": "new"}))
    reading.apply(connection(inputs={"user": "new"}))
    lost = [each.message for each in plan.warnings if "is lost if the API replaces" in each.message]
    hidden = reading.sandbox.settings.variants.shared_secrets == "hidden"
    assert len(lost) == (1 if hidden else 0)
    kept = {**LIVE, "user": "new"}
    if hidden and reading.sandbox.settings.variants.connection_inputs == "replace":
        del kept["apiKey"]
    assert stored(row(reading)) == kept


def test_a_write_only_input_cannot_be_compared(ships: World) -> None:
    """It is sent at creation, with another input and on request; otherwise the plan says that it stays as it is."""
    text = connection(inputs={"apiKey": KEY})
    ships.apply(text)
    plan = ships.plan(connection(inputs={"apiKey": "new"}))
    assert plan.empty
    (warning,) = plan.warnings
    assert warning.message.startswith("apiKey is write-only and set: it cannot be compared and stays as it is")
    ships.apply(connection(inputs={"apiKey": "new"}), resend_secrets=True)
    assert stored(row(ships)) == {"apiKey": "new"}


def test_a_changed_input_is_one_update_that_redeploys_the_users(ships: World) -> None:
    """The instances that run with the connection are deployed once more by the API; the plan names them."""
    ships.apply(several(connection(inputs=LIVE), fleet("FTL", "Nordlys")))
    before = {each["id"]: each["deployments"] for each in ships.rows("instances", isSystem=0)}
    ships.forget()
    text = several(connection(inputs={"apiKey": "new", "url": "https://new.example"}), fleet("FTL", "Nordlys"))
    plan, results = ships.apply_with_plan(text)
    assert [result.status for result in results] == ["applied"]
    assert ships.mutation_names() == ["updateScopedConfigVariable"]
    assert sent(ships)["redeploy"] is True
    (change,) = plan
    assert change.reason.endswith("redeploys 2 instances of 2 customers: 'Ships' of 'FTL', 'Ships' of 'Nordlys'")
    assert {
        each["id"]: each["deployments"] - before[each["id"]] for each in ships.rows("instances", isSystem=0)
    } == dict.fromkeys(before, 1)
    assert ships.plan(text).empty


def test_instances_of_others_are_named_where_they_are_redeployed(ships: World) -> None:
    """A plan warns that instances in no manifest of it are deployed too."""
    ships.apply(several(connection(inputs=LIVE), fleet("FTL", "Nordlys")))
    plan = ships.plan(several(connection(inputs={"url": "https://new.example"}), fleet("FTL")))
    assert "no manifest declares these, and they are redeployed too: 1 instance: 'Ships' of 'Nordlys'" in [
        each.message for each in plan.warnings
    ]


@pytest.mark.parametrize("change", [{"name": "New"}, {"description": "New"}, {"defaultForComponent": True}])
def test_a_text_redeploys_nothing(ships: World, change: dict[str, Any]) -> None:
    """A name, a description or a default takes effect without a deploy."""
    ships.apply(several(connection(inputs=LIVE), fleet("FTL")))
    ships.apply(connection(**change))
    assert "redeploy" not in sent(ships)


def test_a_connection_without_users_redeploys_nothing(ships: World) -> None:
    """Where no instance runs with the connection, no deploy is asked for."""
    ships.apply(connection(inputs=LIVE))
    ships.apply(connection(inputs={"url": "https://new.example"}))
    assert "redeploy" not in sent(ships)


def test_a_connection_in_use_is_not_deleted(ships: World) -> None:
    """The plan names the instances that use it, and nothing is sent."""
    ships.apply(several(connection(inputs=LIVE), fleet("FTL")))
    ships.forget()
    (problem,) = problems(ships, connection(lifecycle={"state": "absent"}))
    assert "1 live object uses it: 'Ships' of 'FTL'; delete it, or have it use another one" in problem
    assert ships.mutation_names() == []


def test_a_connection_is_deleted_after_its_last_user(ships: World) -> None:
    """Where the users are deleted in the same run, the connection goes after them."""
    ships.apply(several(connection(inputs=LIVE), fleet("FTL")))
    gone = instance("ftl-ships", "ftl").replace("spec:", "lifecycle: {state: absent}\nspec:")
    text = several(connection(lifecycle={"state": "absent"}), customer("ftl", "FTL"), gone)
    ships.forget()
    assert [result.status for result in ships.apply(text)] == ["applied", "applied"]
    assert ships.mutation_names() == ["deleteInstance", "deleteScopedConfigVariable"]
    assert not ships.rows("scoped_config_variables", stableKey="depot", implied=0)


def test_a_connection_is_never_deleted_for_being_absent(ships: World, tmp_path: Path) -> None:
    """Connections carry no labels: a project that prunes deletes a customer, and leaves a connection."""
    (tmp_path / "reconciler.yaml").write_text(PRUNING, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(
        several(connection(inputs=LIVE), customer("ftl", "FTL"), customer("nordlys", "Nordlys")), encoding="utf-8"
    )
    ships.apply(tmp_path)
    (tmp_path / "all.yaml").write_text(customer("ftl", "FTL"), encoding="utf-8")
    results = ships.apply(tmp_path, allow_delete=("Customer",))
    assert [(each.change.kind.name, each.status) for each in results] == [("Customer", "applied")]
    assert ships.rows("scoped_config_variables", stableKey="depot", implied=0)


@pytest.mark.parametrize(
    ("field", "value"), [("type", "customer"), ("component", {**COMPONENT, "connection": "other"})]
)
def test_the_type_and_the_component_cannot_be_changed(ships: World, field: str, value: Any) -> None:
    """The plan says to declare another connection, and to delete this one."""
    ships.apply(connection())
    (problem,) = problems(ships, connection(**{field: value}))
    assert f"the {field} of a connection cannot be changed" in problem
    assert "another stable key" in problem


def test_a_new_connection_needs_what_cannot_be_added_later(ships: World) -> None:
    """All that a new connection lacks is reported at once."""
    text = document("Connection", "depot", {"stableKey": "depot"})
    assert [each.rpartition(": ")[2] for each in problems(ships, text)] == [
        f"a new connection needs {name}; add it" for name in ("name", "type", "component")
    ]


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ({"key": "depot", "connection": "basic"}, "no component has the key 'depot'; did you mean 'depots'?"),
        (
            {"key": "depots", "connection": "basc"},
            "the component 'depots' has no connection 'basc'; did you mean 'basic'?",
        ),
        (
            {"key": "depots", "connection": "basic", "public": True},
            "no public component has the key 'depots' (one that",
        ),
    ],
)
def test_an_unknown_component_is_reported_with_the_nearest(ships: World, component: Any, message: str) -> None:
    """The plan names what does not exist, and suggests what does."""
    (problem,) = problems(ships, connection(component=component))
    assert message in problem


def test_an_unknown_input_is_reported_with_the_nearest(ships: World) -> None:
    """An input that the component's connection lacks is an error, for a new connection and a live one."""
    for _ in range(2):
        (problem,) = problems(ships, connection(inputs={"apKey": "x"}))
        assert "found the text 'apKey'" in problem
        assert "did you mean 'apiKey'?" in problem
        ships.apply(connection())


def test_an_input_with_a_value_for_each_customer(reading: World) -> None:
    """Whose value an input has is declared, compared without case, and written with every other input."""
    per_customer = {"type": "organization-customer", "inputs": {"url": URL, "apiKey": {"perCustomer": True}}}
    reading.apply(connection(**per_customer))
    assert reading.plan(connection(**per_customer)).empty
    metas = {each["name"]: json.loads(each["meta"]) for each in reading.mutations[-1].arguments["input"]["inputs"]}
    assert metas == {
        "url": {"managedBy": "org", "inputScope": "org"},
        "apiKey": {"managedBy": "org", "inputScope": "customer"},
    }
    one_value = {**per_customer, "inputs": {"url": URL, "apiKey": KEY}}
    assert paths(reading.plan(connection(**one_value))) == ["inputs.apiKey"]
    reading.apply(connection(**one_value))
    assert stored(row(reading)) == {"url": URL, "apiKey": KEY}
    assert paths(reading.plan(connection(**per_customer))) == ["inputs.apiKey"]
    reading.apply(connection(**per_customer))
    assert reading.plan(connection(**per_customer)).empty


def test_the_case_of_a_scope_means_nothing() -> None:
    """An API that returns scopes in upper case means the same."""
    with World(Variants(shared_input_meta="upper")) as world:
        publish(world)
        text = connection(type="organization-customer", inputs={"apiKey": {"perCustomer": True}})
        world.apply(text)
        assert world.plan(text).empty


def test_a_connection_for_all_has_no_input_for_each_customer(ships: World) -> None:
    """That is an error in the files alone, at the input."""
    (problem,) = problems(ships, connection(inputs={"apiKey": {"perCustomer": True}}))
    assert "a connection of type organization has one value for all customers" in problem


def test_a_wrong_value_in_the_place_of_an_input_is_not_quoted(ships: World) -> None:
    """A message about an input has its place and what was expected, and not the value."""
    found = problems(ships, connection(inputs={"apiKey": 987654321, "url": ["canary"], "user": "  "}))
    assert len(found) >= 2
    assert not re.search("[0-9]{9}|canary", " ".join(found))


def test_a_stable_key_that_looks_like_another_is_refused(ships: World) -> None:
    """A connection is not created beside one whose stable key a person would take for the same."""
    ships.apply(connection())
    (problem,) = problems(ships, connection(stableKey="dep\u043et"))
    assert "looks the same" in problem


def test_an_adoption_changes_nothing(ships: World, tmp_path: Path) -> None:
    """A live connection that is as declared is taken as it is: it can carry no label."""
    ships.apply(connection(inputs=LIVE))
    (tmp_path / "reconciler.yaml").write_text(PRUNING, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(connection(inputs={"url": URL}), encoding="utf-8")
    assert ships.plan(tmp_path).empty


def test_an_unauthorized_connection_is_reported() -> None:
    """A connection that a person has to authorize is created and said to wait; the address where is read on request."""
    with World() as world:
        world.seed.integration(DEFINITION.replace("basic", "oauth2"))
        world.sandbox.store.execute("UPDATE component_connections SET oauth2Type = 'AUTHORIZATION_CODE'", ())
        text = connection(component={**COMPONENT, "connection": "oauth2"})
        world.apply(text)
        plan = world.plan(text)
        assert plan.empty
        assert ["nobody has authorized it yet" in each.message for each in plan.warnings] == [True]
        with world.session(text) as session:
            ((address, urls),) = authorize_urls(session).items()
        assert (address, list(urls)) == ("Connection/depot", ["Depot"])
        world.sandbox.store.execute("UPDATE scoped_config_variables SET status = 'ACTIVE' WHERE implied = 0", ())
        with world.session(text) as session:
            assert authorize_urls(session) == {}


def test_an_export_can_be_applied_elsewhere(ships: World, tmp_path: Path) -> None:
    """An exported connection has its stable key, its component and its inputs as secrets, and a plan of it is empty."""
    ships.apply(connection(type="organization-customer", inputs={"url": URL, "user": {"perCustomer": True}}))
    outcome = export(ships, tmp_path)
    assert outcome.left_out == []
    text = (tmp_path / "connections" / "depot.yaml").read_text(encoding="utf-8")
    assert "perCustomer: true" in text
    assert "canary" not in text
    assert ships.plan(tmp_path / "connections").empty


def test_the_secrets_stay_as_they_are_without_them(ships: World) -> None:
    """With --without-secrets no input is compared, and the plan sends nothing."""
    ships.apply(connection(inputs=LIVE))
    text = connection(inputs={"url": {"valueFrom": {"env": "NOT_SET"}}, "user": "guess"})
    assert ships.plan(text, without_secrets=True).empty


def test_an_ignored_input_stays_as_it_is(ships: World) -> None:
    """``ignoreChanges`` can name one input."""
    ships.apply(connection(inputs=LIVE))
    text = connection(inputs={"url": "https://new.example"}, lifecycle={"ignoreChanges": ["inputs.url"]})
    assert ships.plan(text).empty


def test_two_of_one_stable_key_are_an_error() -> None:
    """The error names both with their IDs, and nothing is written."""
    with World(Variants(shared_stable_keys="free")) as world:
        publish(world)
        world.apply(connection(inputs=LIVE))
        made = row(world)
        columns = {key: value for key, value in made.items() if key != "seq"}
        world.sandbox.store.insert("scoped_config_variables", **{**columns, "id": "U2NvcGVkOnR3aW4=", "key": "Twin"})
        (problem,) = problems(world, connection(inputs=LIVE))
        assert "2 live objects match this manifest" in problem
        assert made["id"] in problem
        assert "U2NvcGVkOnR3aW4=" in problem


def test_one_that_only_a_definition_names_is_not_deleted() -> None:
    """Where the API counts that as a use, it lists no instance, and the plan says so."""
    with World(Variants(shared_in_use="definitions")) as world:
        publish(world)
        world.apply(connection(inputs=LIVE))
        (problem,) = problems(world, connection(lifecycle={"state": "absent"}))
        assert "the definition of an integration may name it" in problem


def ship(handle: str, **spec: Any) -> str:
    """Return a customer, and its instance that runs with the connection."""
    return several(customer(handle, handle.upper()), instance(f"{handle}-ships", handle, **spec))


def deployments(world: World) -> dict[str, int]:
    """Return how often the instance of each customer was deployed."""
    names = {each["id"]: each["name"] for each in world.rows("customers", isSystem=0)}
    return {names[each["customer"]]: each["deployments"] for each in world.rows("instances", isSystem=0)}


@pytest.mark.parametrize("enables", ["true", "unchanged"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_rotation_starts_no_paused_instance(*, enables: Literal["true", "unchanged"], declared: bool) -> None:
    """Whether or not a deploy enables an instance: one that is paused stays so, and the others get the new key."""
    with World(Variants(enabled_after_deploy=enables)) as world:
        publish(world)
        paused = {"enabled": False} if declared else {}
        text = several(connection(inputs=LIVE), ship("runs", enabled=True), ship("rests", **paused))
        world.apply(text)
        (rests,) = world.rows("customers", name="RESTS")
        (instance_row,) = world.rows("instances", customer=rests["id"])
        world.sandbox.store.update("instances", instance_row["id"], enabled=0)
        before = deployments(world)
        plan, results = world.apply_with_plan(text.replace(URL, "https://new.example"))
        assert all(result.ok for result in results)
        assert "redeploy" not in sent(world)
        assert any("1 instance is paused" in warning.message for warning in plan.warnings)
        assert {name: count - before[name] for name, count in deployments(world).items()} == {"RUNS": 1, "RESTS": 0}
        assert not world.rows("instances", customer=rests["id"])[0]["enabled"]
        assert world.plan(text.replace(URL, "https://new.example")).empty


def test_an_export_holds_the_deploy_of_a_changed_connection_back(ships: World, tmp_path: Path) -> None:
    """Beside a paused instance, one with the former inputs gets ``deploy: never``, and the summary says so."""
    text = several(connection(inputs=LIVE), ship("runs"), ship("rests"))
    ships.apply(text)
    (rests,) = ships.rows("customers", name="RESTS")
    ships.sandbox.store.execute("UPDATE instances SET enabled = 0 WHERE customer = ?", (rests["id"],))
    later = "2999-01-01T00:00:00Z"
    ships.sandbox.store.execute("UPDATE scoped_config_variables SET lastConfiguredAt = ?", (later,))
    exported = export(ships, tmp_path)
    assert exported.left_out == []
    (held,) = exported.held
    assert held[1] == "a deploy makes the changed connection 'Depot' take effect"
    written = (tmp_path / "customers" / "runs" / "ships.yaml").read_text(encoding="utf-8")
    assert "take this line out to have it deployed\n  deploy: never\n" in written
    assert "deploy" not in (tmp_path / "customers" / "rests" / "ships.yaml").read_text(encoding="utf-8")
    with ships.session(text) as session:
        said = export_text(exported, session.identity, tmp_path, Style())
    assert f"deploy: never  {held[0]}: {held[1]}, and an export changes nothing" in said
    assert ships.plan(tmp_path).empty
    again = export(ships, tmp_path)
    assert (again.new, again.changed, again.left_out, again.held) == ({}, {}, [], [])


def test_a_rotation_deploys_nothing_that_is_never_to_be_deployed(ships: World) -> None:
    """With ``deploy: never`` an instance keeps its half-finished configuration to itself."""
    first = several(connection(inputs=LIVE), ship("runs"), ship("rests"))
    ships.apply(first)
    text = several(
        connection(inputs={**LIVE, "url": "https://new.example"}), ship("runs"), ship("rests", deploy="never")
    )
    before = deployments(ships)
    plan, results = ships.apply_with_plan(text)
    assert all(result.ok for result in results)
    assert any("1 instance is never to be deployed" in warning.message for warning in plan.warnings)
    assert {name: count - before[name] for name, count in deployments(ships).items()} == {"RUNS": 1, "RESTS": 0}
    assert ships.plan(text).empty


def test_a_rotation_alone_deploys_nothing_that_is_never_to_be_deployed(ships: World) -> None:
    """A target leaves out the manifest that declares ``deploy: never``, which holds nevertheless."""
    ships.apply(several(connection(inputs=LIVE), ship("runs"), ship("rests")))
    changed = connection(inputs={**LIVE, "url": "https://new.example"})
    text = several(changed, ship("runs"), ship("rests", deploy="never"))
    before = deployments(ships)
    plan, results = ships.apply_with_plan(text, targets=("Connection/depot",))
    assert all(result.ok for result in results)
    assert any("1 instance is never to be deployed" in warning.message for warning in plan.warnings)
    assert deployments(ships) == before


@pytest.mark.parametrize("rests", [{}, {"deploy": "never"}, {"enabled": False}], ids=["runs", "never", "paused"])
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("reference", ["x", {"externalId": "x"}, {"name": "X"}], ids=["handle", "external ID", "name"])
def test_a_saved_rotation_can_be_applied(
    ships: World, tmp_path: Path, *, rests: dict[str, Any], declared: bool, reference: Any
) -> None:
    """Applying a saved plan reads only what it changes, and knows what the manifests declare of all others."""
    other = [customer("x", "X")] if reference == "x" else []
    ships.apply(several(connection(inputs=LIVE), ship("runs"), customer("x", "X"), instance("x-ships", "x")))
    text = [connection(inputs={**LIVE, "url": "https://new.example"}), ship("runs")]
    text += [*other, instance("x-ships", reference, **rests)] if declared else []
    manifests = tmp_path / "manifests.yaml"
    manifests.write_text(several(*text), encoding="utf-8")
    ships.apply(several(*text[1:]))
    before = deployments(ships)
    save_plan(ships.plan(manifests), tmp_path / "plan.json", "")
    _, results = ships.apply_saved(tmp_path / "plan.json")
    assert all(result.ok for result in results)
    after = {name: count - before[name] for name, count in deployments(ships).items()}
    assert after == {"RUNS": 1, "X": 0 if declared and rests else 1}


@pytest.mark.parametrize("needed", ["no", "yes"])
def test_a_deploy_that_failed_after_a_rotation_is_still_due(needed: Literal["no", "yes"]) -> None:
    """Where each instance is deployed by a change of its own, the next run finds the one that has the former key."""
    with World(Variants(shared_needs_deploy=needed)) as world:
        publish(world)
        text = several(connection(inputs=LIVE), ship("runs"), ship("rests", enabled=False))
        world.apply(text)
        before = deployments(world)["RUNS"]
        changed = text.replace(URL, "https://new.example")
        world.sandbox.faults.add("error", field="deployInstance", times="always")
        assert {result.status for result in world.apply(changed)} == {"applied", "failed"}
        world.sandbox.faults.clear()
        assert "Instance/runs-ships" in {change.address for change in world.plan(changed)}
        assert {result.status for result in world.apply(changed)} == {"applied"}
        assert deployments(world)["RUNS"] == before + 1
        assert world.plan(changed).empty


def test_an_instance_that_is_enabled_gets_what_was_rotated_while_it_was_paused(ships: World) -> None:
    """It is deployed first: it must not run with the former key."""
    text = several(connection(inputs=LIVE), ship("rests", enabled=False)).replace(URL, "https://new.example")
    ships.apply(text.replace("https://new.example", URL))
    ships.apply(text)
    before = deployments(ships)["RESTS"]
    for enabled in (text.replace("enabled: false", "enabled: true"), text.replace("enabled: false\n", "")):
        ships.apply(enabled)
        assert deployments(ships)["RESTS"] == before + 1
        assert ships.plan(enabled).empty


def test_an_instance_that_is_enabled_with_a_rotation_is_deployed_before(ships: World) -> None:
    """In one run, the connection is written, then the instance deployed, then enabled."""
    text = several(connection(inputs=LIVE), ship("rests", enabled=False))
    ships.apply(text)
    ships.forget()
    ships.apply(text.replace(URL, "https://new.example").replace("enabled: false", "enabled: true"))
    assert ships.mutation_names() == ["updateScopedConfigVariable", "deployInstance", "updateInstance"]
