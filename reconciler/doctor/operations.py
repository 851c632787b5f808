"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import Node
from reconciler.model.operation import Operation, OperationFile


class Organization(Node, frozen=True, gc=False):
    allow_add_customer: bool
    allow_add_user: bool


DOCUMENT = OperationFile(__package__, "operations.graphql")
TOKEN_PERMISSIONS = Operation("tokenPermissions", "organization", Organization, DOCUMENT)
