"""A command that meets an API that is not as it is known names what is missing, the feature, and ``doctor``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, signed_in
from support.serving import served
from support.world import World

from reconciler.errors import EXAMINE, PlanRefused, Unexpected
from reconciler.prismatic.graphql.mismatches import is_unexpected, missing_part
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.planning import make_plan
from reconciler.workflow.schema_check import check_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.shell import Shell


@pytest.fixture(name="signed_in")
def _signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with signed_in(tmp_path, monkeypatch, capsys) as shell:
        yield shell


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("Cannot query field 'labels' on type 'Customer'.", "Customer.labels"),
        ('Unknown argument "label" on field "RootQuery.customers".', "RootQuery.customers(label:)"),
        ('Unknown argument "label" on field "customers" of type "RootQuery".', "RootQuery.customers(label:)"),
        ("Value 'NAME' does not exist in 'CustomerOrderField' enum.", "CustomerOrderField.NAME"),
        ("Expected value of type 'A' not to include unknown field 'b', found: {'b': 1}.", "A.b"),
        ("Variable got invalid value {}; Field 'b' is not defined by type 'A'.", "A.b"),
        ('Variable "$input" got invalid value {"b": 1}.\nIn field "b": Unknown field.', "input field b"),
        ("Unknown type \u201cA\u201d.", "A"),
        ("Permission denied", None),
    ],
)
def test_what_a_server_lacks_is_read_from_its_message(message: str, part: str | None) -> None:
    """The messages of several versions of GraphQL servers name what is missing."""
    assert missing_part(message) == part


def test_a_plan_that_needs_a_missing_field_names_it() -> None:
    """The error names the field and the feature, and its advice is ``reconciler doctor``; nothing is written."""
    with World(without=("Customer.labels",)) as world:
        with pytest.raises(
            Unexpected, match=r"the API does not have Customer\.labels, which reconciler needs for plan"
        ) as error:
            world.plan(CUSTOMER)
        assert "reconciler doctor" in error.value.advice
        assert world.mutations == []


def test_a_plan_that_does_not_need_the_field_works() -> None:
    """What no resource of the plan needs may be missing."""
    with World(without=("Instance.labels", "RootMutation.createAlertGroup")) as world:
        assert world.plan(CUSTOMER).summary["create"] == 1
        assert all(result.ok for result in world.apply(CUSTOMER))


@pytest.mark.parametrize("part", ["RootMutation.createCustomer", "CreateCustomerInput.description"])
def test_a_change_that_needs_a_missing_part_names_it(part: str) -> None:
    """Where the API does not check mutations before they are sent, a change names what is missing, as a plan does."""
    with World(Variants(unexecuted_operations="ignored"), without=(part,)) as world:
        ((message,),) = [result.messages for result in world.apply(CUSTOMER)]
    assert message == f"createCustomer: the API does not have {part}, which reconciler needs for creating a Customer"
    assert is_unexpected(message)


def test_a_failed_apply_points_to_doctor(signed_in: Shell) -> None:
    """An apply whose changes the API refuses for its schema, and a plan that cannot read it, end with the way on."""
    signed_in.write("manifests.yaml", CUSTOMER)
    for part, line in (("RootMutation.createCustomer", "apply --auto-approve"), ("Customer.labels", "plan")):
        with World(without=(part,)) as world, served(world.sandbox) as url:
            signed_in.monkeypatch.setenv("PRISMATIC_URL", url)
            ran = signed_in.tenant(*line.split(), "-f", "manifests.yaml")
        assert ran.code == 1
        assert (ran.out + ran.err).count(EXAMINE) == 1


@pytest.mark.parametrize("part", ["RootMutation.createCustomer", "CreateCustomerInput.description", "Customer.missing"])
def test_a_checked_plan_refuses_what_its_mutations_lack(part: str) -> None:
    """With ``--check-schema`` a plan says, in one request more, what its mutations need and the schema lacks."""
    known = part != "Customer.missing"
    with World(without=(part,) if known else ()) as world, world.session(CUSTOMER) as session:
        plan = make_plan(session)
        before = world.sandbox.log.requests
        if known:
            with pytest.raises(
                PlanRefused, match=re.escape(f"the API does not have {part}, which reconciler needs for creating")
            ):
                check_schema(session, plan)
        else:
            check_schema(session, plan)
        assert world.sandbox.log.requests == before + 1
        assert world.mutations == []


def test_a_checked_plan_needs_only_what_it_sends() -> None:
    """A field that no input of the plan has, and a mutation that it does not send, may be missing."""
    lacking = ("CreateCustomerInput.labels", "RootMutation.deleteCustomer")
    with World(without=lacking) as world, world.session(CUSTOMER) as session:
        check_schema(session, make_plan(session))


def test_an_empty_plan_is_not_checked(world: World) -> None:
    """A plan without mutations costs no request more."""
    world.apply(CUSTOMER)
    with world.session(CUSTOMER) as session:
        plan = make_plan(session)
        before = world.sandbox.log.requests
        check_schema(session, plan)
        assert world.sandbox.log.requests == before


def test_a_schema_that_cannot_be_asked_for_is_an_error() -> None:
    """Who asks for the check is not left without it: the reason is shown."""
    with World(introspection=False) as world, world.session(CUSTOMER) as session:
        plan = make_plan(session)
        with pytest.raises(Unexpected, match="does not describe its schema"):
            check_schema(session, plan)
