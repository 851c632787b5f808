"""Step results: each has a URL that looks presigned, and a MessagePack file behind it."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import msgpack  # type: ignore[import-untyped] # publishes no types

from reconciler.sandbox.data.executions import result_data

if TYPE_CHECKING:
    from reconciler.sandbox.data.tenant import Tenant

PATH = "/results/"


def results_path(tenant: Tenant, step: str) -> str:
    """Return the path and query of a step's results; anyone who has it may fetch them."""
    return f"{PATH}{step}?X-Amz-Expires=30&X-Amz-Signature={_signature(tenant, step)}"


def results_file(tenant: Tenant, step: str, signature: str) -> bytes | None:
    """Return the file, MessagePack of ``{data, contentType}``, or ``None`` for a wrong signature."""
    if not hmac.compare_digest(signature.encode(), _signature(tenant, step).encode()):
        return None
    row = tenant.store.get("step_results", step)
    packed: bytes = msgpack.packb({"data": result_data(row), "contentType": row["contentType"]})
    return packed


def _signature(tenant: Tenant, step: str) -> str:
    return hmac.new(tenant.user.encode(), step.encode(), hashlib.sha256).hexdigest()
