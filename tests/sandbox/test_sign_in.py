"""Signing in through a browser, and out again."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from sandbox.client import Api

_ME = "{ authenticatedUser { id } }"
_VERIFIER = "a-verifier-of-forty-three-letters-or-more-it-is"
_CHALLENGE = urlsafe_b64encode(sha256(_VERIFIER.encode()).digest()).decode().rstrip("=")
_AUTHORIZE = {
    "response_type": "code",
    "code_challenge_method": "S256",
    "code_challenge": _CHALLENGE,
    "redirect_uri": "http://localhost:59400/",
    "state": "s",
}


def _code(api: Api) -> str:
    answer = api.request("GET", "/authorize", params=_AUTHORIZE)
    assert answer.status_code == 302
    back = httpx.URL(answer.headers["location"])
    assert (back.host, back.port, back.params["state"]) == ("localhost", 59400, "s")
    return back.params["code"]


def test_one_signs_in_through_a_browser(api: Api) -> None:
    """``/authorize`` sends back with a code, which gets tokens once, and only for the verifier of its challenge."""
    grant = {"grant_type": "authorization_code", "code": _code(api), "code_verifier": _VERIFIER}
    token = api.request("POST", "/oauth/token", data=grant).json()
    assert token["refresh_token"] == "sandbox-refresh"
    api.headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert api.post(_ME).status_code == 200
    assert api.request("POST", "/oauth/token", data=grant).json() == {"error": "invalid_grant"}
    other = {**grant, "code": _code(api), "code_verifier": "another"}
    assert api.request("POST", "/oauth/token", data=other).json() == {"error": "invalid_grant"}
    assert api.request("GET", "/logout").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://example.com/"},
        {"redirect_uri": "http://localhost.example.com/"},
        {"redirect_uri": "http://["},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
    ],
)
def test_codes_go_to_this_machine_only(api: Api, wrong: dict[str, str]) -> None:
    """Whoever wants to be sent elsewhere, or signs in another way, gets a page that says no."""
    assert api.request("GET", "/authorize", params={**_AUTHORIZE, **wrong}).status_code == 400


def test_a_refresh_token_can_be_revoked(api: Api) -> None:
    """Afterwards it gets no token any more, until a reset; access tokens stay valid."""
    known, unknown = {"refresh_token": "sandbox-refresh"}, {"refresh_token": "x"}
    assert api.request("POST", "/auth/revoke", json=unknown).status_code == 401
    assert api.request("POST", "/auth/revoke", json=known).status_code == 200
    assert api.request("POST", "/auth/refresh", json=known).status_code == 401
    assert api.post(_ME).status_code == 200
    api.request("POST", "/sandbox/reset")
    assert api.request("POST", "/auth/refresh", json=known).status_code == 200


def test_there_is_one_tenant_to_choose_from(api: Api) -> None:
    """Signing in returns the tenants that the user may use: only this one."""
    query = "{ listUserTenants { nodes { tenantId url orgName isCurrentStack } } authenticatedUser { tenantId } }"
    answer = api(query)
    assert answer["listUserTenants"]["nodes"] == [
        {
            "tenantId": answer["authenticatedUser"]["tenantId"],
            "url": "http://sandbox",
            "orgName": "Sandbox",
            "isCurrentStack": True,
        }
    ]
