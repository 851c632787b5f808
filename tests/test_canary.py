"""Unique secrets in every place that can hold one, and none of them in any output."""

from __future__ import annotations

import base64
import html
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from support.matrix import matrix
from support.receiver import receiving
from support.serving import run, run_here, served
from support.world import World

from reconciler.reports.registry import FORMATS
from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.serving import Ran

    from reconciler.sandbox.app import Sandbox

CANARIES = {
    name: f"canary-{name}-7Gk2pQ"
    for name in (
        "token", "password", "username", "file", "exec", "flow-key", "string", "form", "pair", "list",
        "shared", "theirs", "live-input", "live-flow-key", "fingerprint-key", "multi\nline", 'quo"te', "ünïcode",
    )
}  # fmt: skip

CONNECTION = "Acme Inventory User/Pass"
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: canaries}
spec: {manifests: [manifests]}
"""
MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, externalId: acme}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: acme
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
  configVariables:
    My String: {valueFrom: {env: STRING}}
    My List: [plain, {valueFrom: {env: LIST}}]
    Inventory Field Mapping: {key: {valueFrom: {env: PAIR}}}
    Acme Inventory User/Pass:
      inputs:
        username: canary-username-7Gk2pQ
        password: {valueFrom: {env: PASSWORD}}
    Amazon S3 Connection:
      inputs:
        accessKeyId: {valueFrom: {file: secrets/access-key}}
        secretAccessKey: {valueFrom: {exec: [cat, exec-secret]}}
  flowConfigs: {Sync Inventory: {apiKeys: [{valueFrom: {env: FLOW_KEY}}]}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: acme
  name: Types
  integration: {name: Every Data Type}
  configVariables:
    A JSON Form: {deep: [{er: {valueFrom: {env: FORM}}}]}
    A Connection: {inputs: {apiKey: {valueFrom: {env: MULTILINE}}}}
    A String: {valueFrom: {env: QUOTE}}
    A JSON Code: {valueFrom: {env: UNICODE}}
---
apiVersion: reconciler/v1
kind: Connection
metadata: {name: shared}
spec:
  stableKey: shared
  name: Shared
  type: organization-customer
  component: {key: acme-inventory, connection: basic, public: false}
  inputs: {username: {valueFrom: {env: SHARED}}, password: {perCustomer: true}}
---
apiVersion: reconciler/v1
kind: CustomerConnection
metadata: {name: theirs}
spec: {connection: shared, customer: acme, inputs: {password: {valueFrom: {env: THEIRS}}}}
"""


def _environ() -> dict[str, str]:
    named = {
        "STRING": "string", "LIST": "list", "PAIR": "pair", "PASSWORD": "password", "FLOW_KEY": "flow-key",
        "FORM": "form", "MULTILINE": "multi\nline", "QUOTE": 'quo"te', "UNICODE": "ünïcode",
        "SHARED": "shared", "THEIRS": "theirs", "RECONCILER_FINGERPRINT_KEY": "fingerprint-key",
    }  # fmt: skip
    return {variable: CANARIES[name] for variable, name in named.items()}


def forms(secret: str) -> Iterator[str]:
    """Yield the spellings in which a secret could leak."""
    raw = secret.encode()
    yield from (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret))
    yield from (secret.encode("unicode_escape").decode(), repr(secret)[1:-1])
    yield from (
        raw.hex(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    )
    # Within a longer text its base64 depends on where it begins; the middle is the same for each beginning.
    yield from (base64.b64encode(b"x" * shift + raw).decode()[4:-4] for shift in (1, 2))
    yield from (line for line in secret.split("\n") if len(line) > 6)


def leaks(text: str) -> list[str]:
    return [name for name, secret in CANARIES.items() if any(form in text for form in forms(secret))]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of manifests with every sort of secret."""
    manifests = tmp_path / "manifests"
    (manifests / "secrets").mkdir(parents=True)
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (manifests / "all.yaml").write_text(MANIFESTS, encoding="utf-8")
    (manifests / "secrets" / "access-key").write_text(CANARIES["file"] + "\n", encoding="utf-8")
    for folder in (tmp_path, manifests):
        (folder / "exec-secret").write_text(CANARIES["exec"], encoding="utf-8")
    return tmp_path


@pytest.fixture
def world() -> Iterator[World]:
    with World(token=CANARIES["token"]) as world:
        yield world


def change_live_secrets(world: World) -> None:
    """Put secrets in behind our back: a connection's input, a flow's API key."""
    (instance,) = world.rows("instances", name="Inventory")
    inputs = [
        {"name": "username", "type": "value", "value": CANARIES["live-input"]},
    ]
    flow = world.sandbox.tenant.store.where("flows", integration=instance["integration"], name="Sync Inventory")[0]
    _write(world, instance["id"], inputs, flow["id"])


def _write(world: World, instance: str, inputs: list[dict[str, str]], flow: str) -> None:
    queries = (
        (
            (
                "mutation ($i: UpdateInstanceConfigVariablesInput!) { updateInstanceConfigVariables(input: $i)"
                " { errors { messages } } }"
            ),
            {
                "id": instance,
                "configVariables": [{"key": "Acme Inventory User/Pass", "values": json.dumps(inputs[:1])}],
            },
        ),
        (
            "mutation ($i: UpdateInstanceInput!) { updateInstance(input: $i) { errors { messages } } }",
            {"id": instance, "flowConfigs": [{"flowId": flow, "apiKeys": [CANARIES["live-flow-key"]]}]},
        ),
    )
    headers = {"Authorization": f"Bearer {CANARIES['token']}"}
    for query, data in queries:
        answer = _post(world, {"query": query, "variables": {"i": data}}, headers)
        assert "errors" not in answer
        assert all(not payload["errors"] for payload in answer["data"].values())


def _post(world: World, body: dict[str, Any], headers: dict[str, str]) -> Any:
    import asyncio

    async def post() -> Any:
        async with httpx.AsyncClient(transport=InProcess(world.sandbox), base_url="http://sandbox") as client:
            return (await client.post("/api", json=body, headers=headers)).json()

    return asyncio.run(post())


def commands(tree: Path) -> Iterator[tuple[str, ...]]:
    """Yield the command lines, those that report and log as much as they can among them."""
    loud = ("-vv", "--allow-exec")

    def every(name: str) -> tuple[str, ...]:
        return tuple(part for form in FORMATS for part in ("--report", f"{form}={name}.{form}"))

    yield ("validate", "-vv")
    yield ("plan", *loud, "--out", "saved.json", *every("plan"), "--metrics", "plan.prom")
    yield ("plan", *loud, "--format", "json")
    yield ("plan", *loud, "--explain", "Instance/inventory")
    yield ("plan", "-vv", "--without-secrets", "--format", "json")
    yield ("plan", "-vv")  # refused: exec is not allowed
    yield (
        "apply",
        "saved.json",
        *loud,
        "--auto-approve",
        "--format",
        "json",
        *every("applied"),
        "--receipt",
        "receipt",
    )
    yield ("plan", *loud)
    yield ("drift", *loud, *every("drift"), "--receipt", "receipt")
    yield ("apply", *loud, "--auto-approve", "--resend-secrets", *every("resent"))


GIVEN = {"all.yaml", "access-key", "exec-secret", "reconciler.yaml"}
"""The files that the tree begins with."""


def _everything(tree: Path, ran: list[Ran]) -> str:
    """Return all that was put out: both streams, and every file that was written."""
    written = [path for path in tree.rglob("*") if path.is_file() and path.name not in GIVEN]
    reports = {f"{name}.{form}" for name in ("plan", "applied", "drift", "resent") for form in FORMATS}
    assert {"saved.json", "summary.md", "receipt", "plan.prom", *reports} <= {path.name for path in written}
    texts = [path.read_text(encoding="utf-8") for path in written]
    return "\n".join([*texts, *(each.out + each.err for each in ran)])


def test_no_secret_in_any_output_of_any_command(tree: Path, world: World) -> None:
    """No command shows, logs, saves or reports a secret, in whatever spelling: its own, or one found live."""
    with served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": CANARIES["token"], **_environ()}
        environ |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tree / "summary.md")}
        ran = [run(*line, environ=environ, cwd=tree) for line in commands(tree)]
        assert [each.code for each in ran] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0], [each.err for each in ran]
        change_live_secrets(world)
        drift = ("drift", "-vv", "--allow-exec", "--receipt", "receipt", "--format")
        changed = [run(*drift, form, environ=environ, cwd=tree) for form in FORMATS]
        assert [each.code for each in changed] == [2] * len(FORMATS)
        assert "sensitive" in changed[0].out
        changed.append(run("apply", "-vv", "--allow-exec", "--auto-approve", environ=environ, cwd=tree))
        assert changed[-1].code == 0, changed[-1].err
    text = _everything(tree, [*ran, *changed])
    assert "Traceback" not in text
    assert leaks(text) == []


PLAIN = re.compile(r"\{valueFrom: \{env: \w+\}\}")
READABLE = ("My String", "My List", "Inventory Field Mapping", "A JSON Form", "A String", "A JSON Code")
"""The variables that the API gives back, which are all that could be shown."""


def in_the_open(text: str, *, null: bool) -> str:
    """Return manifests that take nothing from outside any more: plain text in its place, or nothing at all."""
    if null:
        return re.sub(rf"(    (?:{'|'.join(READABLE)}): ).*", r"\1null", text)
    lines = (PLAIN.sub("plain", line) if line.strip().startswith(READABLE) else line for line in text.split("\n"))
    return "\n".join(lines)


KNOWING = {"the environment": (), "a key": (), "a receipt": ("--receipt", "receipt")}
"""What a run knows of the secrets that were there before, with the options that it takes."""
NEEDED = {"PASSWORD", "FLOW_KEY", "MULTILINE", "SHARED", "THEIRS"}
"""The variables that connections take their inputs from, which they go on doing."""


def environments(knows: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is in the environment while the secrets are applied, and afterwards."""
    before = _environ()
    if knows != "a key":
        before["RECONCILER_FINGERPRINT_KEY"] = ""
    kept = NEEDED | {"RECONCILER_FINGERPRINT_KEY"} | (set(before) if knows == "the environment" else set())
    return before, {name: text for name, text in before.items() if name in kept}


@pytest.mark.parametrize(
    ("knows", "null"),
    [
        pytest.param(knows, null, marks=[pytest.mark.full] if null and knows != "a receipt" else [])
        for knows in KNOWING
        for null in (False, True)
    ],
)
def test_no_former_secret_in_any_output(knows: str, null: bool, tree: Path, world: World) -> None:
    """What came from outside stays hidden when its manifest says plain text or null, in everything that is put out."""
    receipt = KNOWING[knows]
    before, after = environments(knows)
    loud = ("-vv", "--allow-exec", *receipt)
    reports = tuple(part for form in FORMATS for part in ("--report", f"{form}=opened.{form}"))
    with served(world.sandbox) as url, receiving("/hook") as hook:
        always = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": CANARIES["token"], "GITHUB_ACTIONS": "true"}
        given = ("--allow-exec", "--auto-approve", "--receipt", "receipt")
        first = run_here("apply", *given, environ={**always, **before}, cwd=tree)
        assert first.code == 0, first.err
        path = tree / "manifests" / "all.yaml"
        path.write_text(in_the_open(MANIFESTS, null=null), encoding="utf-8")
        environ = {**always, **after, "GITHUB_STEP_SUMMARY": str(tree / "summary.md")}
        lines = [
            ("plan", *loud, "--out", "opened.json.plan", *reports),
            ("plan", *loud, "--explain", "Instance/inventory"),
            ("plan", *loud, "--explain", "Instance/types", "--format", "json"),
            ("drift", *loud, *reports, *(() if receipt else ("--notify", hook.url))),
            ("apply", "opened.json.plan", "-vv", "--allow-exec", "--auto-approve", *receipt, *reports),
        ]
        ran = [run_here(*line, environ=environ, cwd=tree) for line in lines]
    assert [each.code for each in ran] == [0] * (len(lines) - 2) + [2, 0], [each.err for each in ran]
    written = [found for found in tree.rglob("*") if found.is_file() and found.name not in GIVEN]
    texts = [found.read_text(encoding="utf-8") for found in written]
    text = "\n".join([*texts, json.dumps(hook.posts), *(each.out + each.err for each in ran)])
    assert "Traceback" not in text
    assert "sensitive #" in ran[0].out
    assert leaks(text) == []


@pytest.mark.parametrize("command", [("export", "--out", "."), ("init", ".")], ids=["export", "init"])
def test_no_secret_in_an_export(
    command: tuple[str, ...], tree: Path, world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is exported holds the plain config variables, in which nobody can see a secret, and no other secret."""
    with served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": CANARIES["token"], **_environ()}
        assert run_here("apply", "--allow-exec", "--auto-approve", environ=environ, cwd=tree).code == 0
        change_live_secrets(world)
        folder = tmp_path_factory.mktemp("exported")
        ran = run_here(*command, "-vv", environ=environ, cwd=folder)
    assert ran.code == 0, ran.err
    written = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert "Inventory" in "".join(written)
    assert leaks(ran.out + ran.err) == []
    assert set(leaks("\n".join(written))) <= {"string", "form", "pair", "list", 'quo"te', "ünïcode"}


def test_secrets_reach_the_api(tree: Path, world: World) -> None:
    """What is hidden from people is what the API is given, to the letter."""
    with served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": CANARIES["token"], **_environ()}
        assert run_here("apply", "--allow-exec", "--auto-approve", environ=environ, cwd=tree).code == 0
    arrived = json.dumps([entry.arguments for entry in world.mutations], ensure_ascii=False)
    sent = {
        "password",
        "username",
        "shared",
        "theirs",
        "file",
        "exec",
        "flow-key",
        "string",
        "form",
        "pair",
        "list",
        "ünïcode",
    }
    assert {name for name in sent if CANARIES[name] in arrived} == sent


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()).decode(),
    "as in an address": quote,
    "as in a form": quote_plus,
    "as in HTML": html.escape,
    "as JSON in JSON": json.dumps,
    "in hex": lambda text: text.encode().hex(),
}


class Echo(InProcess):
    """An API that refuses each mutation in which a secret is, and quotes every one of these, encoded in some way.

    Each has a message of its own, since only the beginning of a long one is shown. ``quoted`` are the names of all.
    """

    def __init__(self, sandbox: Sandbox, encode: Callable[[str], str], *, in_payload: bool) -> None:
        super().__init__(sandbox)
        self._encode = encode
        self._in_payload = in_payload
        self.quoted: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(await request.aread()) if request.url.path == "/api" else {}
        sent = list(texts_in(body.get("variables", {})))
        inside = {name for name, secret in CANARIES.items() if any(secret in text for text in sent)}
        if "mutation" not in body.get("query", "") or not inside:
            return await super().handle_async_request(request)
        self.quoted |= inside
        said = [f"cannot take '{self._encode(CANARIES[name])}'" for name in sorted(inside)]
        said.append(f"cannot take {self._encode(json.dumps(body['variables'], ensure_ascii=False))}")
        said.append(f"nor what came from {request.headers['authorization']}")
        if self._in_payload:
            payload = {"instance": None, "errors": [{"field": said[0], "messages": said}]}
            return httpx.Response(200, json={"data": {"op0": payload}})
        return httpx.Response(200, json={"data": None, "errors": [{"message": each} for each in said]})


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a request's variables, those in JSON that travels as text included."""
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value
        with suppress(ValueError):
            yield from texts_in(json.loads(value)) if value[:1] in "[{" else ()


@pytest.mark.parametrize(("encode", "in_payload"), matrix(ENCODINGS, [False, True]))
def test_no_secret_that_the_api_quotes_in_any_output(
    encode: str, in_payload: bool, tree: Path, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that quotes every secret that it is sent, connection inputs too, cannot make us show one."""
    caplog.set_level("DEBUG", logger="reconciler")
    one = "\n---\n".join(MANIFESTS.split("\n---\n")[:2])
    (tree / "manifests" / "all.yaml").write_text(one, encoding="utf-8")
    world.environ |= _environ()
    created = MANIFESTS.split("\n---\n", maxsplit=1)[0]
    world.apply(created)
    echo = Echo(world.sandbox, ENCODINGS[encode], in_payload=in_payload)
    results = world.apply(tree / "manifests", allow_exec=True, transport=echo)
    said = [message for result in results for message in result.messages]
    assert echo.quoted >= {"password", "username", "file", "exec", "string", "list", "pair"}
    assert any("cannot take" in message for message in said)
    assert leaks("\n".join([*said, caplog.text])) == []


def test_the_canaries_would_be_noticed() -> None:
    """The search finds a secret in each of the spellings that it looks for."""
    for name, secret in CANARIES.items():
        for form in forms(secret):
            assert name in leaks(f"before{form}after")
