"""Text reaches the API unchanged, and YAML that is no text is refused where text is required.

Through the whole product, on a sandbox: a scalar in any spelling, at any place where the wire is text, reaches the API
as it is written, or is refused at its place. A refusal quotes it as it is written, unless a secret may stand there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import seed as draw_by
from hypothesis import strategies as st
from support.seed import seed
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused
from reconciler.secrets.doubtful_text import is_blank_text

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec:
  name: FTL
%(customer)s
---
apiVersion: reconciler/v1
kind: User
metadata: {name: lisa}
spec:
  customer: ftl
  email: lisa@ftl.example
  role: Admin
%(user)s
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: ftl
  name: Types
  integration: {name: Every Data Type, version: 1}
%(instance)s
"""


@dataclass(frozen=True)
class Field:
    """A place of a manifest whose type on the wire is text; ``sent`` finds what arrived there."""

    part: str
    text: str
    sent: Callable[[World], Any]
    secret: bool = False
    free: bool = True
    """Whether any text may stand there."""

    def manifest(self, scalar: str) -> str:
        parts = dict.fromkeys(("customer", "user", "instance"), "")
        return MANIFEST % {**parts, self.part: self.text.replace("SCALAR", scalar)}


def _input(world: World, kind: str) -> Any:
    (given_input,) = (each.arguments["input"] for each in world.mutations if each.field == f"create{kind}")
    return given_input


def attribute(kind: str, name: str) -> Callable[[World], Any]:
    return lambda world: _input(world, kind)[name]


def variable(key: str) -> Callable[[World], Any]:
    return lambda world: next(
        each["value"] for each in _input(world, "Instance")["configVariables"] if each["key"] == key
    )


def parsed(key: str, find: Callable[[Any], Any]) -> Callable[[World], Any]:
    return lambda world: find(json.loads(variable(key)(world)))


def connection(name: str) -> Callable[[World], Any]:
    def sent(world: World) -> Any:
        (found,) = (each for each in _input(world, "Instance")["configVariables"] if each["key"] == "A Connection")
        return next(each["value"] for each in json.loads(found["values"]) if each["name"] == name)

    return sent


def flow(field: str, find: Callable[[Any], Any]) -> Callable[[World], Any]:
    return lambda world: find(_input(world, "Instance")["flowConfigs"][0][field])


def in_variables(text: str) -> str:
    return f"  configVariables:\n    {text}"


def in_flow(text: str) -> str:
    return f"  flowConfigs:\n    Show Configuration:\n      {text}"


FIELDS = {
    "customer's external ID": Field(
        "customer", "  externalId: SCALAR", attribute("Customer", "externalId"), free=False
    ),
    "customer's description": Field("customer", "  description: SCALAR", attribute("Customer", "description")),
    "user's name": Field("user", "  name: SCALAR", attribute("CustomerUser", "name"), free=False),
    "user's phone": Field("user", "  phone: SCALAR", attribute("CustomerUser", "phone"), free=False),
    "instance's description": Field("instance", "  description: SCALAR", attribute("Instance", "description")),
    "string": Field("instance", in_variables("A String: SCALAR"), variable("A String")),
    "code": Field("instance", in_variables("An XML Code: SCALAR"), variable("An XML Code")),
    "item": Field(
        "instance", in_variables("A String List: [a, SCALAR]"), parsed("A String List", lambda data: data[1])
    ),
    "value of a map": Field(
        "instance", in_variables("A String Map: {a: SCALAR}"), parsed("A String Map", lambda data: data[0]["value"])
    ),
    "key of a map": Field(
        "instance", in_variables("A String Map: {SCALAR: a}"), parsed("A String Map", lambda data: data[0]["key"])
    ),
    "key of a pair": Field(
        "instance",
        in_variables("A String Map: [{key: SCALAR, value: a}]"),
        parsed("A String Map", lambda data: data[0]["key"]),
    ),
    "text in a form": Field(
        "instance", in_variables('A JSON Form: {"a": SCALAR}'), parsed("A JSON Form", lambda data: data["a"])
    ),
    "readable input": Field(
        "instance", in_variables("A Connection: {inputs: {host: SCALAR}}"), connection("host"), secret=True
    ),
    "write-only input": Field(
        "instance", in_variables("A Connection: {inputs: {apiKey: SCALAR}}"), connection("apiKey"), secret=True
    ),
    "API key": Field("instance", in_flow("apiKeys: [SCALAR]"), flow("apiKeys", lambda keys: keys[0]), secret=True),
    "test header": Field(
        "instance",
        in_flow("testHeaders: {X: SCALAR}"),
        flow("testHeaders", lambda text: json.loads(text)["X"]),
        secret=True,
    ),
    "test payload": Field(
        "instance", in_flow("testPayload: SCALAR"), flow("testPayload", lambda text: text), secret=True
    ),
    "content type": Field("instance", in_flow("testContentType: SCALAR"), flow("testContentType", lambda text: text)),
}
"""Every sort of place in which the API's type is text."""
TYPED = {"text in a form"}
"""Places that take numbers, booleans and null as such."""
FILLED = sorted(FIELDS.keys() - {"key of a map"})
"""Places that variables are filled into: keys are none."""
ODD = [
    "58.0", "12e5", "1.10", "007", "-012", "+5", "-0", ".5", "5.", "0.10", "1e400", "1E5", "1e-400", "0o17", "0x1F",
    "0b11", "1_000", "12:30", "12:30:45", "190:20:30", "2024-05-01", "2024-05-01T10:00:00Z", "true", "True", "TRUE",
    "False", "yes", "No", "on", "OFF", "y", "null", "Null", "NULL", "~", "nUlL", ".inf", "-.Inf", ".nan", "9" * 30,
    "9" * 500, "0." + "1" * 40, "12345678901234567.89", "9007199254740993", "123e", "1.2.3", "=", "<<", "1,000",
    "0777", "00", "1__0", "+.5", "-.5e3", "٣",
]  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def double_quoted(text: str) -> str:
    """Spell a text in double quotes, with escapes where it needs them."""
    escaped = "".join(each if each.isprintable() and each not in '"\\' else f"\\U{ord(each):08X}" for each in text)
    return f'"{escaped}"'


def single_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


NULLS = {"~", "null", "Null", "NULL"}
STYLES = [double_quoted, single_quoted]
UNREADABLE = re.compile("leading zeros|infinity|too large|more than 400 digits")
"""What is said of a scalar before it is known where it goes: below configVariables it may be a secret."""
PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata: {name: written}
spec: {ownership: none, variables: {v: SCALAR}}
"""
numbers = st.from_regex(r"[-+]?(?:0|[1-9][0-9]{0,24})(?:\.[0-9]{0,12})?(?:[eE][-+]?[0-9]{1,3})?", fullmatch=True)
plain = st.one_of(st.sampled_from(ODD), numbers, st.from_regex(r"[-+.0-9eExob_:]{1,12}", fullmatch=True))


def outcome(field: Field, manifest: str | Path) -> tuple[Any, str]:
    """Return what arrived (``None``: nothing was sent) and what was refused."""
    with World() as world:
        try:
            results = world.apply(manifest)
        except (ManifestErrors, PlanRefused) as error:
            assert world.mutations == []
            return None, str(error)
        assert all(result.ok for result in results), [result.error for result in results]
        return field.sent(world), ""


@pytest.mark.parametrize("examples", [40, pytest.param(240, marks=pytest.mark.full)])
def test_a_scalar_without_quotes_arrives_as_written_or_is_refused(examples: int) -> None:
    """What looks like a number, a boolean, null or a date is never rewritten on its way."""
    drawn = given(name=st.sampled_from(sorted(FIELDS)), scalar=plain)
    draw_by(seed())(settings(max_examples=examples)(drawn(arrives_as_written_or_is_refused)))()


def arrives_as_written_or_is_refused(name: str, scalar: str) -> None:
    assume(not re.search(r":$|: |^[-?:]*$|^[-?:] ", scalar))
    field = FIELDS[name]
    assume(
        scalar not in NULLS or (field.secret and name != "test payload")
    )  # elsewhere null is a word for "nothing", or for the default
    sent, refused = outcome(field, field.manifest(scalar))
    if not refused:
        assert sent == scalar or (name in TYPED and not isinstance(sent, str))
        return
    assert re.match(r"<stdin>:\d+:\d+: ", refused), refused
    message = refused.partition(": ")[2].partition("\n")[0]
    if field.secret:
        assert scalar not in message or len(scalar) < 6, refused
    elif "configVariables" not in field.text or not UNREADABLE.search(message):
        assert scalar[:50] in message, refused


@given(name=st.sampled_from([name for name in FIELDS if FIELDS[name].free]), text=TEXTS, style=st.sampled_from(STYLES))
def test_a_text_in_quotes_arrives_letter_by_letter(name: str, text: str, style: Callable[[str], str]) -> None:
    """Every letter of a quoted text reaches the API, white space at its ends and all; a blank secret is refused."""
    assume(text and "${" not in text)
    assume(style is double_quoted or text.isprintable())
    sent, refused = outcome(FIELDS[name], FIELDS[name].manifest(style(text)))
    if FIELDS[name].secret and name != "test payload" and is_blank_text(text):
        assert (sent, "would blank the live one" in refused) == (None, True)
    else:
        assert (sent, refused) == (text, "")


@given(name=st.sampled_from(FILLED), scalar=plain, within=st.booleans())
def test_a_variable_of_the_project_arrives_as_written_or_is_refused(name: str, scalar: str, within: bool) -> None:
    """``${var.v}`` by itself and within a text: what stands in reconciler.yaml is never rewritten either."""
    assume(not re.search(r":$|: |^[-?:]*$|^[-?:] ", scalar))
    field = FIELDS[name]
    assume(scalar not in NULLS)  # which no variable can be
    with TemporaryDirectory() as folder:
        Path(folder, "reconciler.yaml").write_text(PROJECT.replace("SCALAR", scalar), encoding="utf-8")
        Path(folder, "it.yaml").write_text(field.manifest('"v${var.v}"' if within else "${var.v}"), encoding="utf-8")
        sent, refused = outcome(field, Path(folder))
    if not refused:
        assert sent == (f"v{scalar}" if within else scalar) or (name in TYPED and not isinstance(sent, str))
    elif within and not field.secret and "variable 'v'" in refused:
        assert scalar[:50] in refused
