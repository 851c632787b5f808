"""A live instance as a manifest says it: what differs from its integration's defaults, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.export import FILES
from reconciler.kinds.customer.lookup import declared_reference
from reconciler.kinds.customer.spec import PATH
from reconciler.kinds.instance.deployment import decide_deployment
from reconciler.kinds.instance.flow_configs import FIELDS, live_flows, live_value
from reconciler.kinds.instance.reads import INSTANCES
from reconciler.kinds.instance.spec import NAME, SET
from reconciler.kinds.instance.values_at_risk import needs_value
from reconciler.kinds.integration.versions import CONTENTS, contents_of, version_of
from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.shared.declarable import check_writable, secret_of
from reconciler.kinds.shared.labels import declarable_labels
from reconciler.kinds.variables.codec import CONNECTION, has_default
from reconciler.kinds.variables.live_variables import live_variables
from reconciler.kinds.variables.plain_values import INPUT, declared_connection, plain_value
from reconciler.model.capabilities.export import Declared, Export, Remark, SecretSort, SetForm, Undeclarable
from reconciler.model.resource import SetCustomer
from reconciler.model.tenant import Read
from reconciler.secrets.suspicious import looks_secret, sounds_secret
from reconciler.text.exact_numbers import dump_json
from reconciler.text.file_names import file_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.kinds.instance.operations import InstanceFields, InstanceFlowConfig
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.kinds.variables.fragments import LiveVariable
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

NOT_DEPLOYED = "{state}, and an export changes nothing; take this line out to have it deployed"
NO_VALUE = "has no value, and no default"
OPEN = frozenset({"BOOLEAN", "DATE", "TIMESTAMP", "SCHEDULE"})
"""Types of which no value can be a secret."""
OF_NAMES = frozenset({"OBJECTSELECTION", "OBJECTFIELDMAP"})
"""Types whose values are names of fields, ``password`` among them."""


MARKED = SecretSort("secretVariable", "1 config variable marked as secret", "{} config variables marked as secret")
NAMED = SecretSort(
    "variableNamedLikeASecret",
    "1 config variable with the name of a secret",
    "{} config variables with the name of a secret",
)
LIKE = SecretSort(
    "variableThatLooksSecret",
    "1 config variable that looks like a secret",
    "{} config variables that look like a secret",
)
API_KEY = SecretSort("flowApiKeys", "API keys of 1 flow", "API keys of {} flows", named_by=-2)
TEST_HEADERS = SecretSort("flowTestHeaders", "test headers of 1 flow", "test headers of {} flows", named_by=-2)
TEST_PAYLOAD = SecretSort(
    "flowTestPayload",
    "test payload of 1 flow that looks like a secret",
    "test payloads of {} flows that look like secrets",
    named_by=-2,
)
PARTS = frozenset({
    ("configVariables",), ("configVariables", "*", "inputs"), ("flowConfigs",), ("flowConfigs", "*"),
})  # fmt: skip


def _declare(live: Live[InstanceFields], view: View, customer: Live[CustomerFields] | None, full: bool) -> Declared:
    """Return the instance's manifest, so that planning it as it stands finds nothing to do."""
    node = live.node
    version = version_of(node.integration)
    made = Declared({
        **declared_reference(node.customer.id, customer),
        "name": node.name,
        "integration": {"name": version.name, "version": version.number},
    })  # fmt: skip
    _attributes(made, node, full=full)
    contents = contents_of(version, view)
    pending = decide_deployment({}, node, "")
    _configuration(made, node, contents.variables, full=full, deploys=not pending.now)
    _flows(made, node, contents.flows)
    if pending.now:
        _hold(made, pending.reason)
    return made


def _hold(made: Declared, reason: str) -> Declared:
    """Hold a due deploy back: an export changes nothing."""
    made.spec["deploy"] = "never"
    made.only_new.add(("deploy",))
    made.remarks.append(Remark(("deploy",), NOT_DEPLOYED.format(state=reason)))
    made.held = reason
    return made


def _holding(actions: Sequence[str], reason: str) -> Declared | None:
    """Hold back a deploy that only the manifests of others make due, such as that of a changed shared connection."""
    return _hold(Declared({}), reason) if tuple(actions) == ("deploy",) else None


def _attributes(made: Declared, node: InstanceFields, *, full: bool) -> None:
    labels = declarable_labels(node.labels)
    if node.description or full:
        made.spec["description"] = node.description
    if labels or full:
        made.spec["labels"] = labels
    # A new manifest declares it always, so that a drift shows when somebody pauses the instance.
    made.spec["enabled"] = node.enabled
    if node.enabled and not full:
        made.only_new.add(("enabled",))


def _configuration(
    made: Declared, node: InstanceFields, variables: Mapping[str, Declaration], *, full: bool, deploys: bool
) -> None:
    current = live_variables(node)
    values: dict[str, Any] = {}
    for key in [*(each for each in variables if each in current), *(each for each in current if each not in variables)]:
        path = ("configVariables", key)
        declaration = variables.get(key)
        if (
            deploys
            and declaration
            and not (_is_kept(declaration) or declaration.hidden)
            and _stays_without(declaration, current[key])
        ):
            values[key] = None
            made.only_new.add(path)
            made.remarks.append(Remark(path, NO_VALUE))
            continue
        try:
            value = _variable(made, declaration, current[key], path, full=full)
        except Undeclarable as reason:
            made.remarks.append(Remark(path, str(reason), left_out=True))
            continue
        if value is not None:
            values[key] = value
    if values:
        made.spec["configVariables"] = values


def _variable(made: Declared, declaration: Declaration | None, node: LiveVariable, path: Path, *, full: bool) -> Any:
    if declaration is None:
        raise Undeclarable("what it is cannot be read of its integration")
    if declaration.user_level:
        return None
    if declaration.data_type == CONNECTION:
        connection = declared_connection(declaration, node, path)
        made.note(connection)
        return connection.spec or None
    # Set to nothing is set all the same, where a deploy asks for what nobody set.
    if declaration.scoped or (not full and not needs_value(declaration) and has_default(declaration, node)):
        return None
    value = plain_value(declaration, node)
    if value is None and not has_default(declaration, node):
        raise Undeclarable("it has no value, and a manifest without one means the default")
    sort = None if value is None else _sort(declaration, value)
    if sort:
        made.secrets[path] = sort
    return secret_of(_as_text(value)) if value and sort in {NAMED, LIKE} else value


def _sort(declaration: Declaration, value: Any) -> SecretSort | None:
    """Return why a variable's value is, or may be, a secret; ``None``: nothing speaks for it.

    An empty one is, too, by the variable's name: declared, it would be written over what a customer types in.
    """
    if declaration.hidden:
        return MARKED
    if declaration.data_type in OPEN or (isinstance(value, str) and value in declaration.pick_list):
        return None
    if sounds_secret(declaration.key):
        return NAMED
    of_names = declaration.data_type in OF_NAMES
    return LIKE if looks_secret(value, "mapping" if of_names else declaration.key) else None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else dump_json(value)


def _is_kept(declaration: Declaration) -> bool:
    """Return whether a variable is for a secret, which is typed in and not declared to have no value."""
    return declaration.hidden or sounds_secret(declaration.key)


def _stays_without(declaration: Declaration, node: LiveVariable) -> bool:
    """Return whether nothing gives a variable a value: elsewhere a deploy would ask for one."""
    return needs_value(declaration) and node.value is None


def _flows(made: Declared, node: InstanceFields, flows: Mapping[str, str]) -> None:
    """Declare what is set of each flow: for what is not, there is nothing to say."""
    configs: dict[str, Any] = {}
    for name, each in live_flows(node).items():
        said = dict(_flow(made, name, each)) if name in flows else {}
        if said:
            configs[name] = said
    if configs:
        made.spec["flowConfigs"] = configs


def _flow(made: Declared, name: str, node: InstanceFlowConfig) -> Iterator[tuple[str, Any]]:
    for field in FIELDS:
        value = live_value(field, node)
        if not value:
            continue
        path = ("flowConfigs", name, field)
        try:
            said, sort = _hidden(field, value)
        except Undeclarable as reason:
            made.remarks.append(Remark(path, str(reason), left_out=True))
            continue
        if sort:
            made.secrets[path] = sort
        yield field, said


def _hidden(field: str, value: Any) -> tuple[Any, SecretSort | None]:
    """Return a flow's field with what may be a secret in it as one, and why it may be."""
    if field == "apiKeys":
        return [_filled(key) for key in value], API_KEY
    if field == "testHeaders":
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise Undeclarable("its headers are no mapping of names to texts")
        return {name: _filled(each) if each else dict(CLEARED) for name, each in value.items()}, TEST_HEADERS
    check_writable(value)
    return (secret_of(value), TEST_PAYLOAD) if looks_secret(value) else (value, None)


def _filled(value: str) -> Any:
    if not value:
        raise Undeclarable("one of its texts is empty, and nothing from outside can be")
    return secret_of(value)


def _file_of(handle: str, folder: str | None) -> str:
    """Return a file beside the customer's own; its handle need not name the customer once more."""
    folder = folder or NAME.lower()
    name = handle.removeprefix(f"{folder.rpartition('/')[2]}-") or handle
    return f"{folder}/{file_name(name, NAME, FILES)}.yaml"


def _reads(live: Live[InstanceFields]) -> Iterator[Read]:
    identifier = live.node.integration.id
    yield Read(CONTENTS, identifier, (("id", identifier),))


def _facets(live: Live[InstanceFields]) -> Mapping[str, frozenset[str]]:
    labels = frozenset(declarable_labels(live.node.labels))
    return {"integration": frozenset({live.node.integration.name}), "label": labels}


def _customer(handle: str, spec: Mapping[str, Any]) -> SetCustomer:
    return SetCustomer(handle, spec["name"], spec.get("externalId") or "", tuple(spec.get("labels") or ()))


SETS = SetForm(
    SET,
    PATH[0],
    group=lambda spec: str(spec["integration"]["name"]),
    customer=_customer,
    file_of=lambda handle: f"sets/{file_name(handle, 'set')}.yaml",
)
EXPORT = Export(
    Read(INSTANCES),
    _declare,
    _file_of,
    reads=_reads,
    facets=_facets,
    parts=PARTS,
    secrets=(INPUT, MARKED, NAMED, LIKE, API_KEY, TEST_HEADERS, TEST_PAYLOAD),
    sets=SETS,
    holding=_holding,
)
