"""Running coroutines side by side, with one error at the end instead of a group of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

Result = TypeVar("Result")


async def run_concurrently(work: Iterable[Coroutine[Any, Any, Result]], *, limit: int | None = None) -> list[Result]:
    """Return the results of all coroutines, in their order. The first error cancels the others and is raised.

    At most ``limit`` coroutines run at a time; ``None`` starts all of them at once. With a limit, a generator
    passed as ``work`` makes each coroutine only when it is its turn.
    """
    results: dict[int, Result] = {}
    numbered = enumerate(work)

    async def run_one_after_another() -> None:
        for index, each in numbered:
            results[index] = await each

    try:
        async with asyncio.TaskGroup() as group:
            if limit is None:
                tasks = [group.create_task(each) for _, each in numbered]
            else:
                for _ in range(limit):
                    group.create_task(run_one_after_another())
    except BaseExceptionGroup as failed:
        first = failed.exceptions[0]
    else:
        return [task.result() for task in tasks] if limit is None else [results[index] for index in sorted(results)]
    # Raised outside the ``except`` block, so that the group does not become the error's context.
    raise first
