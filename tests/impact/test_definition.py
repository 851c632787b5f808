"""Definitions: read as the API would tell of them, and refused at the place where they are wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from impact.definitions import EXAMPLES, needs_real, real_files
from support.world import World

from reconciler.errors import ManifestErrors
from reconciler.impact.definition import read_definitions
from reconciler.kinds.integration.versions import CONTENTS, VERSIONS, contents_of, version_of
from reconciler.model.tenant import Read
from reconciler.model.view import View
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.codec import Declaration


Declared = tuple[list["Declaration"], list[str]]
"""The variables of a version, and the names of its flows."""


def declared_by_the_api(path: Path) -> Declared:
    """Return what the sandbox's API returns for the version that a definition becomes.

    Only the API knows which connections a person has to authorize, and which inputs have a default that it keeps to
    itself: a definition names a connection, and its component has more.
    """
    (name,) = [definition.name for definition in read_definitions([str(path)], path.parent)]
    with World(integrations=()) as world:
        world.seed.integration(path.read_text(encoding="utf-8"))
        options = world.options("")
        with connect(options) as session:
            reading = session.reading()
            reading.read([Read(VERSIONS, name, (("name", name),))])
            (version,) = reading.tenant.find(VERSIONS, name)
            reading.read([Read(CONTENTS, version.id, (("id", version.id),))])
            contents = contents_of(version_of(version), View(reading.tenant, lambda _: None))
    variables = contents.variables.values()
    return [replace(each, signs_in=None, preset=frozenset()) for each in variables], list(contents.flows)


def declared_by_the_file(path: Path) -> Declared:
    """Return what the definition declares, without what only a file can declare."""
    contents = _contents(path)
    variables = contents.variables.values()
    return [replace(each, former=(), more_inputs=False, unpublished=False) for each in variables], list(contents.flows)


def _contents(path: Path) -> Contents:
    (definition,) = read_definitions([str(path)], path.parent)
    return definition.version.contents


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_definition_reads_as_the_api_reports_it(path: Path) -> None:
    """Each example definition declares the same by its file as by the API once it is published."""
    assert declared_by_the_file(path) == declared_by_the_api(path)


@needs_real
@pytest.mark.parametrize("path", real_files, ids=lambda path: path.stem)
def test_a_real_definition_reads_as_the_api_reports_it(path: Path) -> None:
    """Each definition that the platform exported declares the same by its file as by the API."""
    variables, flows = declared_by_the_file(path)
    assert (variables, flows) == declared_by_the_api(path)
    assert variables
    assert flows


ODD = """
name: Odd
configPages:
  - {userLevelConfigured: true, elements: [{type: configVar, value: Theirs}, {type: htmlElement, value: A}]}
userLevelConfigPages: [{elements: [{value: Also Theirs}]}]
flows: [{name: One}]
renameAttributes: {Before: A, Long Before: A}
requiredConfigVars:
  - {key: A, dataType: boolean, defaultValue: true, stableKey: a}
  - {key: B, dataType: number, defaultValue: 5.5}
  - {key: C, dataType: string, collectionType: keyvaluelist, defaultValue: {x: 1}}
  - {key: D, dataType: string, collectionType: valuelist, defaultValue: [x, y]}
  - {key: E, dataType: jsonForm, defaultValue: {a: [1]}}
  - {key: F, dataType: picklist, pickList: [one, 2]}
  - {key: G, dataType: schedule}
  - {key: H, dataType: connection, useScopedConfigVar: shared}
  - {key: I, dataType: connection, meta: {writeOnly: true}, inputs: {a: {value: x}}}
  - {key: J, dataType: connection, inputs: {b: {value: y}, a: {value: x, meta: {writeOnly: true}}, c: {}}}
  - {key: K, dataType: date, defaultValue: 2026-01-31}
  - {key: Theirs, dataType: string}
  - {key: Also Theirs, dataType: string}
  - {key: Own, dataType: string, userLevelConfigured: true}
"""


def test_every_part_of_the_format_reads_as_the_api_reports_it(tmp_path: Path) -> None:
    """Defaults of every form, pages for users, shared connections and hidden inputs come out as by the API."""
    path = tmp_path / "odd.yml"
    path.write_text(ODD, encoding="utf-8")
    variables, flows = declared_by_the_file(path)
    assert (variables, flows) == declared_by_the_api(path)
    by_key = {each.key: each for each in variables}
    assert {key for key, each in by_key.items() if each.user_level} == {"Theirs", "Also Theirs", "Own"}
    assert by_key["H"].scoped


def test_a_definition_holds_former_names(tmp_path: Path) -> None:
    """What a variable was called before is known, and that a connection may have more inputs than are listed."""
    (tmp_path / "odd.yml").write_text(ODD, encoding="utf-8")
    variables = _contents(tmp_path / "odd.yml").variables
    assert variables["A"].former == ("Before", "Long Before")
    assert [key for key, each in variables.items() if each.more_inputs] == ["H", "I", "J"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("name: [", ["d.yml:2:1: not valid YAML"]),
        ("", ["d.yml:1:1: a definition is one YAML document, and this file holds none"]),
        ("name: A\n---\nname: B\n", ["d.yml:3:1: a definition is one YAML document, and this file holds 2"]),
        ("[]", ["d.yml:1:1: a definition is a map with a name, flows and requiredConfigVars"]),
        ("flows: []", ["d.yml:1:1: 'name' is missing; add it"]),
        ("name: ''", ["d.yml:1:7: 'name' must not be empty"]),
        ("name: A\ndefinitionVersion: 8", ["d.yml:2:20: 'definitionVersion' must be 7"]),
        (
            "name: A\nrequiredConfigVars:\n  - {key: 5, dataType: string}\n  - {key: B}\n  - text\nflows: none\n",
            [
                "d.yml:3:11: 'key' must be text, not the number 5; put it in quotes",
                "d.yml:4:5: 'dataType' is missing",
                "d.yml:5:5: an item of 'requiredConfigVars' must be a map",
                "d.yml:6:8: 'flows' must be a list",
            ],
        ),
        (
            ("name: A\nrequiredConfigVars:\n  - {key: B, dataType: string}\n  - {key: B, dataType: number}\n"
            "flows: [{name: F}, {name: F}]"),
            ["d.yml:4:11: two config variables are called 'B'", "d.yml:5:27: two flows are called 'F'"],
        ),
        ("name: A\nname: B", ["d.yml:2:1: the key 'name' is given twice"]),
        ("name: A\nrenameAttributes: {A: [b]}", ["d.yml:2:23: 'A' must be text"]),
        ("name: &a [*a]", ["d.yml:1:7: this anchor holds an alias to itself"]),
        (
            "a: &a [1,1,1,1,1,1,1,1,1]\n"
            + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
            ["d.yml:1:1: the aliases of this document expand to more than"],
        ),
        ("a: " + "[" * 200 + "]" * 200, ["d.yml:1:"]),
    ],
)  # fmt: skip
def test_a_broken_definition_is_reported_at_its_places(tmp_path: Path, text: str, messages: list[str]) -> None:
    """Everything that is wrong with a definition is told, each with its file, line and column."""
    (tmp_path / "d.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestErrors) as refusal:
        read_definitions(["d.yml"], tmp_path)
    found = [str(problem) for problem in refusal.value.problems]
    assert [each[: len(message)] for each, message in zip(found, messages, strict=True)] == messages


def test_an_unreadable_definition_is_reported(tmp_path: Path) -> None:
    """A file that is missing or a folder, and two of one integration, are errors, all told together."""
    (tmp_path / "a.yml").write_text("name: A", encoding="utf-8")
    (tmp_path / "b.yml").write_text("name: A", encoding="utf-8")
    with pytest.raises(ManifestErrors) as refusal:
        read_definitions(["a.yml", "b.yml", "none.yml", "."], tmp_path)
    assert [str(problem) for problem in refusal.value.problems] == [
        "b.yml:1:7: two definitions are of the integration 'A', the other one is at a.yml:1:7",
        "--against none.yml: does not exist",
        "--against .: is folder; expected a definition's file",
    ]


def test_a_default_keeps_every_digit(tmp_path: Path) -> None:
    """A form's default with a number that no double holds is read, with all of its digits."""
    variable = "{key: E, dataType: jsonForm, defaultValue: {a: [0.1000000000000000000001]}}"
    (tmp_path / "odd.yml").write_text(f"name: Odd\nrequiredConfigVars: [{variable}]\n", encoding="utf-8")
    (read,) = _contents(tmp_path / "odd.yml").variables.values()
    assert read.default == '{"a": [0.1000000000000000000001]}'
