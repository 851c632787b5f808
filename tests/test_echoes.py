"""A server that quotes every secret it was sent, at each step of an apply."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from support.serving import run_here, served
from support.world import World

from reconciler.reports.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from pathlib import Path

    from support.serving import Ran

    from reconciler.sandbox.app import Sandbox

TOKEN, KEY = "canary-token-7Gk2pQ", "canary-fingerprint-key-7Gk2pQ"
SECRETS = {
    "ACME_PASSWORD": 'canary-pa"ss\\word-7Gk2pQ',
    "ACME_FORM": "canary-form-ünïcode-7Gk2pQ",
    "ACME_FLOW_KEY": "canary-flow-key-7Gk2pQ",
    "ACME_PIN": "x7Gk2",
}
PLAIN = "canary-username-7Gk2pQ"
MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, externalId: acme, description: DESCRIPTION}
---
apiVersion: reconciler/v1
kind: User
metadata: {name: lisa}
spec: {customer: acme, email: lisa@acme.example, name: NAME, role: Admin}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: acme
  name: Inventory
  description: DESCRIPTION
  integration: {name: Acme Inventory, version: VERSION}
  configVariables:
    My String: {valueFrom: {env: ACME_FORM}}
    Acme Inventory User/Pass:
      inputs: {username: canary-username-7Gk2pQ, password: {valueFrom: {env: ACME_PASSWORD}}}
  flowConfigs: {Sync Inventory: {apiKeys: [{valueFrom: {env: ACME_FLOW_KEY}}, {valueFrom: {env: ACME_PIN}}]}}
"""
FIRST = {"DESCRIPTION": "one", "NAME": "Lisa", "VERSION": "2"}
SECOND = {"DESCRIPTION": "two", "NAME": "Lisa N", "VERSION": "2"}
GONE = "\n---\n".join(f"{each.rstrip()}\nlifecycle: {{state: absent}}\n" for each in MANIFESTS.split("\n---\n"))
CREATIONS = ("createCustomer", "createCustomerUser", "createInstance", "deployInstance")
UPDATES = ("updateCustomer", "updateUser", "updateInstance", "updateInstanceConfigVariables")
DELETES = ("deleteInstance", "deleteUser", "deleteCustomer")

Body = tuple[int, str, Any]
PLACES: dict[str, Callable[[str], Body]] = {
    "errors": lambda text: (200, "application/json", {"data": None, "errors": [{"message": text}]}),
    "messages": lambda text: (200, "application/json", text),
    "HTTP 400": lambda text: (400, "application/json", {"errors": [{"message": text}]}),
    "HTTP 500": lambda text: (500, "text/plain", text),
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in an address, twice": lambda text: quote(quote(text)),
    "entities": lambda text: "".join(f"&#{ord(each)};" if index % 2 else each for index, each in enumerate(text)),
    "JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "cut": lambda text: text[3:-3],
}


class Echoing:
    """An API that fails one mutation, and quotes in its answer each secret that it was ever sent, by itself."""

    def __init__(self, sandbox: Sandbox, field: str, place: str, spell: Callable[[str], str]) -> None:
        self._inner = sandbox.app
        self._field = field
        self._place = place
        self._spell = spell
        self.quoted = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        if f"{self._field}(".encode() in body and b'"query": "mutation' in body:
            self.quoted += 1
            await self._refuse(json.loads(body), send)
            return

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        await self._inner(scope, again, send)

    async def _refuse(self, request: dict[str, Any], send: Any) -> None:
        said = [f"'{self._spell(each)}'" for each in (*SECRETS.values(), PLAIN, TOKEN, KEY)]
        aliases = sorted({name.split("_")[0] for name in request["variables"]})
        if self._place == "messages":
            nothing = dict.fromkeys(("customer", "user", "instance"))
            payload = {**nothing, "errors": [{"field": "x", "messages": ["cannot take", *said]}]}
            status, kind, answer = 200, "application/json", {"data": dict.fromkeys(aliases, payload)}
        else:
            status, kind, answer = PLACES[self._place](" ".join(["cannot take", *said]))
        data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})


class Served:
    """What is served instead of a sandbox's application."""

    def __init__(self, app: Echoing) -> None:
        self.app = app


def write(tree: Path, texts: dict[str, str], manifests: str = MANIFESTS) -> None:
    """Write the manifests, with texts filled in, and their project."""
    for name, text in texts.items():
        manifests = manifests.replace(name, text)
    (tree / "all.yaml").write_text(manifests, encoding="utf-8")
    (tree / "reconciler.yaml").write_text(
        "{apiVersion: reconciler/v1, kind: Project, metadata: {name: p}, spec: {manifests: [all.yaml]}}",
        encoding="utf-8",
    )


def apply(tree: Path, secrets: dict[str, str], url: str) -> Ran:
    environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": TOKEN, "RECONCILER_FINGERPRINT_KEY": KEY, **secrets}
    reports = [part for form in FORMATS for part in ("--report", f"{form}=out.{form}")]
    command = ("apply", "--auto-approve", "--allow-delete-customers", "--allow-deletes", "9", "-vv", "--timeout", "20")
    return run_here(*command, "--receipt", "out.receipt", *reports, environ=environ, cwd=tree)


def leaked(tree: Path, ran: Ran, spell: Callable[[str], str]) -> set[str]:
    """Return what was put out of a secret: the secret, or any eight characters of how it was quoted."""
    text = ran.out + ran.err + "".join(path.read_text(encoding="utf-8") for path in tree.glob("out.*"))
    secrets = {*SECRETS.values(), PLAIN, TOKEN, KEY}
    found = {each for each in secrets if each in text or each.upper() in text}
    # What the report says of itself is no piece of a secret: "canary-" is in no manifest's names.
    for each in secrets:
        whole = spell(each)
        if len(whole) > 20:
            found |= {piece for start in range(len(whole) - 20) if (piece := whole[start : start + 20]) in text}
    return found


MATRIX = [(field, place, way) for field in (*CREATIONS, *UPDATES, *DELETES) for place in PLACES for way in SPELLINGS]


def chosen() -> list[tuple[str, str, str]]:
    """Return a sample in which each step meets several places, and each place every spelling."""
    return [case for index, case in enumerate(MATRIX) if index % 17 == 0]


@pytest.mark.parametrize(("field", "place", "way"), chosen())
def test_no_step_of_an_apply_shows_what_a_server_quotes(field: str, place: str, way: str, tmp_path: Path) -> None:
    """Whichever mutation a server refuses, and quotes all secrets of the run, none is on a stream or in a file."""
    spell = SPELLINGS[way]
    with World(token=TOKEN) as world:
        if field not in CREATIONS:
            before = {name: f"before-{secret}" for name, secret in SECRETS.items()}
            with served(world.sandbox) as url:
                write(tmp_path, FIRST)
                assert apply(tmp_path, before, url).code == 0
            # The receipt is of another address.
            (tmp_path / "out.receipt").unlink()
        write(tmp_path, SECOND if field in UPDATES else FIRST, GONE if field in DELETES else MANIFESTS)
        server = Echoing(world.sandbox, field, place, spell)
        with served(Served(server)) as url:  # type: ignore[arg-type]  # as much of a sandbox as is served
            ran = apply(tmp_path, SECRETS, url)
    assert server.quoted, ran.err
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    assert leaked(tmp_path, ran, spell) == set()
    assert place not in {"errors", "messages"} or "cannot take" in ran.out + ran.err
