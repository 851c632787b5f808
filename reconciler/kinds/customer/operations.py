"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, CountedPage, Node, Payload
from reconciler.model.operation import Operation, OperationFile


class CustomerFields(Node, frozen=True, gc=False):
    name: str
    external_id: str | None
    description: str
    labels: list[str] | None
    allow_embedded_designer: bool
    updated_at: str


class Customers(CountedPage, frozen=True, gc=False):
    nodes: list[CustomerFields]


class SimilarCustomersNode(Node, frozen=True, gc=False):
    name: str
    external_id: str | None


class SimilarCustomers(AnswerObject, frozen=True, gc=False):
    nodes: list[SimilarCustomersNode]


class UserConnection(AnswerObject, frozen=True, gc=False):
    total_count: int
    nodes: list[Node]


class CustomerContentsInstances(AnswerObject, frozen=True, gc=False):
    total_count: int
    nodes: list[Node]


class InstanceConnectionTotalCount(AnswerObject, frozen=True, gc=False):
    total_count: int


class CustomerContents(Node, frozen=True, gc=False):
    users: UserConnection
    instances: CustomerContentsInstances
    built_by_customer: InstanceConnectionTotalCount
    workflows: InstanceConnectionTotalCount
    protected: InstanceConnectionTotalCount


class CustomerPayload(Payload, frozen=True, gc=False):
    customer: CustomerFields | None


class DeleteCustomerPayload(Payload, frozen=True, gc=False):
    customer: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
CUSTOMERS = Operation("customers", "customers", Customers, DOCUMENT)
CUSTOMER_BY_ID = Operation("customerById", "customer", CustomerFields, DOCUMENT)
SIMILAR_CUSTOMERS = Operation("similarCustomers", "customers", SimilarCustomers, DOCUMENT)
CUSTOMER_CONTENTS = Operation("customerContents", "customer", CustomerContents, DOCUMENT)
CREATE_CUSTOMER = Operation("createCustomer", "createCustomer", CustomerPayload, DOCUMENT, mutation=True)
UPDATE_CUSTOMER = Operation("updateCustomer", "updateCustomer", CustomerPayload, DOCUMENT, mutation=True)
DELETE_CUSTOMER = Operation("deleteCustomer", "deleteCustomer", DeleteCustomerPayload, DOCUMENT, mutation=True)
