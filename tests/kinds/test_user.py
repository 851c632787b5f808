"""Users: what identifies one, which roles it can have, who cannot be deleted, and its export."""

from __future__ import annotations

from typing import Any

import pytest
from kinds.support import changes_of, diff_of, empty_view, sent_of
from support.nodes import node

from reconciler.kinds.customer.operations import CustomerFields
from reconciler.kinds.registry import default_registry
from reconciler.kinds.user.operations import UserFields
from reconciler.model.answers import NamedNode

USER, CUSTOMER = (default_registry().kinds[name] for name in ("User", "Customer"))
ADMIN, MEMBER = NamedNode("r-1", "Admin"), NamedNode("r-2", "Member")
TEAM = {"email": "jo@ftl.example"}


def user(**fields: Any) -> UserFields:
    return node(UserFields, **{"id": "u-1", "email": "jo@ftl.example", "name": "Jo", "role": ADMIN, **fields})


NODE = user()


def roles(**customer: str) -> Any:
    """Return the answer to the read of the roles that such a user can have."""
    live = USER.finder.live(user(customer=customer or None))
    (read,) = USER.export.reads(live)
    return read, [ADMIN, MEMBER]


def test_an_address_identifies_a_user_within_its_customer() -> None:
    """Letter case does not count; the same address of another customer, or of the team, is another user."""
    of_ftl = {"email": "jo@ftl.example", "customer": "ftl"}
    assert USER.spec.identity(of_ftl) == USER.spec.identity({**of_ftl, "email": "Jo@FTL.example"})
    assert (
        len({USER.spec.identity(of_ftl), USER.spec.identity({**of_ftl, "customer": "acme"}), USER.spec.identity(TEAM)})
        == 3
    )


@pytest.mark.parametrize(("customer", "expected"), [("ftl", ["Customer/ftl"]), ({"name": "FTL"}, []), (None, [])])
def test_a_user_refers_to_a_declared_customer(customer: Any, expected: list[str]) -> None:
    """A handle refers to a manifest; a live customer's name, and none, refer to nothing."""
    spec = {**TEAM, **({"customer": customer} if customer else {})}
    assert [reference.address for reference in USER.spec.references(spec)] == expected


def test_a_new_team_member_gets_its_role_by_id() -> None:
    """The role's name is looked up, and its ID is sent."""
    diff = diff_of(USER, {**TEAM, "role": "Member"}, None, roles())
    assert sent_of(diff) == [("createOrganizationUser", {"email": "jo@ftl.example", "role": "r-2"})]


def test_only_fields_that_differ_are_sent() -> None:
    """An update names the changed fields alone, the role by its ID."""
    diff = diff_of(USER, {**TEAM, "name": "Jo", "phone": "1", "role": "Member"}, NODE, roles())
    assert changes_of(diff) == {"phone": ("", "1"), "role": ("Admin", "Member")}
    assert sent_of(diff) == [("updateUser", {"id": "u-1", "phone": "1", "role": "r-2"})]


def test_an_equal_user_is_no_difference() -> None:
    """Unset text equals empty text, and a role is compared by its ID."""
    diff = diff_of(USER, {**TEAM, "name": "Jo", "phone": "", "role": "Admin"}, NODE, roles())
    assert (diff.fields, diff.steps) == ([], [])


def test_an_unknown_role_is_a_problem_with_a_suggestion() -> None:
    """A role that does not exist is reported at its place, and no mutation is planned."""
    diff = diff_of(USER, {**TEAM, "role": "Membr"}, NODE, roles())
    (problem,) = diff.problems
    assert problem.path == ("role",)
    assert "'Member'" in problem.message
    assert diff.steps == ()


def test_nobody_deletes_themself() -> None:
    """The user whose token is in use cannot be deleted; any other one can."""
    assert USER.deletion.removal(USER.finder.live(user(id="user-1")), empty_view()).blocked
    removal = USER.deletion.removal(USER.finder.live(NODE), empty_view())
    assert (removal.step.operation.field, removal.blocked) == ("deleteUser", None)


def test_an_export_names_the_customer_and_the_role() -> None:
    """A user is written below its customer, a team member into a file of the team."""
    owner = CUSTOMER.finder.live(node(CustomerFields, id="c-1", name="FTL"))
    live = USER.finder.live(user(customer={"id": "c-1", "name": "FTL"}))
    spec = USER.export.declare(live, empty_view(roles(id="c-1", name="FTL")), owner, False).spec
    assert {key: value for key, value in spec.items() if key != "customer"} == {
        "email": "jo@ftl.example",
        "name": "Jo",
        "role": "Admin",
    }
    assert USER.export.file_of("jo", "customers/ftl") == "customers/ftl/users.yaml"
    assert USER.export.file_of("jo", None) == "team.yaml"


def test_an_ambiguous_role_is_left_out_of_an_export() -> None:
    """Two roles of one name cannot be told apart in a manifest, so the export says that it leaves the role out."""
    read, _ = roles()
    declared = USER.export.declare(
        USER.finder.live(NODE), empty_view((read, [ADMIN, NamedNode("r-9", "Admin")])), None, False
    )
    assert "role" not in declared.spec
    (remark,) = declared.remarks
    assert (remark.path, remark.left_out) == (("role",), True)
