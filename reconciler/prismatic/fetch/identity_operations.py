"""The operations of identity_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import Node
from reconciler.model.operation import Operation, OperationFile


class Organization(Node, frozen=True, gc=False):
    name: str


DOCUMENT = OperationFile(__package__, "identity_operations.graphql")
ORGANIZATION = Operation("organization", "organization", Organization, DOCUMENT)
AUTHENTICATED_USER = Operation("authenticatedUser", "authenticatedUser", Node, DOCUMENT)
