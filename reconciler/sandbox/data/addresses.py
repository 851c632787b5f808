"""What webhooks and log streams have in common: a name, an address that the platform calls, and its headers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.sandbox.data.tenant import Input, Tenant

_URL = re.compile(r"https://[^\s/]+(/\S*)?")


def address_errors(columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the ``url``, the ``headers`` and the ``payloadTemplate`` among the columns."""
    if "url" in columns and not _URL.fullmatch(columns["url"]):
        yield "url", "Enter a valid URL that begins with https://."
    if columns.get("headers") and not _are_headers(columns["headers"]):
        yield "headers", "Enter a JSON object of strings."
    if not columns.get("payloadTemplate", "x").strip():
        yield "payloadTemplate", "This field cannot be blank."


def name_errors(
    tenant: Tenant, table: str, columns: Mapping[str, Any], own: str | None, taken: str
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the ``name`` among the columns.

    ``own`` is the ID of the row that is updated, ``taken`` what to say of a name that another row has; empty where
    rows can share a name.
    """
    if "name" not in columns:
        return
    if not columns["name"].strip():
        yield "name", "This field cannot be blank."
    elif taken and any(row["id"] != own for row in tenant.store.where(table, name=columns["name"])):
        yield "name", taken


def texts_sent(data: Input, *names: str) -> dict[str, str]:
    """Return the texts that an input has: null leaves a field alone, an empty text clears it."""
    return {name: data[name] for name in names if data.get(name) is not None}


def refuse_any(errors: Iterable[tuple[str, str]]) -> None:
    """Raise :class:`.Refused` with the errors, if there are any."""
    found = list(errors)
    if found:
        raise Refused(*found)


def described_address(item: Input) -> dict[str, Any]:
    """Return the ``url`` and the ``headers`` of an item of a world file, or of a manifest.

    Of a secret, manifests have nothing or the name of its source, and the API takes nothing but a URL here.
    """
    url = item.get("url", "made-up url")
    if url.startswith("made-up "):
        url = f"https://made-up.example/{'-'.join(url.split()[1:])}"
    return {"url": url, "headers": json.dumps(item["headers"]) if "headers" in item else None}


def template_text(template: Any) -> str:
    """Return a payload template as text; the file that a manifest names is not read."""
    return template if isinstance(template, str) else f"the template in {template.get('file')}"


def _are_headers(text: str) -> bool:
    try:
        headers = json.loads(text)
    except ValueError:
        return False
    return isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
