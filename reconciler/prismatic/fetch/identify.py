"""The organization and the user of a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import NotAuthenticated, Rejected
from reconciler.model.tenant import Identity
from reconciler.prismatic.fetch.identity_operations import AUTHENTICATED_USER, ORGANIZATION
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api


async def identify(api: Api) -> Identity:
    """Return the organization and the user of the token, in one request.

    Raises ``NotAuthenticated`` for the token of a customer's user, who sees no organization.
    """
    organization, user = await api.call([Call(ORGANIZATION, {}), Call(AUTHENTICATED_USER, {})])
    for answer in (organization, user):
        if answer.errors:
            raise Rejected(f"{api.endpoint.url}: {'; '.join(answer.errors)}")
    if organization.data is None or user.data is None:
        raise NotAuthenticated(
            f"{api.endpoint.url}: the token from {api.endpoint.source} belongs to no organization (a customer's user, "
            "perhaps); use the token of one of the organization's team members"
        )
    return Identity(
        url=api.endpoint.url,
        organization_id=organization.data.id,
        organization=organization.data.name,
        user_id=user.data.id,
    )
