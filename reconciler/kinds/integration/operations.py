"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.kinds.variables.fragments import DOCUMENT as VARIABLES_FRAGMENTS
from reconciler.kinds.variables.fragments import DeclaredVariable
from reconciler.model.answers import AnswerObject, NamedNode, Node, PageInfo
from reconciler.model.operation import Operation, OperationFile


class IntegrationVersionsNode(Node, frozen=True, gc=False):
    name: str
    version_number: int
    version_sequence_id: str | None
    version_is_available: bool


class IntegrationVersions(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
    nodes: list[IntegrationVersionsNode]


class IntegrationNames(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
    nodes: list[NamedNode]


class IntegrationFlowConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]
    page_info: PageInfo


class RequiredConfigVariableConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[DeclaredVariable]
    page_info: PageInfo


class IntegrationVersion(Node, frozen=True, gc=False):
    is_code_native: bool
    flows: IntegrationFlowConnection
    required_config_variables: RequiredConfigVariableConnection


class IntegrationDefinition(Node, frozen=True, gc=False):
    definition: str | None


DOCUMENT = OperationFile(__package__, "operations.graphql", VARIABLES_FRAGMENTS)
INTEGRATION_VERSIONS = Operation("integrationVersions", "integrations", IntegrationVersions, DOCUMENT)
INTEGRATION_NAMES = Operation("integrationNames", "integrations", IntegrationNames, DOCUMENT)
INTEGRATION_VERSION = Operation("integrationVersion", "integration", IntegrationVersion, DOCUMENT)
INTEGRATION_DEFINITION = Operation("integrationDefinition", "integration", IntegrationDefinition, DOCUMENT)
