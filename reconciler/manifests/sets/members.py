"""The members of one set: a manifest for each of its customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.manifests.overlays import Manifest, merge
from reconciler.manifests.schema.schemas import API_VERSION, set_kinds
from reconciler.manifests.sets.customers import env_of
from reconciler.manifests.sets.filling import ENV, Filling, Reference
from reconciler.manifests.sets.origin import TEMPLATE, MemberOrigin, override_layers, template_layers
from reconciler.manifests.without_effect import removes_nothing
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import Membership
from reconciler.text.exact_numbers import dump_json

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from reconciler.manifests.sets.customers import Candidate
    from reconciler.manifests.sets.filling import Compiler, Node
    from reconciler.manifests.sets.values import Values
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.resource import SetCustomer

EnvOwners = dict[tuple[str, str], "tuple[Candidate, str]"]
"""By a text with ``${customer.env}`` and what is filled in: the first customer that takes it, and its set's address."""
_SPEC = ("spec",)
_LIFECYCLE = ("lifecycle",)


@dataclass(slots=True)
class MemberMaker:
    """Makes the members of a set; ``manifest`` is valid by its schema."""

    manifest: Manifest
    values: Values
    compiler: Compiler
    env_owners: EnvOwners = field(default_factory=dict)
    """Whose secrets the sets before this one take by ``${customer.env}``; those of this one are added."""
    for_anybody: bool = False
    """Whether the one customer stands for all, and takes the values of any of them."""
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    characters: int = 0
    """About how much text the members have so far."""
    _layers: tuple[Document, ...] = field(init=False)
    _known_values: Mapping[str, None] | None = field(init=False)
    _size: int = field(init=False)

    def __post_init__(self) -> None:
        self._layers = template_layers(self.manifest.origin)
        self._known_values = self.values.keys() if self.values.complete else None
        self._size = len(dump_json(self._template, compact=True))

    @property
    def handle(self) -> str:
        return str(self.manifest.data["metadata"]["name"])

    @property
    def kind(self) -> str:
        """The kind of the members."""
        return set_kinds()[str(self.manifest.kind)]

    @property
    def _template(self) -> dict[str, Any]:
        template: dict[str, Any] = self.manifest.data["spec"]["template"]
        return template

    def address_of(self, customer: SetCustomer) -> str:
        return f"{self.kind}/{self.handle}.{customer.handle}"

    def make(self, chosen: Sequence[Candidate]) -> Iterator[Manifest]:
        """Yield the members for the customers, but for those whose placeholders cannot be filled in."""
        overrides: Mapping[str, Any] = self.manifest.data["spec"].get("overrides", {})
        common = self._compiled(self._template, self._layers)
        lifecycle = self.manifest.data.get("lifecycle")
        limits = self.compiler.node(lifecycle, _LIFECYCLE)
        self._report_placeholders(self._layers)
        for candidate in chosen:
            handle = candidate.customer.handle
            spec, node, layers = self._template, common, self._layers
            if handle in overrides:
                layers = (*layers, *override_layers(self.manifest.origin, handle))
                spec = merge(spec, overrides[handle])
                node = self._compiled(spec, layers)
                self._warn_of_nulls(overrides[handle], handle)
            filling = self._filling(candidate.customer)
            filled = node.fill(filling) if node else spec
            limited = limits.fill(filling) if limits else lifecycle
            origin = self._origin(layers, candidate.customer, filling)
            self.characters += self._size + filling.characters
            if filling.problems:
                self.problems += (each.at(origin) for each in filling.problems)
            elif not filling.incomplete:
                data = {
                    "apiVersion": API_VERSION,
                    "kind": self.kind,
                    "metadata": {"name": f"{self.handle}.{handle}"},
                    "spec": {"customer": candidate.reference, **filled},
                }
                if lifecycle is not None:
                    data["lifecycle"] = limited
                yield Manifest(data, origin, Membership(str(self.manifest.address), candidate.customer))
        self._check_other_overrides(overrides, {each.customer.handle for each in chosen})
        self._check_uses(chosen)

    def _check_other_overrides(self, overrides: Mapping[str, Any], chosen: Container[str]) -> None:
        """Report wrong placeholders in overrides that no chosen customer has."""
        for handle, override in overrides.items():
            if handle not in chosen:
                self._compiled(override, override_layers(self.manifest.origin, handle))

    def _compiled(self, spec: dict[str, Any], layers: tuple[Document, ...]) -> Node | None:
        node = self.compiler.node(spec, _SPEC)
        self._report_placeholders(layers)
        return node

    def _report_placeholders(self, layers: tuple[Document, ...]) -> None:
        self.problems += (each.at(MemberOrigin(layers)) for each in self.compiler.problems)
        self.compiler.problems.clear()

    def _warn_of_nulls(self, override: Mapping[str, Any], handle: str) -> None:
        useless = removes_nothing(self._template, override, ("spec", "overrides", handle))
        self.warnings += (each.at(self.manifest.origin, address=self.manifest.address) for each in useless)

    def _filling(self, customer: SetCustomer) -> Filling:
        fields = {
            "handle": customer.handle,
            "name": customer.name,
            "externalId": customer.external_id,
            ENV: env_of(customer.handle),
        }
        values = self.values.of_anybody() if self.for_anybody else self.values.of(customer.handle)
        return Filling(fields, values, self._known_values, self.values.shown)

    def _origin(self, layers: tuple[Document, ...], customer: SetCustomer, filling: Filling) -> MemberOrigin:
        member = None if self.for_anybody else (str(self.manifest.address), customer.handle)
        return MemberOrigin(layers, member, filling.written_keys, self.values.sources)

    def _check_uses(self, chosen: Sequence[Candidate]) -> None:
        """Report customers that would share secrets by ``${customer.env}``, and warn of defaults that nothing takes."""
        origin = self.manifest.origin
        self._check_envs(() if self.for_anybody else chosen)
        for key, path in self.values.default_paths.items():
            if Reference("values", key) not in self.compiler.uses:
                message = f"nothing in the set uses the default {key!r}; a template takes it as ${{values.{key}}}"
                self.warnings.append(Diagnostic(message, origin.place(path, key=True), self.manifest.address))

    def _check_envs(self, chosen: Sequence[Candidate]) -> None:
        """Report customers of which one would get the secrets of the other, in this set or another one."""
        own, reported = str(self.manifest.address), set()
        for text, secret in self.compiler.env_texts.items():
            for candidate in chosen:
                handle = candidate.customer.handle
                key = text if secret else f"{own} {text}", env_of(handle)
                other, address = self.env_owners.setdefault(key, (candidate, own))
                # Sets may know one customer by two handles, but refer to it alike.
                if other.reference == candidate.reference or (other.customer.handle, handle) in reported:
                    continue
                reported.add((other.customer.handle, handle))
                where = "" if address == own else f" of {address}"
                message = (
                    f"${{customer.env}} is {key[1]} for the customer {other.customer.handle!r}{where} and for"
                    f" {handle!r}, so one would get the secrets of the other; rename one of them, or use"
                    " ${values.KEY}"
                )
                self.problems.append(Diagnostic(message, self.manifest.origin.place(TEMPLATE, key=True)))
