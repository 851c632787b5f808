"""The proof of a set before it is written: expanded as every run expands it, it gives each member's own spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.exporting.sets.patterns import identity
from reconciler.exporting.yaml_text import read_back
from reconciler.manifests.overlays import Manifest
from reconciler.manifests.sets.csv_rows import read_rows
from reconciler.manifests.sets.customers import Candidate, Customers, choose
from reconciler.manifests.sets.filling import Compiler
from reconciler.manifests.sets.members import MemberMaker
from reconciler.manifests.sets.values import Values
from reconciler.manifests.sets.wanted_types import WantedTypes
from reconciler.manifests.variables import Variables
from reconciler.manifests.yaml.layers import Document, Layers
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.exporting.sets.document import SetTexts
    from reconciler.manifests.schema.check import Checker
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import SetCustomer

UNPROVEN = "the set would not give it the values that it has"


def expanded(
    texts: SetTexts, kind: str, customers: Sequence[SetCustomer], checker: Checker
) -> dict[str, dict[str, Any]] | None:
    """Return the spec of each member of a set of ``kind``'s objects, by handle; ``None`` if the set is invalid."""
    problems: list[Diagnostic] = []
    documents = read_back(texts.manifest)
    if len(documents) != 1:
        return None
    data = Variables({}).fill(documents[0], problems)
    problems += checker.problems(data)
    if problems:
        return None
    source = Source("", Path(), Path(), texts.manifest)
    manifest = Manifest(data, Layers((Document(source, 0, (), Place(""), documents[0]),)))
    choice = choose(data["spec"], Customers({each.handle: Candidate(each, each.handle) for each in customers}))
    rows: Mapping[str, Mapping[str, Any]] = {}
    if texts.values_file.endswith(".csv"):
        rows, _ = read_rows(texts.values, "", problems)
    elif texts.values_file:
        (rows,) = read_back(texts.values)
    maker = MemberMaker(manifest, Values(rows), Compiler(WantedTypes(checker.schema(kind))))
    found = {each.customer.handle: each for each in choice.chosen}
    members = {handle: dict(each.data["spec"]) for handle, each in zip(found, maker.make(choice.chosen), strict=False)}
    return None if problems or choice.problems or maker.problems or choice.warnings else members


def is_proven(
    found: Mapping[str, Mapping[str, Any]] | None, owner: str, wanted: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Return whether the expanded members are the wanted ones, spec by spec; ``owner`` names the customer's field."""
    if found is None or found.keys() != wanted.keys():
        return False
    return all(identity(found[handle]) == identity({owner: handle, **spec}) for handle, spec in wanted.items())
