"""``GET /``, and the page of an instance."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from reconciler.sandbox.page.instance import instance_page
from reconciler.sandbox.page.overview import overview

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.sandbox.page.instance import InstancePage
    from reconciler.sandbox.page.overview import Overview
    from reconciler.sandbox.state import State

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(sandbox: State) -> list[Route]:
    """Return the routes of the pages; they need no access token, and show no arguments of operations."""

    async def page(request: Request) -> Response:
        return _rendered("page.html", overview(sandbox, request.query_params, str(request.base_url).rstrip("/")))

    async def of_instance(request: Request) -> Response:
        seen = instance_page(sandbox, request.path_params["id"])
        if seen is None:
            return HTMLResponse("<h1>There is no such instance.</h1>", 404, headers=_HEADERS)
        return _rendered("instance.html", seen)

    return [Route("/", page), Route("/instances/{id}", of_instance)]


def _rendered(template: str, seen: Overview | InstancePage) -> Response:
    script = _file("page.js")
    page = _templates().get_template(template).render(seen=seen, style=_file("page.css"), script=script)
    return HTMLResponse(page, headers={**_HEADERS, "Content-Security-Policy": _policy(script)})


@cache
def _policy(script: str) -> str:
    """Return a policy by which the page's own script runs and nothing else, so that no content of the tenant can act.

    The script can ask this sandbox alone, for the page itself.
    """
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; connect-src 'self'; style-src 'unsafe-inline'; "
        "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    # Most sandboxes never show their page.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
