"""SQL statements about all rows of a page at once; see :func:`.siblings.beside`."""

from __future__ import annotations

from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.listings import SEQUENCE_OF_INSTANCE, of_execution
from reconciler.sandbox.resolvers.siblings import Below

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608

SEQUENCE = "versionSequenceId"
VERSIONS = f"SELECT *, {SEQUENCE} AS part FROM integrations WHERE NOT draft AND {SEQUENCE} IN ({SIBLINGS}) ORDER BY seq"
DRAFTS = f"SELECT *, {SEQUENCE} AS part FROM integrations WHERE draft AND {SEQUENCE} IN ({SIBLINGS})"
DEPLOYED = (
    f"SELECT instances.*, {SEQUENCE} AS part FROM integrations JOIN instances ON integrations.id = integration"
    f" WHERE {SEQUENCE} IN ({SIBLINGS}) AND lastDeployedAt IS NOT NULL AND NOT isSystem ORDER BY instances.seq"
)
SYSTEM = (
    f"SELECT instances.*, {SEQUENCE} AS part FROM integrations JOIN instances ON integrations.id = integration"
    f" WHERE {SEQUENCE} IN ({SIBLINGS}) AND draft AND isSystem ORDER BY instances.seq"
)
TEST_CONFIGS = (
    "SELECT flow_configs.id, flow AS part FROM flow_configs JOIN instances ON instances.id = instance"
    f" WHERE flow IN ({SIBLINGS}) AND isSystem"
)
USER_LEVEL = (
    "SELECT integration AS part FROM required_config_variables"
    f" WHERE userLevelConfigured AND integration IN ({SIBLINGS}) GROUP BY part"
)
LAST_EXECUTION = (
    f"SELECT flow AS part, max(lastExecutedAt) AS moment FROM flow_configs WHERE flow IN ({SIBLINGS}) GROUP BY part"
)


OF_EVERY_VERSION = Below(
    SEQUENCE_OF_INSTANCE,
    SEQUENCE,
    f"t.integration IN (SELECT id FROM integrations WHERE {SEQUENCE} IN ({SIBLINGS}))",
)
"""The instances of all versions of an integration."""


def logs_of(column: str) -> Below:
    """Return the relation of log entries to a row whose ID a column of their execution holds."""
    within = f"t.executionResult IN (SELECT id FROM executions WHERE {column} IN ({SIBLINGS}))"
    return Below(of_execution(column), "id", within)
