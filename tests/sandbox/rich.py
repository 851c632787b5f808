"""A tenant in which every filter has something to let through and something to keep out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data.alert_monitors import trigger_monitor
from reconciler.sandbox.data.components import component_connection
from reconciler.sandbox.data.custom_roles import add_role
from reconciler.sandbox.data.definition import ComponentPart
from reconciler.sandbox.data.roles import CUSTOMER
from reconciler.sandbox.data.shared_uses import settle_uses

if TYPE_CHECKING:
    from sandbox.client import Api

DEFINITION = """
name: Crates
description: Counts crates
category: Logistics
labels: [Crates]
requiredConfigVars:
  - {key: Depot, dataType: string, defaultValue: north, orgOnly: true}
  - {key: Count, dataType: number, defaultValue: "1"}
  - key: Crate Connection
    dataType: connection
    connection: {key: basic, component: {key: c}}
    inputs:
      host: {type: value, value: h, meta: {visibleToCustomerDeployer: true, visibleToOrgDeployer: false}}
      port: {type: value, value: "1", meta: {visibleToCustomerDeployer: false, visibleToOrgDeployer: true}}
  - key: Signed Connection
    dataType: connection
    connection: {key: oauth2, component: {key: c}}
    inputs:
      authorizeUrl: {type: value, value: "https://x.example/authorize"}
      tokenUrl: {type: value, value: "https://x.example/token"}
  - key: Shared Connection
    dataType: connection
    useScopedConfigVar: shared-depot
flows:
  - name: Count Crates
    steps:
      - {name: Trigger, isTrigger: true, action: {key: webhook, component: {key: webhook-triggers}}}
      - {name: Add Up, action: {key: sum, component: {key: math}}}
  - name: Fail
    steps:
      - {name: Trigger, isTrigger: true, action: {key: webhook, component: {key: webhook-triggers}}}
      - {name: Break, action: {key: stop, component: {key: math}}}
"""
OUTCOMES = (
    {"flow": "Fail", "customer": "North", "retries": {"failures": 2, "every": "0s"}},
    {"flow": "Fail", "result": "fail"},
)


def furnish(api: Api, copies: int = 1) -> None:
    """Fill a sandbox, of which ``OUTCOMES`` are the settings; more copies make more of the same."""
    with api.sandbox.store.transaction():
        add_role(api.sandbox.store, "Auditor", CUSTOMER, ["view_instances"])
    for number in range(copies):
        mark = str(number) if number else ""
        _furnish(api, mark)
        _act(api, mark)
        for key in ("one", "two"):
            pem = f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----"
            api.done("importOrganizationSigningKey", "organizationSigningKey { id }", publicKey=pem)


def _furnish(api: Api, mark: str) -> None:
    """Put one of everything into a sandbox; ``mark`` ends what must be its own."""
    seed, store = api.sandbox.seed, api.sandbox.store
    north = seed.customer(f"North{mark}", externalId=f"n-1{mark}", labels=["Gold", "old"], description="Far north")[
        "id"
    ]
    south = seed.customer(f"South{mark}", description="Deep south", allowEmbeddedDesigner=True)["id"]
    seed.customer(f"east{mark}", externalId=f"e-1{mark}", labels=["silver"])
    seed.customer(f"Probe{mark}", system=True)
    seed.user(f"kim@north.example{mark}", customer=north, name="Kim", externalId="u-1", role="Member")
    seed.user(f"alex@north.example{mark}", customer=north, name="alex", role="Auditor")
    seed.user(f"sam@south.example{mark}", customer=south)
    seed.user(f"pat@example.com{mark}", name="Pat", role="Guest", externalId="u-9")

    definition = DEFINITION.replace("name: Crates", f"name: Crates{mark}").replace(
        "shared-depot", f"shared-depot{mark}"
    )
    seed.integration(definition, definition.replace("Counts crates", "Counts them well"))
    seed.integration(definition.replace("name: Crates", "name: Old Crates"), available=False)
    own = api.done("importIntegration", "integration { id }", definition=f"name: Own{mark}", customer=north)
    api.done("updateIntegration", "integration { id }", id=own["id"], description="Only for the north")

    first, second = (seed.version(f"Crates{mark}", number)["id"] for number in (1, 2))
    signed = [
        seed.instance("Depot", customer=north, integration=second, labels=["gitops:x"], description="Main"),
        seed.instance("depot two", customer=north, integration=first),
        seed.instance("Depot", customer=south, integration=second),
        seed.instance("Hidden", customer=north, integration=second, system=True),
    ]
    for row in signed:
        seed.authorize(row["id"], "Signed Connection")
        api.done("deployInstance", "instance { id }", id=row["id"])
    paused = seed.instance("Paused", customer=north, integration=first, enabled=False, globalDebug=True)
    seed.instance("Theirs", customer=north, integration=seed.version("Acme Inventory")["id"], designed_by="CUSTOMER")
    seed.instance("Flowing", customer=south, integration=second, workflow=True)
    api.done("updateInstance", "instance { id }", id=paused["id"], description="Later")

    for row in signed[:3]:
        for config in store.where("flow_configs", instance=row["id"]):
            api.done("testInstanceFlowConfig", "testInstanceFlowConfigResult { statusCode }", id=config["id"])
            api.request("POST", f"/trigger/{config['id']}", content=b"{}")
    # One execution still goes on, with a log entry of another kind.
    latest = store.rows("SELECT id FROM executions ORDER BY seq DESC")[-2]["id"]
    store.update("executions", latest, endedAt=None, status="PENDING", resultType=None)
    # One attempt is to be retried.
    attempt = store.rows("SELECT id FROM executions WHERE retryCount = 1 ORDER BY seq")[0]["id"]
    store.update("executions", attempt, retryNextAt="2999-01-01T00:00:00.000000+00:00")
    log = store.rows("SELECT id FROM logs ORDER BY seq")[0]["id"]
    store.update("logs", log, logType="CONNECTION")

    shared = seed.scoped_variable(f"shared-depot{mark}")["id"]
    other = seed.scoped_variable(f"other-depot{mark}", scope="CUSTOMER")["id"]
    store.update("scoped_config_variables", other, status="PENDING", description="For each", managedBy="CUSTOMER")
    store.update("scoped_config_variables", other, lastConfiguredAt="2020-01-01T00:00:00.000000+00:00")
    for scoped, customer, key in ((shared, north, "mine"), (shared, south, None), (other, None, "Nobody's")):
        made = seed.customer_variable(scoped, customer=customer, key=key)["id"]
        if key:
            store.update("customer_config_variables", made, status="ERROR", isTest=int(customer is None))
        _share(api, scoped, made, mark)
    agent = seed.on_premise_resource("Agent North", customer=north)["id"]
    seed.on_premise_resource("agent", port=80)
    store.update("on_premise_resources", agent, status="UNAVAILABLE")
    for name, enabled, events in (("Deploys", True, ["instance.deployed"]), ("errors", False, ["execution.failed"])):
        url = f"https://hooks.example.com/{name}"
        seed.add("webhookEndpoints", name=f"{name}{mark}", url=url, events=events, enabled=enabled)
    for name in ("Pager", "chat", "Mail"):
        seed.add("alertWebhooks", name=f"{name}{mark}", url=f"https://{name}.example/{mark}")
        seed.add("logStreams", name=f"{name} logs{mark}", severities=["warn", "error"])
    people = [f"kim@north.example{mark}", f"alex@north.example{mark}", f"pat@example.com{mark}"]
    for name, webhooks in (("On call", ["Pager", "chat"]), ("office", ["Pager"])):
        named = [{"name": f"{each}{mark}"} for each in webhooks]
        seed.add("alertGroups", name=f"{name}{mark}", users=[{"email": each} for each in people], webhooks=named)
    _monitor(api, mark)


def _act(api: Api, mark: str) -> None:
    """Add activities of two users."""
    kim, pat = f"kim@north.example{mark}", f"pat@example.com{mark}"
    for email, sentence in ((kim, "Updated North"), (pat, "Deployed Depot"), (kim, "removed a user")):
        (person,) = api.sandbox.store.where("users", email=email)
        made = {"description": f"{sentence}{mark}", "user": person["id"], "userName": person["name"]}
        api.sandbox.tenant.create("activities", "Activity", ("timestamp",), **made)


def _monitor(api: Api, mark: str) -> None:
    """Add monitors that differ in all that they can be filtered and ordered by, and events of them."""
    groups = {"groups": [{"name": f"On call{mark}"}, {"name": f"office{mark}"}]}
    webhooks = {"webhooks": [{"name": f"Pager{mark}"}, {"name": f"chat{mark}"}]}
    people = {"users": [{"email": f"kim@north.example{mark}"}, {"email": f"alex@north.example{mark}"}]}
    add, tenant = api.sandbox.seed.add, api.sandbox.tenant
    rows = api.sandbox.store.rows(
        "SELECT i.name, c.name AS customer FROM instances i JOIN customers c ON c.id = i.customer"
        " WHERE NOT i.isSystem AND c.name LIKE '%' || ? ORDER BY i.seq",
        (mark,),
    )
    for number, row in enumerate(rows):
        shared = {"instance": {"name": row["name"], "customer": row["customer"]}}
        notify = {**groups, **webhooks, **people}
        failed = ["Execution Failed", "Execution Started", "Instance Removed"]
        add("alertMonitors", name=f"ended {number}", flows="all", triggers=failed[:1], notify=notify, **shared)
        made = add("alertMonitors", name=f"Failed {number}", flows="all", triggers=failed, notify=notify, **shared)
        add("alertMonitors", name=f"disabled {number}", triggers=["Instance Disabled"], **shared)
        for event in ("It failed", "once more", "and again")[: 2 + number % 2]:
            trigger_monitor(tenant, made["id"], f"{event} ({number})")


def _share(api: Api, scoped: str, made: str, mark: str) -> None:
    """Give a shared connection a component and inputs, and let instances use it."""
    store = api.sandbox.store
    ours = store.get("scoped_config_variables", scoped)["managedBy"] == "ORG"
    key, part = ("crane", "oauth2") if ours else ("dock", "basic")
    named = component_connection(api.sandbox.tenant, ComponentPart(key, part, public=False))
    component_connection(api.sandbox.tenant, ComponentPart(key, "apiKey", public=False))
    if not ours:
        described = {"category": "Ships", "description": "Of ships", "labels": ["sea"]}
        north = store.where("customers", name=f"North{mark}")[0]["id"]
        store.update("components", named["component"], **described, customer=north, versionIsAvailable=0)
    inputs = [{"name": name, "type": "VALUE", "value": name, "meta": {}} for name in ("host", "port")]
    store.update("scoped_config_variables", scoped, connection=named["id"], inputs=inputs)
    store.update("customer_config_variables", made, inputs=inputs)
    store.execute(
        "UPDATE config_variables SET customerConfigVariable = ? WHERE requiredConfigVariable IN"
        " (SELECT id FROM required_config_variables WHERE scopedConfigVariable = ?)",
        (made, scoped),
    )
    settle_uses(api.sandbox.tenant, scoped=scoped)
