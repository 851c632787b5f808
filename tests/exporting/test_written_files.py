"""Style and place of exported manifests."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from exporting.exported import export
from support.odd_names import ODD

from reconciler.exporting.yaml_text import document_text, read_back

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World


def spec_text(spec: dict[str, Any]) -> str:
    """Return a spec as a manifest has it, which reads back as the same."""
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "Instance",
        "metadata": {"name": "ftl-rockets-inventory"},
        "spec": spec,
    }
    text = document_text(document)
    assert text is not None
    assert read_back(text) == [document]
    return dedent(text.partition("spec:\n")[2])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("function f() {\n\treturn 1;  \n}", "code: |-\n  function f() {\n  \treturn 1;  \n  }\n"),
        ("<p>\n  x\n</p>\n", "code: |\n  <p>\n    x\n  </p>\n"),
        ("a\r\nb", 'code: "a\\r\\nb"\n'),
        ("\u202ea\nb", 'code: "\\u202Ea\\nb"\n'),
        ({"a": None}, "code: {a: null}\n"),
        (1e21, "code: 1.0e+21\n"),
        ("it's C#", "code: it's C#\n"),
        ("<p>/home</p>", "code: <p>/home</p>\n"),
        ("/home", "code: /home\n"),
        ("a #b", 'code: "a #b"\n'),
        ("n", 'code: "n"\n'),
    ],
)
def test_a_value_is_written_in_a_readable_style(value: object, text: str) -> None:
    """Code keeps its lines and tabs, quotes stand where they are needed, and nothing is left to the reader."""
    assert spec_text({"code": value}) == text


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_exported_and_read_back(name: str) -> None:
    """As a value, a key, in lists and in maps, a name that YAML could take for something else is that name."""
    spec = {"name": name, "list": [name, {name: name}], "configVariables": {name: name, "v": {"deep": {name: [name]}}}}
    document = {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "i"}, "spec": spec}
    text = document_text(document)
    assert text is not None
    assert read_back(text) == [document]
    assert next(yaml.safe_load_all(text)) == document


def test_only_hidden_characters_are_escaped() -> None:
    """One mark of direction in a manifest does not make all of its other letters unreadable."""
    text = spec_text({"name": "Ærøskøbing 東京", "odd": "pay\u202eyap", "\x1bkey": "مؤسسة"})
    assert text == 'name: Ærøskøbing 東京\nodd: "pay\\u202Eyap"\n"\\ekey": مؤسسة\n'


@pytest.mark.parametrize(
    ("customer", "instance", "file"),
    [
        ("CON", "Stock", "customers/con-customer/con-stock.yaml"),
        ("Acme", "aux", "customers/acme/aux-instance.yaml"),
        ("Acme", "customer", "customers/acme/customer-instance.yaml"),
        ("Acme", "Users", "customers/acme/users-instance.yaml"),
        ("Customer", "console", "customers/customer/console.yaml"),
        ("../../etc", "a/../b", "customers/etc/a-b.yaml"),
    ],
)
def test_every_system_can_check_an_export_out(
    world: World, customer: str, instance: str, file: str, tmp_path: Path
) -> None:
    """No file or folder is called as a device of Windows, and an instance's file is its own."""
    owner = world.seed.customer(customer)["id"]
    world.seed.user("a@example.com", customer=owner)
    version = world.seed.version("Every Data Type")["id"]
    world.seed.instance(instance, customer=owner, integration=version, deployed=True)
    exported = export(world, tmp_path)
    assert [address.partition("/")[0] for address in exported.new[file]] == ["Instance"]
    assert world.plan(tmp_path).empty
