"""Tenants with contents that the sandbox does not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from applying.runs import Meddling

from reconciler.errors import PlanRefused

if TYPE_CHECKING:
    from support.world import World

USER = """
apiVersion: reconciler/v1
kind: User
metadata: {name: sam}
spec: {email: sam@vendor.example, role: Admin}
"""


def test_two_roles_of_one_name_are_an_error_that_names_both(world: World) -> None:
    """Where a role's name means two roles, none is chosen."""

    def another(_: dict[str, Any], answer: dict[str, Any]) -> None:
        for found in (answer.get("data") or {}).values():
            if isinstance(found, list):
                found.append({"id": "other-admin", "name": "Admin"})

    with pytest.raises(PlanRefused) as caught:
        world.plan(USER, transport=Meddling(world.sandbox, answer=another))
    own = world.seed.role("Admin", customer=False)
    message = f"User/sam: 2 roles of team members are named 'Admin', and only their IDs differ ({own}, other-admin)"
    assert [each.message for each in caught.value.problems] == [message]
