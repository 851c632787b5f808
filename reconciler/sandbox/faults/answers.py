"""The HTTP responses of faults."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from reconciler.sandbox.faults.fault import BEFORE, DATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from reconciler.sandbox.faults.fault import Asked, Fault

CUT = "sandbox.cut"
"""The key in a request's scope of the seconds after which its connection is cut, without an answer."""

_UNAUTHORIZED = {"detail": "Authentication credentials were not provided or have expired."}
_THROTTLED = "Request was throttled. Expected available in 1 second."
_FAILED = "Internal server error"


class Cut(Response):
    """No answer: the connection is cut after a time."""

    def __init__(self, seconds: float = 0) -> None:
        super().__init__()
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        scope[CUT] = self._seconds


class Half(Response):
    """The first half of an answer; then the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope[CUT] = 0


def unauthorized() -> Response:
    return JSONResponse(_UNAUTHORIZED, 401, {"WWW-Authenticate": "Bearer"})


def throttled(retry_after: str | None, message: str | None = None, status: int = 429) -> Response:
    return JSONResponse({"detail": message or _THROTTLED}, status, _pause(retry_after))


def _pause(retry_after: str | None) -> dict[str, str]:
    if retry_after is None:
        return {}
    if retry_after.startswith(DATE):
        retry_after = formatdate(time.time() + int(retry_after.removeprefix(DATE)), usegmt=True)
    return {"Retry-After": retry_after}


def instead(faults: Sequence[Fault]) -> Response | None:
    """Return what the first fault that keeps a request from being carried out answers, if there is one."""
    fault = next((fault for fault in faults if fault.kind in BEFORE), None)
    if fault is None:
        return None
    if fault.kind == "throttle":
        return throttled(fault.retry_after, fault.message, fault.status or 429)
    if fault.kind == "unauthorized":
        return unauthorized()
    return _page(fault) if fault.kind == "error" else Cut(fault.seconds)


def afterwards(
    answer: dict[str, Any], status: int, faults: Sequence[Fault], asked: Asked, keys: Sequence[str]
) -> Response:
    """Return the answer, changed by the faults that strike after a request is carried out.

    ``keys`` are those of the answer, one for each operation that was asked for.
    """
    kinds: Mapping[str, Fault] = {fault.kind: fault for fault in faults}
    if "partial" in kinds:
        _lose(answer, kinds["partial"], asked, keys)
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
    for kind in ("timeout-after", "drop-after"):
        if kind in kinds:
            return Cut(kinds[kind].seconds)
    if "error-after" in kinds:
        return _page(kinds["error-after"])
    if "garbage" in kinds:
        return HTMLResponse("<html><body>OK</body></html>")
    if "malformed" in kinds:
        content = b'{"data": {"id": \'1\', }'
    if "cut" in kinds:
        return Half(content, status, media_type="application/json")
    if "truncate" in kinds:
        content = content[: len(content) // 2]
    return Response(content, status, media_type="application/json")


def page(status: int, message: str | None = None, retry_after: str | None = None) -> Response:
    """Return an error in the form of a gateway: a web page."""
    body = f"<html><body><h1>{status}</h1>{message or HTTPStatus(status).phrase}</body></html>"
    return HTMLResponse(body, status, _pause(retry_after))


def _page(fault: Fault) -> Response:
    return page(fault.status or 503, fault.message or _FAILED, fault.retry_after)


def _lose(answer: dict[str, Any], fault: Fault, asked: Asked, keys: Sequence[str]) -> None:
    """Replace one answer with a top-level error: the fault's operation's, its field's, or the last one."""
    data = answer.get("data") or {}
    struck = [
        key
        for number, field, key in zip(asked.operations, asked.fields, keys, strict=True)
        if key in data and fault.field in {None, field} and fault.operation in {None, number}
    ]
    for key in struck[-1:]:
        data[key] = None
        answer.setdefault("errors", []).append({"message": fault.message or _FAILED, "path": [key]})
