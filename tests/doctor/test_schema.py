"""``doctor``: what the product asks for, against the schema of a tenant."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graphql import build_client_schema, build_schema, introspection_from_schema
from prismatic.product_operations import product_operations
from support.matrix import every
from support.world import World

import reconciler
from codegen.schema_part import NEVER_NULL
from reconciler.doctor.asked import NEVER_SENT, asked_by, known_schema
from reconciler.doctor.catalog import catalog
from reconciler.doctor.probed.sent import SENT_BY_PROBES
from reconciler.doctor.schema import MAY_BE_NULL, schema_findings
from reconciler.doctor.writing.lacking import WHOLE
from reconciler.sandbox.data.variants import Variants
from reconciler.sandbox.resolvers.schema import executable_schema
from reconciler.workflow.doctor import examine

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from reconciler.doctor.asked import Asked
    from reconciler.doctor.findings import Finding

REAL = Path(__file__).resolve().parents[3] / "shared" / "prismatic-api.graphql"
PARTS = sorted({part for entry in catalog() for part in asked_by(entry.operation)})
CREATE = "input CreateCustomerInput {"
KINDS = Path(reconciler.__file__).parent / "kinds"


def is_named(finding: Finding, part: Asked) -> bool:
    """Return whether a finding is about the part, its operations and their features."""
    entries = [entry for entry in catalog() if part in asked_by(entry.operation)]
    return finding.name == str(part) and all(
        entry.operation.name in finding.text and entry.feature in finding.text for entry in entries
    )


def problems(schema: GraphQLSchema) -> list[Finding]:
    return [finding for finding in schema_findings(schema) if finding.state == "problem"]


def test_the_catalog_has_every_operation_once() -> None:
    """Everything that the product can send is examined, and each operation belongs to a feature.

    What only ``doctor --write`` sends belongs to its feature, or to the assumptions that it acts out.
    """
    assert sorted(entry.operation.name for entry in catalog()) == sorted(each.name for each in product_operations())
    assert all(entry.feature for entry in catalog())
    for entry in catalog():
        probes = entry.operation.name.startswith("probe")
        assert probes == (entry.feature == WHOLE or entry.feature.startswith(f"{WHOLE}: the assumptions about "))


def test_the_real_schema_has_everything() -> None:
    """Nothing is missing in Prismatic's schema, read as it is or through introspection."""
    if not REAL.exists():
        pytest.skip("Prismatic's schema is not beside the repository")
    schema = build_schema(REAL.read_text(encoding="utf-8"))
    for each in (schema, build_client_schema(introspection_from_schema(schema, descriptions=False))):
        assert [finding.state for finding in schema_findings(each)] == ["ok"]


def test_fields_that_are_never_sent_are_in_no_kind() -> None:
    """A field of an input is left out of the examination exactly if the code of its kind does not name it."""
    for entry in (each for each in catalog() if each.operation.mutation):
        if entry.operation.name in SENT_BY_PROBES:
            continue
        folder = Path(str(entry.operation.document._package).replace(".", "/")).name
        words = words_of(KINDS / folder) | words_of(KINDS / "shared") | words_of(KINDS / "variables")
        argument = entry.operation.node.variable_definitions[0].type
        kind = getattr(argument, "type", argument).name.value
        for name in known_schema().type_map[kind].fields.keys() - {"clientMutationId"}:
            assert (name not in words) == (f"{kind}.{name}" in NEVER_SENT), f"{kind}.{name}"


@cache
def words_of(folder: Path) -> set[str]:
    """Return the texts and the names of arguments in the source of a folder."""
    nodes = [node for file in folder.glob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}


def test_fields_that_may_be_null_are_those_of_the_generator() -> None:
    """The generator's exceptions and the examination's are the same."""
    assert MAY_BE_NULL == NEVER_NULL


ALONE = {part for part in PARTS if all(e.feature.startswith(WHOLE) for e in catalog() if part in asked_by(e.operation))}
"""What ``doctor --write`` alone asks for."""


@pytest.mark.parametrize(
    "part", [*sorted(ALONE), *every(40, [(part,) for part in PARTS if part not in ALONE], share=8)], ids=str
)
def test_a_missing_part_is_named_with_its_operations_and_features(part: Asked) -> None:
    """Whatever a schema lacks is a problem that names it, each operation that asks for it, and what they are for."""
    found = problems(executable_schema((str(part),)))
    assert any(is_named(finding, part) for finding in found)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("  externalId: String\n", "  externalId: Int\n", "Customer.externalId"),
        ("  name: String!\n", "  name: [String!]!\n", "Customer.name"),
    ],
)
def test_a_field_of_another_type_is_a_problem(before: str, after: str, field: str) -> None:
    """A field whose values the product cannot read is named with both types."""
    found = problems(_changed("type Customer implements Node {", before, after))
    assert [finding.name for finding in found] == [field]
    assert "and not" in found[0].text


def _changed(beginning: str, before: str, after: str) -> GraphQLSchema:
    """Return the sandbox's schema with the first ``before`` after a line replaced."""
    text = (KINDS.parent / "sandbox" / "schema.graphql").read_text(encoding="utf-8")
    head, line, tail = text.partition(beginning)
    assert line
    assert before in tail
    return build_schema(head + line + tail.replace(before, after, 1))


def test_a_stricter_answer_and_a_looser_input_fit() -> None:
    """A field that is never null any more, and an input that may be left out, are no problem."""
    stricter = _changed("type Customer implements Node {", "  externalId: String\n", "  externalId: String!\n")
    looser = _changed(CREATE, "  name: String!\n", "  name: String\n")
    assert problems(stricter) == problems(looser) == []


def test_an_input_that_became_necessary_is_a_problem() -> None:
    """An input that the product does not know and that must be sent is named with the operation that lacks it."""
    name = "  name: String!\n"
    (found,) = problems(_changed(CREATE, name, f"{name}  plan: ID!\n"))
    assert found.name == "CreateCustomerInput.plan"
    assert "createCustomer" in found.text
    assert problems(_changed(CREATE, name, f'{name}  plan: ID! = "a"\n')) == []


def test_an_argument_that_became_necessary_is_a_problem() -> None:
    """An argument that the product does not know and that must be sent is named with its operation."""
    (found,) = problems(_changed("type RootQuery {", "  customer(id: ID!)", "  customer(id: ID!, region: ID!)"))
    assert found.name == "RootQuery.customer(region:)"


def test_a_new_value_of_an_enum_is_a_warning() -> None:
    """A value that the product would not understand in an answer is reported before one has it."""
    schema = _changed("enum InstanceConfigState {", "\n", "\n  HALF_CONFIGURED\n")
    (found,) = [finding for finding in schema_findings(schema) if finding.state == "warning"]
    assert found.name == "InstanceConfigState"
    assert "HALF_CONFIGURED" in found.text


def test_a_tenant_like_the_known_one_has_no_problem(world: World) -> None:
    """The sandbox has everything that the product asks for; this takes two requests and no mutation."""
    found = examine(world.options(""))
    assert not found.problems
    assert "ok" in {each.state for each in found.findings if each.topic == "schema"}
    assert world.mutations == []


def test_a_missing_part_is_found_through_introspection() -> None:
    """What introspection lacks is in the report."""
    with World(without=("CreateCustomerInput.labels",)) as world:
        found = examine(world.options(""))
    assert [each.name for each in found.problems] == ["CreateCustomerInput.labels"]


@pytest.mark.parametrize("part", every(70, [(part,) for part in PARTS], share=8), ids=str)
def test_a_missing_part_is_found_without_introspection(part: Asked) -> None:
    """Where introspection is refused, the API's refusal of operations names what is missing, in the same words."""
    with World(without=(str(part),), introspection=False) as world:
        found = examine(world.options(""))
        assert world.mutations == []
    assert any(is_named(finding, part) for finding in found.problems), [each.name for each in found.problems]


def test_the_field_of_the_control_is_missing_itself() -> None:
    """Without introspection, an API that lacks even the field that the control stands below is said to lack it."""
    with World(without=("RootQuery.organization",), introspection=False) as world:
        found = examine(world.options(""))
    assert "RootQuery.organization" in [each.name for each in found.problems]


@pytest.mark.parametrize(
    ("reading", "state", "problems"),
    [("validated", "ok", ["UpdateCustomerInput.description"]), ("ignored", "unknown", []), ("refused", "unknown", [])],
)
def test_what_cannot_be_tried_is_unknown(reading: str, state: str, problems: list[str]) -> None:
    """Without introspection the mutations stay unknown where the API does not check what it does not carry out."""
    variants = Variants.parse([f"unexecuted_operations={reading}"])
    with World(variants, without=("UpdateCustomerInput.description",), introspection=False) as world:
        examined = examine(world.options(""))
        assert world.mutations == []
    found = {each.name: each for each in examined.findings}
    assert (found["introspection"].state, found["mutations"].state) == ("unknown", state)
    assert [each.name for each in examined.problems] == problems


def test_operations_are_tried_by_two_requests() -> None:
    """A tenant that lacks nothing accepts all operations, by one request for queries and one for mutations."""
    with World(introspection=False) as world:
        examined = examine(world.options(""))
    assert examined.requests == world.sandbox.log.requests == 5
    assert [each.name for each in examined.findings if each.state == "warning"] == []
