"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, Node, PageInfo, Payload
from reconciler.model.operation import Operation, OperationFile


class Role(Node, frozen=True, gc=False):
    name: str


class Customer(Node, frozen=True, gc=False):
    name: str


class UserFields(Node, frozen=True, gc=False):
    email: str
    name: str
    external_id: str | None
    phone: str
    role: Role
    customer: Customer | None
    updated_at: str


class UserConnection(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
    nodes: list[UserFields]


class CreateOrganizationUserPayload(Payload, frozen=True, gc=False):
    user: UserFields | None


class CreateCustomerUserPayload(Payload, frozen=True, gc=False):
    user: UserFields | None


class UpdateUserPayload(Payload, frozen=True, gc=False):
    user: UserFields | None


class DeleteUserPayload(Payload, frozen=True, gc=False):
    user: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
USERS = Operation("users", "users", UserConnection, DOCUMENT)
ORGANIZATION_ROLES = Operation("organizationRoles", "organizationRoles", list[Role], DOCUMENT)
CUSTOMER_ROLES = Operation("customerRoles", "customerRoles", list[Role], DOCUMENT)
CREATE_ORGANIZATION_USER = Operation(
    "createOrganizationUser", "createOrganizationUser", CreateOrganizationUserPayload, DOCUMENT, mutation=True
)
CREATE_CUSTOMER_USER = Operation(
    "createCustomerUser", "createCustomerUser", CreateCustomerUserPayload, DOCUMENT, mutation=True
)
UPDATE_USER = Operation("updateUser", "updateUser", UpdateUserPayload, DOCUMENT, mutation=True)
DELETE_USER = Operation("deleteUser", "deleteUser", DeleteUserPayload, DOCUMENT, mutation=True)
