"""The operations of fragments.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import Node, SecretInput, SecretValues
from reconciler.model.operation import OperationFile

if TYPE_CHECKING:
    ExpressionType = Literal["COMPLEX", "CONFIGVAR", "REFERENCE", "TEMPLATE", "VALUE"]
else:
    # An API that is newer than this list may have further values.
    ExpressionType = str


class SharedInput(Node, frozen=True, gc=False):
    name: str
    type: ExpressionType
    value: SecretInput[str | None]
    has_value: bool
    meta: SecretValues[str | None]


class Customer(Node, frozen=True, gc=False):
    name: str
    external_id: str | None


class ConnectionUser(Node, frozen=True, gc=False):
    name: str
    is_system: bool
    enabled: bool
    last_deployed_at: str | None
    customer: Customer


DOCUMENT = OperationFile(__package__, "fragments.graphql")
