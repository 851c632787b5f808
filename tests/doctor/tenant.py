"""A tenant to examine, with a history, and all that its sandbox holds."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from graphql import get_named_type, is_input_object_type
from sandbox.client import Api
from support.world import ROOT, World

from reconciler.doctor.writing.acting import PROBES, Wish, act_out, prepare
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.sandbox.data.rate import Rate
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.doctor import discreet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from reconciler.doctor.findings import Finding
    from reconciler.doctor.writing.probe import Probe
    from reconciler.prismatic.http.stop import Stop

DEFINITIONS = ROOT / "examples" / "doctor"
WISH = Wish("Trial", "Doctor", deploys=True, flow="Ping")
REMEMBERED = "former_flow_configs"
"""A table in which the sandbox keeps flow configs of versions that instances left; no answer of the API shows it."""

Tables = dict[str, list[dict[str, Any]]]


class Throttling(Rate):
    """A limit that one request exceeds, by its number."""

    def __init__(self, at: int) -> None:
        super().__init__(0)
        self._left = at

    def admits(self, now: float) -> bool:
        self._left -= 1
        return self._left != 0 and super().admits(now)


@contextmanager
def tenant(*variants: str, throttled: int = 0, **settings: Any) -> Iterator[World]:
    """Yield a tenant with the integration, objects of its own, and runs of every kind.

    From then on, the API throttles the request with the number ``throttled``.
    """
    settings = {"integrations": (DEFINITIONS,), "seed": 1, **settings}
    with World(Variants.parse(variants), **settings) as world:
        with closing(Api(world.sandbox)) as api:
            with_objects(world, api)
            with_history(world, api)
        if throttled:
            world.sandbox.rate = Throttling(throttled)
        world.forget()
        yield world


def with_objects(world: World, api: Api) -> None:
    """Add customers, users, and a shared connection that the integration's first version uses."""
    seed = world.seed
    others = [seed.customer(name, labels=["big"])["id"] for name in ("Trial and Error", "Other")]
    same = world.sandbox.settings.variants.user_emails == "customer"
    for number, customer in enumerate(others):
        seed.user(f"user{0 if same else number}@example.com", customer=customer)
    (component,) = api('{ components(key: "depots") { nodes { connections { nodes { id } } } } }')["components"][
        "nodes"
    ]
    data = {"key": "Shared", "stableKey": "doctor-shared", "managedBy": "org", "variableScope": "customer"}
    connection = component["connections"]["nodes"][0]["id"]
    api.done("createScopedConfigVariable", "scopedConfigVariable { id }", connection=connection, **data)


def with_history(world: World, api: Api) -> None:
    """Add instances whose runs were retried, canceled, or failed before a deploy and before another flow's run."""
    rules = world.sandbox.outcomes
    for rule in (
        {"instance": "Retried", "retries": {"failures": 2, "every": "1m"}},
        {"instance": "Canceled", "result": "duplicate"},
        {"instance": "Failed", "result": "fail"},
        {"instance": "Half", "flow": "Second", "result": "fail"},
    ):
        rules.add(**rule)
    customer = world.seed.customer("Historic")["id"]
    for name in ("Retried", "Canceled", "Failed", "Half"):
        version = world.seed.version("Doctor", 3)["id"]
        values = [{"key": "Without Default", "value": "x"}]
        data = {"name": name, "customer": customer, "integration": version, "configVariables": values}
        made = api.done("createInstance", "instance { id flowConfigs { nodes { id flow { name } } } }", **data)
        api.done("updateInstance", "instance { id }", id=made["id"], enabled=True)
        api.done("deployInstance", "instance { id }", id=made["id"])
        flows = {each["flow"]["name"]: each["id"] for each in made["flowConfigs"]["nodes"]}
        for flow in ("Second", "Ping") if name == "Half" else ("Ping",):
            api.done("testInstanceFlowConfig", "testInstanceFlowConfigResult { statusCode }", id=flows[flow])
        if name == "Failed":
            api.done("deployInstance", "instance { id }", id=made["id"])
        if name == "Half":
            for _ in range(25):
                api.done("testInstanceFlowConfig", "testInstanceFlowConfigResult { statusCode }", id=flows["Ping"])
    world.sandbox.advance("5m")


def tables(world: World) -> Tables:
    """Return every row of every table of the sandbox, byte for byte, but what no answer of the API shows."""
    rows = world.sandbox.store.rows
    names = [row["name"] for row in rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: [dict(row) for row in rows(f"SELECT * FROM {name} ORDER BY 1")]  # noqa: S608 - the store's own tables
        for name in names
        if name != REMEMBERED
    }


def examined(
    world: World,
    wish: Wish = WISH,
    transport: httpx.AsyncBaseTransport | None = None,
    probes: Sequence[Probe] = PROBES,
    stop: Stop | None = None,
) -> Sequence[Finding]:
    """Examine the tenant as the command does, without the question."""
    from reconciler.workflow.session import connect

    more: dict[str, Any] = {"retry": RetryPolicy(first_pause=0.001)} | ({"transport": transport} if transport else {})
    stopped = {"stop": stop} if stop else {}
    with connect(discreet(world.options("", **more, **stopped))) as session:
        ready = prepare(session.connection, wish)
        return act_out(session.connection, ready, lambda: _fresh(world, more), probes)


@contextmanager
def _fresh(world: World, more: dict[str, Any]) -> Iterator[Any]:
    from reconciler.workflow.session import connect

    with connect(discreet(world.options("", **more))) as session:
        yield session.connection


def input_fields(kind: Any, value: Any) -> Iterator[str]:
    """Yield the fields that an input has, and those of the inputs in it, each as ``Type.field``."""
    named = get_named_type(kind)
    for each in value if isinstance(value, list | tuple) else [value]:
        for key, inner in each.items() if is_input_object_type(named) and isinstance(each, Mapping) else ():
            yield f"{named.name}.{key}"
            yield from input_fields(named.fields[key].type, inner)


def readings(findings: Sequence[Finding]) -> dict[str, str]:
    """Return the reading of each assumption that was named, by its name."""
    return {each.name: each.reading for each in findings if each.reading}
