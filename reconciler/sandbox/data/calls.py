"""Calls of flows: by ``testInstanceFlowConfig``, and what a call answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.executions import execute
from reconciler.sandbox.data.refusals import TooManyRuns

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

EXECUTION_HEADER = "prismatic-executionid"


def run_flow_test(tenant: Tenant, data: Input) -> dict[str, Any]:
    """Call a flow of a deployed instance as ``testInstanceFlowConfig`` does."""
    config = tenant.store.get("flow_configs", data.get("id"))
    payload = data.get("payload") if data.get("payload") is not None else config["testPayload"]
    content_type = data.get("contentType") or config["testContentType"] or "application/json"
    try:
        execution = execute(tenant, config, payload or "", content_type, test=True)
    except TooManyRuns as error:
        if tenant.variants.too_many_runs != "status":
            raise
        return {"statusCode": 429, "headers": {}, "body": str(error), "flowConfig": config, "execution": None}
    body, headers = answer_of(tenant, execution)
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", **headers},
        "body": json.dumps(body),
        "flowConfig": config,
        "execution": execution if tenant.variants.test_execution == "linked" else None,
    }


def answer_of(tenant: Tenant, execution: Row) -> tuple[dict[str, str], dict[str, str]]:
    """Return the body and the headers by which a call says which execution it started."""
    if tenant.variants.execution_id == "header":
        return {}, {EXECUTION_HEADER: execution["id"]}
    return {"executionId": execution["id"]}, {}
