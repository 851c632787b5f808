"""The client against the sandbox, a server with more variants and faults than the fake tenant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.typed_operations import plain

from reconciler.errors import ApiError, NotAuthenticated, ServerFault
from reconciler.kinds.customer.operations import CREATE_CUSTOMER, DELETE_CUSTOMER
from reconciler.kinds.instance.operations import INSTANCES
from reconciler.kinds.integration.operations import INTEGRATION_VERSION, INTEGRATION_VERSIONS
from reconciler.model.tenant import Collection, Read
from reconciler.prismatic.client import Api
from reconciler.prismatic.connection import identify
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.prismatic.settings.endpoint import Endpoint
from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.in_process import InProcess
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

URL = "http://127.0.0.1:8765"
INTEGRATIONS = Path(__file__).resolve().parents[2] / "examples" / "integrations"
QUICK = RetryPolicy(first_pause=0.001)


def run(sandbox: Sandbox, use: Callable[[Api], Awaitable[Any]], **options: Any) -> Any:
    endpoint = Endpoint(URL, Secret("sandbox"), Secret("sandbox-refresh"), None, "the test")

    async def main() -> Any:
        options.setdefault("rate", 10_000.0)
        async with Api(endpoint, transport=InProcess(sandbox), retry=QUICK, **options) as api:
            return await use(api)

    return asyncio.run(main())


def furnished(**settings: Any) -> Sandbox:
    """Return a sandbox with three customers that have four configured instances each, the same in every run."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    sandbox = Sandbox(Settings(integrations=(INTEGRATIONS,), seed=7, now=lambda: start, **settings))
    versions = [sandbox.seed.version("Acme Inventory"), sandbox.seed.version("Every Data Type")]
    for number in range(3):
        customer = sandbox.seed.customer(f"Customer {number}", externalId=f"c-{number}")
        for version in versions:
            for name in ("one", "two"):
                sandbox.seed.instance(f"{version['name']} {name}", customer=customer["id"], integration=version["id"])
    return sandbox


def whole(operation: Any, **arguments: Any) -> Read:
    return Read(Collection(operation, lambda node: [node.id]), None, tuple(arguments.items()))


def test_page_size_does_not_change_the_result() -> None:
    """With every page size, instances and integrations are read the same, down to the last input."""

    def picture(cap: int) -> Any:
        async def use(api: Api) -> Any:
            instances = await Reader(api).read(whole(INSTANCES))
            versions = await Reader(api).read(whole(INTEGRATION_VERSIONS))
            reads = [whole(INTEGRATION_VERSION, id=version.id) for version in versions]
            return plain((instances, await asyncio.gather(*(Reader(api).read(read) for read in reads))))

        with furnished(page_cap=cap) as sandbox:
            return run(sandbox, use)

    instances, versions = picture(100)
    assert len(instances) == 12
    assert max(len(node["configVariables"]["nodes"]) for node in instances) > 5
    assert any(len(one["inputs"]["nodes"]) > 1 for node in instances for one in node["configVariables"]["nodes"])
    assert all(len(each) == 1 for each in versions)
    for cap in (1, 2, 3):
        assert picture(cap) == [instances, versions]


def creations(count: int) -> list[Call]:
    return [Call(CREATE_CUSTOMER, {"input": {"name": f"New {number}"}}) for number in range(count)]


def customers(sandbox: Sandbox) -> list[str]:
    return sorted(row["name"] for row in sandbox.store.where("customers", isSystem=0))


def test_a_rate_limit_is_waited_out() -> None:
    """Throttled requests, mutations included, are all carried out in the end, each once."""

    async def use(api: Api) -> Any:
        await asyncio.gather(*(api.call([call]) for call in creations(30)))
        return api.stats

    with Sandbox(Settings(rate=20)) as sandbox:
        policy = RetryPolicy(tries=8, first_pause=0.2)
        endpoint = Endpoint(URL, Secret("sandbox"), None, None, "the test")

        async def main() -> Any:
            async with Api(endpoint, transport=InProcess(sandbox), retry=policy, rate=1000) as api:
                return await use(api)

        stats = asyncio.run(main())
        assert stats.throttles > 0
        assert customers(sandbox) == sorted(f"New {number}" for number in range(30))


def test_a_limit_on_operations_leads_to_smaller_requests() -> None:
    """A server that takes few operations in one request gets them in smaller requests, each once."""
    with Sandbox(Settings(max_operations=3)) as sandbox:
        answers = run(sandbox, lambda api: api.call(creations(10)))
        assert [answer.errors for answer in answers] == [()] * 10
        assert customers(sandbox) == sorted(f"New {number}" for number in range(10))


def test_a_token_that_expires_is_renewed() -> None:
    """An access token that expires during a run is renewed, and nothing is carried out twice."""

    async def use(api: Api) -> Any:
        await api.call(creations(1))
        sandbox.tokens.expire()
        return await asyncio.gather(*(api.call([call]) for call in creations(6)[1:]))

    with Sandbox() as sandbox:
        run(sandbox, use)
        assert customers(sandbox) == [f"New {number}" for number in range(6)]


def test_a_wrong_token_is_reported() -> None:
    """A token that the sandbox does not know ends the run with a one-line error."""
    with Sandbox() as sandbox:
        endpoint = Endpoint(URL, Secret("wrong"), None, None, "PRISM_ACCESS_TOKEN")

        async def main() -> Any:
            async with Api(endpoint, transport=InProcess(sandbox)) as api:
                return await identify(api)

        with pytest.raises(NotAuthenticated, match="the token from PRISM_ACCESS_TOKEN is wrong or has expired"):
            asyncio.run(main())


@pytest.mark.parametrize("kind", ["throttle", "error", "unauthorized", "drop", "drop-after", "truncate", "garbage"])
def test_a_query_survives_one_fault(kind: Any) -> None:
    """A query that meets any single fault still gets its answer."""

    async def use(api: Api) -> Any:
        await identify(api)
        return await identify(api)

    with Sandbox() as sandbox:
        sandbox.faults.add(kind, at=2)
        assert run(sandbox, use).organization == "Sandbox"
        assert len(sandbox.faults.struck) == 1


@pytest.mark.parametrize("kind", ["throttle", "unauthorized"])
def test_a_mutation_is_retried_after_a_fault_before_it(kind: Any) -> None:
    """A mutation that certainly was not carried out is sent again."""
    with Sandbox() as sandbox:
        sandbox.faults.add(kind, at=1)
        run(sandbox, lambda api: api.call(creations(2)))
        assert customers(sandbox) == ["New 0", "New 1"]


@pytest.mark.parametrize(
    ("kind", "done"), [("error", False), ("drop", False), ("drop-after", True), ("truncate", True), ("garbage", True)]
)
def test_a_mutation_with_a_lost_answer_is_ambiguous(kind: Any, done: bool) -> None:
    """A mutation whose answer was lost is not sent again, and its error says that it may have been carried out."""
    with Sandbox() as sandbox:
        sandbox.faults.add(kind, at=1)
        with pytest.raises(ApiError) as caught:
            run(sandbox, lambda api: api.call(creations(1)))
        assert caught.value.ambiguous
        assert customers(sandbox) == (["New 0"] if done else [])


def test_one_missing_result_is_ambiguous_alone() -> None:
    """When an error replaces the result of one mutation, only that mutation is ambiguous."""
    with Sandbox() as sandbox:
        sandbox.faults.add("partial", field="deleteCustomer", message="Internal server error")
        customer = sandbox.seed.customer("Old")
        calls = [Call(DELETE_CUSTOMER, {"input": {"id": customer["id"]}}), *creations(1)]
        deleted, created = run(sandbox, lambda api: api.call(calls))
        assert (deleted.errors, deleted.ambiguous) == (("Internal server error",), True)
        assert (created.errors, created.ambiguous) == ((), False)


def test_a_lasting_fault_is_reported() -> None:
    """A server that keeps failing ends the run with a one-line error."""
    with Sandbox() as sandbox:
        sandbox.faults.add("error", status=502, times=None)
        with pytest.raises(ServerFault) as caught:
            run(sandbox, identify)
        assert str(caught.value) == f"{URL} answered HTTP 502: the server failed (5 tries)"
