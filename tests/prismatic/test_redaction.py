"""No token and no secret in a log, a message or an exception, whatever text the server sends."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from prismatic.fake_tenant import RENEWABLE, SCHEMA, FakeTenant, with_api
from support.typed_operations import typed_operations

from reconciler.errors import ApiError
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.redaction.redact import Redactor, one_line
from reconciler.prismatic.redaction.short_secrets import COMMON_WORDS
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

CREATE = typed_operations(
    "mutation create($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { field messages } } }",
    SCHEMA,
)["create"]
PASSWORD = "canary-p\u00e4ssword \"quoted\" and 'so'"
VALUES = json.dumps([{"name": "password", "type": "value", "value": PASSWORD}])


def mutation(**values: Any) -> Call:
    return Call(CREATE, {"input": {"name": "FTL", **values}})


def echo(request_text: str) -> list[httpx.Response]:
    """Return answers that quote the request in every way."""
    inside = json.loads(request_text)["variables"]["op0_input"]
    quoted = f"Variable '$op0_input' got invalid value {inside!r}; Field 'x' is not defined."
    cut = quoted[:150]
    return [
        httpx.Response(200, json={"errors": [{"message": quoted}]}),
        httpx.Response(200, json={"errors": [{"message": cut}]}),
        httpx.Response(200, json={"data": {"op0": None}, "errors": [{"message": request_text, "path": ["op0"]}]}),
        httpx.Response(200, json={"data": {"op0": {"errors": [{"field": "x", "messages": [request_text, 7]}]}}}),
        httpx.Response(200, json={"data": {"op0": {"errors": [{"field": "x", "messages": "text"}]}}}),
        httpx.Response(500, text=request_text),
        httpx.Response(400, text=request_text, headers={"content-type": f"text/{PASSWORD.encode().hex()}"}),
        httpx.Response(302, headers={"location": "https://evil.example/?token=canary-access-token-old"}),
        httpx.Response(403, text="canary-access-token-old"),
    ]


REQUEST = json.dumps({"query": "", "variables": {"op0_input": {"name": "FTL", "description": VALUES}}})
CANARIES = ("canary-access", "canary-refresh", "canary-p", "ssword", "quoted")


@pytest.mark.parametrize("answer", echo(REQUEST), ids=range(9))
def test_no_output_contains_a_secret(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a server makes of a request, no log at any level, no answer and no exception contains a secret."""
    caplog.set_level(logging.DEBUG)
    tenant = FakeTenant(tokens={"canary-access-token-old"})
    tenant.script.append(answer)

    async def use(api: Api) -> Any:
        return await api.call([mutation(description=Secret(VALUES))])

    shown = ""
    try:
        shown = repr(with_api(tenant, use, endpoint=RENEWABLE))
    except ApiError as error:
        shown = "".join(traceback.format_exception(error))
    assert VALUES in tenant.sent[0].variables["op0_input"]["description"]
    for canary in CANARIES:
        assert canary not in shown
        assert canary not in caplog.text


def test_a_renewal_shows_no_token(caplog: pytest.LogCaptureFixture) -> None:
    """The log of a renewal contains neither the old token nor the new one."""
    caplog.set_level(logging.DEBUG)
    tenant = FakeTenant(tokens={"another"})

    async def use(api: Api) -> Any:
        return await api.call([mutation()])

    with_api(tenant, use, endpoint=RENEWABLE)
    assert "renewing the access token" in caplog.text
    assert "canary" not in caplog.text


def test_the_log_shows_operations_and_durations(caplog: pytest.LogCaptureFixture) -> None:
    """The log at INFO shows operations, their number and the time; at DEBUG also the status."""
    caplog.set_level(logging.DEBUG, logger="reconciler")
    with_api(FakeTenant(), lambda api: api.call([mutation(), mutation(name="b")]), rate=10_000, endpoint=RENEWABLE)
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("reconciler")]
    assert any(message.startswith("create: HTTP 200 in ") for message in messages)
    assert any(message.startswith("create x2: ") for message in messages)


HIDDEN = "(sensitive)"


def knowing(*secrets: str) -> Redactor:
    """Return a redactor that knows these secrets."""
    known = KnownSecrets()
    known.add(secrets)
    return Redactor(known)


@pytest.mark.parametrize(
    ("secrets", "text", "expected"),
    [
        (["hunter2"], "the password hunter2 is weak", f"the password {HIDDEN} is weak"),
        (["ab"], "ab cab ab.", f"{HIDDEN} cab {HIDDEN}."),
        (["a-long-secret-value"], "got a-long-secret-v", f"got {HIDDEN}"),
        (["a-long-secret-value"], "long-secret-value and a-long-secret", f"{HIDDEN} and {HIDDEN}"),
        (['{"password": "inner-secret", "n": [1, "ab"]}'], "bad: inner-secret, ab", f"bad: {HIDDEN}, ab"),
        (["{not json"], "{not json", HIDDEN),
        (['quo"ted'], 'value "quo\\"ted"', f'value "{HIDDEN}"'),
        ([""], "nothing to hide", "nothing to hide"),
        (["true"], "must be true or 'false', not \"true\"", f"must be true or 'false', not \"{HIDDEN}\""),
        (["a"], "a secret: a", f"{HIDDEN} secret: {HIDDEN}"),
        (["pass", "password-of-acme"], "password-of-acme, pass", f"{HIDDEN}, {HIDDEN}"),
        (["two\nlines of it"], "got 'two\nlines of it'", f"got '{HIDDEN}'"),
        (["p@ss/w&rd+1"], "at /x?p=p%40ss%2Fw%26rd%2B1 <p@ss/w&amp;rd+1>", f"at /x?p={HIDDEN} <{HIDDEN}>"),
        (["hunter22"], "aHVudGVyMjI= 68756e7465723232", f"{HIDDEN}= {HIDDEN}"),
        (
            [],
            "Variable '$x' got invalid value {'a': 'b; c'}; expected text",
            "Variable '$x' got an invalid value; expected text",
        ),
        ([], "Variable '$x' got invalid value 'abc", "Variable '$x' got an invalid value"),
        ([], "String cannot represent a non string value: {'a': 1}", "String cannot represent a non string value"),
        ([], "two\nlines\tand\x07bell", r"two lines and\x07bell"),
        ([], "x" * 400, "x" * 299 + "…"),
    ],
)
def test_server_text_is_redacted(secrets: list[str], text: str, expected: str) -> None:
    """Secrets, pieces of long ones and quoted values are hidden; the rest is one short line."""
    assert knowing(*secrets)(text) == expected


@given(st.text(min_size=4, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_a_secret_is_hidden_in_every_place(secret: str, before: str, after: str) -> None:
    """A secret is hidden with any text around it."""
    assume(secret.lower() not in COMMON_WORDS)
    hidden = knowing(secret).hide([before + secret + after])[0]
    assert secret not in hidden.replace(HIDDEN, "") or secret in before + after


@given(st.text(min_size=14, max_size=40), st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_is_hidden_within_a_longer_base64(secret: str, before: bytes, after: bytes) -> None:
    """A secret anywhere in a base64 text is hidden, except for a few characters at its ends."""
    raw = secret.encode()
    shown = knowing(secret).hide([base64.b64encode(before + raw + after).decode()])[0].replace(HIDDEN, "")
    around = len(base64.b64encode(before)) + len(base64.b64encode(after))
    assert len(shown) <= around + 8


@given(st.text(max_size=600))
def test_redacted_text_is_one_printable_line(text: str) -> None:
    """Redacted text is one line of printable characters."""
    shown = one_line(text)
    assert len(shown) <= 300
    assert shown == "" or shown.isprintable()
