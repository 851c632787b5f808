"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import CountedPage, NamedNode, Node, Payload
from reconciler.model.operation import Operation, OperationFile


class UserFields(Node, frozen=True, gc=False):
    email: str
    name: str
    external_id: str | None
    phone: str
    role: NamedNode
    customer: NamedNode | None
    updated_at: str


class UserConnection(CountedPage, frozen=True, gc=False):
    nodes: list[UserFields]


class UserPayload(Payload, frozen=True, gc=False):
    user: UserFields | None


class DeleteUserPayload(Payload, frozen=True, gc=False):
    user: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
USERS = Operation("users", "users", UserConnection, DOCUMENT)
ORGANIZATION_ROLES = Operation("organizationRoles", "organizationRoles", list[NamedNode], DOCUMENT)
CUSTOMER_ROLES = Operation("customerRoles", "customerRoles", list[NamedNode], DOCUMENT)
CREATE_ORGANIZATION_USER = Operation(
    "createOrganizationUser", "createOrganizationUser", UserPayload, DOCUMENT, mutation=True
)
CREATE_CUSTOMER_USER = Operation("createCustomerUser", "createCustomerUser", UserPayload, DOCUMENT, mutation=True)
UPDATE_USER = Operation("updateUser", "updateUser", UserPayload, DOCUMENT, mutation=True)
DELETE_USER = Operation("deleteUser", "deleteUser", DeleteUserPayload, DOCUMENT, mutation=True)
