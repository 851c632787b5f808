"""Instances: one integration deployed for one customer, with its config variables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.reference import (
    ambiguous_reference,
    live_customer_id,
    reference_key,
    reference_name,
    reference_problems,
    reference_reads,
    reference_shard_key,
    references,
    similar_customers,
)
from reconciler.kinds.instance.deployment import (
    OPERATIONS,
    Deployment,
    decide_deployment,
    deploy_step,
    enable_step,
    needing_deploy,
)
from reconciler.kinds.instance.editor import instance_knowledge, instance_reads
from reconciler.kinds.instance.export import declared_instance
from reconciler.kinds.instance.flow_configs import check_credentials, compare_flows, live_flows
from reconciler.kinds.instance.hidden_values import hidden_values
from reconciler.kinds.instance.ignored_parts import ignored_parts
from reconciler.kinds.instance.links import link_problems, link_reads
from reconciler.kinds.instance.lost_values import lost_values
from reconciler.kinds.instance.required_values import held_by_values, lacking_values, missing_value_warnings
from reconciler.kinds.instance.revision import revise_instance
from reconciler.kinds.instance.secret_record import as_marked_before, compare_by_record, evidence_of, record_of
from reconciler.kinds.instance.steps import ATTRIBUTES, creation_steps, update_steps
from reconciler.kinds.instance.version_use import taking_of
from reconciler.kinds.instance.withholding import withheld
from reconciler.kinds.integration.versions import (
    CONTENTS,
    LATEST,
    choose_version,
    contents_of,
    stable_keys_of,
    version_of,
    version_reads,
)
from reconciler.kinds.shared.attributes import compare_attributes, text
from reconciler.kinds.shared.labels import compare_labels, declarable_labels, repeated_labels
from reconciler.kinds.shared.taken_along import is_taken_along
from reconciler.kinds.variables.ignored_names import names_parts
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.model.appearance import Appearance, LookAlike
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.diff import Diff, Fields
from reconciler.model.ignore_changes import without_ignored
from reconciler.model.kind import Kind
from reconciler.model.live import Live
from reconciler.model.phase import Phase
from reconciler.model.step import IdOf, Step
from reconciler.model.tenant import Collection, Read
from reconciler.model.version_use import Unpinned
from reconciler.secrets.secret import Secret
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.configuration import Configuration
    from reconciler.model.declaration import Declared
    from reconciler.model.diff import Ignored
    from reconciler.model.editor_hints import EditorHints, HintContext
    from reconciler.model.resource import Reference, Resource
    from reconciler.model.step import Revision
    from reconciler.model.tenant import Node
    from reconciler.model.version_use import Version, VersionUse
    from reconciler.model.view import DiffContext, View


def _keys(node: Node) -> Iterator[Hashable]:
    ours = not node["isSystem"] and node["designedBy"] == "ORG" and node.get("instanceType") in {None, "INTEGRATION"}
    if ours:
        yield (node["customer"]["id"], node["name"])
        yield ("of", node["customer"]["id"])
        yield from (("label", str(label).lower()) for label in node.get("labels") or ())
        yield ("integration", node["integration"].get("versionSequenceId"))


AUTHORIZATIONS = Collection(OPERATIONS["authorizations"], lambda node: [node["id"]], listable=False, single=True)
BY_ID = Collection(
    OPERATIONS["instanceById"], lambda node: [node["id"]] if any(_keys(node)) else [], listable=False, single=True
)
INSTANCES = Collection(OPERATIONS["instances"], _keys)
NAMES = Collection(OPERATIONS["instanceNames"], lambda node: [("of", node["customer"]["id"])], listable=False)
"""The first hundred instances of a customer, by name: enough to notice one that looks like another."""


class Instance(Kind):
    """Found by customer and ``name``; never a system one, a workflow, or one that a customer built."""

    name = "Instance"
    level = 1
    ownable = True
    fixed = frozenset({"customer", "integration.name", "deploy"})
    from_outside = frozenset({"configVariables", "flowConfigs"})

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        return references(spec)

    def identity(self, spec: Mapping[str, Any]) -> Hashable:
        return (reference_key(spec), spec["name"])

    def live_identity(self, resource: Resource, view: View) -> Hashable:
        spec = resource.spec
        return (live_customer_id(spec, view) or reference_key(spec), spec["name"])

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def shard_key(self, spec: Mapping[str, Any]) -> Hashable:
        return reference_shard_key(spec)

    def belongs_to(self, spec: Mapping[str, Any]) -> str:
        return reference_name(spec)

    def check(self, spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
        yield from repeated_labels(spec)
        yield from check_credentials(spec.get("flowConfigs") or {})

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        yield from reference_reads(resource.spec)
        customer = live_customer_id(resource.spec, view)
        lookups = [self._lookup(customer, name) for name in self._names(resource)] if customer else []
        for lookup in lookups:
            yield lookup
            found = view.tenant.find(INSTANCES, lookup.key)
            if not view.tenant.answered(lookup) or (found and not is_taken_along(found, resource, view)):
                break
        if resource.lifecycle.managed:
            meant = self.candidates(resource, view)
            node = meant[0].node if len(meant) == 1 else None
            compared = without_ignored(resource, self.fixed) if node else resource
            yield from version_reads(compared.spec, view, node, resource.lifecycle.ignore_changes)

    def check_reads(self, resource: Resource, view: View) -> Iterator[Read]:
        if resource.lifecycle.absent:
            return
        live = view.live(resource.address)
        yield from link_reads(resource.spec, live.node if live else None)
        customer = live_customer_id(resource.spec, view)
        if customer and not live and not view.tenant.answered(Read(INSTANCES)):
            yield Read(NAMES, ("of", customer), (("customer", customer),))
        if not customer:
            yield from similar_customers(resource.spec, view)

    def look_alikes(self, resource: Resource, view: View) -> Sequence[LookAlike]:
        customer, name = live_customer_id(resource.spec, view), resource.spec["name"]

        def make() -> Mapping[str, list[Node]]:
            found: dict[str, list[Node]] = {}
            nodes = [*view.tenant.find(NAMES, ("of", customer)), *view.tenant.find(INSTANCES, ("of", customer))]
            for node in {node["id"]: node for node in nodes}.values():
                found.setdefault(skeleton(node["name"]), []).append(node)
            return found

        if customer is None:
            return ()
        made: Mapping[str, list[Node]] = view.tenant.derived(("instances looking like", customer), make)
        return [
            LookAlike(self.live(node), ("name",), name, node["name"])
            for node in made.get(skeleton(name), ())
            if node["name"] != name
        ]

    def named(self, spec: Mapping[str, Any]) -> Hashable:
        return (reference_key(spec), spec["name"])

    def appearance(self, spec: Mapping[str, Any]) -> Appearance:
        return Appearance((reference_key(spec), skeleton(spec["name"])), ("name",), spec["name"])

    @staticmethod
    def _names(resource: Resource) -> tuple[str, ...]:
        return (resource.spec["name"], *resource.lifecycle.renamed_from)

    @staticmethod
    def _lookup(customer: str, name: str) -> Read:
        return Read(INSTANCES, (customer, name), (("customer", customer), ("name", name)))

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        customer = live_customer_id(resource.spec, view)
        kept: Sequence[Node] = ()
        for name in self._names(resource):
            found = view.tenant.find(INSTANCES, (customer, name))
            if name == resource.spec["name"] and is_taken_along(found, resource, view):
                kept = found
            elif found:
                return [self.live(node) for node in found]
        return [self.live(node) for node in kept]

    def conflicts(self, resource: Resource, view: View) -> Mapping[str, Diagnostic]:
        """Return which instance of the customer has the name already."""
        name = resource.spec.get("name")
        return {
            node["id"]: Diagnostic(
                f"the name {name!r} is taken by another instance of the customer ({node['id']}), to which no manifest "
                "gives another; correct one of the names",
                path=("name",),
            )
            for node in view.tenant.find(INSTANCES, (live_customer_id(resource.spec, view), name))
        }

    def ignored(self, resource: Resource, view: View) -> Ignored:
        if not names_parts(resource.lifecycle.ignore_changes):
            return super().ignored(resource, view)
        found = self.candidates(resource, view)
        node = found[0].node if len(found) == 1 else None
        compared = without_ignored(resource, self.fixed) if node else resource
        version = choose_version(compared.spec, view, node)
        if isinstance(version, Diagnostic):
            return super().ignored(resource, view)
        return ignored_parts(resource, contents_of(version, view), node, stable_keys_of(version, view))

    def diff(self, resource: Resource, context: DiffContext) -> Diff:
        spec, live = resource.spec, context.live
        node = live.node if live else None
        customer = live_customer_id(spec, context.view)
        problems = [
            *reference_problems(spec, context.view),
            *link_problems(spec, context.view, node, customer),
        ]
        version = choose_version(spec, context.view, node)
        if isinstance(version, Diagnostic):
            return Diff(problems=[*problems, version])
        contents = contents_of(version, context.view)
        if context.without_secrets:
            spec = withheld(spec, as_marked_before(contents.variables, context))
            resource = replace(resource, spec=spec)
        moves = node is not None and version.id != node["integration"]["id"]
        configuration = self._configuration(resource, context, contents, moves=moves)
        flows = compare_flows(
            spec.get("flowConfigs") or {},
            contents.flows,
            node,
            evidence_of(context).was_secret,
            include_unchanged=context.include_unchanged,
        )
        fields = Fields(context.include_unchanged)
        self._compare_attributes(spec, node, version, fields)
        fields.extend(configuration.fields)
        fields.extend(flows.fields)
        deployment, warnings = self._deployment(spec, context, version, needing_deploy(fields.changed))
        if live is None:
            steps = creation_steps(spec, context, version, configuration, flows)
        else:
            steps = update_steps(spec, context, version, fields.changed, configuration, flows)
        if deployment.reason:
            steps.append(deploy_step(live.id if live else IdOf(resource.address)))
        if node and spec.get("enabled") is True and not node["enabled"]:
            steps.append(enable_step(node["id"], enabled=True))
        return Diff(
            fields.changed,
            steps,
            "; ".join(filter(None, (configuration.record.reason, deployment.reason))),
            [*configuration.warnings, *flows.warnings, *warnings],
            [*problems, *configuration.problems, *flows.problems],
            fields.same if live else (),
        )

    def _configuration(
        self, resource: Resource, context: DiffContext, contents: Contents, *, moves: bool
    ) -> Configuration:
        """Return what the declared variables need, and what is noted of the secrets among them."""
        node, declared = context.live.node if context.live else None, resource.spec.get("configVariables") or {}
        configuration = compare_by_record(declared, contents.variables, node, context)
        lasting = without_ignored(resource, self.fixed).spec
        # What is ignored once the object is there may be a secret that it got at its creation.
        places = lasting if node else resource.spec
        configuration.record = record_of(lasting, places, contents, context, configuration, moves=moves)
        return configuration

    @staticmethod
    def _deployment(
        spec: Mapping[str, Any], context: DiffContext, version: Version, changes: str
    ) -> tuple[Deployment, list[Diagnostic]]:
        """Return whether to deploy, with warnings: values that a move loses or a deploy lacks, and what it waits for.

        ``changes`` names what this run changes and needs a deploy.
        """
        node = context.live.node if context.live else None
        declared, variables = spec.get("configVariables") or {}, contents_of(version, context.view).variables
        deployment = decide_deployment(spec, node, changes)
        warnings: list[Diagnostic] = []
        if node and version.id != node["integration"]["id"]:
            before = contents_of(version_of(node["integration"]), context.view).variables
            warnings += lost_values(declared, variables, node, str(version), before)
        if deployment.reason:
            lacking = list(lacking_values(declared, variables, node))
            held = "" if changes else held_by_values(lacking, node)
            deployment = Deployment(waiting=held) if held else deployment
            warnings += () if held else missing_value_warnings(lacking, declared, node)
        if deployment.waiting:
            warnings.append(Diagnostic(deployment.waiting, path=()))
        return deployment, warnings

    @staticmethod
    def _compare_attributes(spec: Mapping[str, Any], node: Node | None, version: Version, fields: Fields) -> None:
        """Compare everything of an instance but its configuration."""
        compare_attributes(ATTRIBUTES, spec, node, fields)
        current = version_of(node["integration"]) if node else None
        if current is None:
            fields.add(("integration", "name"), None, version.name, same=False)
        if current is None or current.id != version.id:
            fields.add(("integration", "version"), current.number if current else None, version.label, same=False)
        elif "version" in spec["integration"]:
            fields.add(("integration", "version"), version.number, version.number, same=True)
        compare_labels(spec.get("labels"), node, fields)
        if "enabled" in spec:
            enabled = node["enabled"] if node else None
            fields.add(("enabled",), enabled, spec["enabled"], same=enabled == spec["enabled"])

    def revise(
        self, resource: Resource, context: DiffContext, done: Step, payload: Node, rest: Sequence[Step]
    ) -> Revision:
        return revise_instance(resource, context, done, payload, rest)

    def deletion(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteInstance"], {"id": live.id})

    def owner_id(self, live: Live) -> str:
        return str(live.node["customer"]["id"])

    def unclear(self, resource: Resource, view: View) -> Sequence[Diagnostic]:
        return ambiguous_reference(resource.spec, view)

    def owner_of(self, resource: Resource, view: View) -> str | None:
        return live_customer_id(resource.spec, view)

    def release(self, live: Live, labels: Sequence[str]) -> Step:
        # Labels take effect without a deploy; an API that thinks otherwise is asked not to note one as needed.
        values = {"id": live.id, "labels": list(labels), "preserveDeployState": True}
        return Step("forget", Phase.RELEASE, OPERATIONS["updateInstance"], values)

    def by_id(self, identifier: str) -> Read:
        return Read(BY_ID, identifier, (("id", identifier),))

    def labelled(self, label: str) -> Read:
        return Read(INSTANCES, ("label", label), (("label", label),))

    def live(self, node: Node) -> Live:
        return Live(self.name, node["id"], node["name"], node)

    def observed(self, live: Live) -> Mapping[str, Any]:
        """Return what a plan rests on; what may be a secret is wrapped as one."""
        node = live.node
        variables = {key: Secret(repr(_without_times(each))) for key, each in live_variables(node).items()}
        flows = {name: Secret(repr(sorted(flow.items(), key=str))) for name, flow in live_flows(node).items()}
        return {
            "name": node["name"],
            "description": text(node.get("description")),
            "labels": sorted(self.labels(live)),
            "enabled": node["enabled"],
            "needsDeploy": node["needsDeploy"],
            "deployed": bool(node.get("lastDeployedAt")),
            "integration": node["integration"]["id"],
            "configVariables": variables,
            "flowConfigs": flows,
        }

    def live_secrets(self, view: View) -> Iterator[str]:
        return hidden_values(view.tenant.all(INSTANCES), view)

    def authorizations(self, live: Live) -> Read | None:
        pending = any(variable["status"] == "PENDING" for variable in live_variables(live.node).values())
        return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if pending else None

    def authorize_urls(self, node: Node) -> Mapping[str, str]:
        return {
            key: variable["authorizeUrl"]
            for key, variable in live_variables(node).items()
            if variable.get("authorizeUrl")
        }

    def outcome(self, live: Live) -> Mapping[str, Any]:
        urls = {name: flow["webhookUrl"] for name, flow in live_flows(live.node).items()}
        return {"id": live.id, "webhookUrls": urls}

    def unpinned(self, spec: Mapping[str, Any]) -> Unpinned | None:
        named = spec["integration"]
        if named.get("version") == LATEST:
            return Unpinned(named["name"], ("integration", "version"))
        return None if "version" in named else Unpinned(named["name"], ("integration", "name"), settled=True)

    def takes(self, spec: Mapping[str, Any]) -> str | None:
        return str(spec["integration"]["name"])

    def takers(self, sequence: str) -> Read:
        return Read(INSTANCES, ("integration", sequence), (("sequence", sequence),))

    def taking(self, live: Live, view: View) -> VersionUse:
        return taking_of(live.node, view)

    def inventory(self) -> Read:
        return Read(INSTANCES)

    def facets(self, live: Live) -> Mapping[str, frozenset[str]]:
        labels = frozenset(declarable_labels(live.node))
        return {"integration": frozenset({live.node["integration"]["name"]}), "label": labels}

    def declaration_reads(self, live: Live) -> Iterator[Read]:
        identifier = live.node["integration"]["id"]
        yield Read(CONTENTS, identifier, (("id", identifier),))

    def declare(self, live: Live, view: View, owner: Live | None, *, full: bool) -> Declared:
        return declared_instance(live, view, owner, full=full)

    def editor_hint_reads(self, known: HintContext) -> Iterator[Read]:
        return instance_reads(known, known.of(self.name))

    def editor_hints(self, known: HintContext) -> EditorHints:
        return instance_knowledge(known, known.of(self.name))


def _without_times(variable: Mapping[str, Any]) -> Any:
    return sorted(((key, value) for key, value in variable.items() if key != "status"), key=str)


KIND = Instance()
