"""Objects that the platform sends something to: a name, a URL with headers, and a template of the body.

An update sends all of it: an API may reset what an update does not list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.kinds.shared.attributes import compare_attributes
from reconciler.kinds.shared.declarable import check_writable, secret_of
from reconciler.kinds.shared.declared_secrets import declare_secrets
from reconciler.kinds.shared.templates import TEMPLATE, is_hidden_template, same_template
from reconciler.kinds.shared.whole_secrets import SecretComparison, doubts, header_values, unresolved
from reconciler.model.capabilities.differ import Fields
from reconciler.model.capabilities.export import Declared, Remark, Undeclarable
from reconciler.secrets.secret import Secret
from reconciler.secrets.suspicious import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.capabilities.export import SecretSort
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.view import DiffContext

SECRETS = ("url", "headers")
"""The fields that are always secret."""
NEEDED = ("url", TEMPLATE)
"""The fields that a new object needs."""


class AddressedNode(Protocol):
    """The node of an addressed object."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> str | None: ...
    @property
    def payload_template(self) -> str: ...


@dataclass(slots=True)
class AddressComparison:
    """The compared fields of an addressed object, and ``values``: what a create or an update sends of them."""

    fields: Fields
    values: dict[str, Any]
    warnings: list[Diagnostic]


def compare_address(
    spec: Mapping[str, Any], node: AddressedNode | None, context: DiffContext[Any]
) -> AddressComparison:
    """Compare a spec with a live object (``None``: it does not exist yet)."""
    live = _live_fields(node) if node else None
    template = node.payload_template if node else ""
    hidden = (*SECRETS, TEMPLATE) if is_hidden_template(spec.get(TEMPLATE), template) else SECRETS
    declared = unresolved(hidden, spec) if context.without_secrets else spec
    secrets = SecretComparison(Fields(context.include_unchanged))
    secrets.compare(hidden, declared, live)
    fields = Fields(context.include_unchanged)
    compare_attributes(("name",), spec, node, fields)  # type: ignore[arg-type] # every such node is a Node
    if TEMPLATE not in hidden and TEMPLATE in spec:
        before = node.payload_template if node else None
        fields.add((TEMPLATE,), before, spec[TEMPLATE], same=node is not None and same_template(before, spec[TEMPLATE]))
    fields.extend(secrets.fields)
    plain = {name: value for name, value in {**(live or {}), **spec}.items() if name in {"name", TEMPLATE}}
    return AddressComparison(fields, {**plain, **secrets.values}, list(doubts(SECRETS, spec)))


def observed_address(node: AddressedNode) -> Mapping[str, Any]:
    """Return what a plan rests on; what is secret is wrapped as one."""
    template = node.payload_template
    return {
        "name": node.name,
        "url": Secret(node.url),
        "headers": Secret(node.headers or ""),
        TEMPLATE: Secret(template) if looks_secret(template) else template,
    }


def secret_templates(nodes: Iterable[AddressedNode]) -> Iterator[str]:
    """Yield the live templates that look like secrets."""
    return (node.payload_template for node in nodes if looks_secret(node.payload_template))


def declare_address(node: AddressedNode, sort: SecretSort) -> Declared:
    """Return the manifest of a live object, its URL and headers from outside."""
    if not node.name:
        raise Undeclarable("it has no name, by which a manifest could mean it")
    made = Declared({"name": node.name})
    try:
        check_writable(node.payload_template)
        if looks_secret(node.payload_template):
            made.spec[TEMPLATE] = secret_of(node.payload_template)
            made.secrets[TEMPLATE,] = sort
        else:
            made.spec[TEMPLATE] = node.payload_template
    except Undeclarable as reason:
        made.remarks.append(Remark((TEMPLATE,), str(reason), left_out=True))
    declare_secrets(made, {"url": node.url, "headers": header_values(node.headers)}, sort)
    return made


def _live_fields(node: AddressedNode) -> dict[str, Any]:
    return {
        "name": node.name,
        TEMPLATE: node.payload_template,
        "url": node.url,
        "headers": header_values(node.headers),
    }
