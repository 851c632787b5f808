"""The operations of identity_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import NamedNode, Node
from reconciler.model.operation import Operation, OperationFile

DOCUMENT = OperationFile(__package__, "identity_operations.graphql")
ORGANIZATION = Operation("organization", "organization", NamedNode, DOCUMENT)
AUTHENTICATED_USER = Operation("authenticatedUser", "authenticatedUser", Node, DOCUMENT)
