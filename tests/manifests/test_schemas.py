"""The JSON schemas of manifests, the quick check before them, and the generated reference."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.world import ROOT

from reconciler.kinds.registry import default_registry
from reconciler.manifests.schema.check import Checker
from reconciler.manifests.schema.failure import Validator
from reconciler.manifests.schema.made_schemas import made_schemas
from reconciler.manifests.schema.quick import quick_test
from reconciler.manifests.schema.reference_page import reference
from reconciler.manifests.schema.schemas import (
    directives,
    load_schema,
    schema_folder,
    schema_path,
    set_kinds,
    shipped,
)
from reconciler.secrets.secret import Secret
from reconciler.text.exact_numbers import Exact, SpelledInt

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = {name: load_schema(name) for name in shipped()}
MANIFEST = json.loads(schema_path("manifest").read_text(encoding="utf-8"))
EXAMPLES = [example for schema in SCHEMAS.values() for example in schema["examples"]]
DOCS = Path(__file__).parents[2] / "docs" / "manifests.md"


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property of a schema, however deep, with its path."""
    if not isinstance(schema, dict):
        return
    for key, part in schema.get("properties", {}).items():
        yield f"{path}.{key}", part
        yield from properties(part, f"{path}.{key}")
    for keyword in ("additionalProperties", "items"):
        if isinstance(schema.get(keyword), dict):
            yield f"{path}.{keyword}", schema[keyword]
            yield from properties(schema[keyword], f"{path}.{keyword}")
    for name, part in schema.get("$defs", {}).items():
        yield from properties(part, f"{path}#{name}")


def closed(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema of a map."""
    for where, part in [(path, schema), *properties(schema, path)]:
        if "properties" in part:
            yield where, part


@pytest.mark.parametrize("name", [*shipped(), "manifest", "overlay"])
def test_every_schema_is_valid(name: str) -> None:
    """Every schema is valid by the metaschema of draft 2020-12."""
    schema = load_schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", shipped())
def test_every_property_says_what_it_is_for(name: str) -> None:
    """Every property has a description and examples for editors, and each example is right."""
    schema = SCHEMAS[name]
    found = [(path, part) for path, part in properties(schema) if "$ref" not in part]
    assert len(found) > 10
    for path, part in found:
        assert part.get("description", "").endswith("."), path
        assert part.get("examples"), path
        for example in part["examples"]:
            assert Validator({**part, "$defs": schema.get("$defs", {})}).is_valid(example), path


@pytest.mark.parametrize("name", [name for name in shipped() if "lifecycle" in SCHEMAS[name]["properties"]])
def test_examples_of_ignored_fields_are_fields_of_the_kind(name: str) -> None:
    """What an editor offers for ``ignoreChanges`` is a field of the kind's spec; of a set, a field of its members'."""
    lifecycle = SCHEMAS[name]["properties"]["lifecycle"]["properties"]
    ignored = lifecycle["ignoreChanges"]
    offered = [*ignored["items"]["examples"], *(each for example in ignored["examples"] for each in example)]
    assert set(offered) <= SCHEMAS[set_kinds().get(name, name)]["properties"]["spec"]["properties"].keys()


@pytest.mark.parametrize("name", shipped())
def test_no_map_takes_unknown_keys(name: str) -> None:
    """Every map with known keys is closed, but for the values that an integration defines."""
    for path, part in closed(SCHEMAS[name]):
        if not path.startswith(("#value", "#configVariable", "#flowTest.payload")) and path != "":
            assert part.get("additionalProperties") is False, path
    assert SCHEMAS[name]["additionalProperties"] is False


@pytest.mark.parametrize("name", shipped())
def test_every_kind_has_the_same_metadata(name: str) -> None:
    """The metadata of all kinds have the same schema, except for descriptions."""
    mine, first = (wordless(SCHEMAS[each]["properties"]["metadata"]) for each in (name, "Customer"))
    assert mine == first


@pytest.mark.parametrize("name", ["User", "Instance"])
def test_every_kind_has_the_same_lifecycle(name: str) -> None:
    """The lifecycle has the same keys and values for every kind."""
    mine, first = (wordless(SCHEMAS[each]["properties"]["lifecycle"]) for each in (name, "Customer"))
    assert mine == first


def wordless(schema: Any) -> Any:
    """Return a schema without its descriptions and examples."""
    if isinstance(schema, list):
        return [wordless(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: wordless(item) for key, item in schema.items() if key not in {"description", "examples"}}


def test_the_schemas_for_editors_are_fresh() -> None:
    """``manifest.schema.json`` and ``overlay.schema.json`` are what the schemas of the kinds make them."""
    for name, text in made_schemas().items():
        assert schema_path(name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("overlay", "right"),
    [
        ({"spec": {"description": "x"}}, True),
        ({"spec": {"name": None, "customer": None, "integration": {"version": None}, "deploy": None}}, True),
        ({"spec": {"configVariables": {"a": {"valueFrom": {"env": None, "file": "x"}}}}}, True),
        ({"spec": {"flowConfigs": {"f": {"testHeaders": {"X": None}, "apiKeys": None}}}}, True),
        ({"lifecycle": {"preventDestroy": None}, "apiVersion": "reconciler/v1"}, True),
        ({"spec": {"descripton": "x"}}, False),
        ({"spec": {"integration": {"version": "newest"}}}, False),
        ({"spec": {"labels": [None]}}, False),
        ({"spec": {"flowConfigs": {"f": {"apiKeys": [{}]}}}}, True),
        ({"apiVersion": "reconciler/v2"}, False),
        ({"metadata": {}}, False),
        ({"kind": "Project"}, False),
    ],
)
def test_overlays_have_a_schema_of_their_own(overlay: dict[str, Any], right: bool) -> None:
    """By the overlay schema no key is required, null removes a key, and every value must be valid."""
    whole = {"kind": "Instance", "metadata": {"name": "i"}, **overlay}
    assert Validator(load_schema("overlay")).is_valid(whole) is right


def test_the_manifest_schema_is_self_contained() -> None:
    """``manifest.schema.json`` refers to nothing outside itself, and everything it refers to is there."""

    def references(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            yield from (value for key, value in schema.items() if key == "$ref")
            yield from (each for value in schema.values() for each in references(value))
        elif isinstance(schema, list):
            yield from (each for value in schema for each in references(value))

    found = set(references(MANIFEST))
    assert len(found) > 5
    for reference_ in found:
        target: Any = MANIFEST
        for part in reference_.removeprefix("#/").split("/"):
            target = target[part]
        assert isinstance(target, dict)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_examples_are_valid_manifests(example: dict[str, Any]) -> None:
    """The examples are valid by the schema of their kind and by the manifest schema."""
    assert Validator(SCHEMAS[example["kind"]]).is_valid(example)
    assert Validator(MANIFEST).is_valid(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_editors_see_the_errors_of_the_kind_alone(example: dict[str, Any]) -> None:
    """A mistake gives the same errors by the manifest schema as by the kind's own, and none of other kinds."""
    broken = {**deepcopy(example), "spec": {**example["spec"], "unheardOf": 1, "labels": 5}, "metadata": {"name": "A"}}
    own = {error.message for error in Validator(SCHEMAS[example["kind"]]).iter_errors(broken)}
    assert own == {error.message for error in Validator(MANIFEST).iter_errors(broken)}
    assert len(own) >= 2


def test_an_unknown_kind_is_wrong_by_the_manifest_schema() -> None:
    """The manifest schema knows the kinds there are."""
    (error,) = Validator(MANIFEST).iter_errors({**EXAMPLES[0], "kind": "Custommer"})
    assert error.validator == "enum"


def test_schemas_are_found_in_a_checkout_and_in_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schemas lie inside the installed package, or beside it in a checkout."""
    assert schema_folder() == Path(__file__).parents[2] / "schemas"
    module = tmp_path / "reconciler" / "shipped.py"
    monkeypatch.setattr("reconciler.shipped.__file__", str(module))
    assert schema_folder() == tmp_path / "schemas"
    (tmp_path / "reconciler" / "schemas").mkdir(parents=True)
    assert schema_folder() == tmp_path / "reconciler" / "schemas"


def test_every_shipped_kind_has_a_schema() -> None:
    """The registry's kinds, the directives and the Project are what has a schema."""
    assert {kind.name for kind in default_registry()} | {*directives(), "Project"} == set(shipped())


def test_the_reference_is_fresh() -> None:
    """``docs/manifests.md`` is what the schemas make it."""
    assert DOCS.read_text(encoding="utf-8") == reference()


def test_examples_in_the_reference_are_valid() -> None:
    """Every whole manifest in the reference is valid, and every placeholder is filled."""
    blocks = [block.partition("```")[0] for block in reference().split("```yaml\n")[1:]]
    assert len(blocks) == len(shipped()) + 1
    for block in blocks:
        assert Validator(MANIFEST).is_valid(yaml.safe_load(block)), block
    template = (ROOT / "reconciler" / "manifests" / "schema" / "reference_page.template.md").read_text(encoding="utf-8")
    placeholders = re.findall(r"^\{\{\w+\}\}$", template, re.MULTILINE)
    assert placeholders
    assert [each for each in placeholders if each in reference()] == []


ODD = st.sampled_from(
    yaml.safe_load(r"""
    [null, true, 0, 1, 2.0, 101, '', ' x', "x\n", latest, none, gitops:a, GitOps:b, a@b.co,
     "a@b\x1c.co", "a@b\x85.co", "https://a\x1cb", 12345678901234567890123, 1.5, "\ufeff", "\u2028",
     [], [a], [a, a], [1], {}, {name: A}, {enabled: true}, {label: gitops:protected},
     {valueFrom: {env: A}}, {valueFrom: {env: A, file: b}}, {valueFrom: 1, x: 2},
     {a: {url: "https://x"}}, {a: {apiKeys: [{valueFrom: {}}]}}, [{valueFrom: {env: A}}, {valueFrom: {env: A}}]]
    """)
)


@given(st.data())
def test_the_quick_check_accepts_only_valid_manifests(data: st.DataObject) -> None:
    """The quick check accepts no document that ``jsonschema`` rejects, wherever an odd value is put."""
    example = deepcopy(data.draw(st.sampled_from(EXAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = example
        while True:
            key = data.draw(st.sampled_from([*place, "new"]))
            inner = place.get(key)
            if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
                place[key] = deepcopy(data.draw(ODD))
                break
            place = inner
    kind = example.get("kind")
    schema = SCHEMAS[kind] if isinstance(kind, str) and kind in SCHEMAS else SCHEMAS["Customer"]
    certain, right = quick_test(schema)(example), Validator(schema).is_valid(example)
    assert right or not certain


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_the_quick_check_knows_every_keyword_of_the_shipped_schemas(example: dict[str, Any]) -> None:
    """The quick check accepts the valid examples of the shipped kinds."""
    assert quick_test(SCHEMAS[example["kind"]])(example)


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "https://example.com/a.json"}, {"pattern": "("}])
def test_the_quick_check_rejects_unreadable_schemas(schema: dict[str, Any]) -> None:
    """An invalid schema, and one that refers to a server, is left to ``jsonschema``; no server is asked."""
    assert not quick_test(schema)({})


@pytest.mark.parametrize(
    "value", [Exact("1.10"), SpelledInt.of(5, "+5"), "\ud800", Secret("x"), {1: 2}, {"a": Exact("1e3")}]
)
def test_the_quick_check_rejects_values_that_json_lacks(value: Any) -> None:
    """A document with a value that JSON cannot hold is left to ``jsonschema``."""
    assert not quick_test({"additionalProperties": {"type": "number"}})(value)


SMALL = [
    {"type": "string", "minLength": 1, "maxLength": 2, "pattern": "^a*$"},
    {"type": ["integer", "null"], "minimum": 1, "maximum": 3},
    {"type": "number", "minimum": 1, "maximum": 100},
    {"type": "integer", "const": 2},
    {"enum": [1, "a", None, True]},
    {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^[^\s]+$"}]},
    {"not": {"type": "integer"}},
    {"if": {"type": "string"}, "then": {"pattern": r"\S"}, "else": {"type": "integer"}},
    {"patternProperties": {"^a$": {"type": "integer"}}, "additionalProperties": {"type": "string"}},
    {"propertyNames": {"pattern": "^a"}},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
    {"uniqueItems": True},
    {"uniqueItems": False},
    {"type": "object", "required": ["a"], "minProperties": 1, "maxProperties": 1},
    {"properties": {"a": {"const": "x"}}, "additionalProperties": {"enum": ["x", "y"]}},
    {"dependentSchemas": {"a": {"maxProperties": 1}}},
    {"allOf": [{"type": "string"}, {"not": {"pattern": "^b"}}]},
    {"$defs": {"v": {"items": {"$ref": "#/$defs/v"}, "type": ["array", "string"]}}, "$ref": "#/$defs/v"},
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 4)
    | st.sampled_from(
        [1.0, 2.5, 1e300, 10**30, Exact("1.10"), Exact("100.00000000000000000001"), SpelledInt.of(2, "+2")]
    )
    | st.text("abx\n\r\x1c\x85\u2028\ufeff\ud800😀", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("schema", SMALL)
@given(value=VALUES)
def test_the_quick_check_agrees_with_the_validator_on_each_keyword(schema: dict[str, Any], value: Any) -> None:
    """For each keyword the quick check accepts no value that ``jsonschema`` rejects."""
    assert not quick_test(schema)(value) or Validator(schema).is_valid(value)


@pytest.mark.parametrize("value", ["a", 2, [True], ["a"], {"a": "x"}, "aa"])
def test_the_quick_check_accepts_the_examples(value: Any) -> None:
    """The quick check accepts a value of each type."""
    assert sum(quick_test(schema)(value) for schema in SMALL) > sum(quick_test(schema)(object()) for schema in SMALL)


def test_fields_of_a_kind_come_from_its_schema() -> None:
    """The fields that a lifecycle can ignore are those of the kind's schema."""
    fields = Checker(default_registry()).spec_schema("Customer")["properties"]
    assert list(fields) == ["name", "externalId", "description", "allowEmbeddedDesigner", "labels"]
