"""The faults of the matrix, and an apply that meets one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from safety.dying import Dying
from safety.picture import picture
from safety.scenario import ALLOWED, STRANGER, world

from reconciler.errors import ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from safety.picture import Picture
    from support.world import World

    from reconciler.applying.results import Result
    from reconciler.sandbox.data.store import Row

Came = Literal["applied", "told"]
"""What came of the disturbed run: everything all the same, or an end that says why."""

WORDS = "Request was throttled. Expected available in 3 seconds."
FAULTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "429, Retry-After in seconds": ("throttle", {"retry_after": "2"}),
    "429, Retry-After as a date": ("throttle", {"retry_after": "date+2"}),
    "429, the pause in words": ("throttle", {"message": WORDS}),
    "429, no word of a pause": ("throttle", {"message": "Request was throttled."}),
    "500 with HTML": ("error", {"status": 500}),
    "502 with HTML": ("error", {"status": 502}),
    "503 with HTML, Retry-After": ("error", {"status": 503, "retry_after": "2"}),
    "504 with HTML, carried out": ("error-after", {}),
    "time-out": ("timeout", {"seconds": 60}),
    "time-out, carried out": ("timeout-after", {"seconds": 60}),
    "connection closed": ("drop", {}),
    "connection closed, carried out": ("drop-after", {}),
    "cut off": ("truncate", {}),
    "malformed": ("malformed", {}),
    "a web page": ("garbage", {}),
    "top-level error beside data": ("partial", {}),
    "401, this once": ("unauthorized", {}),
    "token expired, can be renewed": ("expire", {}),
    "token expired for good": ("expire", {}),
}
RENEWABLE = frozenset({"401, this once", "token expired, can be renewed"})
SINGLE = frozenset({"top-level error beside data"})
"""What strikes one operation of a request, and leaves the others alone."""
AT_ONCE = 4
"""Operations a request, at most."""


@dataclass(frozen=True, slots=True)
class Course:
    """How an apply goes that nothing disturbs: the fields of each request, and the tenant that it leaves."""

    requests: Sequence[Sequence[str]]
    mutations: int
    tenant: Picture

    def points(self, fault: str) -> list[tuple[int, ...]]:
        """Return where a fault can strike: the numbers of the operations of which each is struck in the same way."""
        found: list[tuple[int, ...]] = []
        first = 1
        for fields in self.requests:
            numbers = tuple(range(first, first + len(fields)))
            found += [(number,) for number in numbers] if fault in SINGLE else [numbers]
            first += len(fields)
        return found

    @property
    def operations(self) -> list[str]:
        return [name for fields in self.requests for name in fields]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a disturbed run, and how many mutations were left to the second one."""

    came: Came
    left: int
    said: tuple[str, ...] = ()


def course(folder: Path) -> Course:
    """Apply the manifests of the folder, undisturbed."""
    with world(seed=1) as tenant:
        transport = Dying(tenant.sandbox)
        assert all(each.ok for each in apply(tenant, folder, transport=transport))
        return Course(transport.asked, len(tenant.mutations), picture(tenant))


def apply(tenant: World, folder: Path, **more: Any) -> Sequence[Result]:
    return tenant.apply(folder, **settings(folder), **more)


def settings(folder: Path) -> dict[str, Any]:
    return {**ALLOWED, "cwd": folder, "batch_size": AT_ONCE}


def misbehave(folder: Path, undisturbed: Course, fault: str, operation: int) -> Outcome:
    """Apply while one operation meets the fault, apply again, and check that all is as if nothing had happened."""
    kind, options = FAULTS[fault]
    with world(seed=1) as tenant:
        before = strangers(tenant)
        if fault in RENEWABLE:
            tenant.environ["PRISM_REFRESH_TOKEN"] = tenant.sandbox.settings.refresh_token
        tenant.sandbox.faults.add(kind, operation=operation, **options)
        came, said = _disturbed(tenant, folder)
        assert len(tenant.sandbox.faults.struck) == 1, "the fault did not strike"
        tenant.environ["PRISM_REFRESH_TOKEN"] = tenant.sandbox.settings.refresh_token
        carried_out = len(tenant.mutations)
        plan, second = tenant.apply_with_plan(folder, **settings(folder))
        assert {each.change.address: each.messages for each in second if not each.ok} == {}
        left = len(tenant.mutations) - carried_out
        assert came == "told" or not left, "an apply that says that all is done left something to do"
        assert picture(tenant) == undisturbed.tenant
        assert strangers(tenant) == before
        plan = plan if plan.empty else tenant.plan(folder, **settings(folder))
        assert plan.empty, plan.addresses
        return Outcome(came, left, said)


def _disturbed(tenant: World, folder: Path) -> tuple[Came, tuple[str, ...]]:
    try:
        results = apply(tenant, folder)
    except ReconcilerError as error:
        return "told", (str(error),)
    unsuccessful = [each for each in results if not each.ok]
    assert all(each.messages for each in unsuccessful), "something failed, and nothing says why"
    return ("told" if unsuccessful else "applied"), tuple(each.messages[0] for each in unsuccessful)


def strangers(tenant: World) -> list[Row]:
    """Return what no manifest means, to the time of its last change."""
    (customer,) = tenant.rows("customers", name=STRANGER)
    others = [tenant.rows(table, name="Another")[0] for table in ("alert_webhooks", "external_log_streams")]
    return [customer, *tenant.rows("instances", customer=customer["id"]), *others]
