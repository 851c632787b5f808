"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.kinds.variables.fragments import DOCUMENT as VARIABLES_FRAGMENTS
from reconciler.kinds.variables.fragments import DeclaredVariable
from reconciler.model.answers import CountedPage, NamedNode, NamedNodes, Node, Page
from reconciler.model.operation import Operation, OperationFile


class IntegrationVersionsNode(Node, frozen=True, gc=False):
    name: str
    version_number: int
    version_sequence_id: str | None
    version_is_available: bool


class IntegrationVersions(CountedPage, frozen=True, gc=False):
    nodes: list[IntegrationVersionsNode]


class IntegrationNames(CountedPage, frozen=True, gc=False):
    nodes: list[NamedNode]


class RequiredConfigVariableConnection(Page, frozen=True, gc=False):
    nodes: list[DeclaredVariable]


class IntegrationVersion(Node, frozen=True, gc=False):
    is_code_native: bool
    flows: NamedNodes
    required_config_variables: RequiredConfigVariableConnection


class IntegrationDefinition(Node, frozen=True, gc=False):
    definition: str | None


DOCUMENT = OperationFile(__package__, "operations.graphql", VARIABLES_FRAGMENTS)
INTEGRATION_VERSIONS = Operation("integrationVersions", "integrations", IntegrationVersions, DOCUMENT)
INTEGRATION_NAMES = Operation("integrationNames", "integrations", IntegrationNames, DOCUMENT)
INTEGRATION_VERSION = Operation("integrationVersion", "integration", IntegrationVersion, DOCUMENT)
INTEGRATION_DEFINITION = Operation("integrationDefinition", "integration", IntegrationDefinition, DOCUMENT)
