"""``GET /``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from reconciler.sandbox.page.overview import overview

if TYPE_CHECKING:
    from jinja2 import Template
    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.sandbox.state import State

_HEADERS = {
    # The page loads and runs nothing, so the content of the tenant cannot act in a browser.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(sandbox: State) -> list[Route]:
    """Return the route of the page; it needs no access token, and shows no arguments of operations."""

    async def page(request: Request) -> Response:
        seen = overview(sandbox, request.query_params, str(request.base_url).rstrip("/"))
        return HTMLResponse(_template().render(seen=seen, style=_file("page.css")), headers=_HEADERS)

    return [Route("/", page)]


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    # Most sandboxes never show their page.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_file("page.html"))
