"""Crashes: after a kill at any request, the next run converges."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from safety.dying import kill, undisturbed
from safety.picture import picture
from safety.scenario import ALLOWED, world, write
from support.matrix import due

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from safety.dying import Moment, Undisturbed

SAMPLE = 20
"""Of so many crash points one is tried where not all are."""
ALERTING = ("AlertWebhook", "AlertGroup", "ExternalLogStream")
MOMENTS: tuple[Moment, ...] = ("before", "after")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests."""
    return write(tmp_path_factory.mktemp("crash"))


@pytest.fixture(scope="module")
def whole(folder: Path) -> Undisturbed:
    """A run that nothing disturbed."""
    return undisturbed(folder)


def die_and_run_again(folder: Path, whole: Undisturbed, at: int, moment: Moment) -> int:
    """Kill a run at one request and run again; return how many mutations were left to the second run."""
    with world(seed=1) as tenant:
        kill(tenant, folder, at, moment)
        carried_out = len(tenant.mutations)
        where = f"killed {moment} request {at}, {', '.join(whole.asked[at - 1])}"
        results = tenant.apply(folder, cwd=folder, **ALLOWED)
        assert {each.change.address: each.messages for each in results if not each.ok} == {}, where
        assert picture(tenant) == whole.tenant, where
        made = Counter(entry.field for entry in tenant.mutations if entry.field.startswith(("create", "delete")))
        assert made == Counter(name for names in whole.asked for name in names if name.startswith(("create", "delete")))
        return len(tenant.mutations) - carried_out


def table(rows: Iterable[tuple[int, tuple[str, ...], int]], moment: Moment) -> str:
    """Return the crash points by what the request asked for, with what was left to do."""
    by_field: dict[str, list[int]] = {}
    for _, names, left in rows:
        by_field.setdefault(", ".join(sorted(set(names))), []).append(left)
    lines = [f"killed {moment:6} {'a request for':60} points  left to the second run"]
    lines += [
        f"              {name[:60]:60} {len(left):6}  {min(left)} to {max(left)} mutations"
        for name, left in by_field.items()
    ]
    return "\n".join([*lines, f"{sum(map(len, by_field.values()))} crash points {moment} a request"])


@pytest.mark.full
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_at_any_request_the_next_run_converges(moment: Any, folder: Path, whole: Undisturbed) -> None:
    """Whichever request a run dies before or after, one more run leaves the tenant that an undisturbed one leaves.

    A long run tries every other request.
    """
    assert len(whole.asked) >= 60
    points = due(2, range(1, len(whole.asked) + 1))
    rows = [(at, whole.asked[at - 1], die_and_run_again(folder, whole, at, moment)) for at in points]
    print(table(rows, moment))  # noqa: T201 - the table is the point of it


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_at_some_requests_the_next_run_converges(moment: Any, folder: Path, whole: Undisturbed) -> None:
    """A fixed sample of the crash points: one more run leaves the tenant that an undisturbed one leaves."""
    points = range(2 if moment == "before" else 5, len(whole.asked) + 1, SAMPLE)
    assert [die_and_run_again(folder, whole, at, moment) for at in points]


def test_the_undisturbed_run_uses_every_mutation(whole: Undisturbed) -> None:
    """The run that is killed has at least sixty mutations, in as many requests, of every kind."""
    asked = Counter(name for names in whole.asked for name in names)
    assert whole.mutations >= 60
    assert {
        "createCustomer", "createCustomerUser", "createOrganizationUser", "createInstance",
        "updateCustomer", "updateUser", "updateInstance", "updateInstanceConfigVariables",
        "deployInstance", "deleteCustomer", "deleteUser", "deleteInstance",
        *(f"{verb}{kind}" for verb in ("create", "update", "delete") for kind in ALERTING),
    } <= set(asked)  # fmt: skip
