"""``/trigger/…``, where flows are called, and ``/results/…``, where step results are fetched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.sandbox.data.executions import execute
from reconciler.sandbox.data.refusals import RecordNotFound, Refused
from reconciler.sandbox.data.results import PATH, results_file

if TYPE_CHECKING:
    from starlette.requests import Request

    from reconciler.sandbox.state import State

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def hook_routes(sandbox: State) -> list[Route]:
    """Return the routes; a flow with API keys expects one of them in the header ``Api-Key``."""
    store = sandbox.store

    async def trigger(request: Request) -> Response:
        config = store.find("flow_configs", request.path_params["id"])
        if config is None:
            return JSONResponse({"error": "Not found"}, 404)
        keys = json.loads(config["apiKeys"])
        if keys and request.headers.get("api-key") not in keys:
            return JSONResponse({"error": "Unauthorized"}, 401)
        payload = (await request.body()).decode("utf-8", "replace")
        content_type = request.headers.get("content-type", "application/json")
        try:
            with store.transaction():
                execution = execute(sandbox.tenant, config, payload, content_type, test=False)
        except Refused as refused:
            return JSONResponse({"error": refused.errors[0][1]}, 404)
        flow = store.get("flows", config["flow"])
        if flow["isSynchronous"]:
            return Response(payload, 500 if execution["failure"] else 200, media_type=content_type)
        return JSONResponse({"executionId": execution["id"]})

    async def results(request: Request) -> Response:
        signature = request.query_params.get("X-Amz-Signature", "")
        try:
            content = results_file(sandbox.tenant, request.path_params["id"], signature)
        except RecordNotFound:
            content = None
        if content is None:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        return Response(content, media_type="binary/octet-stream")

    return [Route("/trigger/{id}", trigger, methods=_METHODS), Route(PATH + "{id}", results)]
