"""Short ways to write declarations and live variables down, and to look for a secret that shows."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest
from support.nodes import node

from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import Declaration, compare
from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.model.place import Place
from reconciler.model.resource import Resource
from reconciler.model.tenant import Identity, Tenant
from reconciler.model.view import DiffContext, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.answers import Node
    from reconciler.model.capabilities.differ import Diff
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path
    from reconciler.model.tenant import Read

CANARY = "canary-5f1d"
"""Made-up secret text: wherever it shows, a secret would."""

SCALAR_TYPES = (
    "BOOLEAN",
    "CODE",
    "CREDENTIAL",
    "DATE",
    "JSONFORM",
    "NUMBER",
    "OBJECTFIELDMAP",
    "OBJECTSELECTION",
    "PICKLIST",
    "SCHEDULE",
    "STRING",
    "TIMESTAMP",
)
COLLECTIONS = ("VALUELIST", "KEYVALUELIST")


def declare(form: str, **details: Any) -> Declaration:
    """Return a variable's declaration from a form such as ``STRING`` or ``NUMBER VALUELIST``."""
    data_type, _, collection = form.partition(" ")
    return Declaration("Variable", data_type, collection or None, **details)


def live(text: str | None, **more: Any) -> LiveVariable:
    """Return a live config variable that reads back as ``text``."""
    return node(LiveVariable, value=text, **more)


def row_id(value: Any) -> str:
    """Return a readable, short name for a cell of a table of cases."""
    return repr(value)[:48]


def mismatch_of(declaration: Declaration, value: Any, current: LiveVariable | None = None) -> Mismatch:
    """Return the complaint about a value that cannot be of its type."""
    with pytest.raises(Mismatch) as caught:
        compare(declaration, value, current)
    return caught.value


def renderings(thing: Any) -> Iterator[str]:
    """Yield every text that somebody may come to see of a thing without asking it to reveal itself."""
    yield str(thing)
    yield repr(thing)
    yield f"{thing}"
    if isinstance(thing, BaseException):
        yield from traceback.format_exception(thing)
        yield repr(thing.args)
    if isinstance(thing, Mismatch):
        yield thing.message()
        yield repr(thing.path)


def shows(thing: Any, secret: str = CANARY) -> bool:
    """Say whether a secret can be seen in any rendering of a thing."""
    return any(secret in text for text in renderings(thing))


class Nowhere:
    """The origin of a resource that stands in no file."""

    @property
    def start(self) -> Place:
        return Place("nowhere.yaml")

    def place(self, path: Path, *, key: bool = False) -> Place:
        del path, key
        return self.start

    def spelling(self, path: Path) -> None:
        del path


def empty_view(*answers: tuple[Read, list[Node]]) -> View:
    """Return a view of a tenant of which nothing is known but these answers."""
    tenant = Tenant(Identity("https://example.com", "org-1", "Example", "user-1"))
    for read, nodes in answers:
        tenant.add(read, nodes)
    return View(tenant, lambda _: None)


def diff_of(kind: Kind, spec: Mapping[str, Any], node: Node | None, *answers: tuple[Read, list[Node]]) -> Diff:
    """Return what differs between a spec and a live object, or a new one where there is no ``node``."""
    live = kind.finder.live(node) if node else None
    return kind.differ.diff(Resource(kind.name, "it", dict(spec), Nowhere()), DiffContext(empty_view(*answers), live))


def changes_of(diff: Diff) -> dict[str, tuple[Any, Any]]:
    """Return the changed fields by their path, each with the value before and after."""
    return {".".join(map(str, each.path)): (each.before, each.after) for each in diff.fields}


def sent_of(diff: Diff) -> list[tuple[str, Any]]:
    """Return the mutations of a diff with their values."""
    return [(step.operation.field, dict(step.input)) for step in diff.steps]
