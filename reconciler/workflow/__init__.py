"""The use cases, one file each. Each takes a Session, and none knows how its steps are done."""

from __future__ import annotations

from reconciler.options import ConnectionOptions, Options, PlanOptions
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.authorizing import authorize_urls
from reconciler.workflow.connecting import connect
from reconciler.workflow.exporting import existing_manifests, export
from reconciler.workflow.forecasting import forecast, validate_with_definitions
from reconciler.workflow.forgetting import check_still_so, plan_to_forget
from reconciler.workflow.initializing import check_new, initialize
from reconciler.workflow.locking import lock
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.receipts import (
    explain_drift,
    load_receipt,
    receipt_scope,
    record_apply,
    record_forgotten,
    revision_of,
)
from reconciler.workflow.saved_plans import check_plan, check_still_true, options_of_saved
from reconciler.workflow.schemas import WrittenSchemas, manifests_if_any, tenant_schemas, write_schemas
from reconciler.workflow.session import Session
from reconciler.workflow.validating import (
    targeted,
    validate,
    validate_everywhere,
    validate_offline,
    validate_online,
)

__all__ = [
    "ConnectionOptions",
    "Options",
    "PlanOptions",
    "Session",
    "WrittenSchemas",
    "apply_plan",
    "authorize_urls",
    "check_new",
    "check_plan",
    "check_still_so",
    "check_still_true",
    "connect",
    "existing_manifests",
    "explain_change",
    "explain_drift",
    "export",
    "forecast",
    "initialize",
    "load_receipt",
    "lock",
    "make_plan",
    "manifests_if_any",
    "options_of_saved",
    "plan_to_forget",
    "receipt_scope",
    "record_apply",
    "record_forgotten",
    "revision_of",
    "targeted",
    "tenant_schemas",
    "validate",
    "validate_everywhere",
    "validate_offline",
    "validate_online",
    "validate_with_definitions",
    "write_schemas",
]
