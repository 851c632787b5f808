"""Secrets that a server quotes are hidden: in every place of an answer, and in every spelling."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import seed as draw_by
from hypothesis import strategies as st
from prismatic.fake_tenant import FakeTenant, with_api
from prismatic.product_operations import product_operations
from support.effort import cpu_seconds
from support.seed import seed
from support.spellings import CHARACTER_WISE, SECRETS, TOGETHER, quotations, spell, spelled

from reconciler.applying.payload import understand
from reconciler.errors import ApiError
from reconciler.kinds.instance.operations import DEPLOY_INSTANCE
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.response import Answer
from reconciler.prismatic.redaction.folding import fold
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.prismatic.redaction.short_secrets import is_common
from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import JsonText, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.spellings import Spelled

    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api


def redactor(*own: str, live: tuple[str, ...] = ()) -> Redactor:
    known = KnownSecrets()
    known.add(own)
    known.add_live(live)
    return Redactor(known)


@pytest.mark.parametrize("examples", [100, pytest.param(800, marks=pytest.mark.full)])
def test_no_spelling_of_a_secret_is_shown(examples: int) -> None:
    """A secret of the run, or one read from the tenant, is hidden whole and cut, in every spelling and combination."""
    drawn = given(
        st.data(), SECRETS, st.sampled_from(["cannot take ", '{"password": "', "at /?a=1&p=", "<p>"]), st.booleans()
    )
    draw_by(seed())(settings(max_examples=examples, deadline=None)(drawn(no_spelling_is_shown)))()


def no_spelling_is_shown(data: st.DataObject, secret: str, before: str, ours: bool) -> None:
    quoted = data.draw(quotations(secret))
    clean = redactor(secret) if ours else redactor(live=(secret,))
    shown = clean.hide([f"{before}{quoted.text} of it"])[0]
    assert_hidden(quoted, shown, f"{before} of it")


def assert_hidden(quoted: Spelled, shown: str, beside: str) -> None:
    for piece in quoted.pieces:
        if piece.strip() and not is_common(fold(piece)):
            assert piece not in shown or piece in f"{beside}(sensitive)", quoted.how


PASSWORD = 'pä%5A"s\\w0rd+&amp; 7Gk2pQ/xY'


@pytest.mark.parametrize("way", [*CHARACTER_WISE, *TOGETHER])
@pytest.mark.parametrize("over", ["", *CHARACTER_WISE, *TOGETHER])
def test_two_spellings_on_top_of_each_other(way: str, over: str) -> None:
    """A password with every sort of character is hidden in each spelling, and in each spelling of a spelling."""
    quoted = spell(spelled(PASSWORD), way)
    quoted = spell(quoted, over) if over else quoted
    shown = redactor(PASSWORD).hide([f"before {quoted.text} after"])[0]
    assert_hidden(quoted, shown, "before  after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@given(st.data(), SECRETS)
def test_a_secret_that_is_quoted_twice_is_hidden_twice(data: st.DataObject, secret: str) -> None:
    """A secret is hidden in each place where it is quoted, in every spelling."""
    one, other = data.draw(quotations(secret)), data.draw(quotations(secret))
    shown = redactor(secret).hide([f"{one.text} | {other.text}"])[0]
    assert_hidden(one, shown, " | ")
    assert_hidden(other, shown, " | ")


def mutations() -> dict[str, Operation]:
    """Return every mutation that the product can send."""
    return {each.name: each for each in product_operations() if each.mutation}


def payload_of(operation: Operation, errors: list[Any]) -> dict[str, Any]:
    return {operation.field.removeprefix("create"): None, "errors": errors}


PLACES: dict[str, Callable[[Operation, str], httpx.Response]] = {
    "errors": lambda _, text: httpx.Response(200, json={"data": None, "errors": [{"message": text}]}),
    "errors of the operation": lambda _, text: httpx.Response(
        200, json={"data": {"op0": None}, "errors": [{"message": text, "path": ["op0"]}]}
    ),
    "errors as text": lambda _, text: httpx.Response(200, json={"errors": [text]}),
    "messages": lambda _, text: httpx.Response(
        200, json={"data": {"op0": {"instance": None, "errors": [{"field": "x", "messages": ["no", text]}]}}}
    ),
    "field": lambda _, text: httpx.Response(
        200, json={"data": {"op0": {"instance": None, "errors": [{"field": text, "messages": ["is wrong"]}]}}}
    ),
    "messages that are no text": lambda _, text: httpx.Response(
        200, json={"data": {"op0": {"instance": None, "errors": [{"field": [text], "messages": [{"text": text}]}]}}}
    ),
    "HTTP 400, JSON": lambda _, text: httpx.Response(400, json={"errors": [{"message": text}]}),
    "HTTP 400, text": lambda _, text: httpx.Response(400, text=text),
    "HTTP 403": lambda _, text: httpx.Response(403, json={"errors": [{"message": text}]}),
    "HTTP 422": lambda _, text: httpx.Response(422, json={"detail": text, "errors": [{"message": text}]}),
    "HTTP 500, JSON": lambda _, text: httpx.Response(500, json={"errors": [{"message": text}]}),
    "HTTP 502, text": lambda _, text: httpx.Response(502, text=text),
    "type of the content": lambda _, text: httpx.Response(
        400, text="no", headers={"content-type": "".join(each for each in text if " " <= each < "\x7f")}
    ),
    "place to go to": lambda _, text: httpx.Response(
        302, headers={"location": "https://" + "".join(each for each in text if each.isascii() and each.isalnum())}
    ),
}


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=25, deadline=None)
@given(st.data(), SECRETS)
def test_no_answer_shows_a_secret_of_any_mutation(place: str, data: st.DataObject, secret: str) -> None:
    """Secrets of any mutation that an answer quotes are in no result, no error, no traceback and no log."""
    operation = data.draw(st.sampled_from(sorted(mutations().values(), key=lambda each: each.name)))
    quoted = data.draw(quotations(secret))
    inputs = JsonText([{"name": "password", "type": "value", "value": Secret(secret)}])
    call = Call(operation, {"input": {"id": "x", "configVariables": [{"key": "k", "values": inputs}]}})
    assert_hidden(quoted, answered([call], PLACES[place](operation, f"no: {quoted.text}")), "no: " + repr(operation))


def answered(calls: list[Call], answer: httpx.Response, known: KnownSecrets | None = None) -> str:
    """Return all output about the calls when the server gives this answer."""
    records: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("reconciler")
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.DEBUG)
    tenant = FakeTenant()
    tenant.script.extend([answer] * 5)

    async def use(api: Api) -> Any:
        return [(each.errors, understand(each)) for each in await api.call(calls)]

    try:
        shown = repr(with_api(tenant, use, known_secrets=known))
    except ApiError as error:
        shown = str(error) + "".join(traceback.format_exception(error))
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    return shown + "\n".join(records)


@pytest.mark.parametrize("secret", ["4711", "80231", "948230175"])
@pytest.mark.parametrize("said", ["{}", "{}.25", "available in {} seconds"])
def test_a_pause_that_equals_a_secret_is_not_shown(secret: str, said: str) -> None:
    """A pause that the server asks for may be a secret of digits, in a header or in words; no message shows it."""
    known = KnownSecrets()
    known.add([Secret(secret)])
    header = {} if "available" in said else {"Retry-After": said.format(secret)}
    answer = httpx.Response(429, json={"detail": said.format(secret)}, headers=header)
    shown = answered([Call(DEPLOY_INSTANCE, {"input": {"id": "x"}})], answer, known)
    assert "too many requests" in shown
    assert secret not in shown


def test_a_secret_at_the_end_of_the_searched_text_is_not_shown() -> None:
    """A short secret is not shown where the end of the searched text splits it."""
    long, short = "x7Gk2pQ9" * 40, "hunter7"
    before = f"{long} is wrong, and so is ".ljust(395, ".")
    shown = redactor(long, short).clean([f"{before}{short}, answers the server"] * 300)
    assert shown[0].startswith("(sensitive) is wrong")
    assert "hunt" not in shown[0]


def test_a_deploy_shows_no_secret_of_another_request() -> None:
    """Secrets that other requests sent, that were read, and that were never sent are hidden in an answer."""
    known = KnownSecrets({"RECONCILER_FINGERPRINT_KEY": "the-key-of-fingerprints"})
    known.add([Secret("sent-by-another-request")])
    known.add_live(["read-from-the-tenant"])
    said = "cannot connect with sent-by-another-request, read-from-the-tenant, the-key-of-fingerprints: HTTP 401"
    answer = httpx.Response(
        200, json={"data": {"op0": {"instance": None, "errors": [{"field": "x", "messages": [said]}]}}}
    )
    shown = answered([Call(DEPLOY_INSTANCE, {"input": {"id": "x"}})], answer, known)
    assert "cannot connect with (sensitive), (sensitive), (sensitive): HTTP 401" in shown


@pytest.mark.parametrize(
    ("own", "live", "text", "expected"),
    [
        # Secrets too short for pieces, alone in the text.
        (["hunter2"], [], "HUNTER2", "(sensitive)"),
        (["pw1"], [], "password: pw1", "password: (sensitive)"),
        (["pw1"], [], "the pw12 is another", "the pw12 is another"),
        (["x7"], [], "not 'X7'.", "not '(sensitive)'."),
        (["p&1"], [], "p&amp;1 p%261 cCYx", "(sensitive) (sensitive) cCYx"),
        (["abc123"], [], "YWJjMTIz", "(sensitive)"),
        ([], ["abc123"], "x=abc123;", "x=(sensitive);"),
        ([], ["abc123"], "xabc1234", "xabc1234"),
        (["abc123"], [], "xabc1234", "x(sensitive)4"),
        ([], ["443"], "HTTP 443 of '443'", "HTTP 443 of '(sensitive)'"),
        ([], ["443"], "443", "(sensitive)"),
        ([], ["-p1-x"], "a-p1-x", "a(sensitive)"),
        # Common words of messages.
        (["password"], [], "the password is wrong: 'password'", "the password is wrong: '(sensitive)'"),
        (["password"], [], "password", "(sensitive)"),
        (["my-password-1"], [], "the password of my-passw", "the password of (sensitive)"),
        ([], ["https://live.acme.example"], "at https://app.prismatic.io", "at https://app.prismatic.io"),
        ([], ["https://live.acme.example"], "no host LIVE.ACME.EXAMPLE", "no host (sensitive)"),
        # Secrets inside secrets.
        (["postgres://u:s3cr3t@db/x"], [], "s3cr3t", "(sensitive)"),
        (["Basic dXNlcjpzM2NyM3Q="], [], "user 's3cr3t'", "user '(sensitive)'"),
        (["Bearer abc12"], [], "token abc12", "token (sensitive)"),
        (['{"pin": 4711, "on": true}'], [], "PIN 4711 is on: true", "PIN (sensitive) is on: true"),
        (["hunter2\n"], [], "hunter2", "(sensitive)"),
        # Blanks, and letters with accents and in other forms.
        (["correct horse battery"], [], "correct  horse\n battery", "(sensitive)"),
        (["Größenwahn 1"], [], "GRO\u0308SSENWAHN 1", "(sensitive)"),
        (["a b c d e"], [], "a b c d e", "(sensitive)"),
        # Rare spellings of a character.
        (["hunter2-hunter"], [], "&#00000000104;unter2-hunter", "(sensitive)"),
        (["hunter2-hunter"], [], base64.b64encode("hunter2-hunter".encode("utf-16-le")).decode(), "(sensitive)=="),
        (["Größenwahn"], [], "GrÃ¶ÃŸenwahn Gr\\303\\266\\303\\237enwahn", "(sensitive) (sensitive)"),
        (["Größenwahn"], [], "[71, 114, -61, -74, -61, -97, 101, 110, 119, 97, 104, 110]", "[(sensitive)]"),
        (["hunter2-hunter"], [], "0000: 6875 6e74 6572 322d 6875", "0000: (sensitive)"),
        (["hunter2-hunter"], [], "68756e74 6572322d", "(sensitive)"),
        ([], [], "Ã¶ -61 \\303 dead beef cafe", "\xc3\xb6 -61 \\303 dead beef cafe"),
        (["hunter2-hunter"], [], "%u0068unter2-hu", "(sensitive)"),
        (["hunter2-hunter"], [], "\\150unter2-hu", "(sensitive)"),
        (["hunter2-hunter"], [], "<Buffer 68 75 6e 74 65 72 32 2d 68 75>", "<Buffer (sensitive)>"),
        (["hunter2-hunter"], [], "[104, 117, 110, 116, 101, 114, 50, 45]", "[(sensitive)]"),
        (["o'hara''s-key"], [], "values ('o''hara''''s-key')", "values ('(sensitive)')"),
        (["x"], [], "%2525252541\\\\\\\\x41&amp;amp;amp;#65;" * 99, "(not shown: it is encoded in too many ways)"),
        # Credentials that are not among the known secrets.
        ([], [], "bad eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl", "bad (sensitive)"),
        ([], [], "got Bearer abcdefgh12345", "got Bearer (sensitive)"),
        ([], [], "no proxy http://anna:pw@proxy:3128", "no proxy http://(sensitive)@proxy:3128"),
    ],
)
def test_short_secrets_are_hidden_and_messages_stay_readable(
    own: list[str], live: list[str], text: str, expected: str
) -> None:
    """Short secrets are hidden where they are words of their own, and messages keep the words that they need."""
    assert redactor(*own, live=tuple(live))(text) == expected


UNDERSTOOD = (
    ("A customer with this name already exists.", "taken"),
    ("This external ID is in use by another customer.", "taken"),
    ("duplicate key value violates unique constraint", "taken"),
    ("Instance matching query does not exist.", "missing"),
    ("Customer not found", "missing"),
    ("no such instance", "missing"),
    ("You do not have permission to do this", "forbidden"),
    ("not authorized to see the field", "forbidden"),
    ("insufficient privileges", "forbidden"),
    ("Access denied for this token", "forbidden"),
    ("The query is too complex: maximum depth is 10", "too_much"),
    ("the statement timed out", "too_much"),
    ("Internal server error", "transient"),
    ("temporarily unavailable, try again", "transient"),
    ("deadlock detected", "transient"),
)


@pytest.mark.parametrize(("message", "as_what"), UNDERSTOOD)
def test_the_meaning_of_errors_does_not_depend_on_secrets(message: str, as_what: str) -> None:
    """An error is understood the same if any of its words, or all of them, are secrets of the run."""
    words = message.lower().replace(",", "").replace(".", "").split()
    for secrets in ((), *((word,) for word in words), tuple(words)):
        for clean in (redactor(*secrets), redactor(live=secrets)):
            answer = Answer(None, (clean(message),))
            understood = {
                "taken": understand(answer).taken,
                "missing": understand(answer).missing,
                "forbidden": answer.forbidden,
                "too_much": answer.too_much,
                "transient": answer.transient,
            }
            assert understood[as_what], (secrets, answer.errors)


def test_hundreds_of_long_errors_are_searched_in_seconds() -> None:
    """Of the errors in an answer, however many, only a bounded part is searched."""
    texts = [f"{index} " + base64.b64encode(LONG[index:][:6000].encode()).decode() for index in range(250)]
    shown: list[str] = []
    assert cpu_seconds(lambda: shown.extend(redactor(LONG).clean(texts))) < 10.0
    assert shown == redactor(LONG).clean([text[:401] for text in texts])
    assert len(shown) == 250
    assert max(map(len, shown)) <= 300


def seconds_for(clean: Redactor, texts: list[str]) -> float:
    return cpu_seconds(lambda: clean.clean(texts))


LONG = json.dumps([f"{index:x}-{index * index}" for index in range(9000)])


def test_time_grows_with_the_sum_of_the_texts() -> None:
    """Twelve errors of 20 kB that quote a secret of 100 kB take little time."""
    assert len(LONG) > 100_000
    texts = [f"{index}: cannot take {LONG[index * 1000 : index * 1000 + 20_000]}" for index in range(12)]
    assert min(seconds_for(redactor(LONG), texts) for _ in range(3)) < 2.0


def test_many_secrets_cost_nothing_before_the_first_message() -> None:
    """A hundred thousand secrets that were read are searched quickly, and are not processed before the first search."""
    known = KnownSecrets()
    secrets = [f"live-{index:x}-{index * 7919:o}" for index in range(100_000)]
    assert cpu_seconds(lambda: known.add_live(secrets)) < 1.0
    clean = Redactor(known)
    refused = f"refused: '{secrets[77_777].upper()}'"
    assert cpu_seconds(lambda: clean(refused)) < 5.0
    assert clean(refused) == "refused: '(sensitive)'"
