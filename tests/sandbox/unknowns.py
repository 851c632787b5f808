"""One question for each unknown of the API, and what every reading of it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgpack
from sandbox.client import inputs
from sandbox.shared_unknowns import ANSWERS as SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from sandbox.client import Api

ACME = "Acme Inventory"
PASSWORD = "Acme Inventory User/Pass"
ENDPOINT = "webhookEndpoint { id name description enabled secret eventTypes }"
RENAMING = """name: Renaming
requiredConfigVars:
  - {{key: {0}, stableKey: one, dataType: string, defaultValue: ""}}
  - {{key: {1}, stableKey: {2}, dataType: string, defaultValue: ""}}
renameAttributes: {{{3}}}
"""

RETYPING = """name: Retyping
requiredConfigVars:
  - {{key: A, stableKey: one, dataType: {0}, defaultValue: "1"}}
"""


def _customer(api: Api, name: str = "C") -> str:
    found = api.sandbox.store.where("customers", name=name)
    return str((found[0] if found else api.sandbox.seed.customer(name))["id"])


def _instance(api: Api, name: str = "I", integration: str = ACME, version: int | None = None, **data: Any) -> str:
    node = api.sandbox.seed.version(integration, version)["id"]
    made = api.done("createInstance", "instance { id }", name=name, customer=_customer(api), integration=node, **data)
    return str(made["id"])


def _look(api: Api, identifier: str, fields: str) -> Any:
    return api(f"query ($id: ID!) {{ instance(id: $id) {{ {fields} }} }}", id=identifier)["instance"]


def _change(api: Api, field: str, identifier: str, **data: Any) -> Any:
    return api.done(field, "instance { enabled needsDeploy deployedVersion configState }", id=identifier, **data)


def _write(api: Api, identifier: str, **values: str) -> dict[str, Any]:
    """Write config variables; return what they read as."""
    named = {key.replace("_", " "): value for key, value in values.items()}
    entries = [{"key": key, "value": value} for key, value in named.items()]
    _change(api, "updateInstanceConfigVariables", identifier, configVariables=entries)
    return {key: api.values(identifier)[key] for key in named}


def write_only_inputs(api: Api) -> Any:
    made = _instance(api)
    entry = {"key": PASSWORD, "values": inputs(username="u", password="p")}
    _change(api, "updateInstanceConfigVariables", made, configVariables=[entry])
    password = api.variables(made)[PASSWORD]["inputs"]["password"]
    return password["value"], password["hasValue"]


def connection_inputs(api: Api) -> Any:
    made = _instance(api)
    for values in ({"username": "u", "password": "p"}, {"username": "v"}):
        entry = {"key": PASSWORD, "values": inputs(**values)}
        _change(api, "updateInstanceConfigVariables", made, configVariables=[entry])
    return api.sandbox.seed.inputs(made, PASSWORD)["password"]


def flow_configs(api: Api) -> Any:
    made = _instance(api)
    flows = [
        node["flow"]["id"] for node in _look(api, made, "flowConfigs { nodes { flow { id } } }")["flowConfigs"]["nodes"]
    ]
    for flow in flows:
        _change(api, "updateInstance", made, flowConfigs=[{"flowId": flow, "testPayload": "x"}])
    nodes = _look(api, made, "flowConfigs { nodes { testPayload } }")["flowConfigs"]["nodes"]
    return [node["testPayload"] for node in nodes]


def enabled_after_create(api: Api) -> Any:
    return _look(api, _instance(api), "enabled")["enabled"]


def enabled_after_deploy(api: Api) -> Any:
    made = _instance(api)
    _change(api, "updateInstance", made, enabled=False)
    return _change(api, "deployInstance", made)["enabled"]


def deployed_version(api: Api) -> Any:
    return _change(api, "deployInstance", _instance(api))["deployedVersion"]


def deploy_unconfigured(api: Api) -> Any:
    payload = api.mutate("deployInstance", "instance { lastDeployedAt }", id=_instance(api, integration="CRM Contacts"))
    return payload["errors"] == [], bool((payload["instance"] or {}).get("lastDeployedAt"))


def user_emails(api: Api) -> Any:
    role = next(node["id"] for node in api("{ customerRoles { id name } }")["customerRoles"])
    customers = [api.sandbox.seed.customer(name)["id"] for name in ("C1", "C2")]
    data = {"email": "same@example.com", "role": role}
    answers = [
        api.mutate("createCustomerUser", "clientMutationId", customer=customer, **data)
        for customer in (customers[0], customers[1], customers[1])
    ]
    return [answer["errors"] == [] for answer in answers]


def pending_connection(api: Api) -> Any:
    made = _instance(api, integration="CRM Contacts")
    _write(api, made, Contact_Owner="somebody")
    return _look(api, made, "configState")["configState"]


def _needs_deploy(api: Api, made_as: str, **data: Any) -> Any:
    made = _instance(api, made_as)
    _change(api, "deployInstance", made)
    return _change(api, "updateInstance", made, **data)["needsDeploy"]


def name_needs_deploy(api: Api) -> Any:
    return _needs_deploy(api, "I", name="J")


def attributes_need_deploy(api: Api) -> Any:
    return [_needs_deploy(api, name, **data) for name, data in (("I", {"labels": ["a"]}), ("J", {"description": "d"}))]


def renamed_variables(api: Api) -> Any:
    before = RENAMING.format("A", "B", "two", "")
    after = RENAMING.format("New A", "New B", "three", "B: New B")
    api.sandbox.seed.integration(before, after)
    made = _instance(api, integration="Renaming", version=1)
    _write(api, made, A="a", B="b")
    _change(api, "updateInstance", made, integration=api.sandbox.seed.version("Renaming", 2)["id"])
    return api.values(made)


def retyped_variables(api: Api) -> Any:
    api.sandbox.seed.integration(RETYPING.format("string"), RETYPING.format("number"))
    made = _instance(api, integration="Retyping", version=1)
    _write(api, made, A="5")
    _change(api, "updateInstance", made, integration=api.sandbox.seed.version("Retyping", 2)["id"])
    return api.values(made)


def booleans(api: Api) -> Any:
    return _write(api, _instance(api, integration="Every Data Type"), A_Boolean="false")["A Boolean"]


def numbers(api: Api) -> Any:
    return _write(api, _instance(api), Batch_Size="15")["Batch Size"]


def json_text(api: Api) -> Any:
    return _write(api, _instance(api), My_List='["a",  "b"]')["My List"]


def key_value_order(api: Api) -> Any:
    sent = json.dumps([{"key": key, "value": "x"} for key in ("b", "a")])
    read = _write(api, _instance(api), Inventory_Field_Mapping=sent)["Inventory Field Mapping"]
    return [item["key"] for item in json.loads(read)]


def dates(api: Api) -> Any:
    return _write(api, _instance(api, integration="Every Data Type"), A_Date="2024-05-02")["A Date"]


def instance_labels(api: Api) -> Any:
    return _look(api, _instance(api, labels=["Big"]), "labels")["labels"]


def optional_strings(api: Api) -> Any:
    never = api.done("createCustomer", "customer { externalId id }", name="N")
    cleared = api.done("updateCustomer", "customer { externalId }", id=never["id"], externalId="")
    return never["externalId"], cleared["externalId"]


def external_ids(api: Api) -> Any:
    api.sandbox.seed.customer("A", externalId="x")
    return api.mutate("createCustomer", "clientMutationId", name="B", externalId="x")["errors"] == []


def instance_names(api: Api) -> Any:
    """Return whether a name that is taken can be had by another customer, and by the same one."""
    _instance(api)
    data = {"name": "I", "integration": api.sandbox.seed.version(ACME)["id"]}
    customers = _customer(api, "Other"), _customer(api)
    return [
        api.mutate("createInstance", "clientMutationId", **data, customer=each)["errors"] == [] for each in customers
    ]


def text_filters(api: Api) -> Any:
    for name in ("Blue", "blue", "Blue Sky"):
        api.sandbox.seed.customer(name)
    return [node["name"] for node in api('{ customers(name: "Blue") { nodes { name } } }')["customers"]["nodes"]]


def page_over_cap(api: Api) -> Any:
    return "errors" in api.raw("{ customers(first: 101) { totalCount nodes { id } } }")


def instances_by_integration(api: Api) -> Any:
    _instance(api, "I", version=1)
    _instance(api, "J", version=2)
    query = "query ($id: ID) { instances(integration: $id, isSystem: false) { totalCount } }"
    return api(query, id=api.sandbox.seed.version(ACME, 1)["id"])["instances"]["totalCount"]


def draft_number(api: Api) -> Any:
    return api('{ integrations(name: "Acme Inventory") { nodes { versionNumber } } }')["integrations"]["nodes"]


def _endpoint(api: Api, name: str = "W", **data: Any) -> dict[str, Any]:
    data = {"url": "https://x.example", "eventTypes": ["instance.updated"], **data}
    made: dict[str, Any] = api.done("createWebhookEndpoint", ENDPOINT, name=name, **data)
    return made


def webhook_secrets(api: Api) -> Any:
    return _endpoint(api, secret="sent")["secret"]


def webhook_names(api: Api) -> Any:
    _endpoint(api)
    data = {"name": "W", "url": "https://x.example", "eventTypes": ["instance.updated"]}
    return api.mutate("createWebhookEndpoint", "clientMutationId", **data)["errors"] == []


def webhook_updates(api: Api) -> Any:
    made = _endpoint(api, description="d", enabled=False)
    changed = api.done("updateWebhookEndpoint", ENDPOINT, id=made["id"], name="X")
    return changed["name"], changed["description"], changed["enabled"]


def webhook_events(api: Api) -> Any:
    return _endpoint(api, eventTypes=["user.created", "customer.created"])["eventTypes"]


def _alert(api: Api, kind: str, **data: Any) -> dict[str, Any]:
    field = kind[0].lower() + kind[1:]
    made: dict[str, Any] = api.done(f"create{kind}", f"{field} {{ id }}", name="W", **data)
    return made


ALERT_WEBHOOK = {"url": "https://x.example", "payloadTemplate": "x"}


def alert_names(api: Api) -> Any:
    _alert(api, "AlertWebhook", **ALERT_WEBHOOK)
    return api.mutate("createAlertWebhook", "clientMutationId", name="W", **ALERT_WEBHOOK)["errors"] == []


def alert_updates(api: Api) -> Any:
    made = _alert(api, "AlertWebhook", **ALERT_WEBHOOK, headers='{"A": "b"}')
    return api.done("updateAlertWebhook", "alertWebhook { headers }", id=made["id"], name="X")["headers"]


def alert_lists(api: Api) -> Any:
    users = [api.sandbox.seed.user(f"{name}@x.example")["id"] for name in "ab"]
    made = _alert(api, "AlertGroup", users=users[:1])
    changed = api.done(
        "updateAlertGroup", "alertGroup { users { nodes { email } } }", id=made["id"], users=users[1:], webhooks=[]
    )
    return [node["email"] for node in changed["users"]["nodes"]]


def alert_deletion(api: Api) -> Any:
    made = _alert(api, "AlertWebhook", **ALERT_WEBHOOK)
    _alert(api, "AlertGroup", webhooks=[made["id"]])
    errors = api.mutate("deleteAlertWebhook", "clientMutationId", id=made["id"])["errors"]
    count = "{ alertGroups { nodes { webhooks { totalCount } } } }"
    return errors == [], api(count)["alertGroups"]["nodes"][0]["webhooks"]["totalCount"]


def _monitored(api: Api, number: int = 1) -> dict[str, Any]:
    """Return the IDs of an instance of a version, of its monitor and of the flow that this is bound to."""
    customer = api.sandbox.seed.customer("Monitored")["id"]
    version = api.sandbox.seed.version("Acme Inventory", number)["id"]
    instance = api.sandbox.seed.instance("Monitored", customer=customer, integration=version)["id"]
    monitor = api.sandbox.seed.add(
        "alertMonitors",
        name="Late",
        instance={"name": "Monitored"},
        flow="Sync Inventory",
        triggers=["Execution Failed"],
        duration="10s",
    )
    return {"instance": instance, "monitor": monitor["id"], "flow": monitor["flowConfig"]}


def monitor_numbers(api: Api) -> Any:
    made = _monitored(api)
    changed = api.done(
        "updateAlertMonitor",
        "alertMonitor { durationSecondsCondition }",
        id=made["monitor"],
        durationSecondsCondition=None,
    )
    return changed["durationSecondsCondition"]


def monitor_flow_updates(api: Api) -> Any:
    made = _monitored(api, 2)
    configs = "query ($id: ID!) { instance(id: $id) { flowConfigs { nodes { id flow { name } } } } }"
    nodes = api(configs, id=made["instance"])["instance"]["flowConfigs"]["nodes"]
    other = next(node["id"] for node in nodes if node["id"] != made["flow"])
    changed = api.done("updateAlertMonitor", "alertMonitor { flowConfig { id } }", id=made["monitor"], flowConfig=other)
    return changed["flowConfig"]["id"] == other


def _moved(api: Api, before: int, after: int) -> dict[str, Any]:
    """Return the flows of an instance before and after its move to another version, and what monitors are bound to."""
    made = _monitored(api, before)
    version = api.sandbox.seed.version("Acme Inventory", after)["id"]
    flows = "flowConfigs { nodes { id flow { name } } }"
    query = f"instance {{ {flows} monitors {{ nodes {{ flowConfig {{ id flow {{ name }} }} }} }} }}"
    moved = api.done("updateInstance", query, id=made["instance"], integration=version)
    (now,) = [each["id"] for each in moved["flowConfigs"]["nodes"] if each["flow"]["name"] == "Sync Inventory"]
    return {**made, "now": now, "bound": [each["flowConfig"] for each in moved["monitors"]["nodes"]]}


def flow_config_ids(api: Api) -> Any:
    moved = _moved(api, 1, 2)
    return moved["now"] == moved["flow"], [each["id"] for each in moved["bound"]] == [moved["now"]]


def monitors_on_move(api: Api) -> Any:
    flows = {"name": "All", "instance": {"name": "Monitored"}, "flows": "all", "triggers": ["Execution Failed"]}
    customer = api.sandbox.seed.customer("Monitored")["id"]
    second, first = (api.sandbox.seed.version("Acme Inventory", number)["id"] for number in (2, 1))
    instance = api.sandbox.seed.instance("Monitored", customer=customer, integration=second)["id"]
    api.sandbox.seed.add("alertMonitors", **flows)
    query = "instance { monitors { nodes { flowConfig { flow { name } } } } }"
    moved = api.done("updateInstance", query, id=instance, integration=first)
    return [each["flowConfig"]["flow"]["name"] for each in moved["monitors"]["nodes"]]


def payload_templates(api: Api) -> Any:
    made = {**ALERT_WEBHOOK, "payloadTemplate": "x\n"}
    return api.done("createAlertWebhook", "alertWebhook { payloadTemplate }", name="W", **made)["payloadTemplate"]


def missing_in_mutation(api: Api) -> Any:
    return "errors" in api.raw('mutation { deleteUser(input: {id: "x"}) { errors { field } } }')


def batches(api: Api) -> Any:
    api("""mutation { a: createCustomer(input: {name: "A"}) { errors { field } }
      b: createCustomer(input: {name: ""}) { errors { field } } }""")
    return api("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"]


def operations(api: Api) -> Any:
    aliases = " ".join(f"a{number}: organization {{ id }}" for number in range(11))
    return api.post(f"{{ {aliases} }}").status_code


def query_depth(api: Api) -> Any:
    inner = "users { nodes { customer { " * 4 + "id" + " } } }" * 4
    fragment = "fragment Deep on Customer { " + inner + " }"
    return [
        api.post("{ organization { id ... on Organization { name } } }").status_code,
        api.post("{ customers { nodes { ...Deep } } } " + fragment).status_code,
    ]


def request_size(api: Api) -> Any:
    return [api.post("{ organization { id } }" + " " * size).status_code for size in (31_000, 33_000)]


def unexecuted_operations(api: Api) -> Any:
    wrong = 'mutation M { createCustomer(input: {name: "M"}) { nothing } }'
    answer = api.post("query Q { organization { name } } " + wrong, operationName="Q")
    return answer.status_code, answer.json().get("errors", [{"message": ""}])[0]["message"].partition(" ")[0]


def request_time(api: Api) -> Any:
    api.sandbox.faults.add("delay:seconds=1.05")
    late = api.post('mutation { createCustomer(input: {name: "Late"}) { errors { field } } }').status_code
    return late, len(api.sandbox.store.where("customers", name="Late"))


def retry_after(api: Api) -> Any:
    responses: list[httpx.Response] = [api.post("{ organization { id } }") for _ in range(2)]
    last = responses[1]
    assert last.json() == {"detail": "Request was throttled. Expected available in 1 second."}
    stated = last.headers.get("Retry-After", "")
    return last.status_code, "date" if "GMT" in stated else stated


def _number(value: int) -> list[dict[str, int]]:
    return [{"versionNumber": value}]


NEEDS = "NEEDS_INSTANCE_CONFIGURATION"
_TESTED = """testInstanceFlowConfigResult { statusCode headers body execution { id isTestExecution status
  resultType } }"""


def _deployed(api: Api) -> Any:
    """Return the flow configs of a deployed instance."""
    made = _instance(api)
    _change(api, "deployInstance", made)
    return _look(api, made, "flowConfigs { nodes { id webhookUrl } }")["flowConfigs"]["nodes"]


def _tested(api: Api, config: Any) -> Any:
    return api.done("testInstanceFlowConfig", _TESTED, id=config["id"], payload='{"a": 1}')


def test_runs(api: Api) -> Any:
    return _tested(api, _deployed(api)[0])["execution"]["isTestExecution"]


def test_execution(api: Api) -> Any:
    tested = _tested(api, _deployed(api)[0])
    return "executionId" in json.loads(tested["body"]), tested["execution"] is not None


def execution_id(api: Api) -> Any:
    config = _deployed(api)[0]
    answer, tested = api.request("POST", config["webhookUrl"], content=b"{}"), _tested(api, config)
    return [
        ("executionId" in body, "prismatic-executionid" in headers)
        for body, headers in (
            (answer.json(), answer.headers),
            (json.loads(tested["body"]), json.loads(tested["headers"])),
        )
    ]


def too_many_runs(api: Api) -> Any:
    config = _deployed(api)[0]
    api.sandbox.outcomes.add(maxRuns=0)
    query = (
        f"mutation ($input: TestInstanceFlowConfigInput!) {{ testInstanceFlowConfig(input: $input) {{ {_TESTED} }} }}"
    )
    answer = api.post(query, {"input": {"id": config["id"]}})
    webhook = api.request("POST", config["webhookUrl"]).status_code
    result = ((answer.json().get("data") or {}).get("testInstanceFlowConfig") or {}).get("testInstanceFlowConfigResult")
    return (
        answer.status_code,
        result and (result["statusCode"], result["execution"]),
        "errors" in answer.json(),
        webhook,
    )


def _attempts(api: Api, fields: str) -> Any:
    """Return two failed attempts and the one that succeeded."""
    config = _deployed(api)[0]
    api.sandbox.outcomes.add(retries={"failures": 2, "every": "1m"})
    _tested(api, config)
    api.sandbox.advance("5m")
    query = "{ executionResults(sortBy: [{field: STARTED_AT, direction: ASC}]) { nodes { id status %s } } }"
    nodes = api(query % fields)["executionResults"]["nodes"]
    assert [node["status"] for node in nodes] == ["ERROR", "ERROR", "SUCCESS"]
    return nodes


def retry_next_at(api: Api) -> Any:
    return [node["retryNextAt"] is not None for node in _attempts(api, "retryNextAt")]


def retry_links(api: Api) -> Any:
    nodes = _attempts(api, "retryForExecution { id }")
    numbers = {node["id"]: number for number, node in enumerate(nodes)}
    return [numbers[node["retryForExecution"]["id"]] for node in nodes[1:]]


def canceled_runs(api: Api) -> Any:
    config = _deployed(api)[0]
    api.sandbox.outcomes.add(result="duplicate")
    execution = _tested(api, config)["execution"]
    return execution["status"], execution["resultType"]


def instance_failed_state(api: Api) -> Any:
    failing, fine = _deployed(api)
    api.sandbox.outcomes.add(result="fail")
    _tested(api, failing)
    api.sandbox.outcomes.clear()
    _tested(api, fine)
    (node,) = api("{ instances(isSystem: false) { nodes { inFailedState } } }")["instances"]["nodes"]
    return node["inFailedState"]


def failed_state_after_deploy(api: Api) -> Any:
    config = _deployed(api)[0]
    api.sandbox.outcomes.add(result="fail")
    _tested(api, config)
    (node,) = api("{ instances(isSystem: false) { nodes { id } } }")["instances"]["nodes"]
    _change(api, "deployInstance", node["id"])
    seen = _look(api, node["id"], "inFailedState flowConfigs(inFailedState: true) { totalCount }")
    return seen["inFailedState"], seen["flowConfigs"]["totalCount"]


def _first_step(api: Api, fields: str, **filters: str) -> Any:
    _tested(api, _deployed(api)[0])
    chosen = "".join(f'({name}: "{value}")' for name, value in filters.items())
    nodes = api(f"{{ executionResults {{ nodes {{ stepResults{chosen} {{ nodes {{ {fields} }} }} }} }} }}")
    return nodes["executionResults"]["nodes"][0]["stepResults"]["nodes"]


def step_results(api: Api) -> Any:
    url = _first_step(api, "resultsUrl")[0]["resultsUrl"]
    return msgpack.unpackb(api.request("GET", url).content)["data"]


def display_step_names(api: Api) -> Any:
    return _first_step(api, "displayStepName", displayStepName="Fetch Items")


def execution_pages(api: Api) -> Any:
    config = _deployed(api)[0]
    for _ in range(25):
        _tested(api, config)
    return len(api("{ executionResults(first: 100) { nodes { id } } }")["executionResults"]["nodes"])


ANSWERS: Mapping[str, tuple[Callable[[Api], Any], Mapping[str, Any]]] = {
    **SHARED,
    "connection_inputs": (connection_inputs, {"merge": "p", "replace": ""}),
    "write_only_inputs": (write_only_inputs, {"empty": ("", True), "null": (None, True)}),
    "flow_configs": (flow_configs, {"keep": ["x", "x"], "reset": [None, "x"]}),
    "enabled_after_create": (enabled_after_create, {"true": True, "false": False}),
    "enabled_after_deploy": (enabled_after_deploy, {"unchanged": False, "true": True}),
    "deployed_version": (deployed_version, {"version": 2, "count": 1}),
    "deploy_unconfigured": (
        deploy_unconfigured,
        {"refused": (False, False), "allowed": (True, True), "ignored": (True, False)},
    ),
    "user_emails": (user_emails, {"tenant": [True, False, False], "customer": [True, True, False]}),
    "pending_connection": (pending_connection, {"blocks": NEEDS, "ignored": "FULLY_CONFIGURED"}),
    "name_needs_deploy": (name_needs_deploy, {"no": False, "yes": True}),
    "attributes_need_deploy": (attributes_need_deploy, {"no": [False, False], "yes": [True, True]}),
    "renamed_variables": (
        renamed_variables,
        {
            "kept": {"New A": "a", "New B": "b"},
            "declared": {"New A": "", "New B": "b"},
            "stable-key": {"New A": "a", "New B": ""},
            "lost": {"New A": "", "New B": ""},
        },
    ),
    "retyped_variables": (retyped_variables, {"default": {"A": "1"}, "kept": {"A": "5"}}),
    "booleans": (booleans, {"sent": "false", "title": "False"}),
    "numbers": (numbers, {"sent": "15", "float": "15.0"}),
    "json": (json_text, {"sent": '["a",  "b"]', "compact": '["a","b"]', "pretty": '[\n  "a",\n  "b"\n]'}),
    "key_value_order": (key_value_order, {"sent": ["b", "a"], "sorted": ["a", "b"]}),
    "dates": (dates, {"sent": "2024-05-02", "utc": "2024-05-02T00:00:00.000Z"}),
    "instance_labels": (instance_labels, {"lower": ["big"], "kept": ["Big"]}),
    "optional_strings": (optional_strings, {"stored": (None, ""), "empty": ("", ""), "null": (None, None)}),
    "external_ids": (external_ids, {"unique": False, "free": True}),
    "instance_names": (
        instance_names,
        {"customer": [True, False], "organization": [False, False], "free": [True, True]},
    ),
    "text_filters": (
        text_filters,
        {"exact": ["Blue"], "caseless": ["Blue", "blue"], "contains": ["Blue", "blue", "Blue Sky"]},
    ),
    "page_over_cap": (page_over_cap, {"cut": False, "refused": True}),
    "instances_by_integration": (instances_by_integration, {"every-version": 2, "exact": 1}),
    "draft_number": (draft_number, {"next": _number(3), "latest": _number(2), "zero": _number(0)}),
    "webhook_secrets": (webhook_secrets, {"plain": "sent", "masked": "********", "null": None}),
    "webhook_names": (webhook_names, {"unique": False, "free": True}),
    "webhook_updates": (webhook_updates, {"keep": ("X", "d", False), "reset": ("X", None, True)}),
    "webhook_events": (
        webhook_events,
        {"sent": ["user.created", "customer.created"], "sorted": ["customer.created", "user.created"]},
    ),
    "alert_names": (alert_names, {"unique": False, "free": True}),
    "alert_updates": (alert_updates, {"keep": '{"A": "b"}', "reset": None}),
    "alert_lists": (alert_lists, {"replaced": ["b@x.example"], "added": ["a@x.example", "b@x.example"]}),
    "monitor_numbers": (monitor_numbers, {"unset": None, "kept": 10}),
    "monitor_flow_updates": (monitor_flow_updates, {"written": True, "ignored": False}),
    "flow_config_ids": (flow_config_ids, {"kept": (True, True), "changed": (False, True)}),
    "monitors_on_move": (
        monitors_on_move,
        {"kept": ["Sync Inventory"], "deleted": [], "left": ["Sync Inventory", "Report Low Stock"]},
    ),
    "alert_deletion": (alert_deletion, {"unlinked": (True, 0), "refused": (False, 1)}),
    "payload_templates": (payload_templates, {"sent": "x\n", "trimmed": "x"}),
    "test_runs": (test_runs, {"marked": True, "unmarked": False}),
    "test_execution": (test_execution, {"linked": (True, True), "absent": (True, False)}),
    "execution_id": (execution_id, {"body": [(True, False)] * 2, "header": [(False, True)] * 2}),
    "too_many_runs": (
        too_many_runs,
        {
            "status": (200, (429, None), False, 429),
            "plain": (429, None, False, 429),
            "graphql": (429, None, True, 429),
        },
    ),
    "retry_next_at": (retry_next_at, {"cleared": [False] * 3, "kept": [True, True, False]}),
    "retry_links": (retry_links, {"first": [0, 0], "previous": [0, 1]}),
    "canceled_runs": (
        canceled_runs,
        {"success": ("SUCCESS", "CANCELED_AS_DUPLICATE"), "error": ("ERROR", "CANCELED_AS_DUPLICATE")},
    ),
    "instance_failed_state": (instance_failed_state, {"latest-run": False, "any-flow": True}),
    "failed_state_after_deploy": (failed_state_after_deploy, {"kept": (True, 1), "cleared": (False, 0)}),
    "step_results": (step_results, {"bytes": b'{"a": 1}', "text": '{"a": 1}', "decoded": {"a": 1}}),
    "display_step_names": (
        display_step_names,
        {"present": [{"displayStepName": "Fetch Items"}], "null": []},
    ),
    "execution_pages": (execution_pages, {"100": 25, "20": 20}),
    "missing_in_mutation": (missing_in_mutation, {"payload": False, "top-level": True}),
    "batches": (batches, {"independent": 1, "atomic": 0}),
    "operations": (operations, {"unlimited": 200, "10": 400}),
    "query_depth": (query_depth, {"unlimited": [200, 200], "10": [200, 400]}),
    "request_size": (request_size, {"unlimited": [200, 200], "32kB": [200, 413]}),
    "unexecuted_operations": (
        unexecuted_operations,
        {"validated": (400, "Cannot"), "ignored": (200, ""), "refused": (400, "A")},
    ),
    "request_time": (request_time, {"unlimited": (200, 1), "1s": (504, 1)}),
    "retry_after": (retry_after, {"seconds": (429, "1"), "date": (429, "date"), "absent": (429, "")}),
}
"""For each variant: how to find out which reading holds, and what that finds under each of its values."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {"retry_after": {"rate": 1}}
"""What a sandbox needs beside the variant, to be asked about it."""
