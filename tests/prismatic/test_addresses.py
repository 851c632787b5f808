"""The hosts that get the token: Prismatic's own, and those that the operator allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prismatic.fake_tenant import FakeTenant, with_api

from reconciler.errors import NotAuthenticated, UsageError
from reconciler.prismatic.connection import identify
from reconciler.prismatic.settings.allowed_hosts import allowed_hosts, is_prismatic
from reconciler.prismatic.settings.endpoint import Endpoint, find_endpoint
from reconciler.prismatic.settings.urls import normalise_url
from reconciler.secrets.secret import Secret

CASES = yaml.safe_load(Path(__file__).with_name("addresses.yaml").read_text(encoding="utf-8"))
TOKEN = "canary-refresh-token"
NAMES = ("app.", "prismatic", ".prismatic.io", ".io", "evil.example", "\u0440rismatic", "xn--", "127.0.0.1", "::1")
SIGNS = (*".@:/\\?#%[]-_*;,&=! \t\n", "%2e", "443", "8443", "\u3002", "\uff0f", "\u200b", "\u0131")
PIECES = st.sampled_from([*NAMES, *SIGNS])


def endpoint_for(case: dict[str, Any], home: Path) -> Endpoint:
    """Return the endpoint for a project's address with the operator's settings."""
    confirmed = dict(case.get("confirmed", {}))
    environ = {"PRISM_REFRESH_TOKEN": TOKEN}
    if "profile" in confirmed:
        url = confirmed.pop("profile")
        file = home / "config.yml"
        file.write_text(f"refreshToken: {TOKEN}\n" + (f"prismaticUrl: {url}\n" if url else ""), encoding="utf-8")
        environ = {"PRISM_CONFIG_FILE": str(file)}
    return find_endpoint({**environ, **confirmed}, url=case["url"], url_source="the environment 'x'", home=home)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['url']} {case.get('confirmed', '')}" for case in CASES])
def test_a_token_goes_only_where_its_owner_lets_it(case: dict[str, Any], tmp_path: Path) -> None:
    """A project's address is used if it is Prismatic's own or confirmed, and refused with a message otherwise."""
    if "goes" in case:
        assert endpoint_for(case, tmp_path).url == case["goes"]
        return
    with pytest.raises(UsageError) as caught:
        endpoint_for(case, tmp_path)
    message = str(caught.value)
    assert case["refused"] in message
    assert message.isascii()
    assert TOKEN not in message


@given(st.lists(PIECES, max_size=8).map("".join))
def test_every_url_reader_finds_prismatics_host_in_an_accepted_address(rest: str) -> None:
    """An address that is accepted as Prismatic's own has such a host for every URL parser."""
    try:
        url = normalise_url(f"https://{rest}", source="it")
    except UsageError:
        return
    if is_prismatic(url):
        for host in (urlsplit(url).hostname, httpx.URL(url).host):
            assert host == "prismatic.io" or str(host).endswith(".prismatic.io")
        assert (httpx.URL(url).port, httpx.URL(url).userinfo, httpx.URL(url).path) == (None, b"", "/")


def test_the_operators_address_needs_no_confirmation() -> None:
    """PRISMATIC_URL comes from the operator, so every host in it is accepted."""
    environ = {"PRISM_REFRESH_TOKEN": TOKEN, "PRISMATIC_URL": "https://stack.example"}
    assert find_endpoint(environ).url == "https://stack.example"


ISSUERS = [
    # The stack, the issuer that it names, the operator's list, and whether the issuer gets the token.
    ("https://stack.example", "stack.example", "", True),
    ("https://stack.example", "https://STACK.example:443/", "", True),
    ("https://stack.example", "login.prismatic.io", "", True),
    ("https://app.prismatic.io", "auth.prismatic.io", "", True),
    ("https://stack.example", "login.example", "login.example", True),
    ("https://stack.example", "eu.login.example", "*.login.example", True),
    ("https://stack.example", "login.example", "", False),
    ("https://app.prismatic.io", "login.example", "", False),
    ("https://stack.example", "stack.example:8443", "", False),
    ("https://stack.example", "http://localhost:9", "", False),
    ("https://stack.example", "stack.example.evil.example", "", False),
    ("https://stack.example", "prismatic.io.evil.example", "", False),
    ("https://stack.example", "auth.\u0440rismatic.io", "", False),
    ("https://stack.example", "login.prismatic.io:8443", "", False),
]


@pytest.mark.parametrize(("stack", "domain", "allowed", "goes"), ISSUERS)
def test_the_refresh_token_goes_only_to_accepted_issuers(stack: str, domain: str, allowed: str, goes: bool) -> None:
    """The refresh token goes to the stack itself, to Prismatic's own hosts, and to hosts that the operator allows."""
    tenant = FakeTenant(tokens={"canary-issued"})
    tenant.script.extend(
        [
            httpx.Response(404),
            httpx.Response(200, json={"domain": domain, "clientId": "client-1"}),
            httpx.Response(200, json={"access_token": "canary-issued"}),
        ]
    )
    hosts = allowed_hosts({"RECONCILER_ALLOWED_HOSTS": allowed})
    endpoint = Endpoint(stack, None, Secret(TOKEN), None, "the test", hosts)
    if goes:
        assert with_api(tenant, identify, endpoint=endpoint)
        assert [sent.path for sent in tenant.sent][2] == "/oauth/token"
        return
    with pytest.raises(NotAuthenticated, match="RECONCILER_ALLOWED_HOSTS=") as caught:
        with_api(tenant, identify, endpoint=endpoint)
    assert [sent.path for sent in tenant.sent] == ["/auth/refresh", "/auth/meta"]
    assert str(caught.value).isascii()
