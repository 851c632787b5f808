"""Instances: one integration deployed for one customer, with its config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.attributes import Attribute, changed, text, unchanged, written
from reconciler.kinds.configuration import configured_as_declared
from reconciler.kinds.customer_reference import (
    ambiguous_reference,
    customer_input,
    live_customer_id,
    reference_key,
    reference_name,
    reference_problems,
    reference_reads,
    reference_shard_key,
    references,
)
from reconciler.kinds.declared_instances import declared_instance
from reconciler.kinds.deployment import (
    OPERATIONS,
    decide_deployment,
    deploy_step,
    enable_step,
    needing_deploy,
    waiting_for,
    waiting_message,
)
from reconciler.kinds.flow_configs import compare_flows, same_flows
from reconciler.kinds.ignoring import without_ignored
from reconciler.kinds.integration import (
    CONTENTS,
    LATEST,
    choose_version,
    contents_of,
    version_of,
    version_reads,
)
from reconciler.kinds.kind import (
    Assessment,
    Complaint,
    FieldChange,
    Floating,
    IdOf,
    Kind,
    Live,
    Phase,
    Revision,
    Step,
)
from reconciler.kinds.known_integrations import instance_knowledge, instance_reads
from reconciler.kinds.labels import all_labels, declarable_labels, label_change, label_same, wanted_labels
from reconciler.kinds.lost_values import lost_values
from reconciler.kinds.required_values import lacking_values
from reconciler.kinds.secret import Secret
from reconciler.kinds.secret_record import compare_by_record, record_of
from reconciler.kinds.taking import taking_of
from reconciler.kinds.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reconciler.kinds.configuration import Configuration
    from reconciler.kinds.declaring import Declared
    from reconciler.kinds.flow_configs import FlowComparison
    from reconciler.kinds.integration import Version
    from reconciler.kinds.kind import Situation, Taking, View
    from reconciler.kinds.knowledge import Knowledge, Surroundings
    from reconciler.kinds.resource import Reference, Resource
    from reconciler.kinds.tenant import Node

ATTRIBUTES = (Attribute("name"), Attribute("description", default=""))


def _keys(node: Node) -> Iterator[Hashable]:
    ours = not node["isSystem"] and node["designedBy"] == "ORG" and node.get("instanceType") in {None, "INTEGRATION"}
    if ours:
        yield (node["customer"]["id"], node["name"])
        yield from (("label", str(label).lower()) for label in node.get("labels") or ())
        yield ("integration", node["integration"].get("versionSequenceId"))


AUTHORIZATIONS = Collection(OPERATIONS["authorizations"], lambda node: [node["id"]], listable=False, single=True)
INSTANCES = Collection(OPERATIONS["instances"], _keys)


class Instance(Kind):
    """Found by customer and ``name``; never a system one, a workflow, or one that a customer built."""

    name = "Instance"
    level = 1
    ownable = True
    fixed = frozenset({"customer", "integration.name", "deploy"})

    def references(self, spec: Mapping[str, Any]) -> Sequence[Reference]:
        return references(spec)

    def identity(self, spec: Mapping[str, Any]) -> Hashable:
        return (reference_key(spec), spec["name"])

    def title(self, spec: Mapping[str, Any]) -> str:
        return str(spec["name"])

    def shard_key(self, spec: Mapping[str, Any]) -> Hashable:
        return reference_shard_key(spec)

    def belongs_to(self, spec: Mapping[str, Any]) -> str:
        return reference_name(spec)

    def reads(self, resource: Resource, view: View) -> Iterator[Read]:
        yield from reference_reads(resource.spec)
        customer = live_customer_id(resource.spec, view)
        lookups = [self._lookup(customer, name) for name in self._names(resource)] if customer else []
        for lookup in lookups:
            yield lookup
            if not view.tenant.answered(lookup) or view.tenant.find(INSTANCES, lookup.key):
                break
        if not resource.lifecycle.absent:
            found = self.candidates(resource, view)
            node = found[0].node if len(found) == 1 else None
            compared = without_ignored(resource, self.fixed) if node else resource
            yield from version_reads(compared.spec, view, node)

    @staticmethod
    def _names(resource: Resource) -> tuple[str, ...]:
        return (resource.spec["name"], *resource.lifecycle.renamed_from)

    @staticmethod
    def _lookup(customer: str, name: str) -> Read:
        return Read(INSTANCES, (customer, name), (("customer", customer), ("name", name)))

    def candidates(self, resource: Resource, view: View) -> Sequence[Live]:
        customer = live_customer_id(resource.spec, view)
        for name in self._names(resource):
            found = view.tenant.find(INSTANCES, (customer, name))
            if found:
                return [self.live(node) for node in found]
        return []

    def assess(self, resource: Resource, situation: Situation) -> Assessment:
        spec, live = resource.spec, situation.live
        node = live.node if live else None
        problems = reference_problems(spec, situation.view)
        version = choose_version(spec, situation.view, node)
        if isinstance(version, Complaint):
            return Assessment(problems=[*problems, version])
        contents = contents_of(version, situation.view)
        configuration = compare_by_record(spec.get("configVariables") or {}, contents.variables, node, situation)
        moves = node is not None and version.id != node["integration"]["id"]
        lasting = without_ignored(resource, self.fixed).spec.get("configVariables") or {}
        configuration.record = record_of(lasting, contents.variables, situation, configuration, moves=moves)
        flows = compare_flows(spec.get("flowConfigs") or {}, contents.flows, node)
        problems += [*configuration.problems, *flows.problems]
        fields = [*self._attribute_changes(spec, node, version), *configuration.fields, *flows.fields]
        deployment = decide_deployment(spec, node, needing_deploy(fields))
        warnings = list(configuration.warnings)
        if node and moves:
            declared = spec.get("configVariables") or {}
            warnings += lost_values(declared, contents.variables, node, str(version))
        if deployment.reason:
            for each in lacking_values(spec.get("configVariables") or {}, contents.variables, node, moves=moves):
                (warnings if each.deployed else problems).append(each.complaint)
        if deployment.waiting:
            warnings.append(Complaint((), deployment.waiting))
        if live is None:
            steps = self._creation(spec, situation, version, configuration, flows)
        else:
            steps = self._update(spec, situation, version, fields, configuration, flows)
        if deployment.reason:
            steps.append(deploy_step(live.id if live else IdOf(resource.address)))
        if node and spec.get("enabled") is True and not node["enabled"]:
            steps.append(enable_step(node["id"], enabled=True))
        reason = "; ".join(filter(None, (configuration.record.reason, deployment.reason)))
        return Assessment(fields, steps, reason, warnings, problems)

    def as_declared(self, resource: Resource, situation: Situation) -> Iterator[FieldChange]:
        if situation.live is None:
            return
        spec, node = resource.spec, situation.live.node
        version = choose_version(spec, situation.view, node)
        if isinstance(version, Complaint):
            return
        yield from unchanged(ATTRIBUTES, spec, node)
        if "version" in spec["integration"] and version.id == node["integration"]["id"]:
            yield FieldChange(("integration", "version"), version.number, version.number)
        yield from label_same(spec.get("labels"), node)
        if spec.get("enabled") == node["enabled"]:
            yield FieldChange(("enabled",), node["enabled"], node["enabled"])
        variables = contents_of(version, situation.view).variables
        declared = spec.get("configVariables") or {}
        differing = {change.path for change in compare_by_record(declared, variables, node, situation).fields}
        yield from configured_as_declared(declared, variables, node, differing)
        yield from same_flows(spec.get("flowConfigs") or {}, node)

    @staticmethod
    def _attribute_changes(spec: Mapping[str, Any], node: Node | None, version: Version) -> Iterator[FieldChange]:
        yield from changed(ATTRIBUTES, spec, node)
        current = version_of(node["integration"]) if node else None
        if current is None:
            yield FieldChange(("integration", "name"), None, version.name)
        if current is None or current.id != version.id:
            yield FieldChange(("integration", "version"), current.number if current else None, version.label)
        yield from label_change(spec.get("labels"), node)
        if "enabled" in spec and (node is None or node["enabled"] != spec["enabled"]):
            yield FieldChange(("enabled",), node["enabled"] if node else None, spec["enabled"])

    @staticmethod
    def _creation(
        spec: Mapping[str, Any],
        situation: Situation,
        version: Version,
        configuration: Configuration,
        flows: FlowComparison,
    ) -> list[Step]:
        values: dict[str, Any] = {
            "customer": customer_input(spec, situation.view),
            "integration": version.id,
            **{attribute.field: text(spec[attribute.field]) for attribute in ATTRIBUTES if attribute.field in spec},
        }
        labels = wanted_labels(spec.get("labels"), None, situation.labels | configuration.record.after)
        if labels:
            values["labels"] = labels
        if configuration.wire:
            values["configVariables"] = configuration.wire
        if flows.wire:
            values["flowConfigs"] = flows.wire
        return [Step("create", Phase.WRITE, OPERATIONS["createInstance"], values)]

    @staticmethod
    def _update(
        spec: Mapping[str, Any],
        situation: Situation,
        version: Version,
        fields: Sequence[FieldChange],
        configuration: Configuration,
        flows: FlowComparison,
    ) -> list[Step]:
        """Return the writes, attributes first; never ``configVariables`` with ``updateInstance``.

        An instance is paused before its configuration changes, and resumed only after the deploy. With a new
        version the flows follow once it is there, since their IDs belong to it. Fingerprints come last.
        """
        live, record = situation.live, configuration.record
        if live is None:
            return []
        node = live.node
        values = written(ATTRIBUTES, fields, spec)
        unwanted = situation.unwanted_labels | record.gone
        labels = wanted_labels(spec.get("labels"), node, situation.labels | record.before, unwanted)
        if labels is not None:
            values["labels"] = labels
        if spec.get("enabled") is False and node["enabled"]:
            values["enabled"] = False
        upgrade = version.id != node["integration"]["id"]
        if upgrade:
            values["integration"] = version.id
        elif flows.wire:
            values["flowConfigs"] = flows.wire
        operation = OPERATIONS["upgradeInstance" if upgrade else "updateInstance"]
        steps = [Step("update", Phase.WRITE, operation, {"id": live.id, **values})] if values else []
        if upgrade and flows.wire:
            arguments: dict[str, Any] = {"id": live.id, "flowConfigs": flows.wire}
            steps.append(Step("update", Phase.CONFIGURE, OPERATIONS["updateInstance"], arguments))
        if configuration.wire:
            steps.append(_configure_step(live.id, configuration.wire))
        if record.after != record.before:
            labels = all_labels(spec.get("labels"), node, situation.labels | record.after, unwanted)
            operation = OPERATIONS["updateInstance"]
            steps.append(Step("update", Phase.RECORD, operation, {"id": live.id, "labels": labels}))
        return steps

    def revise(
        self, resource: Resource, situation: Situation, done: Step, payload: Node, rest: Sequence[Step]
    ) -> Revision:
        """Decide from what the API says it has now: what is left to configure, deploy and enable."""
        if done.phase is Phase.SETTLE:
            return Revision(rest)
        steps = list(rest)
        notes: list[str] = []
        if done.operation.name == "upgradeInstance":
            steps = self._reconfigured(resource, situation, payload, steps)
        if any(step.phase < Phase.DEPLOY for step in steps):
            return Revision(steps)
        deploying = any(step.phase is Phase.DEPLOY for step in steps)
        if done.phase is not Phase.DEPLOY:
            due = decide_deployment(resource.spec, payload, "its configuration" if deploying else "")
            held_by = waiting_for(payload) if due.reason else ()
            if due.waiting or held_by:
                steps = [step for step in steps if step.phase is not Phase.DEPLOY]
                notes.append(due.waiting or waiting_message(held_by))
            elif due.reason and not deploying:
                steps.insert(0, deploy_step(payload["id"]))
        return Revision(self._enabling(resource, situation, done, payload, steps), notes)

    @staticmethod
    def _reconfigured(resource: Resource, situation: Situation, payload: Node, steps: Sequence[Step]) -> list[Step]:
        """Return the steps with the configuration that the instance needs at its new version.

        What the move kept or carried over to a new name is not sent, what it reset or dropped is. The answer
        holds the first variables only; of others what was planned stands.
        """
        version = choose_version(resource.spec, situation.view, situation.live.node if situation.live else None)
        if isinstance(version, Complaint):
            return list(steps)
        declarations = contents_of(version, situation.view).variables
        answered = {node["requiredConfigVariable"]["key"] for node in payload["configVariables"]["nodes"]}
        declared = resource.spec.get("configVariables") or {}
        known = {key: value for key, value in declared.items() if key in answered}
        after = compare_by_record(known, declarations, payload, situation)
        planned = [step for step in steps if step.operation.name == "updateInstanceConfigVariables"]
        others = [step for step in steps if step not in planned]
        unseen = [
            variable
            for step in planned
            for variable in step.input["configVariables"]
            if variable["key"] not in answered
        ]
        variables = [*after.wire, *unseen]
        configure = [_configure_step(payload["id"], variables)] if variables else []
        return sorted([*others, *configure], key=lambda step: step.phase)

    @staticmethod
    def _enabling(
        resource: Resource, situation: Situation, done: Step, payload: Node, steps: Sequence[Step]
    ) -> list[Step]:
        """Make ``enabled`` what it should be: as declared, else as it was before this run.

        Paused at once, resumed only after the deploy. What was just written is not written again: if the API
        did not take it, the read-back says so.
        """
        live = situation.live
        wanted = resource.spec.get("enabled", live.node["enabled"] if live else None)
        others = [step for step in steps if step.phase is not Phase.SETTLE]
        if wanted is None or payload["enabled"] == wanted or done.input.get("enabled") == wanted:
            return others
        if wanted:
            return [*others, enable_step(payload["id"], enabled=True)]
        phase = Phase.WRITE if others else Phase.SETTLE
        return [enable_step(payload["id"], enabled=False, phase=phase), *others]

    def removal(self, live: Live) -> Step:
        return Step("delete", Phase.DELETE, OPERATIONS["deleteInstance"], {"id": live.id})

    def owner_id(self, live: Live) -> str:
        return str(live.node["customer"]["id"])

    def unclear(self, resource: Resource, view: View) -> Sequence[Complaint]:
        return ambiguous_reference(resource.spec, view)

    def owner_of(self, resource: Resource, view: View) -> str | None:
        return live_customer_id(resource.spec, view)

    def labelled(self, label: str) -> Read:
        return Read(INSTANCES, ("label", label), (("label", label),))

    def live(self, node: Node) -> Live:
        return Live(self.name, node["id"], node["name"], node)

    def observed(self, live: Live) -> Mapping[str, Any]:
        """Return what a plan rests on; what may be a secret is wrapped as one."""
        node = live.node
        variables = {
            variable["requiredConfigVariable"]["key"]: Secret(repr(_without_times(variable)))
            for variable in node["configVariables"]["nodes"]
        }
        flows = {
            flow["flow"]["name"]: Secret(repr(sorted(flow.items(), key=str))) for flow in node["flowConfigs"]["nodes"]
        }
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

    def authorizations(self, live: Live) -> Read | None:
        pending = any(variable["status"] == "PENDING" for variable in live.node["configVariables"]["nodes"])
        return Read(AUTHORIZATIONS, live.id, (("id", live.id),)) if pending else None

    def authorize_urls(self, node: Node) -> Mapping[str, str]:
        return {
            variable["requiredConfigVariable"]["key"]: variable["authorizeUrl"]
            for variable in node["configVariables"]["nodes"]
            if variable.get("authorizeUrl")
        }

    def outcome(self, live: Live) -> Mapping[str, Any]:
        flows = {flow["flow"]["name"]: flow["webhookUrl"] for flow in live.node["flowConfigs"]["nodes"]}
        return {"id": live.id, "webhookUrls": flows}

    def floating(self, spec: Mapping[str, Any]) -> Floating | None:
        named = spec["integration"]
        if named.get("version") == LATEST:
            return Floating(named["name"], ("integration", "version"))
        return None if "version" in named else Floating(named["name"], ("integration", "name"), settled=True)

    def takes(self, spec: Mapping[str, Any]) -> str | None:
        return str(spec["integration"]["name"])

    def takers(self, sequence: str) -> Read:
        return Read(INSTANCES, ("integration", sequence), (("sequence", sequence),))

    def taking(self, live: Live, view: View) -> Taking:
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

    def knowledge_reads(self, known: Surroundings) -> Iterator[Read]:
        return instance_reads(known, known.of(self.name))

    def knowledge(self, known: Surroundings) -> Knowledge:
        return instance_knowledge(known, known.of(self.name))


def _configure_step(identifier: str, variables: Sequence[Mapping[str, Any]]) -> Step:
    arguments = {"id": identifier, "configVariables": list(variables)}
    return Step("update", Phase.CONFIGURE, OPERATIONS["updateInstanceConfigVariables"], arguments)


def _without_times(variable: Mapping[str, Any]) -> Any:
    return sorted(((key, value) for key, value in variable.items() if key != "status"), key=str)


KIND = Instance()
