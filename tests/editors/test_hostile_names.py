"""Hostile names in schemas, through the real language server, up to an editor's hover."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.hostile import TERMINAL
from support.language_server import language_server
from support.world import World

from reconciler.workflow.schemas import write_schemas
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.language_server import LanguageServer

KEYS = (
    "__proto__", "constructor", "toString", "$ref", "$schema", "$id", "$defs", "properties", "additionalProperties",
    "Größe 東京 🚀", "مؤسسة", "a: b # c", "'single' \"double\"", "{braces} [brackets]", "$1 ${2:x}", "`ticks`",
    "*bold* _it_", "valueFrom", "- dash", "%s <b>", "null", "12",
)  # fmt: skip
OPTIONS = ("north", "``) [click](command:evil) (``", "1", "true", "a: b", "`x`", "東京")
DESCRIPTION = "**bold** [click](command:evil) ![](https://evil.example/x.png) `code`\n# head\n\u202eback\x1b[31m"


def definition() -> str:
    variables = [{"key": key, "dataType": "number", "description": DESCRIPTION} for key in KEYS]
    variables.append({"key": "Choice", "dataType": "picklist", "pickList": OPTIONS, "description": DESCRIPTION})
    variables.append({"key": "Form", "dataType": "jsonForm", "defaultValue": '{"$ref": "file:///etc/passwd"}'})
    inputs = {key: {"type": "value", "value": ""} for key in KEYS}
    variables.append({
        "key": "Connection", "dataType": "connection", "inputs": inputs,
        "connection": {"key": "basic", "component": {"key": "x", "version": 1, "isPublic": False}},
    })  # fmt: skip
    name = "Ærø ^$.*+?()[]{}|/\\ 東京"
    flows = [{"name": "__proto__"}]
    written = {"definitionVersion": 7, "name": name, "flows": flows, "requiredConfigVars": variables}
    return json.dumps(written, ensure_ascii=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """A server with the schema of a tenant in which everything is called so."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with World(integrations=()) as world:
        world.seed.integration(definition())
        for number, name in enumerate((*TERMINAL.values(), *KEYS)):
            world.seed.customer(name, externalId=f"{name}-{number}")
        options = world.options("", files=(), cwd=folder)
        with connect(options) as session:
            _, notes = write_schemas(folder / "schemas", session)
        assert not notes
    with language_server(folder) as running:
        yield running


def manifest(variables: str, customer: str = "ftl") -> str:
    return f"""# yaml-language-server: $schema=schemas/manifest.schema.json
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: new}}
spec:
  customer: {customer}
  name: X
  integration: {{name: "Ærø ^$.*+?()[]{{}}|/\\\\ 東京"}}
  configVariables:
{variables}"""


@pytest.mark.parametrize("key", KEYS)
def test_a_variable_of_any_name_is_checked(key: str, server: LanguageServer) -> None:
    """Whatever a variable's key, a right value is not marked, and a wrong one is, as one of that variable."""
    written = json.dumps(key, ensure_ascii=False)
    value = "{valueFrom: {env: X}}" if key == "valueFrom" else "'5'"
    assert server.diagnostics("new.yaml", manifest(f"    {written}: 5\n")) == []
    (wrong,) = server.diagnostics("new.yaml", manifest(f"    {written}: [many]\n"))
    assert (wrong.line, wrong.message) == (10, "must be a number, or {valueFrom: …}")
    assert server.diagnostics("new.yaml", manifest(f"    Connection: {{inputs: {{{written}: {value}}}}}\n")) == []


def test_every_expressible_key_is_completed(server: LanguageServer) -> None:
    """All are completed but the names that every object of JavaScript has, which the server cannot list."""
    offers = server.completions("new.yaml", manifest("    ‸\n"))
    missing = {key for key in KEYS if not any(key in label for label in offers)}
    assert missing == {"__proto__", "constructor", "toString"}


def test_a_completed_key_is_valid(server: LanguageServer) -> None:
    """A completed key is the key: quoted where YAML asks for it, with nothing of it acting as a snippet."""
    offers = server.completions("new.yaml", manifest("    ‸\n"))
    taken = [offer.inserted.replace("${1:0}", "5") for offer in offers.values()]
    numbers = [text.replace("\\$", "$").replace("\\}", "}") for text in taken if text.endswith(": 5")]
    assert len(numbers) == len(KEYS) - 3
    for text in numbers:
        assert server.diagnostics("new.yaml", manifest(f"    {text}\n")) == [], text


def test_hover_text_is_not_rendered_as_markdown(server: LanguageServer) -> None:
    """What is said of a variable is shown as text: no link, no picture, no heading, nothing that cannot be seen."""
    for variables in ("    Cho‸ice: north\n", "    Größ‸e 東京 🚀: 5\n"):
        shown = server.hover("new.yaml", manifest(variables))
        assert "bold" in shown
        for acting in ("[click](", "![]", "**bold**", "\n#head", "\n# head", "\x1b", "\u202e"):
            assert acting not in shown


def test_hostile_options_are_valid_and_not_listed(server: LanguageServer) -> None:
    """An option with two backticks, which would end the code that a hover lists it as, is accepted and not offered."""
    offers = server.completions("new.yaml", manifest("    Choice: ‸\n"))
    assert {"north", "東京", "`x`"} <= {label.strip("\"'") for label in offers}
    assert not [label for label in offers if "evil" in label]
    for option in OPTIONS:
        assert server.diagnostics("new.yaml", manifest(f"    Choice: {json.dumps(option)}\n")) == []


def test_customer_names_are_escaped(server: LanguageServer) -> None:
    """Names with line breaks and escape sequences are not offered; the others are."""
    offers = server.completions("new.yaml", manifest("    {}\n", customer="\n    name: ‸"))
    assert {"Größe 東京 🚀", "مؤسسة"} <= {*offers}
    assert not [label for label in offers if any(ord(each) < 32 for each in label)]
