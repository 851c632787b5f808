"""A live instance as a manifest says it: what differs from its integration's defaults, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.attributes import text
from reconciler.kinds.config_variables import CONNECTION
from reconciler.kinds.customer_reference import declared_reference
from reconciler.kinds.declared_connections import declared_connection
from reconciler.kinds.declaring import DOUBTFUL, Declared, Remark, Undeclarable
from reconciler.kinds.deployment import decide_deployment
from reconciler.kinds.flow_configs import FIELDS, live_value
from reconciler.kinds.integration import contents_of, version_of
from reconciler.kinds.labels import declarable_labels
from reconciler.kinds.plain_values import is_default, plain_value, secret_of
from reconciler.kinds.required_values import needs_value
from reconciler.kinds.secret_names import sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.config_variables import Declaration
    from reconciler.kinds.kind import Live, View
    from reconciler.kinds.resource import Path
    from reconciler.kinds.tenant import Node

NOT_DEPLOYED = "{state}, and an export changes nothing; take this line out to have it deployed"
NO_VALUE = "has no value, and no default"


def declared_instance(live: Live, view: View, customer: Live | None, *, full: bool) -> Declared:
    """Return the instance's manifest, so that planning it as it stands finds nothing to do."""
    node = live.node
    version = version_of(node["integration"])
    made = Declared({
        **declared_reference(node["customer"]["id"], customer),
        "name": node["name"],
        "integration": {"name": version.name, "version": version.number},
    })  # fmt: skip
    _attributes(made, node, full=full)
    contents = contents_of(version, view)
    pending = decide_deployment({}, node, "")
    _configuration(made, node, contents.variables, full=full, deploys=not pending.reason)
    _flows(made, node, contents.flows)
    if pending.reason:
        made.spec["deploy"] = "never"
        made.remarks.append(Remark(("deploy",), NOT_DEPLOYED.format(state=pending.reason)))
    return made


def _attributes(made: Declared, node: Node, *, full: bool) -> None:
    description, labels = text(node.get("description")), declarable_labels(node)
    if description or full:
        made.spec["description"] = description
    if labels or full:
        made.spec["labels"] = labels
    if full or not node["enabled"]:
        made.spec["enabled"] = node["enabled"]


def _configuration(
    made: Declared, node: Node, variables: Mapping[str, Declaration], *, full: bool, deploys: bool
) -> None:
    current = {each["requiredConfigVariable"]["key"]: each for each in node["configVariables"]["nodes"]}
    values: dict[str, Any] = {}
    for key in [*(each for each in variables if each in current), *(each for each in current if each not in variables)]:
        path = ("configVariables", key)
        declaration = variables.get(key)
        if deploys and declaration and _stays_without(declaration, current[key]):
            values[key] = None
            made.remarks.append(Remark(path, NO_VALUE))
            continue
        try:
            value, remarks = _variable(declaration, current[key], path, full=full)
        except Undeclarable as reason:
            made.remarks.append(Remark(path, str(reason), left_out=True))
            continue
        made.remarks += remarks
        if value is not None:
            values[key] = value
    if values:
        made.spec["configVariables"] = values


def _variable(declaration: Declaration | None, node: Node, path: Path, *, full: bool) -> tuple[Any, list[Remark]]:
    if declaration is None:
        raise Undeclarable("what it is cannot be read of its integration")
    if declaration.user_level:
        return None, []
    if declaration.data_type == CONNECTION:
        spec, remarks = declared_connection(declaration, node, path)
        return spec or None, remarks
    # Set to nothing is set all the same, where a deploy asks for what nobody set.
    if declaration.scoped or (not full and not needs_value(declaration) and is_default(declaration, node)):
        return None, []
    value = plain_value(declaration, node)
    if value is None and not is_default(declaration, node):
        raise Undeclarable("it has no value, and a manifest without one means the default")
    doubtful = bool(value) and isinstance(value, str) and sounds_secret(declaration.key)
    return value, [Remark(path, DOUBTFUL)] if doubtful else []


def _stays_without(declaration: Declaration, node: Node) -> bool:
    """Say whether nothing gives a variable a value: elsewhere a deploy would ask for one."""
    return needs_value(declaration) and node.get("value") is None


def _flows(made: Declared, node: Node, flows: Mapping[str, str]) -> None:
    """Declare what is set of each flow: for what is not, there is nothing to say."""
    configs: dict[str, Any] = {}
    for each in node["flowConfigs"]["nodes"]:
        name = each["flow"]["name"]
        said = dict(_flow(made, name, each)) if name in flows else {}
        if said:
            configs[name] = said
    if configs:
        made.spec["flowConfigs"] = configs


def _flow(made: Declared, name: str, node: Node) -> Iterator[tuple[str, Any]]:
    for field in FIELDS:
        value = live_value(field, node)
        if not value:
            continue
        try:
            yield field, _hidden(field, value)
        except Undeclarable as reason:
            made.remarks.append(Remark(("flowConfigs", name, field), str(reason), left_out=True))


def _hidden(field: str, value: Any) -> Any:
    """Return a flow's field with what may be a secret in it marked as one."""
    if field == "apiKeys":
        return [_filled(key) for key in value]
    if field == "testHeaders":
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise Undeclarable("its headers are no mapping of names to texts")
        return {name: _filled(each) for name, each in value.items()}
    if not isinstance(value, str):
        raise Undeclarable("it is no text")
    secret_of(value)  # which says what cannot be written down; a payload is shown
    return value


def _filled(value: Any) -> Any:
    if not value:
        raise Undeclarable("one of its texts is empty, and nothing from outside can be")
    return secret_of(str(value))
