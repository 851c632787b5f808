"""Files in every form, encoding and line ending: an export updates each in its own form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from exporting.exported import export
from support.matrix import matrix

from reconciler.exporting.yaml_text import read_back

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

BLOCK = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, description: Declared}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec:
  customer: acme
  name: I
  integration: {name: Acme Inventory, version: 1}
  configVariables:
    Batch Size: 25
"""
FLOW = """\
{apiVersion: reconciler/v1, kind: Customer, metadata: {name: acme}, spec: {name: Acme, description: Declared}}
---
{apiVersion: reconciler/v1, kind: Instance, metadata: {name: i}, spec: {customer: acme, name: I,
  integration: {name: Acme Inventory, version: 1}, configVariables: {Batch Size: 25}}}
"""
JSON = """\
{"apiVersion": "v1", "kind": "List", "items": [
  {
    "apiVersion": "reconciler/v1", "kind": "Customer", "metadata": {"name": "acme"},
    "spec": {"name": "Acme", "description": "Declared"}
  },
  {
    "apiVersion": "reconciler/v1",
    "kind": "Instance",
    "metadata": {"name": "i"},
    "spec": {
      "customer": "acme",
      "name": "I",
      "integration": {"name": "Acme Inventory", "version": 1},
      "configVariables": {
        "Batch Size": 25
      }
    }
  }
]}
"""
JSON_DOCUMENTS = """\
{ "apiVersion": "reconciler/v1", "kind": "Customer", "metadata": {"name": "acme"}, "spec": {"name": "Acme",
"description": "Declared"
} }
--- {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "i"}, "spec": {"customer": "acme",
"name": "I", "integration": {"name": "Acme Inventory", "version": 1}, "configVariables": {"Batch Size":25}}}
"""
TRAILING = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme,}
spec: {name: Acme, description: Declared,}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec: {
  customer: acme,
  name: I,
  integration: {name: Acme Inventory, version: 1},
  configVariables: {
    Batch Size: 25,  # why
  },
}
"""
ENDING = """\
# Ours.
%s
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme} #\ta tab
spec:
  name: Acme
  description: Declared	# beside
  # after it

# between
%s
---   # the second
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i}
spec:
  customer: acme
  name: I
  integration: {name: Acme Inventory, version: 1}
  configVariables:
    Batch Size: 25
    # the last of them
#	at the end, with a tab
"""
MERGED = """\
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, description: &said Declared}
---
apiVersion: reconciler/v1
kind: Instance
metadata: &handle {name: i}
spec:
  customer: acme
  name: I
  <<: {integration: &version {name: Acme Inventory, version: 1}}
  configVariables: &variables
    Batch Size: &size 25
"""
INHERITED = """\
apiVersion: reconciler/v1
kind: Customer
metadata: &common {name: acme, labels: {description: Declared}}
spec:
  <<: {description: Declared, labels: []}
  name: Acme
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: i, annotations: &defaults {Batch Size: 25}}
spec:
  customer: acme
  name: I
  integration: {name: Acme Inventory, version: 1}
  configVariables:
    <<: *defaults
"""
FORMS = {
    "inherited": INHERITED,
    "inherited in braces": INHERITED.replace(":\n    <<: *defaults", ": {<<: *defaults}"),
    "all in quotes": JSON_DOCUMENTS,
    "block": BLOCK,
    "flow": FLOW,
    "json": JSON,
    "json in one line": " ".join(JSON.split()) + "\n",
    "json without line end": " ".join(JSON.split()),
    "json with tabs": JSON.replace("  ", "\t"),
    "trailing commas": TRAILING,
    "comments": ENDING % ("", ""),
    "explicit start": ENDING % ("---", ""),
    "directive": ENDING.replace("# Ours.\n", "%%YAML 1.2\n") % ("---", "..."),
    "ends": ENDING % ("", "..."),
    "ends at the end": BLOCK + "...\n# after the end\n",
    "anchors": MERGED,
    "no line end": BLOCK.rstrip("\n"),
    "empty lines at the end": BLOCK + "\n\n\n",
    "blanks at the end": BLOCK.rstrip("\n") + "   ",
    "blank lines between": BLOCK.replace("\n", "\n\n"),
    "list": "apiVersion: v1\nkind: List\nitems:\n"
    + "".join(
        "- " + document.strip("\n").replace("\n", "\n  ") + "\n" for document in BLOCK.split("---\n")
    ),
    "quoted keys": BLOCK.replace("spec:", '"spec":').replace("Batch Size:", "'Batch Size' :"),
    "explicit keys": BLOCK.replace("    Batch Size: 25", "    ? Batch Size\n    : 25"),
    "compact braces": FLOW.replace(": {", ":   {").replace("25}", "25 }").replace("Declared}", "Declared  }"),
    "braces over lines": FLOW.replace("{Batch Size: 25}}}", "{\n    Batch Size: 25\n  }\n }\n}"),
    "comment in braces": FLOW.replace("{Batch Size: 25}}}", "{\n    Batch Size: 25 # why\n    # more\n  }}}"),
    "empty map": FLOW.replace("description: Declared", "description: Declared, labels: [ ]"),
    "non-breaking": "# \u00a0 ünï here\n" + BLOCK,
}  # fmt: skip
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\nspec: {manifests: [., %s], ownership: none}\n"
ENCODINGS = {
    "plain": lambda text: text.encode(),
    "mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "old": lambda text: text.replace("\n", "\r").encode(),
    "mark and crlf": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
}


@pytest.fixture
def world(world: World) -> World:
    owner = world.seed.customer("Acme", description="Live: a #1")["id"]
    version = world.seed.version("Acme Inventory", 1)["id"]
    values = [{"key": "Batch Size", "value": "100"}, {"key": "My List", "value": '["a", "b: c"]'}]
    world.seed.instance("I", customer=owner, integration=version, deployed=True, configVariables=values)
    return world


@pytest.mark.parametrize(("form", "encoding"), matrix(FORMS, ENCODINGS))
def test_a_file_is_updated_in_its_own_form(form: str, encoding: str, world: World, tmp_path: Path) -> None:
    """What changed is changed, what is new added, all else stays, a plan is empty; another export finds nothing."""
    encode = ENCODINGS[encoding]
    file = tmp_path / ("all.json" if form.startswith("json") else "all.yaml")
    before = encode(FORMS[form])
    file.write_bytes(before)
    (tmp_path / "reconciler.yaml").write_text(PROJECT % file.name, encoding="utf-8")
    exported = export(world, tmp_path)
    assert exported.kept == []
    assert exported.changed == {
        file.name: [
            "Customer/acme description",
            "Instance/i configVariables.Batch Size",
            "Instance/i configVariables.My List",
        ]
    }
    after = file.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    if encoding == "old":
        assert b"\n" not in after
    elif b"\r" in before:
        assert after.count(b"\n") == after.count(b"\r\n")
    else:
        assert b"\r" not in after
    assert lines_kept(before, after) > 0.5
    for comment in (
        b"# why",
        b"# after it",
        b"# between",
        b"#\tat the end, with a tab",
        b"# beside",
        b"# after the end",
    ):
        assert (comment in before) == (comment in after)
    if form.startswith("json"):
        json.loads(after.decode("utf-8-sig"))
    assert world.plan(tmp_path).empty
    again = export(world, tmp_path)
    assert (again.files, again.kept, again.changed) == ([], [], {})


def lines_kept(before: bytes, after: bytes) -> float:
    """Return which share of the words of a file are still in it."""
    left = after.split()
    words = before.split()
    return sum(word in left for word in words) / len(words)


@pytest.mark.parametrize("encoding", ["mark", "mark and crlf"])
def test_documents_are_added_to_a_file_with_a_mark(encoding: str, world: World, tmp_path: Path) -> None:
    """A byte order mark stays the first thing in the file, and is nowhere else."""
    for name in ("customers/acme/customer.yaml", "team.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(
            ENCODINGS[encoding](BLOCK.partition("---")[0] if "customer" in name else "# ours\n")
        )
    assert export(world, tmp_path).left_out == []
    for file in (tmp_path / "team.yaml", tmp_path / "customers" / "acme" / "customer.yaml"):
        data = file.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\xef\xbb\xbf") == 1
        assert read_back(data.decode("utf-8-sig"))
    assert world.plan(tmp_path).empty
