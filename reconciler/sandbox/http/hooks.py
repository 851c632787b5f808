"""``/trigger/…``, where flows are called, and ``/results/…``, where step results are fetched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.sandbox.data.calls import EXECUTION_HEADER, answer_of
from reconciler.sandbox.data.executions import execute
from reconciler.sandbox.data.refusals import RecordNotFound, Refused, TooManyRuns
from reconciler.sandbox.data.results import PATH, denial, results_file

if TYPE_CHECKING:
    from starlette.requests import Request

    from reconciler.sandbox.data.store import Row
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
        except TooManyRuns as error:
            return JSONResponse({"error": str(error)}, 429)
        return _answer(sandbox, config, execution, request)

    async def results(request: Request) -> Response:
        step = request.path_params["id"]
        if "authorization" in request.headers:
            # The storage behind presigned URLs accepts one kind of authentication.
            return _storage_error(400, "InvalidArgument", "Only one auth mechanism allowed")
        denied = denial(sandbox.tenant, step, request.query_params)
        if denied:
            return _storage_error(403, "AccessDenied", denied)
        try:
            content = results_file(sandbox.tenant, step)
        except RecordNotFound:
            return _storage_error(403, "AccessDenied", "Access Denied")
        return Response(content, media_type="binary/octet-stream")

    return [Route("/trigger/{id}", trigger, methods=_METHODS), Route(PATH + "{id}", results)]


def _answer(sandbox: State, config: Row, execution: Row, request: Request) -> Response:
    """Return the answer to a call that started an execution; of a synchronous one, what the flow returns."""
    synchronous = request.headers.get("prismatic-synchronous", "").lower() == "true"
    if synchronous or sandbox.store.get("flows", config["flow"])["isSynchronous"]:
        status, headers = 500 if execution["error"] else 200, {EXECUTION_HEADER: execution["id"]}
        return Response(execution["payload"], status, headers, media_type=execution["contentType"])
    body, headers = answer_of(sandbox.tenant, execution)
    return JSONResponse(body, headers=headers)


def _storage_error(status: int, code: str, message: str) -> Response:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(text, status, media_type="application/xml")
