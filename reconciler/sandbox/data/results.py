"""Step results: each has a presigned URL that expires, and a MessagePack file behind it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped] # publishes no types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant

PATH = "/results/"
LIFETIME = 30
"""How long a URL is valid, in seconds."""
_FORM = "%Y%m%dT%H%M%SZ"


def results_path(tenant: Tenant, step: str) -> str:
    """Return the path and query of a step's results; anyone who has it may fetch them, for a short time."""
    signed = f"{tenant.clock.now().astimezone(UTC):{_FORM}}"
    signature = _signature(tenant, step, signed)
    return f"{PATH}{step}?X-Amz-Date={signed}&X-Amz-Expires={LIFETIME}&X-Amz-Signature={signature}"


def denial(tenant: Tenant, step: str, query: Mapping[str, str]) -> str | None:
    """Return why a URL gives nothing, or ``None``."""
    signed, signature = query.get("X-Amz-Date", ""), query.get("X-Amz-Signature", "")
    right = hmac.compare_digest(signature.encode(errors="replace"), _signature(tenant, step, signed).encode())
    if not right or query.get("X-Amz-Expires") != str(LIFETIME):
        return "Access Denied"
    expires = datetime.strptime(signed, _FORM).replace(tzinfo=UTC) + timedelta(seconds=LIFETIME)
    return "Request has expired" if tenant.clock.now() > expires else None


def results_file(tenant: Tenant, step: str) -> bytes:
    """Return the file, MessagePack of ``{data, contentType}``; raise :class:`.RecordNotFound`."""
    row = tenant.store.get("step_results", step)
    packed: bytes = msgpack.packb({"data": _data(row, tenant.variants.step_results), "contentType": row["contentType"]})
    return packed


def _data(step: Row, form: str) -> Any:
    """Return a step's result as its file holds it; what is not JSON is bytes."""
    text = step["data"]
    if "json" not in step["contentType"] or form == "bytes":
        return text.encode()
    try:
        return json.loads(text) if form == "decoded" else text
    except ValueError:
        return text


def _signature(tenant: Tenant, step: str, signed: str) -> str:
    return hmac.new(tenant.user.encode(), f"{step} {signed}".encode(errors="replace"), hashlib.sha256).hexdigest()
